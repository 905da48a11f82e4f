import type { ColumnType } from '../../core/config/project.ts'
import { dateText, formatted, timeText } from '../../core/time/instant-text.ts'
import { stringLiteral } from './literal.ts'

/**
 * The instant as an SQL literal of exactly this type, in UTC.
 *
 * @param ms UTC milliseconds
 * @throws Error if a text or integer column comes without its format
 */
export function instantLiteral(ms: number, type: ColumnType, format?: string): string {
  const at = new Date(ms)
  const { day, isBeforeChrist } = dateText(at)
  const era = eraOf(isBeforeChrist)
  switch (type) {
    case 'date':
      return `DATE '${day}${era}'`
    case 'timestamp':
      return `TIMESTAMP '${day}${era} ${timeText(at)}'`
    case 'timestamptz':
      return `TIMESTAMPTZ '${day}${era} ${timeText(at)}+00'`
    case 'integer':
      return formatted(at, format)
    case 'text':
      return stringLiteral(formatted(at, format))
  }
}

/** DuckDB writes years before 1 as `0044-03-15 (BC)`. */
function eraOf(isBeforeChrist: boolean): string {
  return isBeforeChrist ? ' (BC)' : ''
}
