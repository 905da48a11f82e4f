import type { ColumnType } from '../../core/config/project.ts'
import { stringLiteral } from './literal.ts'

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/**
 * The instant as an SQL literal of exactly this type, in UTC.
 *
 * @param ms UTC milliseconds
 * @throws Error if a text or integer column comes without its format
 */
export function instantLiteral(ms: number, type: ColumnType, format?: string): string {
  const at = new Date(ms)
  const { day, era } = dateText(at)
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
function dateText(at: Date): { readonly day: string; readonly era: string } {
  const year = at.getUTCFullYear()
  const [shown, era] = year > 0 ? [year, ''] : [1 - year, ' (BC)']
  return { day: `${pad(shown, 4)}-${pad(at.getUTCMonth() + 1, 2)}-${pad(at.getUTCDate(), 2)}`, era }
}

function timeText(at: Date): string {
  const seconds = `${pad(at.getUTCHours(), 2)}:${pad(at.getUTCMinutes(), 2)}:${pad(at.getUTCSeconds(), 2)}`
  const ms = at.getUTCMilliseconds()
  return ms === 0 ? seconds : `${seconds}.${pad(ms, 3)}`
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
