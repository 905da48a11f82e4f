import type { Adapter } from '../adapter.ts'
import { type CompiledNode, type CompiledProject, isRunnable } from '../compile/compiled.ts'
import { isSnapshot } from '../compile/snapshot.ts'
import type { RetryConfig } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Published, RunEvent } from '../events.ts'
import type { ClaimResult, Ledger, Worker } from '../ledger/ledger.ts'
import type { Edges } from '../plan/edges.ts'
import { type PlannedTask, taskId } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import { afterFailure, failedInLedger, stamp } from './after-failure.ts'
import { type AttemptContext, type AttemptResult, type Bindings, keysOf, type SqlTexts } from './attempt.ts'
import { newestWins } from './binding.ts'
import { checksOf } from './check-events.ts'
import { inputNames, unitsOfTask } from './inputs.ts'
import { lookAgain } from './look-again.ts'
import { type Piece, stretches } from './pieces.ts'
import { publishCheck } from './publish-check.ts'
import { mostPartitions, publishIncremental } from './publish-incremental.ts'
import { publishSnapshot } from './publish-snapshot.ts'
import { publishSeed, publishTable, publishView } from './publish-whole.ts'
import { afterMs } from './timer.ts'

/** The world of a run: passed in, so that tests are deterministic. */
export interface RunWorld {
  readonly now: () => Date
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
  readonly id: () => string
  /** 0 ≤ x < 1. */
  readonly random: () => number
  /** Resolves after the delay, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** True if the worker is a process of this machine that is gone. */
  readonly isDead: (worker: Worker) => boolean
}

export interface RunContext {
  readonly project: CompiledProject
  readonly adapter: Adapter
  readonly ledger: Ledger
  readonly texts: SqlTexts
  readonly world: RunWorld
  readonly run: string
  readonly worker: Worker
  readonly bindings: Bindings
  readonly owned: ReadonlySet<string>
  readonly plannedAt: number
  readonly edges: Edges
  readonly isForced: boolean
  readonly verifiesBatches?: boolean
  readonly emit: (event: RunEvent) => void
  readonly signal: AbortSignal
  /** Serialises the tasks of one model where they must not run at once. */
  readonly exclusive: <T>(name: string, work: () => Promise<T>) => Promise<T>
}

/** What became of partitions of a task, or of a relation without partitions. */
export type TaskEnd =
  /** `kept`: keys of the partitions whose content, and so whose version, is what it was. */
  | { readonly kind: 'succeeded'; readonly published: Published; readonly kept?: ReadonlySet<string> }
  /** `isUnchanged`: nothing that it reads changed in this run. */
  | { readonly kind: 'skipped'; readonly isUnchanged?: true }
  | { readonly kind: 'failed'; readonly error: Diagnostic }
  | { readonly kind: 'canceled' }
  /** Another run has made an input unfit since the plan. */
  | { readonly kind: 'blocked'; readonly by: string; readonly because: string }

/** Partitions of a task that ended together; none, and it is the relation. */
export interface Part {
  readonly partitions: readonly Partition[]
  readonly end: TaskEnd
}

/** How one attempt ended. */
export type AttemptEnd =
  | TaskEnd
  | { readonly kind: 'retry'; readonly error: Diagnostic }
  | { readonly kind: 'waiting'; readonly holder: string }
  /** The ledger changed since the plan was made: look at it and try again. */
  | { readonly kind: 'outdated' }
  | Split

/** An attempt at a batch failed: some of its partitions are to blame, if that is known, and the others are tried again without them. */
export interface Split {
  readonly kind: 'split'
  readonly ended: readonly Part[]
  readonly into: readonly Piece[]
  readonly error: Diagnostic
}

const CLAIM_POLL_MS = 250

/** For what no model configures: seeds, checks, the ledger itself. */
export const defaultRetry: RetryConfig = {
  attempts: 3,
  delayMs: 1_000,
  factor: 2,
  maxDelayMs: 30_000,
  jitter: 0.2,
}

/** A piece of a task that is to be published. */
interface Work {
  readonly piece: Piece
  /** Of the attempt that comes next. */
  readonly number: number
  /** The `change_seq` up to which the ledger was looked at last. */
  readonly plannedAt: number
}

