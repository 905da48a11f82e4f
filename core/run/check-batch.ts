import type { Column, Session } from '../adapter.ts'
import { bucketsOf } from '../checks/buckets.ts'
import { buildChecks, failingOf, hasPassed } from '../checks/build.ts'
import { buildBatchChecks } from '../checks/build-batch.ts'
import type { Check, CheckOutcome } from '../checks/check.ts'
import type { CompiledCheck } from '../compile/compiled.ts'
import type { Window } from '../compile/symbols.ts'
import type { Partition } from '../time/interval.ts'
import type { AttemptContext, Blame } from './attempt.ts'
import { type Bound, instantOf, windowCondition, windowFor } from './binding.ts'
import { boundChecks } from './bound-checks.ts'
import {
  evaluating,
  identity,
  physicalName,
  runCustomCheck,
  SAMPLE_ROWS,
  sampledColumns,
  splitChecks,
} from './checking.ts'
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
 * Runs the checks of a batch that stands in its table: all set-based ones as one query grouped by partition, then samples of what failed, then
 * custom checks. A partition without rows is checked too.
 */
export async function checkBatch(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  piece: Piece,
  span: Window,
): Promise<CheckedBatch> {
  const { model } = bound
  const { dialect } = context.adapter
  const from = dialect.relation(model.relation)
  const rows = {
    from,
    window: windowCondition(context, bound, span),
    column: bound.partitionColumn.name,
    buckets: bucketsOf(
      piece,
      bound.type,
      (alias) => `${alias}.${dialect.quote(bound.partitionColumn.name)}`,
      (ms) => instantOf(context, bound, span, ms),
    ),
  }
  const relationOf = (name: string) => physicalName(context, name)
  const checks = await evaluating(context, model, undefined, () =>
    boundChecks(context, session, model.checks, bound.columns),
  )
  const built = buildBatchChecks(dialect, checks, rows, relationOf)
  const countsOf = built.read(await evaluating(context, model, built.sql, () => session.query(built.sql)))
  const beyond = new Set(splitChecks(dialect, model).ofItself)
  const guilty = new Set<string>()
  const suspects = new Set<string>()
  const found: { partition: Partition; rows: number; outcomes: CheckOutcome[] }[] = []
  for (const partition of piece) {
    const { rows: count, counts } = countsOf(partition.key)
    const outcomes: CheckOutcome[] = []
    for (const [index, check] of model.checks.entries()) {
      const passed = hasPassed(check, counts[index]!)
      const sample = passed ? [] : await sampleOf(context, session, bound, checks, index, partition)
      if (!passed && check.severity === 'error') {
        const accused = looksBeyond(check) || beyond.has(check) ? suspects : guilty
        accused.add(partition.key)
      }
      outcomes.push({
        ...identity({ node: model, partition }, check),
        passed,
        failing: failingOf(check, counts[index]!),
        sample,
      })
    }
    found.push({ partition, rows: count, outcomes })
  }
  for (const gate of model.gates) {
    const outcomes = await runGate(context, session, bound, gate, piece)
    for (const [index, outcome] of outcomes.entries()) {
      found[index]!.outcomes.push(outcome)
      if (!outcome.passed && outcome.severity === 'error') suspects.add(found[index]!.partition.key)
    }
  }
  return { partitions: found, blame: { guilty, suspects } }
}

function looksBeyond(check: Check): boolean {
  return check.kind === 'unique' && check.scope === 'table'
}

async function sampleOf(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  checks: readonly Check[],
  index: number,
  partition: Partition,
): Promise<CheckOutcome['sample']> {
  const { dialect } = context.adapter
  const window = windowFor(context, bound.model, partition, bound.type)
  const rows = {
    from: dialect.relation(bound.model.relation),
    window: windowCondition(context, bound, window),
  }
  const shown = sampledColumns(context, { node: bound.model, columns: bound.columns as readonly Column[] })
  const sql = buildChecks(dialect, checks, rows, (name) => physicalName(context, name)).sample(
    index,
    shown,
    SAMPLE_ROWS,
  )
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
