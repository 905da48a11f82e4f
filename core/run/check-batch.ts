import type { Session } from '../adapter.ts'
import { bucketsOf, numberedBuckets } from '../checks/buckets.ts'
import { buildChecks } from '../checks/build.ts'
import {
  batchReconciliation,
  buildBatchChecks,
  isOfTable,
  type PartitionFindings,
  tableStatistics,
} from '../checks/build-batch.ts'
import type { Check, CheckOutcome } from '../checks/check.ts'
import { type Found, isSetCheck, numberOf } from '../checks/found.ts'
import { judgeCount } from '../checks/judge.ts'
import { isOfHistory, isStatistic } from '../checks/kinds.ts'
import { RECONCILE_BUCKET } from '../checks/reconcile.ts'
import type { CompiledCheck } from '../compile/compiled.ts'
import type { Window } from '../compile/symbols.ts'
import { otherColumnOf, otherCondition, otherInstant } from '../gates/other-window.ts'
import type { VolumeHistory } from '../gates/volume-history.ts'
import type { Partition } from '../time/interval.ts'
import type { AttemptContext, Blame } from './attempt.ts'
import { type Bound, instantOf, windowCondition, windowFor } from './binding.ts'
import { boundChecks } from './bound-checks.ts'
import { evaluating, physicalName, type Subject } from './check-subject.ts'
import { judgeShown, outcomeOf, runCustomCheck, sampleQuery, splitChecks } from './checking.ts'
import { runMacroCheck } from './macro-check.ts'
import { otherRelationsOf } from './other-relations.ts'
import type { Piece } from './pieces.ts'

/** What the checks found of one partition. */
export interface CheckedPartition {
  readonly partition: Partition
  readonly rows: number
  readonly outcomes: readonly CheckOutcome[]
}

export interface CheckedBatch {
  readonly partitions: readonly CheckedPartition[]
  readonly blame: Blame
}

/**
 * Runs the checks of a batch that stands in its table: all set-based ones as one query grouped by partition, then samples of what failed, the others
 * one by one, custom checks, and last those that compare with earlier partitions, to which those of the batch belong that held. A partition
 * without rows is checked too.
 */
export async function checkBatch(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  piece: Piece,
  span: Window,
  history: VolumeHistory,
): Promise<CheckedBatch> {
  const { model } = bound
  const { dialect } = context.adapter
  const checks = await evaluating(context, model, undefined, () =>
    boundChecks(context, session, model.checks, bound.columns),
  )
  const findingsOf = await findBatch(context, session, bound, piece, span, checks)
  const beyond = new Set(splitChecks(dialect, model).ofItself.map(({ name }) => name))
  const guilty = new Set<string>()
  const suspects = new Set<string>()
  const found: { partition: Partition; rows: number; outcomes: (CheckOutcome | undefined)[] }[] = []
  for (const partition of piece) {
    const subject = subjectOf(context, bound, partition)
    const { rows, found: findings } = findingsOf(partition.key)
    const outcomes: (CheckOutcome | undefined)[] = []
    for (const [index, check] of checks.entries()) {
      const outcome = await outcomeIn(context, session, subject, checks, index, rows, findings[index])
      if (outcome !== undefined && !outcome.passed && outcome.severity === 'error') {
        const accused = looksBeyond(check) || beyond.has(check.name) ? suspects : guilty
        accused.add(partition.key)
      }
      outcomes.push(outcome)
    }
    found.push({ partition, rows, outcomes })
  }
  for (const gate of model.gates) {
    const outcomes = await runGate(context, session, bound, gate, piece)
    for (const [index, outcome] of outcomes.entries()) {
      found[index]!.outcomes.push(outcome)
      if (!outcome.passed && outcome.severity === 'error') suspects.add(found[index]!.partition.key)
    }
  }
  const ofHistory = checks.filter(isOfHistory)
  await history.load(session, ofHistory, piece)
  const readAt = context.now().getTime()
  for (const { partition, rows, outcomes } of found) {
    for (const [index, check] of checks.entries()) {
      if (!isOfHistory(check)) continue
      const verdict = history.judge(check, { partition, rows, readAt })
      outcomes[index] = outcomeOf({ node: model, partition }, check, verdict, [])
      // Whether an earlier one that is only suspected stays is not known yet, and with it what this one is compared with.
      if (!verdict.passed && verdict.severity === 'error')
        (suspects.size > 0 ? suspects : guilty).add(partition.key)
    }
    if (!guilty.has(partition.key) && !suspects.has(partition.key)) history.add(partition, rows, readAt)
  }
  const partitions = found.map((each) => ({
    ...each,
    outcomes: each.outcomes.filter((outcome) => outcome !== undefined),
  }))
  return { partitions, blame: { guilty, suspects } }
}

