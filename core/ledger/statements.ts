import type { Dialect, Statement } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import { type AttemptStatus, WHOLE } from './records.ts'

/** A partition as the ledger stores it when an attempt ends. */
export interface PartitionOutcome {
  readonly model: string
  readonly key: string
  readonly interval?: { readonly start: number; readonly end: number }
  readonly attempt: string
  readonly run: string
}

export interface PublishedOutcome extends PartitionOutcome {
  readonly readSeq: number
  readonly fingerprint: string
  readonly layout: string
  readonly rows: number
  readonly publishedAt: Date
  /** Rows identical to those that stood there: the version stays `keepDataSeq`. */
  readonly keepDataSeq?: number
  /** The ledger has a record of the partition, which this one replaces. */
  readonly isRecorded: boolean
}

const dateOf = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms))

/** Replaces a partition's record after its rows were written; part of the publishing transaction's commit. */
export function recordPublished(dialect: Dialect, outcome: PublishedOutcome): readonly Statement[] {
  return [
    ...(outcome.isRecorded ? [forget(outcome.model, outcome.key)] : []),
    {
      sql: `insert into sluice.partitions (model, partition_key, start_at, end_at, change_seq, data_seq, read_seq, fingerprint,
  layout, rows, published_at, published_by, last_attempt, last_run, last_status)
select $1, $2, $3, $4, change.n, coalesce($5, change.n), $6, $7, $8, $9, $10, $11, $11, $12, 'succeeded'
from (select ${dialect.nextChange} as n) as change
returning data_seq`,
      params: [
        outcome.model,
        outcome.key,
        dateOf(outcome.interval?.start),
        dateOf(outcome.interval?.end),
        outcome.keepDataSeq ?? null,
        outcome.readSeq,
        outcome.fingerprint,
        outcome.layout,
        outcome.rows,
        outcome.publishedAt,
        outcome.attempt,
        outcome.run,
      ],
    },
  ]
}

function forget(model: string, key: string): Statement {
  return {
    sql: 'delete from sluice.partitions where model = $1 and partition_key = $2',
    params: [model, key],
  }
}

/** Notes that the newest attempt of a partition did not publish; its data, if any, stays what it was. */
export function recordUnpublished(
  dialect: Dialect,
  outcome: PartitionOutcome,
  status: AttemptStatus,
): readonly Statement[] {
  const key = [outcome.model, outcome.key] as const
  return [
    {
      sql: `update sluice.partitions set last_attempt = $3, last_run = $4, last_status = $5, change_seq = ${dialect.nextChange}
where model = $1 and partition_key = $2`,
      params: [...key, outcome.attempt, outcome.run, status],
    },
    {
      sql: `insert into sluice.partitions (model, partition_key, start_at, end_at, change_seq, last_attempt, last_run, last_status)
select $1, $2, $3, $4, ${dialect.nextChange}, $5, $6, $7
where not exists (select 1 from sluice.partitions where model = $1 and partition_key = $2)`,
      params: [
        ...key,
        dateOf(outcome.interval?.start),
        dateOf(outcome.interval?.end),
        outcome.attempt,
        outcome.run,
        status,
      ],
    },
  ]
}

/** Forgets every partition of a model: its history is being rebuilt from nothing. */
export function forgetModel(model: string): Statement {
  return { sql: 'delete from sluice.partitions where model = $1', params: [model] }
}

/** Ends an attempt that has not ended: a COMMIT that was answered late stands. */
export function finishAttempt(
  attempt: string,
  status: AttemptStatus,
  at: Date,
  result: { readonly rows?: number; readonly readSeq?: number; readonly error?: unknown },
): Statement {
  return {
    sql: `update sluice.attempts set status = $2, finished_at = $3, rows = $4, read_seq = $5, error = $6 where id = $1 and status = 'running'`,
    params: [
      attempt,
      status,
      at,
      result.rows ?? null,
      result.readSeq ?? null,
      result.error === undefined ? null : JSON.stringify(result.error),
    ],
  }
}

export function releaseLease(token: string): Statement {
  return { sql: 'delete from sluice.leases where token = $1', params: [token] }
}

export function recordCheck(attempt: string, run: string, at: Date, outcome: CheckOutcome): Statement {
  return {
    sql: `insert into sluice.check_results (attempt, run_id, model, partition_key, name, kind, severity, passed, failing, sample, checked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    params: [
      attempt,
      run,
      outcome.model,
      outcome.partition ?? WHOLE,
      outcome.name,
      outcome.kind,
      outcome.severity,
      outcome.passed,
      outcome.failing,
      JSON.stringify(outcome.sample, jsonSafe),
      at,
    ],
  }
}

/** Bigints have no JSON form: they are kept as text. */
export function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
