import type { Adapter } from '../adapter.ts'
import { CommitUnknownError } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import { failingText } from '../checks/failing-text.ts'
import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { isRelation } from '../compile/compiled.ts'
import type { RetryConfig } from '../config/project.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { Published, RunEvent } from '../events.ts'
import type { ClaimResult, Ledger, Worker } from '../ledger/ledger.ts'
import { WHOLE } from '../ledger/records.ts'
import type { Edges } from '../plan/edges.ts'
import type { PlannedTask } from '../plan/plan.ts'
import { States } from '../plan/state.ts'
import {
  type AttemptContext,
  type AttemptResult,
  type Bindings,
  ChangedMeanwhile,
  ChecksFailed,
  Fenced,
  keysOf,
  type SqlTexts,
} from './attempt.ts'
import { diagnose, engineErrorOf } from './diagnose.ts'
import { readsHidden } from './hidden.ts'
import { inputNames, type Unfit, unfitInput, unitsOfTask } from './inputs.ts'
import { publishCheck } from './publish-check.ts'
import { newestWins, publishIncremental } from './publish-incremental.ts'
import { publishSeed, publishTable, publishView } from './publish-whole.ts'

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

type AttemptEnd =
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
    return failedBeforeClaim(context, task, node, error)
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

/** The transaction was rolled back: find out what that means, and record it in a second one. */
async function afterFailure(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  claim: { readonly attempt: string; readonly token: string },
  error: unknown,
  timedOut: boolean,
): Promise<AttemptEnd> {
  const { ledger, adapter } = context
  if (error instanceof CommitUnknownError && (await hasCommitted(context, claim.attempt))) {
    return { kind: 'succeeded', published: { rows: 0, changed: true } }
  }
  if (error instanceof ChangedMeanwhile) {
    await ledger.release(claim.attempt, claim.token)
    return { kind: 'outdated' }
  }
  const record = (
    status: 'failed' | 'timed_out' | 'canceled',
    problem: unknown,
    checks: readonly CheckOutcome[],
  ) => recordFailure(context, task, claim, status, problem, checks)
  if (context.signal.aborted) {
    await record('canceled', null, [])
    return { kind: 'canceled' }
  }
  if (timedOut) {
    const problem = timeoutProblem(task, node)
    await record('timed_out', problem, [])
    return { kind: 'failed', error: problem }
  }
  if (error instanceof ChecksFailed) {
    for (const check of error.outcomes)
      context.emit({ ...stamp(context), type: 'check_finished', task, check })
    const problem = checksProblem(task, node, error.outcomes)
    await record('failed', problem, error.outcomes)
    return { kind: 'failed', error: problem }
  }
  if (error instanceof Fenced) {
    const problem = diagnostic('SL622', {
      message: `the lease of ${task.id} was taken over by another process`,
      model: task.model,
      hint: 'Nothing was written. `sluice status` shows who published it.',
    })
    await record('failed', problem, [])
    return { kind: 'failed', error: problem }
  }
  if (!(error instanceof SluiceError) && isBug(adapter, error)) throw error
  const hidesValues = readsHidden(context.project.nodes, node)
  const problem = await diagnose(adapter, error, subjectOf(task, node), hidesValues)
  await record('failed', problem, [])
  const transient = adapter.classify(engineErrorOf(error)) === 'transient'
  return transient ? { kind: 'retry', error: problem } : { kind: 'failed', error: problem }
}

/** Whether an attempt whose COMMIT was not answered has published. If the ledger cannot be asked, the next claim finds out. */
async function hasCommitted(context: RunContext, attempt: string): Promise<boolean> {
  try {
    return (await context.ledger.attemptStatus(attempt)) === 'succeeded'
  } catch (error) {
    if (context.adapter.classify(error) !== 'transient') throw error
    return false
  }
}

/** An error that the engine knows nothing of is ours. */
function isBug(adapter: Adapter, error: unknown): boolean {
  if (error instanceof CommitUnknownError) return false
  const inner = engineErrorOf(error)
  return inner instanceof TypeError || inner instanceof RangeError || inner instanceof ReferenceError
    ? adapter.explain(inner).engineCode === undefined
    : false
}

/** If the database is gone, nothing can be recorded: the attempt stays and is found to have crashed later. */
async function recordFailure(
  context: RunContext,
  task: PlannedTask,
  claim: { readonly attempt: string; readonly token: string },
  status: 'failed' | 'timed_out' | 'canceled',
  problem: unknown,
  checks: readonly CheckOutcome[],
): Promise<void> {
  const partitions = (task.partitions.length === 0 ? [undefined] : task.partitions).map((partition) => ({
    model: task.model,
    key: partition?.key ?? WHOLE,
    ...(partition === undefined ? {} : { interval: partition }),
    attempt: claim.attempt,
    run: context.run,
  }))
  try {
    await context.ledger.abandon(
      { id: claim.attempt, run: context.run, token: claim.token },
      partitions,
      status,
      problem,
      checks,
    )
  } catch (error) {
    if (context.adapter.classify(error) !== 'transient') throw error
  }
}

async function failedBeforeClaim(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  error: unknown,
): Promise<AttemptEnd> {
  if (context.signal.aborted) return { kind: 'canceled' }
  const problem = await diagnose(context.adapter, error, subjectOf(task, node))
  const transient = context.adapter.classify(error) === 'transient'
  return transient ? { kind: 'retry', error: problem } : { kind: 'failed', error: problem }
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
  try {
    const snapshot = await context.ledger.snapshot()
    const states = new States(context.edges, snapshot, context.world.now().getTime())
    const units = unitsOfTask(node, task)
    const isFresh = units.every((unit) => states.dataOf(unit).state === 'fresh' && !states.hasFailed(unit))
    const since = { seq: plannedAt, run: context.run }
    const unfit = unfitInput(context.edges, states, task, units, since)
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
  const handle = limit === undefined ? undefined : setTimeout(() => timer.abort(), limit)
  return {
    signal: AbortSignal.any([outer, timer.signal]),
    hasPassed: () => timer.signal.aborted,
    clear: () => clearTimeout(handle),
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

function stamp(context: RunContext): { readonly at: string } {
  return { at: context.world.now().toISOString() }
}

function subjectOf(task: PlannedTask, node: CompiledNode) {
  const partition = task.partitions[0]?.key
  return { model: task.model, path: node.path, ...(partition === undefined ? {} : { partition }) }
}

function timeoutProblem(task: PlannedTask, node: CompiledNode): Diagnostic {
  const seconds = node.kind === 'model' ? (node.config.timeoutMs ?? 0) / 1000 : 0
  return diagnostic('SL609', {
    message: `${task.id} took longer than its timeout of ${seconds} s`,
    ...subjectOf(task, node),
    place: { file: node.path, line: 1, column: 1 },
    hint: 'The statement was canceled and rolled back. Raise `timeout` in the header, or make the query faster.',
  })
}

function checksProblem(task: PlannedTask, node: CompiledNode, outcomes: readonly CheckOutcome[]): Diagnostic {
  const failed = outcomes.filter((outcome) => !outcome.passed && outcome.severity === 'error')
  const first = failed[0]!
  const declared = isRelation(node)
    ? node.checks.find((check) => check.name === first.name)?.place
    : undefined
  return diagnostic('SL620', {
    message: `${failed.map((each) => `${each.name} (${failingText(each)})`).join(', ')} failed`,
    ...subjectOf(task, node),
    ...(first.partition === undefined ? {} : { partition: first.partition }),
    place: declared ?? { file: node.path, line: 1, column: 1 },
    hint: 'Nothing was published: readers still see the previous version.',
  })
}
