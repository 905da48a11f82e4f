import type { Column, Session, Transaction } from '../adapter.ts'
import type { CheckedRows } from '../checks/build.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import { assumedType, type Window } from '../compile/symbols.ts'
import type { ColumnType } from '../config/project.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { readWindows } from '../plan/edges.ts'
import type { Partition } from '../time/interval.ts'
import { isWritten } from '../time/written.ts'
import {
  type AttemptContext,
  type AttemptResult,
  ChecksFailed,
  commitOutcome,
  isPublished,
  outputColumn,
} from './attempt.ts'
import { beginPublishing } from './begin.ts'
import { type Checked, runChecks, splitChecks } from './checking.ts'
import { withUserSql } from './diagnose.ts'
import { reshape } from './shape.ts'

/** Stored beside each row of a merge whose key does not contain the partition column: the start of the partition that wrote it. */
export const PARTITION_START = 'sluice_partition_start'

const STAGE = 'sluice_stage'

interface Bound {
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

/** A partition whose rows stand in the table, unchecked. */
interface Written {
  readonly window: Window
  readonly sql: FinalSql
  /** Where its rows stand. */
  readonly rows: CheckedRows & { readonly window: (alias: string) => string }
  /** How many rows were inserted, all of which must be within the window. */
  readonly inserted?: number
  /** Where the newest wins: the checks of what the query gave, which were done on the stage. */
  readonly staged?: Checked
}

/** Publishes the partitions of one task in one transaction (sections 5 and 6 of the semantics). */
export async function publishIncremental(
  context: AttemptContext,
  transaction: Transaction,
  model: CompiledModel,
): Promise<AttemptResult> {
  const isShared = context.bindings.isSettled(model.name) && !newestWins(model)
  const begun = await beginPublishing(context, transaction, isShared ? 'shared' : 'alone')
  const bound = await bind(context, transaction, model)
  await settle(context, transaction, bound)
  const written: Written[] = []
  for (const partition of context.task.partitions) {
    const window = windowFor(context, model, partition, bound.type)
    const sql = await context.texts.model(model, window)
    written.push(
      model.config.strategy === 'merge'
        ? await mergePartition(context, transaction, bound, window, sql)
        : await replacePartition(context, transaction, bound, window, sql),
    )
  }
  // Checks may look beyond their partition: they see the table as it will be, not as it was half-way.
  const checked: Checked[] = []
  for (const each of written) checked.push(await checkPartition(context, transaction, bound, each))
  const checks = checked.flatMap((each) => each.outcomes)
  if (checks.some((check) => !check.passed && check.severity === 'error')) throw new ChecksFailed(checks)
  const published = checked.map(({ rows }, index) => ({ partition: written[index]!.window.partition, rows }))
  commitOutcome(context, transaction, model, begun, published, checks)
  return { rows: published.reduce((sum, each) => sum + each.rows, 0), changed: true, checks }
}

/** True for a merge whose key does not tell the partition, so that rows of several partitions meet in one key. */
export function newestWins(model: CompiledModel): boolean {
  const { strategy, partition, uniqueKey } = model.config
  if (strategy !== 'merge' || partition === undefined) return false
  return !uniqueKey.some((name) => name.toLowerCase() === partition.column.name.toLowerCase())
}

/** The query's columns and the partition column's type, from the engine; asked once in a run. */
async function bind(context: AttemptContext, session: Session, model: CompiledModel): Promise<Bound> {
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
    const found = outputColumn(adapter, model, columns, declared.name, 'partition column')
    type = boundType(context, model, found)
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

function boundType(context: AttemptContext, model: CompiledModel, column: Column): ColumnType {
  const declared = model.config.partition!.column.type
  const found = context.adapter.dialect.columnType(column.type)
  if (found !== undefined && (declared === undefined || declared === found)) {
    if (declared !== undefined || found === 'date' || found === 'timestamp' || found === 'timestamptz')
      return found
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

function windowFor(
  context: AttemptContext,
  model: CompiledModel,
  partition: Partition,
  columnType: ColumnType,
): Window {
  const { format } = model.config.partition!.column
  return {
    partition,
    columnType,
    ...(format === undefined ? {} : { format }),
    reads: readWindows(context.project.nodes, model, partition),
  }
}

/** The table exists with the right columns, indexes and grants; the first transaction of a run sees to it. */
async function settle(context: AttemptContext, session: Session, bound: Bound): Promise<void> {
  const { adapter, bindings, task } = context
  const { model } = bound
  if (!task.fullRefresh && bindings.isSettled(model.name)) return
  await reshape(context, session, {
    node: model,
    columns: bound.stored,
    mode: model.config.onSchemaChange,
    isPublished: async () => bound.isCreated || (await isPublished(context, session)),
    isRebuilt: task.fullRefresh,
    replacesRows: task.fullRefresh,
  })
  // Last, because DuckDB does not alter a table that the transaction has written to.
  if (task.fullRefresh) await session.execute(`delete from ${adapter.dialect.relation(model.relation)}`)
}

function windowCondition(context: AttemptContext, bound: Bound, window: Window): (alias: string) => string {
  const { dialect } = context.adapter
  const column = dialect.quote(bound.partitionColumn.name)
  const start = dialect.instant(window.partition.start, bound.type, window.format)
  const end = dialect.instant(window.partition.end, bound.type, window.format)
  return (alias) => `${alias}.${column} >= ${start} and ${alias}.${column} < ${end}`
}

/** DELETE the window, INSERT by name. */
async function replacePartition(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  sql: FinalSql,
): Promise<Written> {
  const { dialect } = context.adapter
  const target = dialect.relation(bound.model.relation)
  const inWindow = windowCondition(context, bound, window)
  if (!context.task.fullRefresh) await session.execute(`delete from ${target} as r where ${inWindow('r')}`)
  const insert = dialect.insertByName(
    target,
    bound.columns.map((column) => column.name),
    sql.text,
  )
  const inserted = await withUserSql(sql, insert.offset, () => session.execute(insert.sql))
  const written = { window, sql, inserted, rows: { from: target, window: inWindow } }
  await refuseUnwritten(context, session, bound, window, target)
  // What the next partition writes would hide what is missing here.
  if (context.task.partitions.length > 1) {
    const [row] = await session.query(`select count(*) as n from ${target} as r where ${inWindow('r')}`)
    await refuseStrays(session, bound, written, Number(row!.n))
  }
  return written
}

/** Texts and integers between two bounds need be no times: 20240132 lies between 20240131 and 20240201. */
async function refuseUnwritten(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  from: string,
): Promise<void> {
  const { format } = window
  if (format === undefined || (bound.type !== 'text' && bound.type !== 'integer')) return
  const column = bound.partitionColumn.name
  const rows = await session.query(
    `select distinct cast(r.${context.adapter.dialect.quote(column)} as text) as v from ${from} as r where ${windowCondition(context, bound, window)('r')}`,
  )
  const digits = bound.type === 'integer' ? format.length : 0
  const wrong = rows
    .map((row) => String(row.v))
    .filter((value) => !isWritten(value.padStart(digits, '0'), format))
  if (wrong.length === 0) return
  const examples = isHidden(bound, column) ? '' : ` (${wrong.sort().slice(0, 5).join(', ')})`
  throw SluiceError.of('SL627', {
    message: `${wrong.length} ${wrong.length === 1 ? 'value' : 'values'} of \`${column}\` in ${bound.model.name} ${wrong.length === 1 ? 'is' : 'are'} no time as ${format} writes it${examples}`,
    model: bound.model.name,
    partition: window.partition.key,
    place: { file: bound.model.path, line: 1, column: 1 },
    hint: 'Correct the values in the query, or leave such rows out.',
  })
}

/** Runs the checks of a partition that was written, and proves that every inserted row lies inside of its window. */
async function checkPartition(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  written: Written,
): Promise<Checked> {
  const { model } = bound
  const { staged, window } = written
  const subject = {
    node: model,
    partition: window.partition,
    window,
    columns: bound.columns,
    rows: written.rows,
  }
  if (staged === undefined) {
    const checked = await runChecks(context, session, subject, model.gates)
    await refuseStrays(session, bound, written, checked.rows)
    return checked
  }
  const checks = splitChecks(context.adapter.dialect, model).ofItself
  if (checks.length + model.gates.length === 0) return staged
  const { outcomes } = await runChecks(context, session, { ...subject, checks }, model.gates)
  return { rows: staged.rows, outcomes: [...staged.outcomes, ...outcomes] }
}

async function refuseStrays(
  session: Session,
  bound: Bound,
  { window, sql, inserted, rows }: Written,
  found: number,
): Promise<void> {
  if (inserted === undefined || found === inserted) return
  const strays = await session.query(
    `select * from (\n${sql.text}\n) as q where (${rows.window('q')}) is not true limit 5`,
  )
  throw outsideWindow(bound, window, inserted - found, strays)
}

/** Stage the query, prove its keys, MERGE; where the key does not tell the partition, the newest row wins. */
async function mergePartition(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  sql: FinalSql,
): Promise<Written> {
  const { dialect } = context.adapter
  const { model } = bound
  const stage = dialect.stage(STAGE)
  const inWindow = windowCondition(context, bound, window)
  const create = dialect.createStage(STAGE, sql.text)
  await withUserSql(sql, create.offset, () => session.execute(create.sql))
  try {
    await proveStage(context, session, bound, window, inWindow)
    await refuseUnwritten(context, session, bound, window, stage)
    const isNewest = newestWins(model)
    const target = dialect.relation(model.relation)
    const key = model.config.uniqueKey.map(
      (name) => outputColumn(context.adapter, model, bound.columns, name, 'merge key column').name,
    )
    const others = bound.stored.filter((column) => !key.includes(column.name))
    const start = dialect.instant(window.partition.start, 'timestamp')
    if (isNewest && !context.task.fullRefresh)
      await refuseVanished(context, session, bound, window, key, start)
    await session.execute(
      dialect.merge({
        target,
        source: isNewest
          ? `(select s.*, ${start} as ${dialect.quote(PARTITION_START)} from ${stage} as s)`
          : stage,
        columns: bound.stored.map((column) => column.name),
        key,
        ...(others.every((column) => dialect.comparable(column.type))
          ? { compared: others.map((column) => column.name) }
          : {}),
        ...(isNewest ? { newestBy: PARTITION_START } : {}),
        ...(model.config.deleteMissing ? { deleteMissingWhere: inWindow('target') } : {}),
      }),
    )
    if (!isNewest) return { window, sql, rows: { from: target, window: inWindow } }
    // The table's rows are no more the partition's: those of other partitions may be newer.
    const checks = splitChecks(dialect, model).ofRows
    const rows = { from: stage, table: target }
    const subject = { node: model, partition: window.partition, window, columns: bound.columns, rows, checks }
    const staged = await runChecks(context, session, subject, [])
    const own = (alias: string) => `${alias}.${dialect.quote(PARTITION_START)} = ${start}`
    return { window, sql, staged, rows: { from: target, window: own } }
  } finally {
    // After an error the transaction only takes ROLLBACK, which drops the stage as well.
    await session.execute(dialect.dropStage(STAGE)).catch(() => undefined)
  }
}

async function proveStage(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  inWindow: (alias: string) => string,
): Promise<void> {
  const { dialect } = context.adapter
  const keys = bound.model.config.uniqueKey.map((name) =>
    dialect.quote(outputColumn(context.adapter, bound.model, bound.columns, name, 'merge key column').name),
  )
  const stage = dialect.stage(STAGE)
  const anyNull = keys.map((key) => `s.${key} is null`).join(' or ')
  const list = keys.map((key) => `s.${key}`).join(', ')
  const duplicates = `select ${list}, count(*) as occurrences from ${stage} as s group by ${list} having count(*) > 1`
  const [found] = await session.query(
    `select count(*) filter (where ${anyNull}) as nulls, count(*) filter (where (${inWindow('s')}) is not true) as strays,
(select count(*) from (${duplicates}) as d) as duplicates from ${stage} as s`,
  )
  const about = {
    model: bound.model.name,
    partition: window.partition.key,
    place: { file: bound.model.path, line: 1, column: 1 },
  }
  if (Number(found!.nulls) > 0) {
    const sample = await session.query(`select * from ${stage} as s where ${anyNull} limit 1`)
    throw SluiceError.of('SL611', {
      ...about,
      message: `${found!.nulls} ${rowsOf(Number(found!.nulls))} of ${bound.model.name} have a NULL in the merge key (${bound.model.config.uniqueKey.join(', ')})`,
      ...exampleOf(bound, sample[0], ''),
    })
  }
  if (Number(found!.duplicates) > 0) {
    const sample = await session.query(`${duplicates} limit 1`)
    throw SluiceError.of('SL612', {
      ...about,
      message: `${found!.duplicates} merge ${Number(found!.duplicates) === 1 ? 'key occurs' : 'keys occur'} more than once in ${bound.model.name} (${bound.model.config.uniqueKey.join(', ')})`,
      ...exampleOf(bound, sample[0], 'Aggregate, or pick one row per key.'),
    })
  }
  if (Number(found!.strays) > 0) {
    const strays = await session.query(
      `select * from ${stage} as s where (${inWindow('s')}) is not true limit 5`,
    )
    throw outsideWindow(bound, window, Number(found!.strays), strays)
  }
}

/** A key that this partition wrote and does not return any more cannot be taken back: what stood there before was overwritten. */
async function refuseVanished(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  key: readonly string[],
  start: string,
): Promise<void> {
  const { dialect } = context.adapter
  const { model } = bound
  const matches = key.map((name) => `s.${dialect.quote(name)} = t.${dialect.quote(name)}`).join(' and ')
  const [found] = await session.query(
    `select count(*) as vanished from ${dialect.relation(model.relation)} as t
where t.${dialect.quote(PARTITION_START)} = ${start} and not exists (select 1 from ${dialect.stage(STAGE)} as s where ${matches})`,
  )
  const count = Number(found!.vanished)
  if (count === 0) return
  throw SluiceError.of('SL625', {
    message: `${count} merge ${count === 1 ? 'key' : 'keys'} that ${window.partition.key} wrote into ${model.name} ${count === 1 ? 'is' : 'are'} not in its query any more`,
    model: model.name,
    partition: window.partition.key,
    place: { file: model.path, line: 1, column: 1 },
    hint: 'What stood there before was overwritten, so only a rebuild of all partitions in their order gives the right rows.',
    next: `run --select ${model.name} --full-refresh`,
  })
}

function outsideWindow(
  bound: Bound,
  window: Window,
  count: number,
  strays: readonly Readonly<Record<string, unknown>>[],
): SluiceError {
  const column = bound.partitionColumn.name
  const values = isHidden(bound, column) ? '' : strays.map((row) => textOf(row[column])).join(', ')
  return SluiceError.of('SL610', {
    message: `${count} ${rowsOf(count)} of ${bound.model.name} fall outside the partition ${window.partition.key} by \`${column}\`${values === '' ? '' : ` (${values})`}`,
    model: bound.model.name,
    partition: window.partition.key,
    place: { file: bound.model.path, line: 1, column: 1 },
    hint: `Filter the input so that \`${column} >= {{partition.start}} and ${column} < {{partition.end}}\` holds for every row that is returned.`,
  })
}

function rowsOf(count: number): string {
  return count === 1 ? 'row' : 'rows'
}

/** A row to look for, without the columns that opted out of samples. */
function exampleOf(
  bound: Bound,
  row: Readonly<Record<string, unknown>> | undefined,
  advice: string,
): { readonly hint?: string } {
  const shown = Object.entries(row ?? {}).filter(([name]) => !isHidden(bound, name))
  const example = shown.map(([name, value]) => `${name} = ${textOf(value)}`).join(', ')
  const hint = [...(example === '' ? [] : [`For example ${example}.`]), ...(advice === '' ? [] : [advice])]
  return hint.length === 0 ? {} : { hint: hint.join(' ') }
}

function isHidden(bound: Bound, name: string): boolean {
  return bound.model.columns.some(
    (column) => !column.sample && column.name.toLowerCase() === name.toLowerCase(),
  )
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  return value instanceof Date ? value.toISOString() : String(value)
}