/**
 * Runs the given partitions of a task to their end, and says of each when it has one: waits for leases, publishes, retries transient errors,
 * records what happened. Adjacent partitions are one attempt where the model may, and where that fails, those to blame are found and the others
 * published.
 */
export async function runTask(
  context: RunContext,
  task: PlannedTask,
  partitions: readonly Partition[],
  ended: (part: Part, elapsedMs: number) => void,
): Promise<void> {
  const node = context.project.nodes.get(task.model)!
  const pieces = firstPieces(node, task, partitions)
  const work: Work[] = pieces.map((piece) => ({ piece, number: 1, plannedAt: context.plannedAt }))
  for (let next = work.shift(); next !== undefined; next = work.shift()) {
    const startedAt = context.world.elapsed()
    const { parts, left } = await runPiece(context, task, node, next)
    for (const part of parts) ended(part, context.world.elapsed() - startedAt)
    work.unshift(...left)
  }
}

/** A rebuild and a relation without partitions are one, whatever the model's batches. */
function firstPieces(
  node: CompiledNode,
  task: PlannedTask,
  partitions: readonly Partition[],
): readonly Piece[] {
  if (task.fullRefresh || partitions.length === 0 || node.kind !== 'model') return [partitions]
  return stretches(partitions, mostPartitions(node))
}

interface PieceEnd {
  readonly parts: readonly Part[]
  readonly left: readonly Work[]
}

async function runPiece(
  context: RunContext,
  planned: PlannedTask,
  node: CompiledNode,
  work: Work,
): Promise<PieceEnd> {
  const retry = node.kind === 'model' ? node.config.retry : defaultRetry
  const parts: Part[] = []
  let { piece, number, plannedAt } = work
  let announced = false
  for (let tries = 1; ; ) {
    const end = (part: TaskEnd): PieceEnd => ({
      parts: [...parts, { partitions: piece, end: part }],
      left: [],
    })
    if (context.signal.aborted) return end({ kind: 'canceled' })
    const attempt: PieceAttempt = { planned, task: taskOf(planned, piece), node, number, plannedAt }
    const about = { task: planned, partitions: piece }
    const ended = await attemptOnce(context, attempt)
    switch (ended.kind) {
      case 'waiting':
        if (!announced)
          context.emit({ ...stamp(context), ...about, type: 'task_waiting_for_lease', holder: ended.holder })
        announced = true
        if (!(await pause(context, CLAIM_POLL_MS))) return end({ kind: 'canceled' })
        break
      case 'retry': {
        const { error } = ended
        if (tries >= retry.attempts) return end({ kind: 'failed', error })
        const delayMs = delayOf(retry, tries, context.world.random())
        tries += 1
        number += 1
        context.emit({ ...stamp(context), ...about, type: 'task_retrying', attempt: number, delayMs, error })
        if (!(await pause(context, delayMs))) return end({ kind: 'canceled' })
        break
      }
      case 'outdated':
        break
      case 'split': {
        const { into, error } = ended
        context.emit({ ...stamp(context), ...about, type: 'task_split', into, error })
        const left = into.map((each) => ({ piece: each, number: number + 1, plannedAt }))
        return { parts: [...parts, ...ended.ended], left }
      }
      default:
        return end(ended)
    }
    // Another run may have published while this one waited.
    const look = await lookAgain(context, attempt.task, node, plannedAt)
    if (look === undefined) continue
    parts.push(...look.ended)
    plannedAt = look.seq
    if (look.left === undefined) return { parts, left: [] }
    if (planned.fullRefresh || look.left.length === piece.length) continue
    const [first, ...others] = stretches(look.left, piece.length)
    if (others.length > 0) {
      const left = [first!, ...others].map((each) => ({ piece: each, number, plannedAt }))
      return { parts, left }
    }
    piece = first!
  }
}

/** The part of a task that one attempt publishes, as a task. */
function taskOf(planned: PlannedTask, piece: Piece): PlannedTask {
  if (piece.length === planned.partitions.length) return planned
  return { ...planned, id: taskId(planned.model, piece), partitions: piece }
}

/** Exponential backoff with jitter; the cap comes last. */
export function delayOf(retry: RetryConfig, attempt: number, random: number): number {
  const base = retry.delayMs * retry.factor ** (attempt - 1)
  return Math.min(retry.maxDelayMs, Math.round(base * (1 + retry.jitter * (2 * random - 1))))
}

