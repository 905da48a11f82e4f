import type { Dialect, Param, Statement } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import type { Interval } from '../time/interval.ts'
import { type AttemptStatus, WHOLE } from './records.ts'

/** A partition as the ledger stores it when an attempt ends. */
export interface PartitionOutcome {
  readonly model: string
  readonly key: string
  readonly interval?: { readonly start: number; readonly end: number }
  readonly attempt: string
  readonly run: string
}

/** What an attempt published: one partition, a batch of them, or a relation without partitions. */
export interface PublishedOutcome {
  readonly model: string
  readonly attempt: string
  readonly run: string
  readonly readSeq: number
  readonly fingerprint: string
  readonly layout: string
  readonly publishedAt: Date
  readonly partitions: readonly PublishedPartition[]
}

export interface PublishedPartition {
  readonly key: string
  readonly interval?: Interval
  readonly rows: number
  /** Rows identical to those that stood there: the version stays `keepDataSeq`. */
  readonly keepDataSeq?: number
  /** A hash of the rows, where the model asks for it. */
  readonly dataHash?: string
  /** The ledger has a record of the partition, which this one replaces. */
  readonly isRecorded: boolean
}

/** Where that is fewer, a statement has parameters, so that the engine knows its text already. */
const MOST_PARAMETERS = 100

const dateOf = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms))

/**
 * Replaces the records of partitions after their rows were written; part of the publishing transaction's commit. All of them get one number,
 * and what was said of the old rows goes with them.
 */
export function recordPublished(dialect: Dialect, outcome: PublishedOutcome): readonly Statement[] {
  const { partitions } = outcome
  const recorded = partitions.filter((each) => each.isRecorded).map((each) => each.key)
  const [only, ...others] = partitions
  if (only === undefined) return []
  return [
    ...(recorded.length > 0 ? [forget(dialect, outcome.model, recorded)] : []),
    others.length === 0 ? insertOne(dialect, outcome, only) : insertMany(dialect, outcome),
  ]
}

const PUBLISHED_COLUMNS = `model, partition_key, start_at, end_at, change_seq, data_seq, read_seq, fingerprint,
  layout, rows, published_at, published_by, last_attempt, last_run, last_status, data_hash`

function insertOne(dialect: Dialect, outcome: PublishedOutcome, only: PublishedPartition): Statement {
  return {
    sql: `insert into sluice.partitions (${PUBLISHED_COLUMNS})
select $1, $2, $3, $4, change.n, coalesce($5, change.n), $6, $7, $8, $9, $10, $11, $11, $12, 'succeeded', $13
from (select ${dialect.nextChange} as n) as change`,
    params: [
      outcome.model,
      only.key,
      dateOf(only.interval?.start),
      dateOf(only.interval?.end),
      only.keepDataSeq ?? null,
      outcome.readSeq,
      outcome.fingerprint,
      outcome.layout,
      only.rows,
      outcome.publishedAt,
      outcome.attempt,
      outcome.run,
      only.dataHash ?? null,
    ],
  }
}

function insertMany(dialect: Dialect, outcome: PublishedOutcome): Statement {
  const text = (value: string) => dialect.literal(value)
  const instant = instants(dialect)
  const rows = outcome.partitions.map(
    ({ key, interval, keepDataSeq, rows, dataHash }) =>
      `(${text(key)}, ${instant(interval?.start)}, ${instant(interval?.end)}, ${keepDataSeq ?? 'null'}, ${rows}, ${dataHash === undefined ? 'null' : text(dataHash)})`,
  )
  return {
    // A join may read its side again for each row: the number is taken once.
    sql: `insert into sluice.partitions (${PUBLISHED_COLUMNS})
with change as materialized (select ${dialect.nextChange} as n)
select ${text(outcome.model)}, v.partition_key, v.start_at, v.end_at, change.n, coalesce(cast(v.keep as bigint), change.n), ${outcome.readSeq}, ${text(outcome.fingerprint)},
  ${text(outcome.layout)}, v.rows, ${instant(outcome.publishedAt.getTime())}, ${text(outcome.attempt)}, ${text(outcome.attempt)}, ${text(outcome.run)}, 'succeeded', cast(v.data_hash as varchar)
from change cross join (values ${rows.join(',\n')}) as v(partition_key, start_at, end_at, keep, rows, data_hash)`,
  }
}

