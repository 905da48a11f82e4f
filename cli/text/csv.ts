import { jsonLine } from './json.ts'

/** One record as RFC 4180 says, ended by a line feed. NULL is an empty field, an empty text is `""`. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(field).join(',')}\n`
}

function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  const text = typeof value === 'object' ? jsonLine(value).trimEnd() : String(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
