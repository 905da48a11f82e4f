import { displayWidth, padEnd, padStart, truncate, truncateMiddle } from './width.ts'

export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** What it may lose when the table is wider than the terminal: names their middle, sentences (styled ones too) their end. */
  readonly shrinks?: 'middle' | 'end'
  /** Cells that it needs to be read: before it has fewer, optional columns are left out. */
  readonly readable?: number
  /** Left out, the last first, before others would lose so much that they cannot be read. */
  readonly isOptional?: boolean
}

export interface TableStyle {
  /** Cells available; unlimited if undefined. */
  readonly width?: number
  readonly indent?: string
  readonly title?: (text: string) => string
  /** Styles one padded cell. */
  readonly cell?: (text: string, row: number, column: number) => string
}

const gap = '  '
const narrowest = 8
const readable = 16

/** Lines of a table in aligned columns, without rules or borders: it can be read, cut and grepped. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  style: TableStyle = {},
): readonly string[] {
  const left = leftOut(columns, rows, style)
  if (left !== undefined) {
    const without = <T>(all: readonly T[]) => all.filter((_, at) => at !== left)
    return tableLines(without(columns), rows.map(without), style)
  }
  const indent = style.indent ?? ''
  const widths = fitted(columns, naturalWidths(columns, rows), style.width, indent.length)
  const cell = style.cell ?? ((text) => text)
  const head = columns.map((column, at) => cellText(column.title, widths[at]!, column))
  const title = style.title ?? ((text) => text)
  return [
    indent + head.map((text) => title(text)).join(gap),
    ...rows.map(
      (row, number) =>
        indent +
        columns.map((column, at) => cell(cellText(row[at] ?? '', widths[at]!, column), number, at)).join(gap),
    ),
  ].map((line) => line.trimEnd())
}

function naturalWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly number[] {
  return columns.map((column, at) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[at] ?? '')), displayWidth(column.title)),
  )
}

/** The optional column to leave out next, while the table is too wide for its columns to be read. */
function leftOut(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  { width, indent = '' }: TableStyle,
): number | undefined {
  if (width === undefined) return undefined
  const least = naturalWidths(columns, rows).map((natural, at) =>
    columns[at]!.shrinks ? Math.min(natural, columns[at]!.readable ?? readable) : natural,
  )
  const total = indent.length + least.reduce((sum, each) => sum + each, 0) + gap.length * (least.length - 1)
  if (total <= width) return undefined
  const found = columns.findLastIndex((column) => column.isOptional)
  return found < 0 ? undefined : found
}

/** Takes what is too much from the widest shrinking column, again and again. */
function fitted(
  columns: readonly TableColumn[],
  natural: readonly number[],
  width: number | undefined,
  indent: number,
): readonly number[] {
  const widths = [...natural]
  if (width === undefined) return widths
  let excess = indent + widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1) - width
  while (excess > 0) {
    let widest = -1
    for (let at = 0; at < widths.length; at++) {
      if (!columns[at]!.shrinks || widths[at]! <= narrowest) continue
      if (widest < 0 || widths[at]! > widths[widest]!) widest = at
    }
    if (widest < 0) break
    widths[widest]! -= 1
    excess -= 1
  }
  return widths
}

function cellText(text: string, width: number, column: TableColumn): string {
  const shown =
    column.shrinks === 'middle'
      ? truncateMiddle(text, width)
      : column.shrinks === 'end'
        ? truncate(text, width)
        : text
  return column.align === 'right' ? padStart(shown, width) : padEnd(shown, width)
}