/** What one check finds in one partition; undefined for those that compare with other partitions. */
async function outcomeIn(
  context: AttemptContext,
  session: Session,
  subject: Subject,
  checks: readonly Check[],
  index: number,
  rows: number,
  found: Found | undefined,
): Promise<CheckOutcome | undefined> {
  const check = checks[index]!
  if (check.kind === 'macro') {
    const { failing, looked, sample } = await runMacroCheck(context, session, subject, check)
    const verdict = judgeCount(check, failing, looked ?? rows)
    return outcomeOf(subject, check, verdict, verdict.passed ? [] : sample)
  }
  if (!isSetCheck(check) || found === undefined) return undefined
  const verdict = judgeShown(context, subject, check, found)
  const sample = verdict.passed ? [] : await sampleOf(context, session, subject, checks, index)
  return outcomeOf(subject, check, verdict, sample)
}

/** What the set-based checks find, by the key of a partition. */
async function findBatch(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  piece: Piece,
  span: Window,
  checks: readonly Check[],
): Promise<(key: string) => PartitionFindings> {
  const { model } = bound
  const { dialect } = context.adapter
  const column = (alias: string) => `${alias}.${dialect.quote(bound.partitionColumn.name)}`
  const literal = (ms: number) => instantOf(context, bound, span, ms)
  const rows = {
    from: dialect.relation(model.relation),
    window: windowCondition(context, bound, span),
    column: bound.partitionColumn.name,
    buckets: bucketsOf(piece, bound.type, column, literal),
  }
  const ask = (sql: string, check?: Check) => evaluating(context, model, sql, () => session.query(sql), check)
  const built = buildBatchChecks(dialect, checks, rows, (name) => physicalName(context, name))
  const countsOf = built.read(await ask(built.sql))
  const ofTable = tableStatistics(dialect, checks, rows.from)
  const [whole] = ofTable === undefined ? [] : await ask(ofTable)
  const differing = new Map<number, (key: string) => number>()
  for (const [index, check] of checks.entries()) {
    if (check.kind !== 'reconcile') continue
    const other = await evaluating(
      context,
      model,
      undefined,
      () => otherColumnOf(context, session, model.name, check),
      check,
    )
    const ours = numberedBuckets(piece, column, literal)
    const theirs = numberedBuckets(
      piece,
      (alias) => `${alias}.${dialect.quote(other.name)}`,
      otherInstant(context.adapter, other, span.clock),
    )
    const query = batchReconciliation(
      check,
      rows,
      {
        from: physicalName(context, check.with),
        window: otherCondition(context.adapter, other, span.clock, span.partition),
      },
      { ours: ours.of('r'), theirs: theirs.of('r') },
    )
    const counts = new Map(
      (await ask(query, check)).map((row) => [ours.keyOf(row[RECONCILE_BUCKET]), Number(row.failing)]),
    )
    differing.set(index, (key) => counts.get(key) ?? 0)
  }
  return (key) => {
    const { rows: count, found } = countsOf(key)
    const all = checks.map((check, index) => {
      const groups = differing.get(index)
      if (groups !== undefined) return { value: groups(key), looked: count }
      return isOfTable(check) ? { value: numberOf(whole![`c${index}`]), looked: count } : found[index]
    })
    return { rows: count, found: all }
  }
}

function looksBeyond(check: Check): boolean {
  return (check.kind === 'unique' || isStatistic(check)) && check.scope === 'table'
}

function subjectOf(context: AttemptContext, bound: Bound, partition: Partition): Subject {
  const { model, columns, type } = bound
  const window = windowFor(context, model, partition, type)
  return {
    node: model,
    partition,
    window,
    columns,
    rows: {
      from: context.adapter.dialect.relation(model.relation),
      window: windowCondition(context, bound, window),
    },
  }
}

async function sampleOf(
  context: AttemptContext,
  session: Session,
  subject: Subject,
  checks: readonly Check[],
  index: number,
): Promise<CheckOutcome['sample']> {
  const others = await otherRelationsOf(context, session, subject, [checks[index]!])
  const built = buildChecks(context.adapter.dialect, checks, subject.rows, others)
  const sql = sampleQuery(context, subject, built, checks[index]!, index)
  return sql === undefined ? [] : session.query(sql)
}

/** A custom check of each partition. One that does not look at the window gives the same answer for all of them. */
async function runGate(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  gate: CompiledCheck,
  piece: Piece,
): Promise<readonly CheckOutcome[]> {
  const run = (partition: Partition) =>
    runCustomCheck(context, session, gate, {
      node: bound.model,
      partition,
      window: windowFor(context, bound.model, partition, bound.type),
    })
  if (!usesWindow(gate)) {
    const outcome = await run(piece[0]!)
    return piece.map((partition, index) => ({
      ...outcome,
      partition: partition.key,
      sample: index === 0 ? outcome.sample : [],
    }))
  }
  const outcomes: CheckOutcome[] = []
  for (const partition of piece) outcomes.push(await run(partition))
  return outcomes
}

function usesWindow({ sql }: CompiledCheck): boolean {
  return sql.symbolsDecide || sql.parts.some((part) => 'symbol' in part)
}
