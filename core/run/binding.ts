import type { Column, Dialect, Session } from '../adapter.ts'
import type { CheckedRows } from '../checks/build.ts'
import { assumedType, clockOf, instantText, readClocksOf } from '../compile/clock.ts'
import type { CompiledModel, CompiledProject } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import type { Window } from '../compile/symbols.ts'
import { columnMistake } from '../config/partition-column.ts'
import type { ColumnType } from '../config/project.ts'
import { enforceContract } from '../contracts/enforce.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { readWindows } from '../plan/edges.ts'
import type { Partition } from '../time/interval.ts'
import { type AttemptContext, isPublished, outputColumn } from './attempt.ts'
import type { Checked } from './checking.ts'
import { refuseOtherTypes } from './compared-bounds.ts'
import { withUserSql } from './diagnose.ts'
import type { Piece } from './pieces.ts'

/** Stored beside each row of a merge whose key does not contain the partition column: the start of the partition that wrote it. */
export const PARTITION_START = 'sluice_partition_start'

export interface Bound {
  readonly model: CompiledModel
  /** Columns of the query. */
  readonly columns: readonly Column[]
  /** Columns of the table: those of the query, and the partition's start where the newest wins. */
  readonly stored: readonly Column[]
  readonly partitionColumn: Column
  readonly type: ColumnType
  /** The table was just made, as the query could not be bound without it. */
  readonly isCreated: boolean
}

/** True for a merge whose key does not tell the partition, so that rows of several partitions meet in one key. */
export function newestWins(model: CompiledModel): boolean {
  const { strategy, partition, uniqueKey } = model.config
  if (strategy !== 'merge' || partition === undefined) return false
  return !uniqueKey.some((name) => name.toLowerCase() === partition.column.name.toLowerCase())
}

/** The query's columns and the partition column's type, from the engine; asked once in a run. */
export async function bind(context: AttemptContext, session: Session, model: CompiledModel): Promise<Bound> {
  const { adapter, bindings } = context
  const declared = model.config.partition!.column
  let columns = bindings.columnsOf(model.name)
  let type = bindings.typeOf(model.name)
  const isCreated = model.readsItself && (await createForItself(context, session, model))
  if (columns === undefined || type === undefined) {
    const window = windowFor(
      context,
      model,
      context.task.partitions[0]!,
      assumedType(model.config.partition!),
    )
    const sql = await context.texts.model(model, window)
    columns = await withUserSql(sql, 0, () => adapter.catalog.describe(session, sql.text))
    await enforceContract(adapter, session, model, columns)
    const found = outputColumn(adapter, model, columns, declared.name, 'partition column')
    type = partitionType(adapter.dialect, model, found)
    await refuseOtherTypes(context, session, model, { ...window, columnType: type })
    bindings.bind(model.name, columns, type)
  }
  const partitionColumn = outputColumn(adapter, model, columns, declared.name, 'partition column')
  for (const key of model.config.uniqueKey) outputColumn(adapter, model, columns, key, 'merge key column')
  const stored = newestWins(model)
    ? [...columns, { name: PARTITION_START, type: adapter.dialect.timestampType }]
    : columns
  return { model, columns, stored, partitionColumn, type, isCreated }
}

/** A query over its own table cannot be bound before that exists, so the first run makes it from the declared columns. */
async function createForItself(
  context: AttemptContext,
  session: Session,
  model: CompiledModel,
): Promise<boolean> {
  const { dialect, catalog } = context.adapter
  if (context.bindings.isSettled(model.name)) return false
  if ((await catalog.kind(session, model.relation)) !== undefined) return false
  if (!context.task.fullRefresh && (await isPublished(context, session))) return false // SL616 follows.
  const columns = model.columns.flatMap(({ name, type }) => (type === undefined ? [] : [{ name, type }]))
  if (columns.length === 0 || columns.length < model.columns.length) {
    throw SluiceError.of('SL619', {
      message: `${model.name} reads itself, and its table does not exist yet`,
      model: model.name,
      place: { file: model.path, line: 1, column: 1 },
      hint: 'Declare every column with its type in the header: `columns: [{ name: day, type: date }, …]`. The first run makes the table from them.',
    })
  }
  await session.execute(dialect.createSchema(model.relation.schema))
  const all = newestWins(model)
    ? [...columns, { name: PARTITION_START, type: dialect.timestampType }]
    : columns
  await session.execute(dialect.createTable(model.relation, all))
  return true
}

