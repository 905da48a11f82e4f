import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import type { RunTotals } from '../core/events.ts'
import {
  readAttempts,
  readChecks,
  type StoredAttempt,
  type StoredCheck,
} from '../core/ledger/stored-attempts.ts'
import { countAttempts, type RunFilter, readRuns, type StoredRun } from '../core/ledger/stored-runs.ts'
import type { OpenLedger } from './open-ledger.ts'
import { isGone } from './world.ts'

/** How a run stands: what the ledger says, and `crashed` for one whose process is gone, which the next run will record. */
export type Progressing = StoredRun & {
  /** How its tasks ended; of a run that has not ended, its attempts so far. */
  readonly counts: Readonly<Partial<Record<keyof RunTotals | 'running', number>>>
}

/** A run with each of its tasks. */
export interface RunDetails extends Progressing {
  readonly tasks: readonly RunTask[]
}

/** One task of a run: its tries, the last one at the end. */
export interface RunTask {
  readonly model: string
  readonly keys: readonly string[]
  readonly last: StoredAttempt
  readonly attempts: readonly StoredAttempt[]
  /** Checks of the last try. */
  readonly checks: readonly StoredCheck[]
}

/** Runs, newest first. */
export async function listRuns(ledger: OpenLedger, filter: RunFilter): Promise<readonly Progressing[]> {
  const { statuses, limit, ...others } = filter
  // The ledger may call running what is gone.
  const asked = statuses?.includes('crashed') ? [...new Set([...statuses, 'running' as const])] : statuses
  const found = await readRuns(ledger, {
    ...others,
    ...(asked === undefined ? {} : { statuses: asked }),
    ...(limit === undefined || statuses !== undefined ? {} : { limit }),
  })
  const runs = found
    .map((run) => asItStands(run, ledger))
    .filter((run) => statuses === undefined || statuses.includes(run.status))
    .slice(0, limit)
  const attempts = await countAttempts(
    ledger,
    runs.filter((run) => run.totals === undefined).map((run) => run.id),
  )
  return runs.map((run) => ({ ...run, counts: run.totals ?? countsOf(attempts.get(run.id)) }))
}

/** The one run that a text means: `last`, an id or the beginning of one.
 * @throws SluiceError SL640 */
export async function findRun(ledger: OpenLedger, target: string, text: string): Promise<Progressing> {
  const isLast = text === 'last'
  const found = await listRuns(ledger, isLast ? { target, limit: 1 } : { prefix: text, limit: 20 })
  const exact = found.find((run) => run.id === text) ?? (found.length === 1 ? found[0] : undefined)
  if (exact !== undefined) return exact
  if (isLast) throw noRunYet(target)
  if (found.length === 0) {
    throw SluiceError.of('SL640', {
      message: `no run begins with "${text}"`,
      hint: 'the runs of this target are listed by',
      next: 'runs',
    })
  }
  throw SluiceError.of('SL640', {
    message: `${found.length === 20 ? '20 or more' : found.length} runs begin with "${text}"`,
    hint: `type more of the id: ${found
      .slice(0, 5)
      .map((run) => run.id)
      .join(', ')}`,
  })
}

/** Where there is no ledger there is no run. */
export function noRunYet(target: string): SluiceError {
  return SluiceError.of('SL640', { message: `there is no run on ${target} yet` })
}

/** A run with all that it tried. */
export async function runDetails(ledger: OpenLedger, run: Progressing): Promise<RunDetails> {
  const attempts = await readAttempts(ledger, { run: run.id })
  const checks = await readChecks(ledger, { run: run.id })
  const byTask = new Map<string, StoredAttempt[]>()
  for (const attempt of [...attempts].reverse()) {
    const id = `${attempt.model}\0${attempt.keys.join('\0')}`
    const known = byTask.get(id)
    if (known === undefined) byTask.set(id, [attempt])
    else known.push(attempt)
  }
  const checksOf = new Map<string, StoredCheck[]>()
  for (const check of checks) {
    const known = checksOf.get(check.attempt)
    if (known === undefined) checksOf.set(check.attempt, [check])
    else known.push(check)
  }
  const tasks = [...byTask.values()].map((tries): RunTask => {
    const last = tries.at(-1)!
    return {
      model: ledger.modelOf(last.model) ?? last.model,
      keys: last.keys.length === 1 && last.keys[0] === 'all' ? [] : last.keys,
      last: run.status === 'crashed' && last.status === 'running' ? { ...last, status: 'crashed' } : last,
      attempts: tries,
      checks: checksOf.get(last.id) ?? [],
    }
  })
  return { ...run, tasks }
}

/** A run as it is: one that the ledger calls running has crashed if its process is gone. */
export function asItStands(run: StoredRun, { adapter }: OpenLedger): StoredRun {
  if (run.status !== 'running') return run
  const worker = { id: run.worker, host: run.host ?? '', pid: run.pid ?? 0 }
  // Only the owner of a database without a server can work on it, and only a server's workers send heartbeats.
  const isLost = isGone(worker) || (adapter.capabilities.sharedServer && run.isSilent === true)
  return isLost ? { ...run, status: 'crashed' } : run
}

function countsOf(attempts: ReadonlyMap<StoredAttempt['status'], number> | undefined): Progressing['counts'] {
  const of = (...statuses: readonly StoredAttempt['status'][]) =>
    statuses.reduce((sum, status) => sum + (attempts?.get(status) ?? 0), 0)
  return {
    succeeded: of('succeeded'),
    failed: of('failed', 'timed_out', 'crashed'),
    canceled: of('canceled'),
    running: of('running'),
  }
}
