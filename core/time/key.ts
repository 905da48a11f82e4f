import { civilOf, dayMs, hourMs, isoWeekOf } from './calendar.ts'

/** The texts of which keys are made. Civil times are milliseconds as if in UTC. */

/** `2024-01-05`, `2024-01-05T13`, `2024-01-05T13:30`. */
export function civilKey(civil: number, precision: 'day' | 'hour' | 'minute'): string {
  const days = Math.floor(civil / dayMs)
  const minutes = Math.floor((civil - days * dayMs) / 60_000)
  const hours = Math.floor(minutes / 60)
  switch (precision) {
    case 'day':
      return dateKey(days)
    case 'hour':
      return `${dateKey(days)}T${two(hours)}`
    case 'minute':
      return `${dateKey(days)}T${two(hours)}:${two(minutes - hours * 60)}`
  }
}

/** `-06:00`; with seconds if there are any, as in the times before standard time. */
export function offsetText(offset: number): string {
  const size = Math.abs(offset)
  const seconds = Math.floor(size / 1000) % 60
  const text = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / hourMs))}:${two(Math.floor(size / 60_000) % 60)}`
  return seconds === 0 ? text : `${text}:${two(seconds)}`
}

/** `2024-01-05`, from days since 1970-01-01. */
export function dateKey(days: number): string {
  const { year, month, day } = civilOf(days)
  return `${yearKey(year)}-${two(month)}-${two(day)}`
}

/** `2024-W01`, from days since 1970-01-01. */
export function isoWeekKey(days: number): string {
  const { year, week } = isoWeekOf(days)
  return `${yearKey(year)}-W${two(week)}`
}

export function monthKey(year: number, month: number): string {
  return `${yearKey(year)}-${two(month)}`
}

export function quarterKey(year: number, firstMonth: number): string {
  return `${yearKey(year)}-Q${(firstMonth + 2) / 3}`
}

export function yearKey(year: number): string {
  return year >= 1000 ? `${year}` : `${year}`.padStart(4, '0')
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`
}
