import type { Session, Transaction } from '../adapter.ts'
import { clockOf, instantText } from '../compile/clock.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import {
  isSequential,
  isSnapshot,
  type SnapshotColumns,
  type SnapshotModel,
  snapshotColumns,
} from '../compile/snapshot.ts'
import type { Window } from '../compile/symbols.ts'
import { enforceContract } from '../contracts/enforce.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { Partition } from '../time/interval.ts'
import {
  type AttemptContext,
  type AttemptResult,
  ChecksFailed,
  commitOutcome,
  isPublished,
  outputColumn,
  type PublishedRows,
  publishedWhole,
} from './attempt.ts'
import { type Begun, beginPublishing } from './begin.ts'
import { windowFor } from './binding.ts'
import { type Checked, runChecks } from './checking.ts'
import { refuseOtherTypes } from './compared-bounds.ts'
import { withUserSql } from './diagnose.ts'
import { exampleOf, rowsOf } from './refused-rows.ts'
import { reshapeSnapshot } from './snapshot-shape.ts'
import { BEFORE, OPENING, type RecordedPartition, SnapshotSql, STAGE } from './snapshot-sql.ts'

/** What publishing a snapshot works with. */
interface Work {
  readonly context: AttemptContext
  readonly session: Session
  readonly model: SnapshotModel
  readonly columns: SnapshotColumns
  readonly sql: SnapshotSql
  readonly begun: Begun
}

/**
 * Publishes what a snapshot's query shows of each partition of the task, oldest first, or shows now. The relation is held alone: what a partition
 * records depends on what is current. docs/snapshots.md has the rules.
 */
export async function publishSnapshot(
  context: AttemptContext,
  transaction: Transaction,
  model: CompiledModel,
): Promise<AttemptResult> {
  if (!isSnapshot(model)) throw new Error(`${model.name} is no snapshot`)
  const begun = await beginPublishing(context, transaction, 'alone')
  const columns = await bindSnapshot(context, transaction, model)
  await settle(context, transaction, model, columns)
  const work: Work = {
    context,
    session: transaction,
    model,
    columns,
    begun,
    sql: sqlOf(context, model, columns),
  }
  const partitions = [...context.task.partitions].sort((a, b) => a.start - b.start)
  const recorded: Recorded[] =
    model.config.partition === undefined ? [await recordWhole(work)] : await recordAll(work, partitions)
  // Checks may look beyond their partition: they see the table as it will be.
  const published: PublishedRows[] = []
  const checks: Checked['outcomes'][number][] = []
  for (const each of recorded) {
    const found = await check(work, each)
    checks.push(...found.outcomes)
    published.push({
      rows: found.rows,
      ...(each.partition === undefined ? {} : { partition: each.partition }),
      ...(each.keepDataSeq === undefined ? {} : { keepDataSeq: each.keepDataSeq }),
    })
  }
  if (checks.some((outcome) => !outcome.passed && outcome.severity === 'error'))
    throw new ChecksFailed(checks)
  commitOutcome(context, transaction, model, begun, published, checks)
  const kept = recorded.flatMap(({ keepDataSeq, partition }) =>
    keepDataSeq === undefined || partition === undefined ? [] : [partition.key],
  )
  return {
    rows: published.reduce((sum, { rows }) => sum + rows, 0),
    changed: recorded.some(({ keepDataSeq }) => keepDataSeq === undefined),
    kept: new Set(kept),
    checks,
  }
}

/** A partition, or the relation, as it stands in the table now. */
interface Recorded {
  readonly partition?: Partition
  readonly window?: Window
  /** Its rows are those that stood there: the version stays. */
  readonly keepDataSeq?: number
}

/** The query's columns from the engine, asked once in a run, and what the snapshot adds. */
async function bindSnapshot(
  context: AttemptContext,
  session: Session,
  model: SnapshotModel,
): Promise<SnapshotColumns> {
  const { adapter, bindings } = context
  let query = bindings.columnsOf(model.name)
  if (query === undefined) {
    const [first] = context.task.partitions
    const window = first === undefined ? undefined : windowOfPartition(context, model, first)
    const sql = await context.texts.model(model, window)
    query = await withUserSql(sql, 0, () => adapter.catalog.describe(session, sql.text))
    await enforceContract(adapter, session, model, query)
    if (window !== undefined) await refuseOtherTypes(context, session, model, window)
    bindings.bind(model.name, query)
  }
  const standing = context.task.fullRefresh
    ? undefined
    : await adapter.catalog.columns(session, model.relation)
  return snapshotColumns(adapter.dialect, model, query, standing)
}

async function settle(
  context: AttemptContext,
  session: Session,
  model: SnapshotModel,
  columns: SnapshotColumns,
): Promise<void> {
  const { adapter, task } = context
  if (task.fullRefresh || !context.bindings.isSettled(model.name)) {
    await reshapeSnapshot(context, session, model, columns, {
      isPublished: () => isPublished(context, session),
      isRebuilt: task.fullRefresh,
    })
  }
  // Last, because DuckDB does not alter a table that the transaction has written to.
  if (task.fullRefresh) await session.execute(`delete from ${adapter.dialect.relation(model.relation)}`)
}

