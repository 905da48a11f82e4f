import { SluiceError } from '../diagnostics/diagnostic.ts'
import { dayMs, daysInMonth, daysOf, daysOfIsoWeek, hourMs, isoWeeksInYear } from './calendar.ts'
import type { GrainName } from './grain.ts'
import type { Interval } from './interval.ts'

/** What a key, or a prefix of one, stands for: `2024-01` is all of January. */
export interface Range extends Interval {
  /** The calendar unit that the text names. A date is also the key of a week that does not begin on Monday. */
  readonly kind: GrainName
}

/** The years that keys, Postgres and DuckDB share: 0001 to 9999. */
export const earliest = daysOf(1, 1, 1) * dayMs
export const latest = daysOf(10_000, 1, 1) * dayMs

const monthNames =
  'January February March April May June July August September October November December'.split(' ')

/** Reads a partition key or a prefix of one: `2024`, `2024-Q1`, `2024-01`, `2024-W01`, `2024-01-05`, `2024-01-05T13`. A
 * separator may stand at the end (`2024-01-05T`).
 * @throws SluiceError SL401 for a date that does not exist, SL402 for a text that is no key. */
export function parseRange(text: string): Range {
  const written = text.trim()
  const year = /^(\d{4})-?$/.exec(written)
  if (year) return yearOf(written, Number(year[1]))
  const quarter = /^(\d{4})-Q(\d?)$/.exec(written)
  if (quarter) return quarterOf(written, Number(quarter[1]), quarter[2]!)
  const week = /^(\d{4})-W(\d\d)?$/.exec(written)
  if (week) return weekOf(written, Number(week[1]), week[2])
  const month = /^(\d{4})-(\d\d)-?$/.exec(written)
  if (month) return monthOf(written, Number(month[1]), Number(month[2]))
  const date = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)?)?$/.exec(written)
  if (date) return dateOf(written, Number(date[1]), Number(date[2]), Number(date[3]), date[4])
  throw SluiceError.of('SL402', {
    message: `"${text}" is not a partition key or the beginning of one`,
    hint: suggestion(written),
  })
}

/** The interval from the beginning of `from` to the end of `to`, both inclusive; one that is left out is unbounded
 * (`earliest`, `latest`).
 * @throws SluiceError SL401 or SL402 as `parseRange`, SL403 if nothing lies between them. */
export function rangeOf(from: string | undefined, to: string | undefined): Interval {
  const start = from === undefined ? earliest : parseRange(from).start
  const end = to === undefined ? latest : parseRange(to).end
  if (start >= end) {
    throw SluiceError.of('SL403', {
      message: `the range from "${from}" to "${to}" ends before it begins`,
      hint: 'Swap the two; both ends are inclusive.',
    })
  }
  return { start, end }
}

/** Reads an instant: a date, a date with a time (`2024-01-05T13:30`, seconds and `Z` or an offset may follow), or
 * any key, whose beginning is meant. Without an offset the time is in UTC.
 * @throws SluiceError SL401 or SL402. */
export function parseInstant(text: string): number {
  const written = text.trim()
  const match =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(
      written,
    )
  if (!match) return parseRange(written).start
  const [, date, hours, minutes, seconds = '0', fraction = '', offset = 'Z'] = match
  const day = parseRange(date!).start
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    throw impossible(
      text,
      'there is no such time of day',
      'Hours are 00 to 23, minutes and seconds 00 to 59.',
    )
  }
  const millis = Math.floor(Number(`0.${fraction || '0'}`) * 1000)
  const local = day + Number(hours) * hourMs + Number(minutes) * 60_000 + Number(seconds) * 1000 + millis
  return local - offsetMs(offset)
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || '0')
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

function yearOf(text: string, year: number): Range {
  if (year === 0) throw impossible(text, 'there is no year 0', 'Years are 0001 to 9999.')
  return { kind: 'year', start: daysOf(year, 1, 1) * dayMs, end: daysOf(year + 1, 1, 1) * dayMs }
}

