/** The proleptic Gregorian calendar in whole numbers. Days are counted from 1970-01-01; months are 1–12. */

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days from 1970-01-01 to the date. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"; unlike
 * `Date.UTC` it takes the years 1–99 as they are. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date of a day number; the inverse of `daysOf`. */
export function civilOf(days: number): CivilDate {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** The ISO 8601 week that holds a day: weeks begin on Monday and belong to the year of their Thursday. */
export function isoWeekOf(days: number): { readonly year: number; readonly week: number } {
  const thursday = isoWeekStart(days) + 3
  const { year } = civilOf(thursday)
  return { year, week: Math.floor((thursday - daysOf(year, 1, 1)) / 7) + 1 }
}

/** The Monday on which an ISO week begins; weeks beyond the year's last run on into the next year. */
export function daysOfIsoWeek(year: number, week: number): number {
  return isoWeekStart(daysOf(year, 1, 4)) + (week - 1) * 7
}

/** 52 or 53. 28 December is always in the last ISO week of its year. */
export function isoWeeksInYear(year: number): number {
  return isoWeekOf(daysOf(year, 12, 28)).week
}

/** 1970-01-01 was a Thursday, three days after a Monday. */
function isoWeekStart(days: number): number {
  return Math.floor((days + 3) / 7) * 7 - 3
}
