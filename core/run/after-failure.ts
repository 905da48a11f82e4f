import { type Adapter, CommitUnknownError } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import { failingText } from '../checks/failing-text.ts'
import { type CompiledNode, isRelation } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { WHOLE } from '../ledger/records.ts'
import type { PlannedTask } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import { ChangedMeanwhile, ChecksFailed, Fenced } from './attempt.ts'
import { isOfSomeRows } from './blame.ts'
import { checksOf } from './check-events.ts'
import { diagnose, engineErrorOf } from './diagnose.ts'
import { readsHidden } from './hidden.ts'
import { halves, type Piece, without } from './pieces.ts'
import type { AttemptEnd, Part, PieceAttempt, RunContext } from './run-task.ts'

/** What an attempt that did not publish means, and what is kept of it. */
interface Failure {
  readonly status: 'failed' | 'timed_out' | 'canceled'
  /** What is told of the attempt as a whole. */
  readonly error?: Diagnostic
  /** The partitions that failed by it; none of a relation without partitions, which is then the one. */
  readonly failed: readonly Partition[]
  readonly checks: readonly CheckOutcome[]
  readonly end: Exclude<AttemptEnd, { kind: 'succeeded' }>
}

interface Claim {
  readonly attempt: string
  readonly token: string
}

const published: AttemptEnd = { kind: 'succeeded', published: { rows: 0, changed: true } }

/** The transaction was rolled back: find out what that means, and record it in a second one. */
export async function afterFailure(
  context: RunContext,
  piece: PieceAttempt,
  claim: Claim,
  error: unknown,
  timedOut: boolean,
): Promise<AttemptEnd> {
  const { task, node } = piece
  if (error instanceof CommitUnknownError && (await hasCommitted(context, claim.attempt))) {
    context.ledger.published(claim)
    return published
  }
  if (error instanceof ChangedMeanwhile) return giveBack(context, task, node, claim)
  const failure = await judge(context, piece, error, timedOut)
  const recorded = await recordFailure(context, task, claim, failure)
  if (recorded === 'published') return published
  return recorded === 'recorded' ? failure.end : unrecorded(context, failure, recorded.error)
}

async function judge(
  context: RunContext,
  piece: PieceAttempt,
  error: unknown,
  timedOut: boolean,
): Promise<Failure> {
  const { task, node } = piece
  const failed = (problem: Diagnostic, checks: readonly CheckOutcome[] = []): Failure => ({
    status: 'failed',
    error: problem,
    failed: task.partitions,
    checks,
    end: { kind: 'failed', error: problem },
  })
  if (context.signal.aborted)
    return { status: 'canceled', failed: task.partitions, checks: [], end: { kind: 'canceled' } }
  if (timedOut) return { ...failed(timeoutProblem(task, node)), status: 'timed_out' }
  const isBatch = task.partitions.length > 1 && !task.fullRefresh
  if (error instanceof ChecksFailed) {
    const failure = isBatch
      ? withoutFailing(task, node, error)
      : failed(checksProblem(task, node, error.outcomes), error.outcomes)
    for (const each of checksOf(piece, failure.checks)) context.emit({ ...stamp(context), ...each })
    return failure
  }
  if (error instanceof Fenced) return failed(fencedProblem(task))
  const { adapter } = context
  if (!(error instanceof SluiceError) && isBug(adapter, error)) throw error
  const hidesValues = readsHidden(context.project.nodes, node)
  const problem = await diagnose(adapter, error, subjectOf(task, node), hidesValues)
  if (adapter.classify(engineErrorOf(error)) === 'transient')
    return { ...failed(problem), end: { kind: 'retry', error: problem } }
  if (isBatch && (await isOfSomeRows(adapter, error, context.signal)))
    return split(problem, halves(task.partitions))
  return failed(problem)
}

/** No partition is known to be to blame: all are tried again, fewer at a time. */
function split(error: Diagnostic, into: readonly Piece[]): Failure {
  return { status: 'failed', error, failed: [], checks: [], end: { kind: 'split', ended: [], into, error } }
}

/** A batch in which some partitions broke a check is tried again without exactly those. */
function withoutFailing(task: PlannedTask, node: CompiledNode, broken: ChecksFailed): Failure {
  const { outcomes, guilty, suspects } = broken
  if (guilty.size === 0) {
    const error = checksProblem(task, node, outcomes)
    const isAnybody = suspects.size === task.partitions.length
    return split(error, isAnybody ? halves(task.partitions) : without(task.partitions, new Set(), suspects))
  }
  const ofGuilty = outcomes.filter(({ partition }) => partition !== undefined && guilty.has(partition))
  const failed = task.partitions.filter(({ key }) => guilty.has(key))
  const ended = failed.map((partition): Part => {
    const own = ofGuilty.filter((outcome) => outcome.partition === partition.key)
    return {
      partitions: [partition],
      end: { kind: 'failed', error: checksProblem({ ...task, partitions: [partition] }, node, own) },
    }
  })
  const error = checksProblem(task, node, ofGuilty)
  const into = without(task.partitions, guilty)
  return { status: 'failed', error, failed, checks: ofGuilty, end: { kind: 'split', ended, into, error } }
}

