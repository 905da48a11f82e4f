import type { ColumnType } from '../../core/config/project.ts'
import { dateText, formatted, timeText } from '../../core/time/instant-text.ts'

/** The server writes years before 1 as `0044-03-15 BC`. */
function eraOf(isBeforeChrist: boolean): string {
  return isBeforeChrist ? ' BC' : ''
}

/** The instant as the server reads it for a timestamp with or without time zone: `2001-01-05 13:00:00+00`. */
export function instantText(ms: number): string {
  const at = new Date(ms)
  const { day, isBeforeChrist } = dateText(at)
  const era = eraOf(isBeforeChrist)
  return `${day} ${timeText(at)}+00${era}`
}

/** The instant as an SQL literal of exactly this type.
 * @throws Error if a text or integer column comes without its format */
export function instantLiteral(ms: number, type: ColumnType, format?: string): string {
  const at = new Date(ms)
  const { day, isBeforeChrist } = dateText(at)
  const era = eraOf(isBeforeChrist)
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
