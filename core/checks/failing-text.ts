import type { CheckOutcome } from './check.ts'

/** What a check found that it should not have: `3 failing rows`, `0 rows, at least 1 expected`. `number` writes counts. */
export function failingText(
  { kind, failing, expected }: Pick<CheckOutcome, 'kind' | 'failing' | 'expected'>,
  number: (value: number) => string = String,
): string {
  const counted = (noun: string) => `${number(failing)} ${noun}${failing === 1 ? '' : 's'}`
  if (kind === 'unique') return counted('duplicated key')
  if (kind !== 'row_count') return counted('failing row')
  const limits = limitsText(expected ?? {}, number)
  return limits === undefined ? counted('row') : `${counted('row')}, ${limits} expected`
}

function limitsText(
  { min, max }: NonNullable<CheckOutcome['expected']>,
  number: (value: number) => string,
): string | undefined {
  if (min !== undefined && max !== undefined)
    return min === max ? number(min) : `${number(min)} to ${number(max)}`
  if (min !== undefined) return `at least ${number(min)}`
  return max === undefined ? undefined : `at most ${number(max)}`
}
