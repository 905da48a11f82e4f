import type { Place } from './diagnostic.ts'

/** The place of `[offset, endOffset)` in a text. Offsets are UTF-16 indexes and are clamped to the text; a line ends
 * with `\n` or `\r\n`. Without `endOffset` the place is a point. */
export function placeAt(file: string, text: string, offset: number, endOffset?: number): Place {
  const start = lineAndColumn(text, offset)
  if (endOffset === undefined || endOffset <= offset) return { file, ...start }
  const end = lineAndColumn(text, endOffset)
  return { file, ...start, endLine: end.line, endColumn: end.column }
}

/** The UTF-16 index of a 1-based line and column; a column beyond the line gives the line's end (before its line break),
 * a line beyond the text gives the text's end. */
export function offsetAt(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at++) {
    const newline = text.indexOf('\n', start)
    if (newline < 0) return text.length
    start = newline + 1
  }
  return Math.min(start + Math.max(column, 1) - 1, endOfLine(text, start))
}

/** Where the line that begins at `start` ends, its line break excluded. */
export function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start)
  if (newline < 0) return text.length
  return newline > start && text[newline - 1] === '\r' ? newline - 1 : newline
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const at = Math.min(Math.max(offset, 0), text.length)
  let line = 1
  let start = 0
  for (;;) {
    const newline = text.indexOf('\n', start)
    if (newline < 0 || newline >= at) return { line, column: at - start + 1 }
    line += 1
    start = newline + 1
  }
}
