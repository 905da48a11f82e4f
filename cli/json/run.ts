import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { StoredAttempt, StoredCheck } from '../../core/ledger/stored-attempts.ts'
import type { Progressing, RunDetails, RunTask } from '../run-history.ts'
import { instantJson } from './plan.ts'

/** One line of `sluice runs --output json`; see docs/schemas/runs.json. */
export function runJson(run: Progressing, now: number) {
  const { finishedAt, cancelRequestedAt } = run
  const end = finishedAt ?? (run.status === 'running' ? now : undefined)
  return {
    id: run.id,
    command: run.command,
    target: run.target,
    status: run.status,
    startedAt: instantJson(run.startedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: instantJson(finishedAt) }),
    ...(end === undefined ? {} : { elapsedMs: Math.max(0, end - run.startedAt) }),
    ...(run.user === undefined ? {} : { user: run.user }),
    ...(run.host === undefined ? {} : { host: hostName(run.host) }),
    ...(run.pid === undefined ? {} : { pid: run.pid }),
    ...(run.parent === undefined ? {} : { parent: run.parent }),
    ...(cancelRequestedAt === undefined ? {} : { cancelRequestedAt: instantJson(cancelRequestedAt) }),
    counts: run.counts,
  }
}

/** What `sluice runs show --output json` prints; see docs/schemas/run-details.json. */
export function runDetailsJson(run: RunDetails, now: number) {
  return { ...runJson(run, now), request: run.request, tasks: run.tasks.map(taskJson) }
}

function taskJson({ model, keys, last, attempts, checks }: RunTask) {
  return {
    model,
    partitions: keys,
    status: last.status,
    ...(last.rows === undefined ? {} : { rows: last.rows }),
    attempts: attempts.map(attemptJson),
    accepted: last.accepted,
    checks: checks.map(storedCheckJson),
  }
}

export function attemptJson(attempt: StoredAttempt) {
  const { finishedAt } = attempt
  return {
    id: attempt.id,
    number: attempt.number,
    status: attempt.status,
    startedAt: instantJson(attempt.startedAt),
    ...(finishedAt === undefined
      ? {}
      : { finishedAt: instantJson(finishedAt), elapsedMs: Math.max(0, finishedAt - attempt.startedAt) }),
    ...(attempt.rows === undefined ? {} : { rows: attempt.rows }),
    ...(attempt.changeSeq === undefined ? {} : { version: attempt.changeSeq }),
    ...(attempt.readSeq === undefined ? {} : { readSeq: attempt.readSeq }),
    ...(attempt.error === undefined ? {} : { error: errorJson(attempt.error) }),
  }
}

/** A diagnostic as it was recorded, in the keys of docs/schemas/diagnostic.json. */
export function errorJson(error: Diagnostic): Diagnostic {
  const { path: _, ...shown } = error as Diagnostic & { readonly path?: unknown }
  return shown
}

export function storedCheckJson(check: StoredCheck) {
  const { attempt: _, model: __, ...shown } = check
  return shown
}

/** A host as people know it: what tells containers of one name apart is for the ledger. */
export function hostName(host: string): string {
  return host.replace(/#[0-9a-f]{12}$/, '')
}
