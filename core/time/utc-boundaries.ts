import { civilOf, dayMs, daysOf, hourMs } from './calendar.ts'
import type { Boundaries, GrainName, Weekday } from './grain.ts'
import { civilKey, dateKey, isoWeekKey, monthKey, quarterKey, yearKey } from './key.ts'

/** The boundaries of a grain in UTC: plain arithmetic. */
export function utcBoundaries(grain: GrainName, firstDayOfWeek: Weekday): Boundaries {
  return grain === 'week' ? weeks[firstDayOfWeek] : others[grain]
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

const others: Readonly<Record<Exclude<GrainName, 'week'>, Boundaries>> = {
  hour: every(hourMs, 0, (start) => civilKey(start, 'hour')),
  day: every(dayMs, 0, (start) => dateKey(start / dayMs)),
  month: everyMonths(1, monthKey),
  quarter: everyMonths(3, quarterKey),
  year: everyMonths(12, yearKey),
}

function every(length: number, origin: number, key: (start: number) => string): Boundaries {
  return {
    floor: (instant) => Math.floor((instant - origin) / length) * length + origin,
    shift: (boundary, count) => boundary + count * length,
    between: (first, last) => filled((last - first) / length + 1, (index) => first + index * length),
    civil: (boundary) => boundary,
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
      return filled(ordinalAt(last) - from + 1, (index) => startOf(from + index))
    },
    civil: (boundary) => boundary,
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
