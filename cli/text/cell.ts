import { jsonLine } from './json.ts'

/** A value of a row in a table for people. Control characters are shown as escapes: they would move the cursor. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? 'NULL'
      : value
          .toISOString()
          .replace('T', ' ')
          .replace(/(\.000)?Z$/, '')
  if (typeof value === 'object') return visible(jsonLine(value).trimEnd())
  return visible(String(value))
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => JSON.stringify(character).slice(1, -1))
}
