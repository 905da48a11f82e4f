import { SluiceError } from '../diagnostics/diagnostic.ts'
import { dayMs, daysInMonth, daysOf, daysOfIsoWeek, hourMs, isoWeeksInYear } from './calendar.ts'
import type { GrainName } from './grain.ts'
import type { Interval } from './interval.ts'

/** What a key, or a prefix of one, stands for: `2024-01` is all of January. Civil time, counted as if it were UTC, unless the text says its offset. */
export interface Range extends Interval {
  /** The unit that the text names. A date is also the key of a week that does not begin on Monday. */
  readonly kind: GrainName | 'minute'
  /** The text has an offset, so that the bounds are instants: `2021-11-07T01-06:00`. */
  readonly isInstant: boolean
}

/** A point in civil time, or an instant where an offset was given. */
export interface Moment {
  readonly at: number
  readonly isInstant: boolean
}

/** The years that keys, Postgres and DuckDB share: 0001 to 9999. */
export const earliest = daysOf(1, 1, 1) * dayMs
export const latest = daysOf(10_000, 1, 1) * dayMs

const monthNames =
  'January February March April May June July August September October November December'.split(' ')

/** Reads a partition key or a prefix of one: `2024`, `2024-Q1`, `2024-01`, `2024-W01`, `2024-01-05`, `2024-01-05T13`, `2024-01-05T13:30`. An
 * offset may follow an hour or a minute, and a separator may stand at the end (`2024-01-05T`).
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
  const date =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(?:(\d\d)(?::(?:(\d\d)(?::00)?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?)?)?$/.exec(
      written,
    )
  if (date) {
    const day = dateOf(written, Number(date[1]), Number(date[2]), Number(date[3]))
    return date[4] === undefined ? day : timeOf(written, day, date[4], date[5], date[6])
  }
  throw SluiceError.of('SL402', {
    message: `"${text}" is not a partition key or the beginning of one`,
    hint: suggestion(written),
  })
}

/** The interval in UTC from the beginning of `from` to the end of `to`, both inclusive; one that is left out is unbounded
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

/** Reads a point in time: a date, a date with a time (`2024-01-05T13:30`, seconds and `Z` or an offset may follow), or
 * any key, whose beginning is meant.
 * @throws SluiceError SL401 or SL402. */
export function parseMoment(text: string): Moment {
  const written = text.trim()
  const match =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?$/.exec(
      written,
    )
  if (!match) {
    const { start, isInstant } = parseRange(written)
    return { at: start, isInstant }
  }
  const [, date, hours, minutes, seconds = '0', fraction = '', offset] = match
  const day = parseRange(date!).start
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    throw impossible(
      text,
      'there is no such time of day',
      'Hours are 00 to 23, minutes and seconds 00 to 59.',
    )
  }
  const millis = Math.floor(Number(`0.${fraction || '0'}`) * 1000)
  const civil = day + Number(hours) * hourMs + Number(minutes) * 60_000 + Number(seconds) * 1000 + millis
  return { at: civil - offsetMs(text, offset ?? 'Z'), isInstant: offset !== undefined }
}

/** As `parseMoment`, in UTC where the text says no offset. */
export function parseInstant(text: string): number {
  return parseMoment(text).at
}

function offsetMs(text: string, offset: string): number {
  if (offset === 'Z') return 0
  const [hours, minutes, seconds] = offset.slice(1).replaceAll(':', '').match(/\d\d/g)!
  if (Number(hours) > 15 || Number(minutes ?? '0') > 59 || Number(seconds ?? '0') > 59)
    throw impossible(text, `there is no offset ${offset}`, 'Offsets look like -05:00 or Z.')
  const size = Number(hours) * hourMs + Number(minutes ?? '0') * 60_000 + Number(seconds ?? '0') * 1000
  return offset.startsWith('-') ? -size : size
}

function civil(kind: Range['kind'], start: number, end: number): Range {
  return { kind, start, end, isInstant: false }
}

function yearOf(text: string, year: number): Range {
  if (year === 0) throw impossible(text, 'there is no year 0', 'Years are 0001 to 9999.')
  return civil('year', daysOf(year, 1, 1) * dayMs, daysOf(year + 1, 1, 1) * dayMs)
}

function quarterOf(text: string, year: number, digit: string): Range {
  const whole = yearOf(text, year)
  if (digit === '') return whole
  const quarter = Number(digit)
  if (quarter < 1 || quarter > 4) {
    throw impossible(text, `there is no quarter ${quarter}`, 'Quarters are Q1 to Q4.')
  }
  const month = quarter * 3 - 2
  return civil('quarter', daysOf(year, month, 1) * dayMs, monthAfter(year, month + 2))
}

function weekOf(text: string, year: number, digits: string | undefined): Range {
  yearOf(text, year)
  const weeks = isoWeeksInYear(year)
  if (digits === undefined) {
    return civil(
      'year',
      daysOfIsoWeek(year, 1) * dayMs,
      Math.min(daysOfIsoWeek(year, weeks + 1) * dayMs, latest),
    )
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
  return civil('week', start, start + 7 * dayMs)
}

function monthOf(text: string, year: number, month: number): Range {
  yearOf(text, year)
  if (month < 1 || month > 12) throw impossible(text, `there is no month ${month}`, 'Months are 01 to 12.')
  return civil('month', daysOf(year, month, 1) * dayMs, monthAfter(year, month))
}

function dateOf(text: string, year: number, month: number, day: number): Range {
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
  return civil('day', start, start + dayMs)
}

function timeOf(
  text: string,
  day: Range,
  hours: string,
  minutes: string | undefined,
  offset: string | undefined,
): Range {
  const hour = Number(hours)
  const minute = Number(minutes ?? '0')
  if (hour > 23) throw impossible(text, `there is no hour ${hour}`, 'Hours are T00 to T23.')
  if (minute > 59) throw impossible(text, `there is no minute ${minute}`, 'Minutes are 00 to 59.')
  const start = day.start + hour * hourMs + minute * 60_000 - offsetMs(text, offset ?? 'Z')
  return {
    kind: minutes === undefined ? 'hour' : 'minute',
    start,
    end: start + (minutes === undefined ? hourMs : 60_000),
    isInstant: offset !== undefined,
  }
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
  const timed = /^(\d{4}-\d\d-\d\d)[tT ](\d{1,2})(:\d\d)?(?::.*)?$/.exec(text)
  if (timed) return `${timed[1]}T${timed[2]!.padStart(2, '0')}${timed[3] ?? ''}`
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
