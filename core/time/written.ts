const WIDTHS: Readonly<Record<string, number>> = { YYYY: 4, MM: 2, DD: 2, HH: 2, mm: 2, ss: 2 }
const PARTS = ['YYYY', 'MM', 'DD', 'HH', 'mm', 'ss']

/**
 * Whether a text is how the format writes some instant: `20240131` is for `YYYYMMDD`, `20240132` and `2024-01-31` are not.
 */
export function isWritten(text: string, format: string): boolean {
  const written = format.split(/(YYYY|MM|DD|HH|mm|ss)/)
  const pattern = written.map((part) =>
    part in WIDTHS ? `(?<${part}>\\d{${WIDTHS[part]}})` : part.replace(/[^\w\s]/g, '\\$&'),
  )
  const found = new RegExp(`^${pattern.join('')}$`).exec(text)?.groups
  if (found === undefined) return false
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = PARTS.map((part) =>
    found[part] === undefined ? undefined : Number(found[part]),
  )
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCHours(hour, minute, second)
  const same = [
    at.getUTCFullYear(),
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  ]
  return [year, month, day, hour, minute, second].every((value, index) => value === same[index])
}