function quarterOf(text: string, year: number, digit: string): Range {
  const whole = yearOf(text, year)
  if (digit === '') return whole
  const quarter = Number(digit)
  if (quarter < 1 || quarter > 4) {
    throw impossible(text, `there is no quarter ${quarter}`, 'Quarters are Q1 to Q4.')
  }
  const month = quarter * 3 - 2
  return { kind: 'quarter', start: daysOf(year, month, 1) * dayMs, end: monthAfter(year, month + 2) }
}

function weekOf(text: string, year: number, digits: string | undefined): Range {
  yearOf(text, year)
  const weeks = isoWeeksInYear(year)
  if (digits === undefined) {
    return {
      kind: 'year',
      start: daysOfIsoWeek(year, 1) * dayMs,
      end: Math.min(daysOfIsoWeek(year, weeks + 1) * dayMs, latest),
    }
  }
  const week = Number(digits)
  if (week < 1 || week > weeks) {
    throw impossible(
      text,
      `${yearText(year)} has ${weeks} ISO weeks`,
      `Weeks of that year are ${yearText(year)}-W01 to ${yearText(year)}-W${weeks}.`,
    )
  }
  const start = daysOfIsoWeek(year, week) * dayMs
  return { kind: 'week', start, end: start + 7 * dayMs }
}

function monthOf(text: string, year: number, month: number): Range {
  yearOf(text, year)
  if (month < 1 || month > 12) throw impossible(text, `there is no month ${month}`, 'Months are 01 to 12.')
  return { kind: 'month', start: daysOf(year, month, 1) * dayMs, end: monthAfter(year, month) }
}

function dateOf(
  text: string,
  year: number,
  month: number,
  day: number,
  hourDigits: string | undefined,
): Range {
  const inMonth = monthOf(text, year, month)
  const days = daysInMonth(year, month)
  if (day < 1 || day > days) {
    const last = `${yearText(year)}-${`${month}`.padStart(2, '0')}-${days}`
    throw impossible(
      text,
      `${monthNames[month - 1]} ${yearText(year)} has ${days} days`,
      `Its last day is ${last}.`,
    )
  }
  const start = inMonth.start + (day - 1) * dayMs
  if (hourDigits === undefined) return { kind: 'day', start, end: start + dayMs }
  const hour = Number(hourDigits)
  if (hour > 23) throw impossible(text, `there is no hour ${hour}`, 'Hours are T00 to T23.')
  return { kind: 'hour', start: start + hour * hourMs, end: start + (hour + 1) * hourMs }
}

function monthAfter(year: number, month: number): number {
  return (month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1)) * dayMs
}

function yearText(year: number): string {
  return `${year}`.padStart(4, '0')
}

function impossible(text: string, why: string, hint: string): SluiceError {
  return SluiceError.of('SL401', { message: `"${text}" does not exist: ${why}`, hint })
}

/** A hint for the ways in which people write dates otherwise. */
function suggestion(text: string): string {
  const forms = 'Keys look like 2024, 2024-Q1, 2024-01, 2024-W01, 2024-01-05 or 2024-01-05T13.'
  const said = likelyKey(text)
  return said === undefined || !isKey(said) ? forms : `Did you mean ${said}?`
}

function likelyKey(text: string): string | undefined {
  const parted = /^(\d{4})[-/._](\d{1,2})(?:[-/._](\d{1,2}))?$/.exec(text)
  if (parted)
    return [
      parted[1],
      ...parted
        .slice(2)
        .filter(Boolean)
        .map((part) => part!.padStart(2, '0')),
    ].join('-')
  const joined = /^(\d{4})(\d\d)(\d\d)?$/.exec(text)
  if (joined) return joined.slice(1).filter(Boolean).join('-')
  const unit = /^(\d{4})-?([qQwW])(\d{1,2})$/.exec(text)
  if (unit) {
    const letter = unit[2]!.toUpperCase()
    return `${unit[1]}-${letter}${letter === 'Q' ? unit[3] : unit[3]!.padStart(2, '0')}`
  }
  const timed = /^(\d{4}-\d\d-\d\d)[tT ](\d{1,2})(?::.*)?$/.exec(text)
  if (timed) return `${timed[1]}T${timed[2]!.padStart(2, '0')}`
  return undefined
}

function isKey(text: string): boolean {
  try {
    parseRange(text)
    return true
  } catch (error) {
    if (error instanceof SluiceError) return false
    throw error
  }
}
