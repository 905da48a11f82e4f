import type { Adapter, Column, Dialect } from '../core/adapter.ts'
import type { CompiledModel } from '../core/compile/compiled.ts'
import type { ColumnType } from '../core/config/project.ts'
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
  const name = config.name.toLowerCase()
  const column = columns.find((each) => each.name.toLowerCase() === name)
  return column === undefined ? undefined : adapter.dialect.columnType(column.type)
}

/** The condition that holds the rows of an interval, over an alias. */
export function windowCondition(
  dialect: Dialect,
  model: CompiledModel,
  { start, end }: Interval,
  type: ColumnType,
): (alias: string) => string {
  const { name, format } = model.config.partition!.column
  const column = (alias: string) => `${alias}.${dialect.quote(name)}`
  return (alias) =>
    `${column(alias)} >= ${dialect.instant(start, type, format)} and ${column(alias)} < ${dialect.instant(end, type, format)}`
}
