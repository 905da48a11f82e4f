import type { CompiledNode } from '../../compile/compiled.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { WHOLE } from '../../ledger/records.ts'
import type { StoredAttempt } from '../../ledger/stored-attempts.ts'
import type { RunLine, RunPage, RunStatus, RunTask } from '../api.ts'
import type { Privacy, RecordedCheck } from './shown-check.ts'
import type { RunFacts } from './stored-facts.ts'

export interface RunView {
  readonly nodes: ReadonlyMap<string, CompiledNode>
  readonly privacy: Privacy
  readonly now: number
  /** Logical name of a model of the ledger; undefined for those of other targets. */
  readonly modelOf: (name: string) => string | undefined
  /** The SQL that an attempt sent, as far as it is known. */
  readonly statementOf: (attempt: StoredAttempt) => string | undefined
}

export function runLine({ run, counts }: RunFacts, now: number): RunLine {
  const { finishedAt } = run
  const end = finishedAt ?? (run.status === 'running' ? now : undefined)
  return {
    id: run.id,
    command: run.command,
    status: run.status as RunStatus,
    startedAt: iso(run.startedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: iso(finishedAt) }),
    ...(end === undefined ? {} : { elapsedMs: Math.max(0, end - run.startedAt) }),
    ...(run.user === undefined ? {} : { user: run.user }),
    counts,
  }
}

/** @param request what was typed, without secrets */
export function runPage(
  facts: RunFacts,
  { request, host, next }: { readonly request: string; readonly host?: string; readonly next?: string },
  view: RunView,
): RunPage {
  const { run, attempts, checks, moreAttempts } = facts
  const tasks = new Map<string, StoredAttempt[]>()
  for (const attempt of attempts) {
    const id = `${attempt.model}\0${attempt.keys.join('\0')}`
    const known = tasks.get(id)
    if (known === undefined) tasks.set(id, [attempt])
    else known.push(attempt)
  }
  const checksOf = new Map<string, RecordedCheck[]>()
  for (const check of checks) {
    const known = checksOf.get(check.attempt)
    if (known === undefined) checksOf.set(check.attempt, [check])
    else known.push(check)
  }
  const isCrashed = run.status === 'crashed'
  return {
    ...runLine(facts, view.now),
    kind: 'run',
    target: run.target,
    ...(host === undefined ? {} : { host }),
    ...(run.parent === undefined ? {} : { parent: run.parent }),
    request,
    tasks: [...tasks.values()].map((tries) =>
      taskOf(tries, checksOf.get(tries.at(-1)!.id) ?? [], isCrashed, view),
    ),
    ...(moreAttempts === 0 ? {} : { moreAttempts }),
    ...(next === undefined ? {} : { next }),
  }
}

function taskOf(
  tries: readonly StoredAttempt[],
  checks: readonly RecordedCheck[],
  isCrashed: boolean,
  view: RunView,
): RunTask {
  const last = tries.at(-1)!
  const name = view.modelOf(last.model) ?? last.model
  const node = view.nodes.get(name)
  const keys = last.keys.length === 1 && last.keys[0] === WHOLE ? [] : last.keys
  const statusOf = ({ status }: StoredAttempt) => (isCrashed && status === 'running' ? 'crashed' : status)
  const failure = last.status === 'succeeded' ? undefined : last
  const error = failure?.error
  return {
    node: { kind: node?.kind ?? (name.startsWith('checks.') ? 'check' : 'model'), name },
    isKnown: node !== undefined,
    partitions: keys.length > 2 ? [keys[0]!, keys.at(-1)!] : keys,
    partitionCount: keys.length,
    status: statusOf(last),
    ...(last.rows === undefined ? {} : { rows: last.rows }),
    attempts: tries.map((each) => attemptOf(each, statusOf(each), view, name)),
    checks: checks.map((check) => ({
      ...view.privacy.result(check, name),
      name: check.name,
      severity: check.severity,
    })),
    ...(error === undefined ? {} : { error: errorOf(error, last, view, name) }),
  }
}

function attemptOf(
  attempt: StoredAttempt,
  status: string,
  { privacy }: RunView,
  name: string,
): RunTask['attempts'][number] {
  const { finishedAt, startedAt, number, error } = attempt
  return {
    number,
    status,
    startedAt: iso(startedAt),
    ...(finishedAt === undefined
      ? {}
      : { finishedAt: iso(finishedAt), elapsedMs: Math.max(0, finishedAt - startedAt) }),
    ...(error === undefined ? {} : { message: `${error.code} ${privacy.error(error, name).message}` }),
  }
}

function errorOf(
  error: Diagnostic,
  attempt: StoredAttempt,
  { privacy, statementOf }: RunView,
  name: string,
): NonNullable<RunTask['error']> {
  const { place, code, next, frame } = error
  const statement = statementOf(attempt) ?? frame
  return {
    code,
    ...privacy.error(error, name),
    ...(next === undefined ? {} : { next }),
    ...(place === undefined ? {} : { path: place.file, line: place.line, column: place.column }),
    ...(statement === undefined ? {} : { statement }),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