function sqlOf({ adapter }: AttemptContext, model: SnapshotModel, columns: SnapshotColumns): SnapshotSql {
  const { snapshot, uniqueKey } = model.config
  const { strategy } = snapshot
  const named = (name: string, role: string) => outputColumn(adapter, model, columns.query, name, role)
  const key = uniqueKey.map((name) => named(name, 'key column').name)
  const compared =
    strategy.kind === 'timestamp'
      ? []
      : strategy.columns === 'all'
        ? columns.query.filter(({ name }) => !key.includes(name))
        : strategy.columns.map((name) => named(name, 'compared column'))
  return new SnapshotSql({
    dialect: adapter.dialect,
    target: adapter.dialect.relation(model.relation),
    config: snapshot,
    columns,
    key,
    compared,
  })
}

async function recordAll(work: Work, partitions: readonly Partition[]): Promise<Recorded[]> {
  const { context, model } = work
  const recorded: Recorded[] = []
  for (const partition of partitions) {
    const window = windowOfPartition(context, model, partition)
    const keepDataSeq = isSequential(model)
      ? await recordState(work, window)
      : await collect(work, window, recordedPartition(work, window))
    recorded.push({ partition, window, ...(keepDataSeq === undefined ? {} : { keepDataSeq }) })
  }
  return recorded
}

async function recordWhole(work: Work): Promise<Recorded> {
  const keepDataSeq = await collect(work, undefined, undefined)
  return keepDataSeq === undefined ? {} : { keepDataSeq }
}

/**
 * Records how the state of a partition differs from the one before it. The newest partition may be recorded again: what it did is undone first. Returns
 * the version that it keeps, if the table is what it was.
 */
async function recordState(work: Work, window: Window): Promise<number | undefined> {
  const { context, session, sql, begun } = work
  const { dialect } = context.adapter
  const { partition } = window
  const at = recordedPartition(work, window)
  const isAgain = begun.recorded.has(partition.key) && !context.task.fullRefresh
  const before = context.task.fullRefresh ? undefined : await newestBefore(work, partition)
  await stageQuery(work, window)
  if (isAgain) {
    await session.execute(dialect.createStage(BEFORE, sql.touchedBy(at)).sql)
    for (const statement of sql.undo(at)) await session.execute(statement)
  }
  await session.execute(dialect.createStage(OPENING, sql.opens(at)).sql)
  await session.execute(sql.closeOpened())
  let changed = await session.execute(sql.insertOpened(at))
  for (const statement of sql.closeGone(at)) changed += await session.execute(statement)
  await refuseContradictions(work, window)
  const isSame = isAgain ? await isSameAsBefore(work, at) : changed === 0
  await dropStages(work, isAgain ? [STAGE, OPENING, BEFORE] : [STAGE, OPENING])
  if (!isSame || context.task.fullRefresh) return undefined
  return isAgain ? await versionOf(work, partition) : before?.dataSeq
}

/** Adds the versions that are not known yet, each in its place in time, and returns the version that is kept, if nothing changed. */
async function collect(
  work: Work,
  window: Window | undefined,
  at: RecordedPartition | undefined,
): Promise<number | undefined> {
  const { context, session, sql, begun } = work
  const { dialect } = context.adapter
  await stageQuery(work, window)
  let changed = context.task.fullRefresh ? 0 : await session.execute(sql.rewriteKnown(at))
  await session.execute(dialect.createStage(OPENING, sql.unknown()).sql)
  changed += await session.execute(sql.insertUnknown(at))
  if (changed > 0) await session.execute(sql.chain())
  await refuseContradictions(work, window)
  await dropStages(work, [STAGE, OPENING])
  if (changed > 0 || context.task.fullRefresh) return undefined
  if (window === undefined) return (await publishedWhole(context, session))?.dataSeq
  if (begun.recorded.has(window.partition.key)) return versionOf(work, window.partition)
  return undefined
}

/** The query's rows in a stage, with a key and, if versions are told by it, a time of change each. */
async function stageQuery({ context, session, model, sql }: Work, window: Window | undefined): Promise<void> {
  const text: FinalSql = await context.texts.model(model, window)
  const create = context.adapter.dialect.createStage(STAGE, text.text)
  await withUserSql(text, create.offset, () => session.execute(create.sql))
  const [found] = await session.query(sql.proveStage())
  const about = {
    model: model.name,
    ...(window === undefined ? {} : { partition: window.partition.key }),
    place: { file: model.path, line: 1, column: 1 },
  }
  const sample = async (query: string) => (await session.query(`${query} limit 1`))[0]
  const nulls = Number(found!.nulls)
  if (nulls > 0) {
    const row = await sample(`select * from ${sql.stage} as s where ${sql.anyKeyNull('s')}`)
    throw SluiceError.of('SL611', {
      ...about,
      message: `${nulls} ${rowsOf(nulls)} of ${model.name} have a NULL in the key (${model.config.uniqueKey.join(', ')})`,
      ...exampleOf({ model }, row, ''),
    })
  }
  const duplicates = Number(found!.duplicates)
  if (duplicates > 0) {
    throw SluiceError.of('SL612', {
      ...about,
      message: `${duplicates} ${duplicates === 1 ? 'key occurs' : 'keys occur'} more than once in ${model.name} (${model.config.uniqueKey.join(', ')})`,
      ...exampleOf(
        { model },
        await sample(sql.duplicates()),
        'A snapshot takes one row of each key: pick one.',
      ),
    })
  }
  const untimed = Number(found!.untimed)
  if (untimed === 0) return
  const { updatedAt } = model.config.snapshot.strategy as { readonly updatedAt: string }
  throw SluiceError.of('SL694', {
    ...about,
    message: `${untimed} ${rowsOf(untimed)} of ${model.name} have no \`${updatedAt}\``,
    hint: 'Leave such rows out, or give them a time in the query: `coalesce(updated_at, created_at)`.',
  })
}

