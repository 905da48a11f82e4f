import type { Session, Transaction } from '../adapter.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import type { Window } from '../compile/symbols.ts'
import {
  type AttemptContext,
  type AttemptResult,
  ChecksFailed,
  commitOutcome,
  isPublished,
} from './attempt.ts'
import { beginPublishing } from './begin.ts'
import { type Bound, bind, newestWins, type Written, windowCondition, windowFor } from './binding.ts'
import { type Checked, runChecks, splitChecks } from './checking.ts'
import { withUserSql } from './diagnose.ts'
import { mergePartition } from './merge-partition.ts'
import { refuseStrays, refuseUnwritten } from './refused-rows.ts'
import { reshape } from './shape.ts'

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
