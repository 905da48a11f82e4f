import type { ColumnType } from '../../core/config/project.ts'

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

interface DateText {
  readonly day: string
  /** ` BC` for years before 1. */
  readonly era: string
}

function dateText(at: Date): DateText {
  const year = at.getUTCFullYear()
  const [shown, era] = year > 0 ? [year, ''] : [1 - year, ' BC']
  return { day: `${pad(shown, 4)}-${pad(at.getUTCMonth() + 1, 2)}-${pad(at.getUTCDate(), 2)}`, era }
}

function timeText(at: Date): string {
  const seconds = `${pad(at.getUTCHours(), 2)}:${pad(at.getUTCMinutes(), 2)}:${pad(at.getUTCSeconds(), 2)}`
  const ms = at.getUTCMilliseconds()
  return ms === 0 ? seconds : `${seconds}.${pad(ms, 3)}`
}

/** The instant as the server reads it for a timestamp with or without time zone: `2001-01-05 13:00:00+00`. */
export function instantText(ms: number): string {
  const at = new Date(ms)
  const { day, era } = dateText(at)
  return `${day} ${timeText(at)}+00${era}`
}

/** The instant as an SQL literal of exactly this type.
 * @throws Error if a text or integer column comes without its format */
export function instantLiteral(ms: number, type: ColumnType, format?: string): string {
  const at = new Date(ms)
  const { day, era } = dateText(at)
  switch (type) {
    case 'date':
      return `date '${day}${era}'`
    case 'timestamp':
      return `timestamp '${day} ${timeText(at)}${era}'`
    case 'timestamptz':
      return `timestamptz '${instantText(ms)}'`
    case 'integer':
      return formatted(at, format)
    case 'text':
      return `text '${formatted(at, format).replaceAll("'", "''")}'`
  }
}

/** Fills `YYYY`, `MM`, `DD`, `HH`, `mm` and `ss`; other characters stand for themselves. */
function formatted(at: Date, format: string | undefined): string {
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
