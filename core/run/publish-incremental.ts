import type { Session, Transaction } from '../adapter.ts'
import { maxBatch } from '../batch/max-batch.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import type { Window } from '../compile/symbols.ts'
import { VolumeHistory } from '../gates/volume-history.ts'
import {
  type AttemptContext,
  type AttemptResult,
  type Blame,
  ChecksFailed,
  commitOutcome,
  isPublished,
  type PublishedRows,
} from './attempt.ts'
import { beginPublishing } from './begin.ts'
import { type Bound, bind, newestWins, type Written, windowCondition, windowFor } from './binding.ts'
import { type CheckedBatch, type CheckedPartition, checkBatch } from './check-batch.ts'
import { type Checked, runChecks, splitChecks } from './checking.ts'
import { withDataHashes } from './data-hash.ts'
import { withUserSql } from './diagnose.ts'
import { mergePartition } from './merge-partition.ts'
import { type Piece, spanOf, stretches } from './pieces.ts'
import { refuseStrays, refuseUnwritten } from './refused-rows.ts'
import { reshape } from './shape.ts'
import { verifyBatch } from './verify-batch.ts'

/**
 * Publishes the partitions of one task in one transaction (sections 5, 6 and 9 of the semantics): adjacent ones by one statement where the
 * model may, else one after the other.
 */
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
  const history = new VolumeHistory(model, {
    ledgerName: context.ledgerName(model.name),
    isPublished: false,
    startsAnew: context.task.fullRefresh,
  })
  for (const piece of stretches(context.task.partitions, mostPartitions(model))) {
    if (context.verifiesBatches && piece.length > 1) await verifyBatch(context, transaction, bound, piece)
    const window = windowFor(context, model, spanOf(piece), bound.type)
    const sql = await context.texts.model(model, window)
    written.push(
      model.config.strategy === 'merge'
        ? await mergePartition(context, transaction, bound, piece, window, sql, history)
        : await replacePartitions(context, transaction, bound, piece, window, sql),
    )
    // What the next statement writes would hide what is missing here.
    if (piece.length < context.task.partitions.length)
      await refuseStraysOf(transaction, bound, written.at(-1)!)
  }
  // Checks may look beyond their partition: they see the table as it will be, not as it was half-way.
  const checked: CheckedPartition[] = []
  let blame: Blame | undefined
  for (const each of written) {
    const found = await checkWritten(context, transaction, bound, each, history)
    checked.push(...found.partitions)
    blame = found.blame
  }
  const checks = checked.flatMap((each) => each.outcomes)
  if (checks.some((check) => !check.passed && check.severity === 'error'))
    throw new ChecksFailed(checks, blame)
  const published: readonly PublishedRows[] =
    model.config.dataHash && !newestWins(model)
      ? await withDataHashes(context, transaction, bound, checked)
      : checked
  commitOutcome(context, transaction, model, begun, published, checks)
  const kept = new Set(
    published.flatMap(({ keepDataSeq, partition }) =>
      keepDataSeq === undefined || partition === undefined ? [] : [partition.key],
    ),
  )
  const rows = checked.reduce((sum, each) => sum + each.rows, 0)
  return { rows, changed: kept.size < published.length, kept, checks }
}

/** How many adjacent partitions one statement may write. */
export function mostPartitions(model: CompiledModel): number {
  return newestWins(model) ? 1 : maxBatch(model)
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

/** DELETE the window, INSERT by name. */
async function replacePartitions(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  piece: Piece,
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
  await refuseUnwritten(context, session, bound, window, target)
  return { piece, window, sql, inserted, rows: { from: target, window: inWindow } }
}

async function refuseStraysOf(session: Session, bound: Bound, written: Written): Promise<void> {
  if (written.inserted === undefined) return
  const { rows } = written
  const [row] = await session.query(`select count(*) as n from ${rows.from} as r where ${rows.window('r')}`)
  await refuseStrays(session, bound, written, Number(row!.n))
}

/** Runs the checks of what was written, and proves that every inserted row lies inside of its window. */
async function checkWritten(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  written: Written,
  history: VolumeHistory,
): Promise<CheckedBatch> {
  const { piece, window } = written
  if (piece.length === 1) {
    const found = await checkPartition(context, session, bound, written, history)
    history.add(piece[0]!, found.rows, context.now().getTime())
    return {
      partitions: [{ partition: piece[0]!, ...found }],
      blame: { guilty: new Set(), suspects: new Set() },
    }
  }
  const found = await checkBatch(context, session, bound, piece, window, history)
  const rows = found.partitions.reduce((sum, each) => sum + each.rows, 0)
  await refuseStrays(session, bound, written, rows)
  return found
}

async function checkPartition(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  written: Written,
  history: VolumeHistory,
): Promise<Checked> {
  const { model } = bound
  const { staged, window } = written
  const subject = {
    node: model,
    history,
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
