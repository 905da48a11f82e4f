import type { Row } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Need } from '../plan/plan.ts'
import { knownAttempts } from './known-attempts.ts'
import { type AttemptStatus, WHOLE } from './records.ts'
import { text } from './snapshot.ts'
import type { LedgerSession } from './stored-runs.ts'
import { instantOf, jsonOf, optionalNumber, optionalText, since } from './stored-values.ts'

/** One try of a task as the ledger has it. Instants are UTC milliseconds; the model's name is that of the ledger. */
export interface StoredAttempt {
  readonly id: string
  readonly run: string
  readonly model: string
  readonly keys: readonly string[]
  /** 1 for the first try. */
  readonly number: number
  readonly status: AttemptStatus
  readonly startedAt: number
  readonly finishedAt?: number
  readonly rows?: number
  readonly readSeq?: number
  /** The version that it made. Ledgers of version 1 do not say it. */
  readonly changeSeq?: number
  readonly fingerprint?: string
  readonly layout?: string
  /** What became of each partition, as the publisher wrote it. */
  readonly outcome?: unknown
  readonly accepted: readonly Need[]
  readonly error?: Diagnostic
  /** Who ran it, if the run says so. */
  readonly user?: string
  readonly host?: string
}

export interface StoredCheck extends Omit<CheckOutcome, 'expected'> {
  readonly attempt: string
}

export interface AttemptFilter {
  readonly run?: string
  readonly model?: string
  readonly ids?: readonly string[]
  /** Only attempts at this partition. */
  readonly key?: string
  readonly succeeded?: boolean
  readonly limit?: number
}

/** Attempts, newest first. */
export async function readAttempts(
  { session, version, list }: LedgerSession,
  filter: AttemptFilter,
): Promise<readonly StoredAttempt[]> {
  const params: string[] = []
  const param = (value: string): string => `$${params.push(value)}`
  if (filter.ids?.length === 0) return []
  const conditions = [
    ...(filter.run === undefined ? [] : [`a.run_id = ${param(filter.run)}`]),
    ...(filter.model === undefined ? [] : [`a.model = ${param(filter.model)}`]),
    ...(filter.ids === undefined ? [] : [`a.id in (${list(filter.ids)})`]),
    // The column holds a JSON list of keys, in which no key is a part of another between its quotes.
    ...(filter.key === undefined
      ? []
      : [`position(${param(JSON.stringify(filter.key))} in a.partition_keys) > 0`]),
    // A batch that was tried again without those that failed says nothing of the others.
    ...(filter.key === undefined || version < 2
      ? []
      : [`(a.outcome is null or position(${param(JSON.stringify(filter.key))} in a.outcome) > 0)`]),
    ...(filter.succeeded ? [`a.status = 'succeeded'`] : []),
  ]
  const rows = await session.query(
    `select a.id, a.run_id, a.model, a.partition_keys, a.number, a.status, a.started_at, a.finished_at, a.rows, a.read_seq,
a.accepted, a.error, ${['change_seq', 'fingerprint', 'layout', 'outcome'].map((name) => since(2, version, name, 'a')).join(', ')},
${['started_by', 'host'].map((name) => since(2, version, name, 'r')).join(', ')}
from ${knownAttempts(version)} a left join sluice.runs r on r.id = a.run_id
where ${conditions.join(' and ')}
order by a.started_at desc, a.id desc${filter.limit === undefined ? '' : ` limit ${filter.limit}`}`,
    params,
  )
  return rows.map(storedAttempt)
}

/** The checks of attempts, in the order in which they ran. */
export async function readChecks(
  { session, version, list }: LedgerSession,
  of: { readonly run: string } | { readonly attempts: readonly string[] },
): Promise<readonly StoredCheck[]> {
  if ('attempts' in of && of.attempts.length === 0) return []
  const condition = 'run' in of ? `c.run_id = $1` : `c.attempt in (${list(of.attempts)})`
  const rows = await session.query(
    `select c.attempt, c.model, c.partition_key, c.name, c.kind, c.severity, c.passed, c.failing, c.sample, ${since(3, version, 'measure', 'c')}
from sluice.check_results as c where ${condition} order by c.checked_at, c.partition_key, c.name`,
    'run' in of ? [of.run] : [],
  )
  return rows.map(storedCheck)
}

function storedAttempt(row: Row): StoredAttempt {
  const finishedAt = instantOf(row.finished_at)
  const outcome = jsonOf(row.outcome)
  const error = jsonOf(row.error) as Diagnostic | null | undefined
  return {
    id: text(row.id),
    run: text(row.run_id),
    model: text(row.model),
    keys: jsonOf(row.partition_keys) as readonly string[],
    number: Number(row.number),
    status: row.status as AttemptStatus,
    startedAt: instantOf(row.started_at)!,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...optionalNumber('rows', row.rows),
    ...optionalNumber('readSeq', row.read_seq),
    ...optionalNumber('changeSeq', row.change_seq),
    ...optionalText('fingerprint', row.fingerprint),
    ...optionalText('layout', row.layout),
    ...(outcome === undefined || outcome === null ? {} : { outcome }),
    accepted: (jsonOf(row.accepted) as readonly Need[] | null | undefined) ?? [],
    ...(error === undefined || error === null ? {} : { error }),
    ...optionalText('user', row.started_by),
    ...optionalText('host', row.host),
  }
}

function storedCheck(row: Row): StoredCheck {
  const key = text(row.partition_key)
  const measure = jsonOf(row.measure) as StoredCheck['measure'] | null | undefined
  return {
    attempt: text(row.attempt),
    model: text(row.model),
    ...(key === WHOLE ? {} : { partition: key }),
    name: text(row.name),
    kind: row.kind as StoredCheck['kind'],
    severity: row.severity as StoredCheck['severity'],
    passed: row.passed === true,
    failing: Number(row.failing),
    ...(measure === undefined || measure === null ? {} : { measure }),
    sample: jsonOf(row.sample) as StoredCheck['sample'],
  }
}
