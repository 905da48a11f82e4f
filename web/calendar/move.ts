import type { Calendar, CalendarCell } from './cells.ts'

/** Where a key of the keyboard leads from a cell: along time, to the nearest cell of the same column above or below, to the row's ends, to
 * the first cell of the block before or after, to the very first and last. Undefined: the key means nothing here. */
export function moved(
  calendar: Calendar,
  from: CalendarCell,
  { key, ctrlKey = false }: { readonly key: string; readonly ctrlKey?: boolean },
): CalendarCell | undefined {
  const rows = calendar.blocks.flatMap((block) => block.rows.map(({ cells }) => ({ block, cells })))
  const cells = rows.flatMap((row) => row.cells)
  const rowAt = rows.findIndex((row) => row.cells.includes(from))
  const row = rows[rowAt]
  if (row === undefined) return undefined
  const at = cells.indexOf(from)
  const inColumn = (step: 1 | -1): CalendarCell => {
    for (let next = rowAt + step; rows[next] !== undefined; next += step) {
      const found = rows[next]!.cells.find((cell) => cell.column === from.column)
      if (found !== undefined) return found
    }
    return from
  }
  const inBlock = (step: 1 | -1): CalendarCell => {
    const block = calendar.blocks[calendar.blocks.indexOf(row.block) + step]
    return block?.rows[0]?.cells[0] ?? (step < 0 ? cells[0]! : cells.at(-1)!)
  }
  switch (key) {
    case 'ArrowLeft':
      return cells[at - 1] ?? from
    case 'ArrowRight':
      return cells[at + 1] ?? from
    case 'ArrowUp':
      return inColumn(-1)
    case 'ArrowDown':
      return inColumn(1)
    case 'Home':
      return ctrlKey ? cells[0] : row.cells[0]
    case 'End':
      return (ctrlKey ? cells : row.cells).at(-1)
    case 'PageUp':
      return inBlock(-1)
    case 'PageDown':
      return inBlock(1)
    default:
      return undefined
  }
}
