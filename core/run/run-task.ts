import type { Adapter } from '../adapter.ts'
import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import type { RetryConfig } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Published, RunEvent } from '../events.ts'
import type { ClaimResult, Ledger, Worker } from '../ledger/ledger.ts'
import type { Edges } from '../plan/edges.ts'
import type { PlannedTask } from '../plan/plan.ts'
import { ledgerOfUnits } from '../plan/scope.ts'
import { States } from '../plan/state.ts'
import { afterFailure, failedInLedger, stamp } from './after-failure.ts'
import { type AttemptContext, type AttemptResult, type Bindings, keysOf, type SqlTexts } from './attempt.ts'
import { newestWins } from './binding.ts'
import { inputNames, type Unfit, unfitInput, unitsOfTask } from './inputs.ts'
import { publishCheck } from './publish-check.ts'
import { publishIncremental } from './publish-incremental.ts'
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
  readonly emit: (event: RunEvent) => void
  readonly signal: AbortSignal
  /** Serialises the tasks of one model where they must not run at once. */
  readonly exclusive: <T>(name: string, work: () => Promise<T>) => Promise<T>
}

export type TaskEnd =
  | { readonly kind: 'succeeded'; readonly published: Published }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly error: Diagnostic }
  | { readonly kind: 'canceled' }
  /** Another run has made an input unfit since the plan. */
  | { readonly kind: 'blocked'; readonly by: string; readonly because: string }

/** How one attempt ended. */
export type AttemptEnd =
  | TaskEnd
  | { readonly kind: 'retry'; readonly error: Diagnostic }
  | { readonly kind: 'waiting'; readonly holder: string }
  /** The ledger changed since the plan was made: look at it and try again. */
  | { readonly kind: 'outdated' }

const CLAIM_POLL_MS = 250

/** For what no model configures: seeds, checks, the ledger itself. */
export const defaultRetry: RetryConfig = {
  attempts: 3,
  delayMs: 1_000,
  factor: 2,
  maxDelayMs: 30_000,
  jitter: 0.2,
}

/** Runs one task to its end: waits for leases, publishes, retries transient errors, records what happened. */
export async function runTask(context: RunContext, task: PlannedTask): Promise<TaskEnd> {
  const node = context.project.nodes.get(task.model)!
  const retry = node.kind === 'model' ? node.config.retry : defaultRetry
  let announced = false
  let plannedAt = context.plannedAt
  for (let number = 1; ; ) {
    if (context.signal.aborted) return { kind: 'canceled' }
    const end = await attemptOnce(context, task, node, number, plannedAt)
    switch (end.kind) {
      case 'waiting':
        if (!announced)
          context.emit({ ...stamp(context), type: 'task_waiting_for_lease', task, holder: end.holder })
        announced = true
        if (!(await pause(context, CLAIM_POLL_MS))) return { kind: 'canceled' }
        break
      case 'retry': {
        if (number >= retry.attempts) return { kind: 'failed', error: end.error }
        const delayMs = delayOf(retry, number, context.world.random())
        number += 1
        context.emit({
          ...stamp(context),
          type: 'task_retrying',
          task,
          attempt: number,
          delayMs,
          error: end.error,
        })
        if (!(await pause(context, delayMs))) return { kind: 'canceled' }
        break
      }
      case 'outdated':
        break
      default:
        return end
    }
    // Another run may have published while this one waited.
    const current = await lookAgain(context, task, node, plannedAt)
    if (current?.unfit !== undefined) return { kind: 'blocked', ...current.unfit }
    if (current?.isFresh && !context.isForced) return { kind: 'skipped' }
    plannedAt = current?.seq ?? plannedAt
  }
}

/** Exponential backoff with jitter; the cap comes last. */
export function delayOf(retry: RetryConfig, attempt: number, random: number): number {
  const base = retry.delayMs * retry.factor ** (attempt - 1)
  return Math.min(retry.maxDelayMs, Math.round(base * (1 + retry.jitter * (2 * random - 1))))
}

async function attemptOnce(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  number: number,
  plannedAt: number,
): Promise<AttemptEnd> {
  const { ledger, world } = context
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
  context.emit({ ...stamp(context), type: 'task_started', task, attempt: number })
  const deadline = timeLimit(node, context.signal)
  try {
    const result = await publishOne(context, task, node, {
      attempt,
      token,
      plannedAt,
      signal: deadline.signal,
    })
    ledger.published({ attempt, token })
    for (const check of result.checks)
      context.emit({ ...stamp(context), type: 'check_finished', task, check })
    context.bindings.settle(task.model)
    return { kind: 'succeeded', published: { rows: result.rows, changed: result.changed } }
  } catch (error) {
    return await afterFailure(context, task, node, { attempt, token }, error, deadline.hasPassed())
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
    inputs: node.kind === 'source' ? [] : inputNames(context.edges, unitsOfTask(node, task)[0]!),
  }
  const publish = () =>
    context.adapter.transaction(async (transaction) => {
      switch (node.kind) {
        case 'seed':
          return publishSeed(attempt, transaction, node)
        case 'check':
          return publishCheck(attempt, transaction, node)
        case 'source':
          throw new Error(`${node.name} is a source: nothing to publish`)
        case 'model':
          switch (node.config.materialized) {
            case 'view':
              return publishView(attempt, transaction, node)
            case 'table':
              return publishTable(attempt, transaction, node)
            case 'incremental':
              return publishIncremental(attempt, transaction, node)
          }
      }
    }, claim.signal)
  const settled = context.bindings.isSettled(task.model)
  const alone = !settled || (node.kind === 'model' && newestWins(node))
  const committed = alone ? await context.exclusive(task.model, publish) : await publish()
  return committed.value
}

/** What the ledger says now of a task that could not publish at once. */
async function lookAgain(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  plannedAt: number,
): Promise<
  | {
      readonly isFresh: boolean
      readonly seq: number
      readonly unfit: { readonly by: string; readonly because: string } | undefined
    }
  | undefined
> {
  if (node.kind === 'source') return undefined
  const units = unitsOfTask(node, task)
  try {
    const snapshot = await context.ledger.snapshot(
      ledgerOfUnits(context.project, context.edges, units, { seq: plannedAt, run: context.run }),
    )
    const states = new States(context.edges, snapshot, context.world.now().getTime())
    const isFresh = units.every((unit) => states.dataOf(unit).state === 'fresh' && !states.hasFailed(unit))
    const unfit = unfitInput(context.edges, states, task, units)
    return { isFresh, seq: snapshot.seq, unfit: unfit && { by: unfit.by, because: unfitText(unfit) } }
  } catch {
    return undefined // The database is away: the next claim says so.
  }
}

function unfitText({ by, because }: Unfit): string {
  if (because === 'failed') return `${by} failed in another run since the plan was made`
  return `${by} is ${because === 'stale' ? 'stale' : 'gone'} by another run since the plan was made`
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