/** The type that a model's partition column has in its output. Throws SL617 or SL628 if it cannot be one. */
export function partitionType(
  dialect: Pick<Dialect, 'columnType'>,
  model: CompiledModel,
  column: Column,
): ColumnType {
  const declared = model.config.partition!.column.type
  const found = dialect.columnType(column.type)
  if (found !== undefined && (declared === undefined || declared === found)) {
    if (declared !== undefined || found === 'date' || found === 'timestamp' || found === 'timestamptz') {
      if (declared === undefined) refuseType(model, found)
      return found
    }
  }
  throw SluiceError.of('SL617', {
    message:
      declared === undefined
        ? `the partition column \`${column.name}\` of ${model.name} is ${column.type}, which needs a declared type and format`
        : `the partition column \`${column.name}\` of ${model.name} is declared ${declared}, but the query returns ${column.type}`,
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
    hint:
      declared === undefined
        ? `Declare \`column: { name: ${column.name}, type: text, format: YYYY-MM-DD }\` or cast it to a date in the query.`
        : `Declare \`type: ${found ?? declared}\`, or cast the column to ${declared} in the query.`,
  })
}

/** A declared type was looked at with the rest of the configuration. */
function refuseType(model: CompiledModel, found: ColumnType): void {
  const { partition } = model.config
  const mistake = columnMistake(partition!, found)
  if (mistake === undefined) return
  throw SluiceError.of('SL628', {
    message: `\`${partition!.column.name}\` of ${model.name}: ${mistake.message}`,
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
    hint: mistake.hint,
  })
}

/** What the symbols of a model's SQL stand for in one partition. */
export function windowOf(
  { nodes }: Pick<CompiledProject, 'nodes'>,
  model: CompiledModel,
  partition: Partition,
  columnType: ColumnType,
): Window {
  const config = model.config.partition!
  const { format } = config.column
  return {
    partition,
    columnType,
    ...(format === undefined ? {} : { format }),
    clock: clockOf(config),
    reads: readWindows(nodes, model, partition),
    readClocks: readClocksOf(nodes, Object.keys(model.config.reads)),
  }
}

export function windowFor(
  context: AttemptContext,
  model: CompiledModel,
  partition: Partition,
  columnType: ColumnType,
): Window {
  return windowOf(context.project, model, partition, columnType)
}

export function windowCondition(
  context: AttemptContext,
  bound: Bound,
  window: Window,
): (alias: string) => string {
  const column = context.adapter.dialect.quote(bound.partitionColumn.name)
  const start = instantOf(context, bound, window, window.partition.start)
  const end = instantOf(context, bound, window, window.partition.end)
  return (alias) => `${alias}.${column} >= ${start} and ${alias}.${column} < ${end}`
}

/** An instant as a literal that can be compared with the partition column. */
export function instantOf(context: AttemptContext, bound: Bound, window: Window, ms: number): string {
  const { format, clock } = window
  return instantText(context.adapter.dialect, ms, {
    type: bound.type,
    ...(format === undefined ? {} : { format }),
    ...(clock === undefined ? {} : { clock }),
  })
}

/** Partitions of one statement whose rows stand in the table, unchecked. */
export interface Written {
  readonly piece: Piece
  /** From the start of the first to the end of the last of them. */
  readonly window: Window
  readonly sql: FinalSql
  /** Where their rows stand. */
  readonly rows: CheckedRows & { readonly window: (alias: string) => string }
  /** How many rows were inserted, all of which must be within the window. */
  readonly inserted?: number
  /** Where the newest wins: the checks of what the query gave, which were done on the stage. */
  readonly staged?: Checked
}
