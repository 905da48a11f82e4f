import type { Adapter, Column, Dialect } from '../core/adapter.ts'
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
  { start, end }: Interval,
  type: ColumnType,
  columns: readonly Column[],
): (alias: string) => string {
  const { name: written, format } = model.config.partition!.column
  const name = columnNamed(dialect, columns, written)?.name ?? written
  const column = (alias: string) => `${alias}.${dialect.quote(name)}`
  return (alias) =>
    `${column(alias)} >= ${dialect.instant(start, type, format)} and ${column(alias)} < ${dialect.instant(end, type, format)}`
}