function instants(dialect: Dialect): (ms: number | undefined) => string {
  return (ms) =>
    ms === undefined ? 'cast(null as timestamp with time zone)' : dialect.instant(ms, 'timestamptz')
}

function forget(dialect: Dialect, model: string, keys: readonly string[]): Statement {
  if (keys.length === 1) {
    return {
      sql: 'delete from sluice.partitions where model = $1 and partition_key = $2',
      params: [model, keys[0]!],
    }
  }
  return {
    sql: `delete from sluice.partitions where model = ${dialect.literal(model)} and partition_key in (${dialect.list(keys)})`,
  }
}

/** Notes that the newest attempt of these partitions of one model did not publish; their data, if any, stays what it was. */
export function recordUnpublished(
  dialect: Dialect,
  outcomes: readonly PartitionOutcome[],
  status: AttemptStatus,
): readonly Statement[] {
  const [first, ...others] = outcomes
  if (first === undefined) return []
  return others.length === 0
    ? recordOneUnpublished(dialect, first, status)
    : recordManyUnpublished(dialect, first, outcomes, status)
}

function recordOneUnpublished(
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

function recordManyUnpublished(
  dialect: Dialect,
  { model, attempt, run }: PartitionOutcome,
  outcomes: readonly PartitionOutcome[],
  status: AttemptStatus,
): readonly Statement[] {
  const text = (value: string) => dialect.literal(value)
  const instant = instants(dialect)
  const rows = outcomes.map(
    ({ key, interval }) => `(${text(key)}, ${instant(interval?.start)}, ${instant(interval?.end)})`,
  )
  return [
    {
      sql: `update sluice.partitions set last_attempt = ${text(attempt)}, last_run = ${text(run)}, last_status = ${text(status)}, change_seq = ${dialect.nextChange}
where model = ${text(model)} and partition_key in (${dialect.list(outcomes.map(({ key }) => key))})`,
    },
    {
      sql: `insert into sluice.partitions (model, partition_key, start_at, end_at, change_seq, last_attempt, last_run, last_status)
select ${text(model)}, v.partition_key, v.start_at, v.end_at, ${dialect.nextChange}, ${text(attempt)}, ${text(run)}, ${text(status)}
from (values ${rows.join(',\n')}) as v(partition_key, start_at, end_at)
where not exists (select 1 from sluice.partitions as p where p.model = ${text(model)} and p.partition_key = v.partition_key)`,
    },
  ]
}

/** Forgets every partition of a model: its history is being rebuilt from nothing. */
export function forgetModel(model: string): Statement {
  return { sql: 'delete from sluice.partitions where model = $1', params: [model] }
}

/** Ends an attempt that published: `recordPublished` stands before it in the same commit. */
export function finishPublished(
  dialect: Dialect,
  at: Date,
  outcome: Omit<PublishedOutcome, 'publishedAt'>,
): Statement {
  return {
    sql: `update sluice.attempts set status = 'succeeded', finished_at = $2, rows = $3, read_seq = $4, change_seq = ${dialect.lastChange},
  fingerprint = $5, layout = $6, outcome = $7 where id = $1 and status = 'running'`,
    params: [outcome.attempt, at, ...resultOf(outcome)],
  }
}

/** Records an attempt that published, where none is recorded when it begins. `recordPublished` stands before it in the same commit. */
export function insertPublished(
  dialect: Dialect,
  begun: BegunAttempt,
  at: Date,
  outcome: Omit<PublishedOutcome, 'publishedAt'>,
): Statement {
  return {
    sql: `insert into sluice.attempts (id, run_id, worker, model, partition_keys, number, started_at, accepted,
  status, finished_at, rows, read_seq, change_seq, fingerprint, layout, outcome)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'succeeded', $9, $10, $11, ${dialect.lastChange}, $12, $13, $14)`,
    params: [...beginningOf(begun), at, ...resultOf(outcome)],
  }
}

/** Rows, `read_seq`, fingerprint, layout and outcome. */
function resultOf(outcome: Omit<PublishedOutcome, 'publishedAt'>): readonly Param[] {
  const { partitions } = outcome
  return [
    partitions.reduce((sum, each) => sum + each.rows, 0),
    outcome.readSeq,
    outcome.fingerprint,
    outcome.layout,
    JSON.stringify(
      partitions.map(({ key, rows, keepDataSeq }) => ({
        key,
        rows,
        ...(keepDataSeq === undefined ? {} : { kept: keepDataSeq }),
      })),
    ),
  ]
}

/** An attempt as it began. */
export interface BegunAttempt {
  readonly attempt: string
  readonly run: string
  readonly worker: { readonly id: string }
  /** As the ledger names it. */
  readonly model: string
  readonly keys: readonly string[]
  /** Which try of its task it is; undefined if that is to be found out from the attempts before it. */
  readonly number?: number
  readonly accepted: readonly unknown[]
  readonly claimedAt: Date
}

/** Id, run, worker, model, keys, number, start and what was accepted. */
function beginningOf(begun: BegunAttempt): readonly Param[] {
  return [
    begun.attempt,
    begun.run,
    begun.worker.id,
    begun.model,
    JSON.stringify(begun.keys),
    begun.number ?? null,
    begun.claimedAt,
    begun.accepted.length === 0 ? null : JSON.stringify(begun.accepted),
  ]
}

/** Records an attempt that published nothing, where none is recorded when it begins. One that is recorded stays as it is. */
export function insertUnpublished(
  begun: BegunAttempt,
  status: Exclude<AttemptStatus, 'succeeded'>,
  at: Date,
  result: UnpublishedResult,
): Statement {
  return {
    sql: `insert into sluice.attempts (id, run_id, worker, model, partition_keys, number, started_at, accepted, status, finished_at, error, outcome)
select $1, $2, $3, $4, $5,
  coalesce($6, (select 1 + count(*) from sluice.attempts where run_id = $2 and model = $4 and partition_keys = $5)), $7, $8, $9, $10, $11, $12
where not exists (select 1 from sluice.attempts where id = $1)`,
    params: [...beginningOf(begun), status, at, ...unpublishedParams(result)],
  }
}

/** How an attempt that published nothing ended. */
export interface UnpublishedResult {
  readonly error?: unknown
  /** Keys of the partitions that failed by it; left out where that is not known. The others of a batch are tried again. */
  readonly failed?: readonly string[]
}

function unpublishedParams({ error, failed }: UnpublishedResult): readonly Param[] {
  return [
    error === undefined ? null : JSON.stringify(error),
    failed === undefined ? null : JSON.stringify(failed.map((key) => ({ key, failed: true }))),
  ]
}

/** Ends an attempt that has not ended and published nothing: a COMMIT that was answered late stands. */
export function finishAttempt(
  attempt: string,
  status: Exclude<AttemptStatus, 'succeeded'>,
  at: Date,
  result: UnpublishedResult,
): Statement {
  return {
    sql: `update sluice.attempts set status = $2, finished_at = $3, error = $4, outcome = $5 where id = $1 and status = 'running'`,
    params: [attempt, status, at, ...unpublishedParams(result)],
  }
}

export function releaseLease(token: string): Statement {
  return { sql: 'delete from sluice.leases where token = $1', params: [token] }
}

const CHECK_COLUMNS =
  'attempt, run_id, model, partition_key, name, kind, severity, passed, failing, sample, measure, checked_at'

/** The outcomes of an attempt's checks. Those that held for many partitions are told by their names and the partitions' keys, not one by one. */
export function recordChecks(
  dialect: Dialect,
  attempt: string,
  run: string,
  at: Date,
  outcomes: readonly CheckOutcome[],
): readonly Statement[] {
  const params = outcomes.flatMap((outcome) => checkValues(attempt, run, at, outcome))
  if (params.length === 0) return []
  if (params.length <= MOST_PARAMETERS) {
    const width = params.length / outcomes.length
    const rows = outcomes.map((_, row) => placeholders(row * width, width))
    return [{ sql: `insert into sluice.check_results (${CHECK_COLUMNS}) values ${rows.join(', ')}`, params }]
  }
  const { shared, rest } = sharedOutcomes(outcomes)
  return [
    ...shared.map((each) => recordShared(dialect, attempt, run, at, each)),
    ...chunks(rest, MOST_ROWS).map((some) => ({
      sql: `insert into sluice.check_results (${CHECK_COLUMNS}) values ${some
        .map(
          (outcome) =>
            `(${checkValues(attempt, run, at, outcome)
              .map((value) => written(dialect, value))
              .join(', ')})`,
        )
        .join(',\n')}`,
    })),
  ]
}

const MOST_ROWS = 1000

function placeholders(before: number, count: number): string {
  return `(${Array.from({ length: count }, (_, index) => `$${before + index + 1}`).join(', ')})`
}

function checkValues(attempt: string, run: string, at: Date, outcome: CheckOutcome): readonly Param[] {
  return [
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
    outcome.measure === undefined ? null : JSON.stringify(outcome.measure),
    at,
  ]
}

function written(dialect: Dialect, value: Param): string {
  return value instanceof Date ? dialect.instant(value.getTime(), 'timestamptz') : dialect.literal(value)
}

/** Checks that found nothing in any of the partitions that were checked together. */
interface Shared {
  readonly model: string
  readonly keys: readonly string[]
  readonly checks: readonly CheckOutcome[]
}

function sharedOutcomes(outcomes: readonly CheckOutcome[]): {
  readonly shared: readonly Shared[]
  readonly rest: readonly CheckOutcome[]
} {
  const byCheck = new Map<string, CheckOutcome[]>()
  for (const outcome of outcomes) {
    const id = JSON.stringify([outcome.model, outcome.name, outcome.kind, outcome.severity])
    const known = byCheck.get(id)
    if (known === undefined) byCheck.set(id, [outcome])
    else known.push(outcome)
  }
  const groups = new Map<string, { model: string; keys: readonly string[]; checks: CheckOutcome[] }>()
  const rest: CheckOutcome[] = []
  for (const ofCheck of byCheck.values()) {
    if (!ofCheck.every(hasNothingToTell)) {
      rest.push(...ofCheck)
      continue
    }
    const keys = ofCheck.map((outcome) => outcome.partition ?? WHOLE)
    const id = JSON.stringify([ofCheck[0]!.model, keys])
    const group = groups.get(id) ?? { model: ofCheck[0]!.model, keys, checks: [] }
    group.checks.push(ofCheck[0]!)
    groups.set(id, group)
  }
  return { shared: [...groups.values()], rest }
}

function hasNothingToTell(outcome: CheckOutcome): boolean {
  return (
    outcome.passed && outcome.failing === 0 && outcome.measure === undefined && outcome.sample.length === 0
  )
}

function recordShared(
  dialect: Dialect,
  attempt: string,
  run: string,
  at: Date,
  { model, keys, checks }: Shared,
): Statement {
  const text = (value: string) => dialect.literal(value)
  const named = checks.map(({ name, kind, severity }) => `(${text(name)}, ${text(kind)}, ${text(severity)})`)
  return {
    sql: `insert into sluice.check_results (${CHECK_COLUMNS})
select ${text(attempt)}, ${text(run)}, ${text(model)}, p.partition_key, c.name, c.kind, c.severity, true, 0, '[]', cast(null as varchar), ${dialect.instant(at.getTime(), 'timestamptz')}
from (values ${keys.map((key) => `(${text(key)})`).join(', ')}) as p(partition_key)
cross join (values ${named.join(', ')}) as c(name, kind, severity)`,
  }
}

function chunks<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  const found: T[][] = []
  for (let at = 0; at < values.length; at += size) found.push(values.slice(at, at + size))
  return found
}

/** Bigints have no JSON form: they are kept as text. */
export function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
