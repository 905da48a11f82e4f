import { type Adapter, CommitUnknownError } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import { failingText } from '../checks/failing-text.ts'
import { type CompiledNode, isRelation } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { WHOLE } from '../ledger/records.ts'
import type { PlannedTask } from '../plan/plan.ts'
import { ChangedMeanwhile, ChecksFailed, Fenced } from './attempt.ts'
import { diagnose, engineErrorOf } from './diagnose.ts'
import { readsHidden } from './hidden.ts'
import type { AttemptEnd, RunContext } from './run-task.ts'

/** What an attempt that did not publish means, and what is kept of it. */
interface Failure {
  readonly status: 'failed' | 'timed_out' | 'canceled'
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
  task: PlannedTask,
  node: CompiledNode,
  claim: Claim,
  error: unknown,
  timedOut: boolean,
): Promise<AttemptEnd> {
  if (error instanceof CommitUnknownError && (await hasCommitted(context, claim.attempt))) return published
  if (error instanceof ChangedMeanwhile) return giveBack(context, task, node, claim)
  const failure = await judge(context, task, node, error, timedOut)
  const recorded = await recordFailure(context, task, claim, failure)
  if (recorded === 'published') return published
  return recorded === 'recorded' ? failure.end : unrecorded(context, failure.end, recorded.error)
}

async function judge(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  error: unknown,
  timedOut: boolean,
): Promise<Failure> {
  const failed = (problem: Diagnostic, checks: readonly CheckOutcome[] = []): Failure => ({
    status: 'failed',
    checks,
    end: { kind: 'failed', error: problem },
  })
  if (context.signal.aborted) return { status: 'canceled', checks: [], end: { kind: 'canceled' } }
  if (timedOut) return { ...failed(timeoutProblem(task, node)), status: 'timed_out' }
  if (error instanceof ChecksFailed) {
    for (const check of error.outcomes)
      context.emit({ ...stamp(context), type: 'check_finished', task, check })
    return failed(checksProblem(task, node, error.outcomes), error.outcomes)
  }
  if (error instanceof Fenced) return failed(fencedProblem(task))
  const { adapter } = context
  if (!(error instanceof SluiceError) && isBug(adapter, error)) throw error
  const hidesValues = readsHidden(context.project.nodes, node)
  const problem = await diagnose(adapter, error, subjectOf(task, node), hidesValues)
  const transient = adapter.classify(engineErrorOf(error)) === 'transient'
  return transient ? { ...failed(problem), end: { kind: 'retry', error: problem } } : failed(problem)
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
  { status, checks, end }: Failure,
): Promise<'recorded' | 'published' | { readonly error: unknown }> {
  const partitions = (task.partitions.length === 0 ? [undefined] : task.partitions).map((partition) => ({
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
      'error' in end ? end.error : null,
      checks,
    )
  } catch (error) {
    if (isBug(context.adapter, error)) throw error
    return context.adapter.classify(error) === 'transient' ? 'recorded' : { error }
  }
}

/** The task's own failure stays what is told of it; that the ledger does not know of it is told beside. */
function unrecorded(context: RunContext, end: Failure['end'], error: unknown): AttemptEnd {
  if (!('error' in end)) return end
  const said = `This could not be recorded in the ledger: ${context.adapter.explain(error).message}`
  const { hint } = end.error
  return { ...end, error: { ...end.error, hint: hint === undefined ? said : `${hint} ${said}` } }
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