/** The newest partition that is recorded before this one, with its version. Throws SL692 if there is one after it. */
async function newestBefore(
  { context, session, model }: Work,
  partition: Partition,
): Promise<{ readonly dataSeq: number } | undefined> {
  const [newest] = await session.query(
    `select partition_key, data_seq, start_at from sluice.partitions
where model = $1 and data_seq is not null and partition_key <> $2 order by start_at desc limit 1`,
    [context.ledgerName(model.name), partition.key],
  )
  if (newest === undefined) return undefined
  const start = newest.start_at instanceof Date ? newest.start_at.getTime() : Number.NaN
  if (start < partition.start) return { dataSeq: Number(newest.data_seq) }
  throw SluiceError.of('SL692', {
    message: `${partition.key} of ${model.name} cannot be recorded any more: ${newest.partition_key} is recorded already`,
    model: model.name,
    partition: partition.key,
    place: { file: model.path, line: 1, column: 1 },
    hint: 'What a snapshot has recorded is told apart from what came before, so intervals are recorded in their order.',
  })
}

async function versionOf({ context, session, model }: Work, { key }: Partition): Promise<number | undefined> {
  const [row] = await session.query(
    'select data_seq from sluice.partitions where model = $1 and partition_key = $2 and data_seq is not null',
    [context.ledgerName(model.name), key],
  )
  return row === undefined ? undefined : Number(row.data_seq)
}

async function isSameAsBefore({ session, sql }: Work, at: RecordedPartition): Promise<boolean> {
  const query = sql.isSameAsBefore(at)
  if (query === undefined) return false
  const [row] = await session.query(query)
  return row!.same === true
}

/** Of each key one version is current, and none overlap: nothing else is ever published. */
async function refuseContradictions(
  { session, model, sql }: Work,
  window: Window | undefined,
): Promise<void> {
  const query = sql.contradictions()
  const rows = await session.query(`${query} limit 5`)
  if (rows.length === 0) return
  throw SluiceError.of('SL693', {
    message: `versions of ${rows.length === 5 ? 'five keys or more' : `${rows.length} ${rows.length === 1 ? 'key' : 'keys'}`} of ${model.name} overlap`,
    model: model.name,
    ...(window === undefined ? {} : { partition: window.partition.key }),
    place: { file: model.path, line: 1, column: 1 },
    ...exampleOf(
      { model },
      rows[0],
      'Somebody changed the table, or `unique_key` is another one than before.',
    ),
  })
}

async function dropStages({ context, session }: Work, names: readonly string[]): Promise<void> {
  for (const name of names) await session.execute(context.adapter.dialect.dropStage(name))
}

/** Checks look at the rows that a partition opened; without partitions, at all. */
async function check(
  { context, session, model, columns }: Work,
  { partition, window }: Recorded,
): Promise<Checked> {
  const { dialect } = context.adapter
  const from = dialect.relation(model.relation)
  if (partition === undefined || window === undefined)
    return runChecks(context, session, { node: model, rows: { from }, columns: columns.stored }, model.gates)
  const start = startLiteral(context, model, partition)
  const column = dialect.quote(columns.partition!.name)
  const rows = { from, window: (alias: string) => `${alias}.${column} = ${start}` }
  const subject = { node: model, partition, window, columns: columns.stored, rows }
  return runChecks(context, session, subject, model.gates)
}

function recordedPartition({ context, model, columns }: Work, { partition }: Window): RecordedPartition {
  const { asOf } = model.config.snapshot
  const instant = asOf === 'end' ? partition.end : partition.start
  return {
    asOf: instantText(context.adapter.dialect, instant, {
      type: columns.instants,
      clock: clockOf(model.config.partition!),
    }),
    start: startLiteral(context, model, partition),
  }
}

function startLiteral({ adapter }: AttemptContext, model: SnapshotModel, { start }: Partition): string {
  const config = model.config.partition!
  return instantText(adapter.dialect, start, { type: config.column.type!, clock: clockOf(config) })
}

function windowOfPartition(context: AttemptContext, model: SnapshotModel, partition: Partition): Window {
  return windowFor(context, model, partition, model.config.partition!.column.type!)
}
