import type { Adapter, Column, Dialect } from '../core/adapter.ts'
import { clockOf, instantText } from '../core/compile/clock.ts'
import type { CompiledModel } from '../core/compile/compiled.ts'
import type { ColumnType } from '../core/config/project.ts'
import { columnNamed } from '../core/run/attempt.ts'
import type { Interval } from '../core/time/interval.ts'

/** What the partition column of a published model holds; undefined for models without partitions. */
export function partitionColumnType(
  adapter: Adapter,
  model: CompiledModel,
  columns: readonly Column[],
): ColumnType | undefined {
  const config = model.config.partition?.column
  if (config === undefined) return undefined
  if (config.type !== undefined) return config.type
  const column = columnNamed(adapter.dialect, columns, config.name)
  return column === undefined ? undefined : adapter.dialect.columnType(column.type)
}

/** The condition that holds the rows of an interval, over an alias of the table with these columns. */
export function windowCondition(
  dialect: Dialect,
  model: CompiledModel,
  interval: Interval,
  type: ColumnType,
  columns: readonly Column[],
): (alias: string) => string {
  const { column, from, to } = windowBounds(dialect, model, interval, type, columns)
  return (alias) => `${alias}.${column} >= ${from} and ${alias}.${column} < ${to}`
}

/** The partition column, quoted, and the literals between which the rows of an interval lie, the second one exclusive. */
export function windowBounds(
  dialect: Dialect,
  model: CompiledModel,
  { start, end }: Interval,
  type: ColumnType,
  columns: readonly Column[],
): { readonly column: string; readonly from: string; readonly to: string } {
  const partition = model.config.partition!
  const { name: written, format } = partition.column
  const shown = { type, ...(format === undefined ? {} : { format }), clock: clockOf(partition) }
  const name = columnNamed(dialect, columns, written)?.name ?? written
  return {
    column: dialect.quote(name),
    from: instantText(dialect, start, shown),
    to: instantText(dialect, end, shown, 'end'),
  }
}