/** The attempt found that the ledger had changed, and wrote nothing. If even that cannot be said, its lease stays until the next attempt. */
async function giveBack(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  claim: Claim,
): Promise<AttemptEnd> {
  try {
    await context.ledger.release(claim.attempt, claim.token)
    return { kind: 'outdated' }
  } catch (error) {
    return failedInLedger(context, task, node, error)
  }
}

/** The ledger could not be written to. */
export async function failedInLedger(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  error: unknown,
): Promise<AttemptEnd> {
  if (context.signal.aborted) return { kind: 'canceled' }
  if (isBug(context.adapter, error)) throw error
  const problem = await diagnose(context.adapter, error, subjectOf(task, node))
  const transient = context.adapter.classify(error) === 'transient'
  return transient ? { kind: 'retry', error: problem } : { kind: 'failed', error: problem }
}

/** Whether an attempt whose COMMIT was not answered has published. If the ledger cannot be asked, the next claim finds out. */
async function hasCommitted(context: RunContext, attempt: string): Promise<boolean> {
  try {
    return (await context.ledger.attemptStatus(attempt)) === 'succeeded'
  } catch (error) {
    if (isBug(context.adapter, error)) throw error
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
  claim: Claim,
  { status, error, failed, checks }: Failure,
): Promise<'recorded' | 'published' | { readonly error: unknown }> {
  const keys = task.partitions.length === 0 ? [undefined] : failed
  const partitions = keys.map((partition) => ({
    model: task.model,
    key: partition?.key ?? WHOLE,
    ...(partition === undefined ? {} : { interval: partition }),
    attempt: claim.attempt,
    run: context.run,
  }))
  try {
    return await context.ledger.abandon(
      { id: claim.attempt, run: context.run, token: claim.token },
      partitions,
      status,
      error ?? null,
      checks,
    )
  } catch (error) {
    if (isBug(context.adapter, error)) throw error
    return context.adapter.classify(error) === 'transient' ? 'recorded' : { error }
  }
}

/** The task's own failure stays what is told of it; that the ledger does not know of it is told beside. */
function unrecorded(context: RunContext, { end, error: problem }: Failure, error: unknown): AttemptEnd {
  if (problem === undefined) return end
  const said = `This could not be recorded in the ledger: ${context.adapter.explain(error).message}`
  const { hint } = problem
  const told = { ...problem, hint: hint === undefined ? said : `${hint} ${said}` }
  return { kind: end.kind === 'retry' ? 'retry' : 'failed', error: told }
}

function fencedProblem(task: PlannedTask): Diagnostic {
  return diagnostic('SL622', {
    message: `the lease of ${task.id} was taken over by another process`,
    model: task.model,
    hint: 'Nothing was written. `sluice status` shows who published it.',
  })
}

/** When an event happened. */
export function stamp(context: RunContext): { readonly at: string } {
  return { at: context.world.now().toISOString() }
}

/** What a diagnostic of a task is about. */
export function subjectOf(task: PlannedTask, node: CompiledNode) {
  const [only, ...others] = task.partitions
  const partition = only === undefined || others.length > 0 ? {} : { partition: only.key }
  return { model: task.model, path: node.path, ...partition }
}

function timeoutProblem(task: PlannedTask, node: CompiledNode): Diagnostic {
  const seconds = node.kind === 'model' ? (node.config.timeoutMs ?? 0) / 1000 : 0
  return diagnostic('SL609', {
    message: `${task.id} took longer than its timeout of ${seconds} s`,
    ...subjectOf(task, node),
    place: { file: node.path, line: 1, column: 1 },
    hint:
      task.partitions.length > 1
        ? `The statement was canceled and rolled back. Let fewer partitions share one (\`--batch ${Math.ceil(task.partitions.length / 2)}\`, or \`batch:\` in the header), raise \`timeout\`, or make the query faster.`
        : 'The statement was canceled and rolled back. Raise `timeout` in the header, or make the query faster.',
  })
}

function checksProblem(task: PlannedTask, node: CompiledNode, outcomes: readonly CheckOutcome[]): Diagnostic {
  const failed = outcomes.filter((outcome) => !outcome.passed && outcome.severity === 'error')
  const first = failed[0]!
  const inOne = new Set(failed.map((each) => each.partition)).size === 1
  const declared = isRelation(node)
    ? node.checks.find((check) => check.name === first.name)?.place
    : undefined
  return diagnostic('SL620', {
    message: inOne ? `${textOf(failed)} failed` : textOfSeveral(failed),
    ...subjectOf(task, node),
    ...(first.partition === undefined || !inOne ? {} : { partition: first.partition }),
    place: declared ?? { file: node.path, line: 1, column: 1 },
    hint: 'Nothing was published: readers still see what stood there before.',
  })
}

function textOf(failed: readonly CheckOutcome[]): string {
  return failed.map((each) => `${each.name} (${failingText(each)})`).join(', ')
}

const MOST_NAMED = 5

/** Of a batch: which partitions broke which check. */
function textOfSeveral(failed: readonly CheckOutcome[]): string {
  const keys = [...new Set(failed.map((each) => each.partition ?? WHOLE))]
  const named = keys
    .slice(0, MOST_NAMED)
    .map((key) => `${key}: ${textOf(failed.filter((each) => (each.partition ?? WHOLE) === key))}`)
  const more = keys.length > named.length ? `, and ${keys.length - named.length} more` : ''
  return `checks failed in ${keys.length} partitions (${named.join('; ')}${more})`
}
