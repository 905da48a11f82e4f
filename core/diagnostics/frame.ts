import type { Place } from './diagnostic.ts'
import { endOfLine, offsetAt } from './place.ts'

export interface FrameOptions {
  /** Lines shown before and after the place. */
  readonly before?: number
  readonly after?: number
  /** Widest piece of source shown of a line, in terminal cells; longer lines are cut around the place. */
  readonly width?: number
}

/** The source around a place as plain text, the place underlined:
 *
 * ```
 *   3 | from staging.flights
 *   4 | where flight_date >= {{partition.strat}}
 *     |                        ^^^^^^^^^^^^^^^
 * ```
 * Tabs and control characters are shown as spaces, and wide characters count as two cells, so that the carets stand
 * below what they mean. A place of several lines is underlined on its first. */
export function frameOf(text: string, place: Place, options: FrameOptions = {}): string {
  const { before = 1, after = 1, width = 100 } = options
  const lines = linesAround(text, place.line - before, place.line + after)
  const gutter = String(lines.at(-1)?.number ?? place.line).length
  const frame: string[] = []
  for (const { number, source } of lines) {
    if (number !== place.line) {
      frame.push(numbered(gutter, number, cut(cellsOf(source), 0, width).text))
      continue
    }
    const from = place.column - 1
    const to = place.endLine === place.line ? (place.endColumn ?? from + 2) - 1 : undefined
    frame.push(
      ...underlined(gutter, number, source, from, to ?? (place.endLine ? source.length : from + 1), width),
    )
  }
  return frame.join('\n')
}

interface Cell {
  readonly text: string
  readonly width: number
  readonly offset: number
}

function underlined(
  gutter: number,
  number: number,
  source: string,
  from: number,
  to: number,
  width: number,
): readonly string[] {
  const cells = cellsOf(source)
  const startCell = cells.findIndex((cell) => cell.offset + cell.text.length > from)
  const first = startCell < 0 ? cells.length : startCell
  const shown = cut(cells, first, width)
  let indent = shown.lead
  let carets = 0
  for (let i = shown.start; i < shown.end; i++) {
    const cell = cells[i]!
    if (i < first) indent += cell.width
    else if (cell.offset < to) carets += cell.width
  }
  return [
    numbered(gutter, number, shown.text),
    `  ${' '.repeat(gutter)} | ${' '.repeat(indent)}${'^'.repeat(Math.max(carets, 1))}`,
  ]
}

function numbered(gutter: number, number: number, source: string): string {
  return `  ${String(number).padStart(gutter)} | ${source}`.trimEnd()
}

function linesAround(text: string, first: number, last: number): { number: number; source: string }[] {
  const lines: { number: number; source: string }[] = []
  let number = Math.max(first, 1)
  let start = offsetAt(text, number, 1)
  for (; number <= last; number++) {
    const end = endOfLine(text, start)
    lines.push({ number, source: text.slice(start, end) })
    const newline = text.indexOf('\n', end)
    if (newline < 0) break
    start = newline + 1
  }
  return lines
}

/** Cuts a long line to `width` cells so that the cell `around` is in sight; `lead` is the width of the leading `…`. */
function cut(
  cells: readonly Cell[],
  around: number,
  width: number,
): { start: number; end: number; lead: number; text: string } {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0)
  if (total <= width) return { start: 0, end: cells.length, lead: 0, text: textOf(cells) }
  let start = 0
  let room = cells.slice(0, around).reduce((sum, cell) => sum + cell.width, 0) - Math.floor(width / 2)
  while (room > 0 && start < around) room -= cells[start++]!.width
  let end = start
  let used = 0
  while (end < cells.length && used + cells[end]!.width <= width) used += cells[end++]!.width
  const lead = start > 0 ? 1 : 0
  const text = `${lead ? '…' : ''}${textOf(cells.slice(start, end))}${end < cells.length ? '…' : ''}`
  return { start, end, lead, text }
}

function textOf(cells: readonly Cell[]): string {
  return cells.map((cell) => (cell.text === '\t' ? ' '.repeat(cell.width) : printable(cell.text))).join('')
}

/** A control character would move the cursor. */
function printable(character: string): string {
  const code = character.codePointAt(0)!
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ? ' ' : character
}

const TAB = 4

function cellsOf(source: string): readonly Cell[] {
  const cells: Cell[] = []
  let column = 0
  let offset = 0
  for (const text of source) {
    const width = text === '\t' ? TAB - (column % TAB) : widthOf(text)
    cells.push({ text, width, offset })
    column += width
    offset += text.length
  }
  return cells
}

const zeroWidth = /^(?:[\p{Mn}\p{Me}\u200b-\u200f\u2060\ufeff]|[\ufe00-\ufe0f])$/u
/** East Asian wide and fullwidth blocks and emoji (Unicode Standard Annex 11). */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u

function widthOf(character: string): number {
  if (character < '\u0300') return 1
  if (zeroWidth.test(character)) return 0
  return wide.test(character) ? 2 : 1
}
