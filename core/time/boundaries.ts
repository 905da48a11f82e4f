import { civilOf, dayMs, daysOf, hourMs, isoWeekOf } from './calendar.ts'
import type { GrainName, Weekday } from './grain.ts'

/** Where one way of cutting time has its cuts. Everything else about partitions is built on these three, so that
 * a time zone or a cron expression is another implementation and nothing more. All instants are UTC milliseconds. */
export interface Boundaries {
  /** The latest boundary at or before the instant. */
  floor(instant: number): number
  /** The boundary `count` partitions after (before, if negative) this boundary. */
  shift(boundary: number, count: number): number
  /** All boundaries from the boundary `first` to the boundary `last`, both inclusive, in order. */
  between(first: number, last: number): Float64Array
  /** The key of the partition that starts at this boundary. */
  key(boundary: number): string
}

/** What of a layout decides its boundaries. */
export interface Cut {
  readonly grain: GrainName
  readonly firstDayOfWeek: Weekday
}

/** The boundaries of a grain in UTC. */
export function boundariesOf(cut: Cut): Boundaries {
  switch (cut.grain) {
    case 'hour':
      return every(hourMs, 0, hourKey)
    case 'day':
      return every(dayMs, 0, (start) => dateKey(start / dayMs))
    case 'week':
      return weeks[cut.firstDayOfWeek]
    case 'month':
      return everyMonths(1, (year, month) => `${yearText(year)}-${two(month)}`)
    case 'quarter':
      return everyMonths(3, (year, month) => `${yearText(year)}-Q${(month + 2) / 3}`)
    case 'year':
      return everyMonths(12, yearText)
  }
}

/** The key of the partition of this grain that starts at `start`. */
export function keyOf(grain: GrainName, start: number, firstDayOfWeek: Weekday = 'monday'): string {
  return boundariesOf({ grain, firstDayOfWeek }).key(start)
}

/** Any day 0–6 after a Thursday (1970-01-01) on which weeks can begin. */
const daysAfterThursday: Readonly<Record<Weekday, number>> = {
  thursday: 0,
  friday: 1,
  saturday: 2,
  sunday: 3,
  monday: 4,
  tuesday: 5,
  wednesday: 6,
}

/** ISO weeks have a number; weeks that begin on another day have none, so their key is the date of their start. */
const weeks: Readonly<Record<Weekday, Boundaries>> = (() => {
  const of = (day: Weekday) =>
    every(7 * dayMs, daysAfterThursday[day] * dayMs, (start) =>
      day === 'monday' ? isoWeekKey(start / dayMs) : dateKey(start / dayMs),
    )
  return {
    monday: of('monday'),
    tuesday: of('tuesday'),
    wednesday: of('wednesday'),
    thursday: of('thursday'),
    friday: of('friday'),
    saturday: of('saturday'),
    sunday: of('sunday'),
  }
})()

function every(length: number, origin: number, key: (start: number) => string): Boundaries {
  return {
    floor: (instant) => Math.floor((instant - origin) / length) * length + origin,
    shift: (boundary, count) => boundary + count * length,
    between: (first, last) => filled((last - first) / length + 1, (index) => first + index * length),
    key,
  }
}

function everyMonths(length: number, key: (year: number, month: number) => string): Boundaries {
  const startOf = (ordinal: number): number => {
    const months = ordinal * length
    const year = Math.floor(months / 12)
    return daysOf(year, months - year * 12 + 1, 1) * dayMs
  }
  const ordinalAt = (instant: number): number => {
    const { year, month } = civilOf(Math.floor(instant / dayMs))
    return Math.floor((year * 12 + month - 1) / length)
  }
  return {
    floor: (instant) => startOf(ordinalAt(instant)),
    shift: (boundary, count) => startOf(ordinalAt(boundary) + count),
    between: (first, last) => {
      const from = ordinalAt(first)
      return filled(ordinalAt(last) - from + 1, (i) => startOf(from + i))
    },
    key: (start) => {
      const { year, month } = civilOf(start / dayMs)
      return key(year, month)
    },
  }
}

function filled(count: number, at: (index: number) => number): Float64Array {
  const values = new Float64Array(count)
  for (let index = 0; index < count; index += 1) values[index] = at(index)
  return values
}

function hourKey(start: number): string {
  const days = Math.floor(start / dayMs)
  return `${dateKey(days)}T${two((start - days * dayMs) / hourMs)}`
}

function dateKey(days: number): string {
  const { year, month, day } = civilOf(days)
  return `${yearText(year)}-${two(month)}-${two(day)}`
}

function isoWeekKey(days: number): string {
  const { year, week } = isoWeekOf(days)
  return `${yearText(year)}-W${two(week)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`
}

function yearText(year: number): string {
  return year >= 1000 ? `${year}` : `${year}`.padStart(4, '0')
}
