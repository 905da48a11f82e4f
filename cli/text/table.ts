import { type TableColumn, tableLines } from '../terminal/table.ts'
import type { Output } from '../terminal/terminal.ts'

/** Prints a table as wide as the terminal, titles dimmed. */
export function printTable(
  out: Output,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): void {
  const width = out.columns()
  const lines = tableLines(columns, rows, { title: out.style.dim, ...(width === undefined ? {} : { width }) })
  out.write(`${lines.join('\n')}\n`)
}
