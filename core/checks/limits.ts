/** A limit on what a check measures: broken by a number for which `number operator value` is true. */
export interface Limit {
  readonly operator: Operator
  readonly value: number
  /** `share`: of the rows looked at, 0–1. `number`: of whatever the check measures. */
  readonly unit: 'number' | 'share'
}

export type Operator = '>' | '>=' | '<' | '<=' | '=' | '!='

const written = /^(>=|<=|!=|<>|>|<|==|=)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%?)$/i

/** The limit that a text such as `> 10` or `>= 1%` means; undefined for any other text. */
export function limitOf(text: string): Limit | undefined {
  const [, sign, number, percent] = written.exec(text.trim()) ?? []
  if (sign === undefined) return undefined
  const operator = sign === '<>' ? '!=' : sign === '==' ? '=' : (sign as Operator)
  const value = Number(number)
  if (!Number.isFinite(value)) return undefined
  return percent === '%'
    ? { operator, value: value / 100, unit: 'share' }
    : { operator, value, unit: 'number' }
}

/** A limit as people write it. */
export function limitText({ operator, value, unit }: Limit): string {
  return `${operator} ${unit === 'share' ? percentText(value) : value}`
}

/** `0.125` as `12.5%`, without the noise of binary fractions. */
export function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`
}

/** Whether a number breaks a limit. What is no number (NaN) breaks every one, as nothing can be said of it. */
export function breaks({ operator, value }: Limit, measured: number): boolean {
  if (Number.isNaN(measured)) return true
  switch (operator) {
    case '>':
      return measured > value
    case '>=':
      return measured >= value
    case '<':
      return measured < value
    case '<=':
      return measured <= value
    case '=':
      return measured === value
    case '!=':
      return measured !== value
  }
}
