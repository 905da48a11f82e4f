import type { Column } from '../adapter.ts'

/** Whether two relations have the same columns: names, types and order. */
export function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  if (a === b) return true
  return (
    a.length === b.length &&
    a.every((column, index) => column.name === b[index]!.name && column.type === b[index]!.type)
  )
}
