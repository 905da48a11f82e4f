const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** A date in UTC with a year of four digits; years before 1 count on from 1, and `isBeforeChrist` says so. */
export function dateText(at: Date): { readonly day: string; readonly isBeforeChrist: boolean } {
  const year = at.getUTCFullYear()
  const shown = year > 0 ? year : 1 - year
  return {
    day: `${pad(shown, 4)}-${pad(at.getUTCMonth() + 1, 2)}-${pad(at.getUTCDate(), 2)}`,
    isBeforeChrist: year <= 0,
  }
}

/** The time of day in UTC with seconds, and milliseconds if there are any. */
export function timeText(at: Date): string {
  const seconds = `${pad(at.getUTCHours(), 2)}:${pad(at.getUTCMinutes(), 2)}:${pad(at.getUTCSeconds(), 2)}`
  const ms = at.getUTCMilliseconds()
  return ms === 0 ? seconds : `${seconds}.${pad(ms, 3)}`
}

/** An instant as the values of a text or integer column are written: `YYYY`, `MM`, `DD`, `HH`, `mm` and `ss` are filled in, other characters
 * stand for themselves. Throws an Error without a format. */
export function formatted(at: Date, format: string | undefined): string {
  if (format === undefined) throw new Error('a text or integer partition column needs a format')
  const parts: Readonly<Record<string, string>> = {
    YYYY: pad(at.getUTCFullYear(), 4),
    MM: pad(at.getUTCMonth() + 1, 2),
    DD: pad(at.getUTCDate(), 2),
    HH: pad(at.getUTCHours(), 2),
    mm: pad(at.getUTCMinutes(), 2),
    ss: pad(at.getUTCSeconds(), 2),
  }
  return format.replace(/YYYY|MM|DD|HH|mm|ss/g, (token) => parts[token] ?? token)
}
