import type { Bounds, CheckOutcome, Measure } from './check.ts'
import { percentText } from './limits.ts'

type Told = Pick<CheckOutcome, 'kind' | 'failing' | 'expected' | 'measure'>
type NumberText = (value: number) => string

/** What a check found that it should not have: `3 failing rows`, `0 rows, at least 1 expected`. `number` writes counts. */
export function failingText(outcome: Told, number: NumberText = String): string {
  const { kind, failing, expected, measure } = outcome
  const counted = (noun: string) => `${number(failing)} ${noun}${failing === 1 ? '' : 's'}`
  switch (kind) {
    case 'unique':
      return withLimit(counted('duplicated key'), measure)
    case 'reconcile':
      return withLimit(`${counted('group')} that differ${failing === 1 ? 's' : ''}`, measure)
    case 'row_count': {
      const limits = measure?.broken ?? limitsText(expected ?? {}, number)
      if (limits === undefined) return counted('row')
      return `${counted('row')}, ${demanded(limits)}`
    }
    case 'null_share':
    case 'distinct_count':
    case 'mean':
    case 'sum':
    case 'minimum':
    case 'maximum':
    case 'quantile':
      return measure === undefined
        ? 'out of bounds'
        : `${words[kind]} ${valueText(measure)}, ${demanded(measure.broken ?? '')}`
    case 'volume':
    case 'z_score':
      return historyText(kind, measure, number)
    case 'freshness':
      return freshnessText(measure)
    case 'readable':
      return 'cannot be read'
    case 'columns':
      return `${counted('column')} changed`
    default:
      return withLimit(counted('failing row'), measure)
  }
}

const words = {
  null_share: 'share of NULLs is',
  distinct_count: 'distinct values:',
  mean: 'mean is',
  sum: 'sum is',
  minimum: 'smallest value is',
  maximum: 'largest value is',
  quantile: 'quantile is',
} as const

/** `> 1%` is what must not be, `at most 5` what should be. */
function demanded(limit: string): string {
  return /^[<>=!]/.test(limit) ? `which is ${limit}` : `${limit} expected`
}

function withLimit(text: string, measure: Measure | undefined): string {
  if (measure?.broken === undefined) return text
  const { value, rows } = measure
  const share =
    measure.broken.endsWith('%') && typeof value === 'number' && rows !== undefined && rows > 0
      ? ` (${percentText(rounded(value / rows))} of ${rows})`
      : ''
  return `${text}${share}, which is ${measure.broken}`
}

function historyText(kind: 'volume' | 'z_score', measure: Measure | undefined, number: NumberText): string {
  const { rows = 0, history, value, broken } = measure ?? {}
  const counted = `${number(rows)} row${rows === 1 ? '' : 's'}`
  if (history === undefined || broken === undefined) return counted
  const earlier = `${history.count} earlier`
  if (kind === 'z_score')
    return `${counted}, ${valueText({ value: value ?? null, unit: 'number' })} standard deviations from the mean ${number(rounded(history.expected))} of ${earlier}, ${demanded(broken)}`
  const change =
    typeof value === 'number'
      ? `${percentText(rounded(Math.abs(value)))} ${value < 0 ? 'fewer' : 'more'}`
      : 'more'
  return `${counted}, ${change} than ${number(rounded(history.expected))} (${earlier}), ${demanded(broken)}`
}

function freshnessText(measure: Measure | undefined): string {
  if (measure === undefined || measure.value === null) return 'nothing was ever loaded'
  return `${ageText(Number(measure.value))}${measure.broken === undefined ? '' : `, which is ${measure.broken}`}`
}

/** When something was loaded last, by its age in seconds. */
export function ageText(seconds: number): string {
  return seconds < 0 ? `loaded ${durationText(-seconds)} from now` : `loaded ${durationText(seconds)} ago`
}

/** Seconds as `2d 3h`, with the two largest units. */
export function durationText(seconds: number): string {
  const parts: string[] = []
  let left = Math.max(0, Math.floor(seconds))
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0s'
}

function valueText({ value, unit, isHidden }: Pick<Measure, 'value' | 'unit' | 'isHidden'>): string {
  if (isHidden === true) return 'not shown'
  if (typeof value !== 'number') return String(value)
  return unit === 'share' ? percentText(rounded(value)) : String(rounded(value))
}

/** So many digits that a person can compare it with a limit. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}

function limitsText({ min, max }: Bounds, number: NumberText): string | undefined {
  if (min !== undefined && max !== undefined)
    return min === max ? number(min) : `${number(min)} to ${number(max)}`
  if (min !== undefined) return `at least ${number(min)}`
  return max === undefined ? undefined : `at most ${number(max)}`
}
