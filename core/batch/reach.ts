import type { Expression } from '../sql/relational/ir.ts'

/** A length of time: milliseconds and calendar months, both counted. */
export interface Length {
  readonly ms: number
  readonly months: number
}

/** How far something reaches beyond a bound, at least: both figures hold on their own. */
export type Reach = Length

const hour = 3_600_000
export const day = 24 * hour

export const nothing: Length = { ms: 0, months: 0 }
export const everything: Length = { ms: Number.POSITIVE_INFINITY, months: Number.POSITIVE_INFINITY }

export function isNothing({ ms, months }: Length): boolean {
  return ms === 0 && months === 0
}

export function isSame(a: Length, b: Length): boolean {
  return a.ms === b.ms && a.months === b.months
}

export function shorter(a: Reach, b: Reach): Reach {
  return { ms: Math.min(a.ms, b.ms), months: Math.min(a.months, b.months) }
}

/** Neither nothing nor endless. */
export function isPartial(length: Length): boolean {
  return !isNothing(length) && length.ms !== Number.POSITIVE_INFINITY
}

/** Whether a step of this length certainly stays within the reach. A month has at most 31 days. */
export function fits(step: Length, reach: Reach): boolean {
  if (step.ms === 0 && step.months <= reach.months) return true
  return step.ms + step.months * 31 * day <= reach.ms
}

/** What is left of a reach after a step that fits. */
export function without(reach: Reach, step: Length): Reach {
  if (isNothing(step) || reach.ms === Number.POSITIVE_INFINITY) return reach
  return {
    ms: Math.max(0, reach.ms - step.ms - step.months * 31 * day),
    months: step.ms === 0 ? Math.max(0, reach.months - step.months) : 0,
  }
}

export function added(a: Length, b: Length): Length {
  return { ms: a.ms + b.ms, months: a.months + b.months }
}

export function negated({ ms, months }: Length): Length {
  return { ms: 0 - ms, months: 0 - months }
}

/** A length that is not negative; undefined if its sign is not clear. */
export function atLeastNothing(length: Length): Length | undefined {
  if (length.ms >= 0 && length.months >= 0) return length
  return length.ms <= 0 && length.months <= 0 ? nothing : undefined
}

const units: Readonly<Record<string, Length>> = {
  second: { ms: 1000, months: 0 },
  minute: { ms: 60_000, months: 0 },
  hour: { ms: hour, months: 0 },
  day: { ms: day, months: 0 },
  week: { ms: 7 * day, months: 0 },
  month: { ms: 0, months: 1 },
  quarter: { ms: 0, months: 3 },
  year: { ms: 0, months: 12 },
}

/** At least this long is one partition of a grain. */
const shortest: Readonly<Record<string, Length>> = {
  hour: { ms: hour, months: 0 },
  day: { ms: day, months: 0 },
  week: { ms: 7 * day, months: 0 },
  month: { ms: 28 * day, months: 1 },
  quarter: { ms: 90 * day, months: 3 },
  year: { ms: 365 * day, months: 12 },
}

/** How far so many partitions of a grain reach at least, in UTC. */
export function reachOf(grain: string, partitions: number): Reach {
  const one = shortest[grain] ?? nothing
  return times(one, partitions)
}

function times({ ms, months }: Length, count: number): Length {
  return { ms: ms * count, months: months * count }
}

/** The length that an interval expression stands for, if it is constant: `interval '6 days'`, `interval 6 day`, `6 * interval '1 day'`. */
export function lengthOf(expression: Expression): Length | undefined {
  switch (expression.kind) {
    case 'cast':
      return intervalCast(expression.type, expression.expression)
    case 'call': {
      // DuckDB's grammar makes `interval 6 day` a call of to_days over casts.
      const unit = /^to_(\w+?)s$/.exec(expression.name)?.[1]
      const count = expression.arguments.length === 1 ? wholeNumber(expression.arguments[0]!) : undefined
      const one = unit === undefined ? undefined : units[unit === 'centurie' ? '' : unit]
      return one === undefined || count === undefined ? undefined : times(one, count)
    }
    case 'operation': {
      if (expression.operator !== '*' || expression.operands.length !== 2) return undefined
      const [left, right] = expression.operands as [Expression, Expression]
      const [count, one] = [wholeNumber(left) ?? wholeNumber(right), lengthOf(left) ?? lengthOf(right)]
      return count === undefined || one === undefined ? undefined : times(one, count)
    }
    default:
      return undefined
  }
}

function intervalCast(type: string, inner: Expression): Length | undefined {
  const match = /^interval(?:\((\w+)\))?$/.exec(type)
  if (match === null || inner.kind !== 'literal' || inner.type !== 'string') return undefined
  const written = /^\s*(\d+)\s*([a-z]*)\s*$/i.exec(inner.value)
  if (written === null) return undefined
  const unit = (written[2] || match[1] || '').toLowerCase().replace(/s$/, '')
  const one = units[unit]
  return one === undefined ? undefined : times(one, Number(written[1]))
}

/** A constant whole number, through the casts that DuckDB's grammar adds. */
export function wholeNumber(expression: Expression): number | undefined {
  if (expression.kind === 'cast') return wholeNumber(expression.expression)
  if (expression.kind === 'call' && expression.name === 'trunc' && expression.arguments.length === 1) {
    return wholeNumber(expression.arguments[0]!)
  }
  if (expression.kind !== 'literal' || expression.type === 'other') return undefined
  return /^\d{1,9}$/.test(expression.value) ? Number(expression.value) : undefined
}
