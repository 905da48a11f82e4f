import type { Expression } from '../sql/relational/ir.ts'
import { day, type Length } from './reach.ts'

/** What an expression rounds a time down to. `same` changes the type only, in UTC. */
export type FloorUnit = 'same' | 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** How the partitions of a model are cut, as far as it decides what keeps their boundaries. */
export interface Cut {
  readonly grain: string
  readonly firstDayOfWeek: string
  /** Boundaries are those of UTC, in which every session runs. */
  readonly isUtc: boolean
  /** Bounds are written as dates, which are the same whatever the clock of a zone does. */
  readonly isDate: boolean
  /** The partition column is written as text or numbers, which no function of time floors. */
  readonly isWritten: boolean
}

const kept: Readonly<Record<string, readonly FloorUnit[]>> = {
  hour: ['second', 'minute', 'hour'],
  day: ['second', 'minute', 'hour', 'day'],
  week: ['second', 'minute', 'hour', 'day'],
  month: ['second', 'minute', 'hour', 'day', 'month'],
  quarter: ['second', 'minute', 'hour', 'day', 'month', 'quarter'],
  year: ['second', 'minute', 'hour', 'day', 'month', 'quarter', 'year'],
}

/**
 * Whether rounding down keeps every boundary of the partitions where it is: then `floor(x) >= S` means the same as `x >= S`, and the same
 * for E. DATE from a timestamp is a floor to days.
 */
export function keepsBoundaries(cut: Cut, unit: FloorUnit): boolean {
  if (cut.isWritten) return false
  if (unit === 'same') return cut.isUtc
  if (!cut.isUtc && !cut.isDate) return false
  if (unit === 'week') return cut.grain === 'week' && cut.firstDayOfWeek === 'monday'
  return kept[cut.grain]?.includes(unit) ?? false
}

const unitLength: Partial<Record<FloorUnit, number>> = {
  second: 1000,
  minute: 60_000,
  hour: day / 24,
  day,
}

/** Whether it keeps a boundary that lies so far from one of the partitions. */
export function keepsShifted(unit: FloorUnit, { ms }: Length): boolean {
  if (unit === 'same' || ms === 0 || ms === Number.POSITIVE_INFINITY) return true
  const length = unitLength[unit]
  return length !== undefined && ms % length === 0
}

/** What an expression floors, and to which unit. */
export function flooredBy(
  expression: Expression,
): { readonly unit: FloorUnit; readonly of: Expression } | undefined {
  if (expression.kind === 'cast') {
    if (expression.isTry) return undefined
    if (expression.type === 'date') return { unit: 'day', of: expression.expression }
    const isTime = expression.type === 'timestamp' || expression.type === 'timestamptz'
    return isTime ? { unit: 'same', of: expression.expression } : undefined
  }
  if (expression.kind !== 'call' || expression.arguments.length !== 2) return undefined
  const [word, of] = expression.arguments as [Expression, Expression]
  if (word.kind !== 'literal' || word.type !== 'string') return undefined
  if (expression.name === 'timezone')
    return word.value.toUpperCase() === 'UTC' ? { unit: 'same', of } : undefined
  if (expression.name !== 'date_trunc' && expression.name !== 'datetrunc') return undefined
  const unit = truncUnits.find((each) => each === word.value.toLowerCase())
  return unit === undefined ? undefined : { unit, of }
}

const truncUnits: readonly FloorUnit[] = [
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
]
