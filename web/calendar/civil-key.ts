/** The civil time in which a partition begins, as its key tells it. Months and days count from 1. */
export interface CivilKey {
  readonly year: number
  readonly week?: number
  readonly quarter?: number
  readonly month?: number
  readonly day?: number
  readonly hour?: number
  readonly minute?: number
}

const form =
  /^(?<year>-?\d{4,6})(?:-W(?<week>\d\d)|-Q(?<quarter>[1-4])|-(?<month>\d\d)(?:-(?<day>\d\d)(?:T(?<hour>\d\d)(?::(?<minute>\d\d))?(?:[+-]\d\d:\d\d(?::\d\d)?)?)?)?)?$/

/** Reads a key; undefined for what is none. The offset of a repeated hour does not change its civil time. */
export function civilOf(key: string): CivilKey | undefined {
  const groups = form.exec(key)?.groups
  if (groups === undefined) return undefined
  const civil: Record<string, number> = {}
  for (const [name, text] of Object.entries(groups)) if (text !== undefined) civil[name] = Number(text)
  const { month, day } = civil
  if (month !== undefined && (month < 1 || month > 12)) return undefined
  if (day !== undefined && (day < 1 || day > 31)) return undefined
  return civil as unknown as CivilKey
}

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const