/** One attempt at a piece of a task. */
export interface PieceAttempt {
  readonly planned: PlannedTask
  /** The piece as a task of its own. */
  readonly task: PlannedTask
  readonly node: CompiledNode
  readonly number: number
  readonly plannedAt: number
}

async function attemptOnce(context: RunContext, piece: PieceAttempt): Promise<AttemptEnd> {
  const { ledger, world } = context
  const { planned, task, node, number, plannedAt } = piece
  const attempt = world.id()
  const token = world.id()
  let claim: ClaimResult
  try {
    claim = await ledger.claim(context.run, context.worker, {
      model: task.model,
      keys: keysOf(task),
      token,
      attempt,
      number,
      accepted: task.accepted,
    })
    if (!claim.claimed) await ledger.reap(world.isDead, context.signal)
  } catch (error) {
    return failedInLedger(context, task, node, error)
  }
  if (!claim.claimed) {
    return { kind: 'waiting', holder: claim.holder.run }
  }
  const about = { task: planned, partitions: task.partitions }
  context.emit({ ...stamp(context), ...about, type: 'task_started', attempt: number })
  const deadline = timeLimit(node, context.signal)
  try {
    const result = await publishOne(context, task, node, {
      attempt,
      token,
      plannedAt,
      signal: deadline.signal,
    })
    ledger.published({ attempt, token })
    for (const each of checksOf(piece, result.checks)) context.emit({ ...stamp(context), ...each })
    context.bindings.settle(task.model)
    return {
      kind: 'succeeded',
      published: { rows: result.rows, changed: result.changed },
      ...(result.kept === undefined ? {} : { kept: result.kept }),
    }
  } catch (error) {
    return await afterFailure(context, piece, { attempt, token }, error, deadline.hasPassed())
  } finally {
    deadline.clear()
  }
}

async function publishOne(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  claim: {
    readonly attempt: string
    readonly token: string
    readonly plannedAt: number
    readonly signal: AbortSignal
  },
): Promise<AttemptResult> {
  const attempt: AttemptContext = {
    ...claim,
    project: context.project,
    adapter: context.adapter,
    texts: context.texts,
    ledgerName: (model) => context.ledger.nameOf(model),
    owned: context.owned,
    bindings: context.bindings,
    task,
    run: context.run,
    now: context.world.now,
    ledgerSeq: context.plannedAt,
    verifiesBatches: context.verifiesBatches ?? false,
    inputs: isRunnable(node) ? inputNames(context.edges, unitsOfTask(node, task)[0]!) : [],
  }
  const publish = () =>
    context.adapter.transaction(async (transaction) => {
      switch (node.kind) {
        case 'seed':
          return publishSeed(attempt, transaction, node)
        case 'check':
          return publishCheck(attempt, transaction, node)
        case 'source':
        case 'exposure':
          throw new Error(`${node.name} is a ${node.kind}: nothing to publish`)
        case 'model':
          switch (node.config.materialized) {
            case 'view':
              return publishView(attempt, transaction, node)
            case 'table':
              return publishTable(attempt, transaction, node)
            case 'incremental':
              return publishIncremental(attempt, transaction, node)
            case 'snapshot':
              return publishSnapshot(attempt, transaction, node)
          }
      }
    }, claim.signal)
  const settled = context.bindings.isSettled(task.model)
  const alone = !settled || (node.kind === 'model' && (newestWins(node) || isSnapshot(node)))
  const committed = alone ? await context.exclusive(task.model, publish) : await publish()
  return committed.value
}

function timeLimit(node: CompiledNode, outer: AbortSignal) {
  const limit = node.kind === 'model' ? node.config.timeoutMs : undefined
  const timer = new AbortController()
  const clear = limit === undefined ? () => undefined : afterMs(limit, () => timer.abort())
  return {
    signal: AbortSignal.any([outer, timer.signal]),
    hasPassed: () => timer.signal.aborted,
    clear,
  }
}

async function pause(context: RunContext, ms: number): Promise<boolean> {
  try {
    await context.world.sleep(ms, context.signal)
    return true
  } catch {
    return false
  }
}
