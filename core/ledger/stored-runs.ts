import type { Row, Session } from '../adapter.ts'
import type { RunStatus, RunTotals } from '../events.ts'
import { knownAttempts } from './known-attempts.ts'
import type { AttemptStatus } from './records.ts'
import { text } from './snapshot.ts'
import { instantOf, jsonOf, optionalText, since } from './stored-values.ts'

/** A run as the ledger has it. Instants are UTC milliseconds. */
export interface StoredRun {
  readonly id: string
  readonly command: string
  readonly target: string
  readonly status: RunStatus | 'running' | 'crashed'
  readonly startedAt: number
  /** Undefined while it runs, and for one that crashed unseen. */
  readonly finishedAt?: number
  readonly worker: string
  /** Ledgers of version 1 do not say where and by whom it was started. */
  readonly host?: string
  readonly pid?: number
  readonly user?: string
  /** The run that this one goes on with. */
  readonly parent?: string
  readonly cancelRequestedAt?: number
  readonly request: unknown
  readonly totals?: RunTotals
  /** The worker's last heartbeat is older than a lease's life, by the database's clock. Undefined for runs that have ended. */
  readonly isSilent?: boolean
}

export interface RunFilter {
  /** Only runs on this target. */
  readonly target?: string
  /** Ids that begin with this. */
  readonly prefix?: string
  readonly statuses?: readonly StoredRun['status'][]
  /** Ledger names of models: only runs that tried one of them. */
  readonly models?: readonly string[]
  /** Only runs that go on with one of these. */
  readonly parents?: readonly string[]
  readonly limit?: number
}

/** What is needed to ask: the connection, the ledger's version, how the engine writes lists and its clock. */
export interface LedgerSession {
  readonly session: Session
  readonly version: number
  readonly list: (values: readonly string[]) => string
  /** SQL of the instant before which a heartbeat is too old. */
  readonly silentBefore: string
}

/** Runs, newest first. */
export async function readRuns(ledger: LedgerSession, filter: RunFilter): Promise<readonly StoredRun[]> {
  const { session, version, list, silentBefore } = ledger
  const params: string[] = []
  const param = (value: string): string => `$${params.push(value)}`
  const conditions = [
    ...(filter.target === undefined ? [] : [`r.target = ${param(filter.target)}`]),
    ...(filter.prefix === undefined
      ? []
      : [`substr(r.id, 1, ${filter.prefix.length}) = ${param(filter.prefix)}`]),
    ...(filter.parents === undefined ? [] : [`r.parent in (${list(filter.parents)})`]),
    ...(filter.statuses === undefined ? [] : [`r.status in (${list(filter.statuses)})`]),
    ...(filter.models === undefined
      ? []
      : [
          `exists (select 1 from sluice.attempts a where a.run_id = r.id and a.model in (${list(filter.models)}))`,
        ]),
  ]
  const added = ['host', 'pid', 'started_by', 'parent', 'cancel_requested_at']
  const rows = await session.query(
    `select r.id, r.command, r.target, r.status, r.worker, r.started_at, r.finished_at, r.request, r.totals,
${added.map((name) => since(2, version, name, 'r')).join(', ')}, w.heartbeat_at < ${silentBefore} as is_silent
from sluice.runs r left join sluice.workers w on w.id = r.worker
${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
order by r.started_at desc, r.id desc${filter.limit === undefined ? '' : ` limit ${filter.limit}`}`,
    params,
  )
  return rows.map(storedRun)
}

/** How many attempts of each run ended how; of runs that have no totals yet. */
export async function countAttempts(
  { session, version, list }: LedgerSession,
  runs: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<AttemptStatus, number>>> {
  const counts = new Map<string, Map<AttemptStatus, number>>()
  if (runs.length === 0) return counts
  const rows = await session.query(
    `select run_id, status, count(*) as n from ${knownAttempts(version)} a where run_id in (${list(runs)}) group by run_id, status`,
  )
  for (const row of rows) {
    const ofRun = counts.get(text(row.run_id)) ?? new Map<AttemptStatus, number>()
    counts.set(text(row.run_id), ofRun.set(row.status as AttemptStatus, Number(row.n)))
  }
  return counts
}

function storedRun(row: Row): StoredRun {
  const finishedAt = instantOf(row.finished_at)
  const cancelRequestedAt = instantOf(row.cancel_requested_at)
  const totals = jsonOf(row.totals) as RunTotals | undefined
  const status = row.status as StoredRun['status']
  return {
    id: text(row.id),
    command: text(row.command),
    target: text(row.target),
    status,
    startedAt: instantOf(row.started_at)!,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    worker: text(row.worker),
    ...optionalText('host', row.host),
    ...(row.pid === null ? {} : { pid: Number(row.pid) }),
    ...optionalText('user', row.started_by),
    ...optionalText('parent', row.parent),
    ...(cancelRequestedAt === undefined ? {} : { cancelRequestedAt }),
    request: jsonOf(row.request),
    ...(totals === undefined ? {} : { totals }),
    // A worker without a row was buried or has ended: whatever the run says, nobody works on it.
    ...(status === 'running' ? { isSilent: row.is_silent !== false } : {}),
  }
}
