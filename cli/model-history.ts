import type { CompiledProject, CompiledRelation } from '../core/compile/compiled.ts'
import { readMarks, type StoredMark } from '../core/ledger/marks.ts'
import { WHOLE } from '../core/ledger/records.ts'
import {
  readAttempts,
  readChecks,
  type StoredAttempt,
  type StoredCheck,
} from '../core/ledger/stored-attempts.ts'
import type { Unit } from '../core/plan/edges.ts'
import type { Partition } from '../core/time/interval.ts'
import { partitionOf } from '../core/time/layout.ts'
import { Upstreams, type UpstreamVersion } from './history-inputs.ts'
import type { OpenLedger } from './open-ledger.ts'

/** One thing that happened to the partitions of a model. */
export type HistoryEntry = VersionEntry | FailureEntry | MarkEntry

/** A version of the rows. */
export interface VersionEntry {
  readonly kind: 'published'
  readonly attempt: StoredAttempt
  readonly partitions: readonly PartitionVersion[]
  /** Against what was published before it; undefined in ledgers that do not say it. */
  readonly code: 'first' | 'same' | 'changed' | undefined
  /** It was made by the code of today. */
  readonly isTodaysCode: boolean | undefined
  /** Of one partition: what it read. */
  readonly inputs: readonly UpstreamVersion[]
  readonly checks: readonly StoredCheck[]
}

export interface PartitionVersion {
  readonly key: string
  /** Undefined in ledgers that do not say it. */
  readonly version?: number
  readonly rows?: number
  /** The rows were those that stood there before. */
  readonly isUnchanged: boolean
  /** What stands there now. */
  readonly isCurrent: boolean
}

/** A try that did not publish, or goes on. */
export interface FailureEntry {
  readonly kind: 'attempt'
  readonly attempt: StoredAttempt
  readonly keys: readonly string[]
  readonly checks: readonly StoredCheck[]
}

export interface MarkEntry {
  readonly kind: StoredMark['kind']
  readonly mark: StoredMark
  readonly keys: readonly string[]
}

export interface HistoryRequest {
  readonly node: CompiledRelation
  /** One partition; undefined: all of the model. */
  readonly key: string | undefined
  readonly limit: number
}

/** What happened to a model or one of its partitions, newest first. */
export async function modelHistory(
  project: CompiledProject,
  ledger: OpenLedger,
  { node, key, limit }: HistoryRequest,
): Promise<readonly HistoryEntry[]> {
  const model = ledger.nameOf(node.name)
  const one = node.kind === 'model' && node.layout !== undefined ? key : WHOLE
  const keysIn = (keys: readonly string[]) => (one === undefined ? keys : keys.filter((each) => each === one))
  // One more than is shown, as the oldest one is compared with that before it.
  const attempts = await readAttempts(ledger, {
    model,
    ...(one === undefined ? {} : { key: one }),
    limit: limit + 1,
  })
  const marks = (await readMarks(ledger, model)).filter(
    (mark) => keysIn(mark.keys).length > 0 && mark.at >= (attempts[limit]?.startedAt ?? 0),
  )
  const shown = attempts.slice(0, limit)
  const checks = checksByAttempt(
    await readChecks(ledger, { attempts: shown.map((each) => each.id) }),
    one === WHOLE ? undefined : one,
  )
  const current = await readCurrent(ledger, model, one)
  const unit = one === undefined ? undefined : unitOf(node, one)
  const upstreams = unit === undefined ? undefined : await Upstreams.read(project, ledger, unit)
  const entries: HistoryEntry[] = shown.map((attempt, at): HistoryEntry => {
    const ownChecks = checks.get(attempt.id) ?? []
    if (attempt.status !== 'succeeded')
      return { kind: 'attempt', attempt, keys: keysIn(attempt.keys), checks: ownChecks }
    const before = attempts.slice(at + 1).find((each) => each.status === 'succeeded')
    return {
      kind: 'published',
      attempt,
      partitions: keysIn(attempt.keys).map((each) => partitionVersion(attempt, each, current.get(each))),
      code: codeOf(attempt, before, attempts.length > limit),
      isTodaysCode: attempt.fingerprint === undefined ? undefined : attempt.fingerprint === node.fingerprint,
      inputs: upstreams?.before(attempt.readSeq) ?? [],
      checks: ownChecks,
    }
  })
  for (const mark of marks) entries.push({ kind: mark.kind, mark, keys: keysIn(mark.keys) })
  return entries.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, limit)
}

function timeOf(entry: HistoryEntry): number {
  return 'mark' in entry ? entry.mark.at : (entry.attempt.finishedAt ?? entry.attempt.startedAt)
}

function codeOf(
  { fingerprint }: StoredAttempt,
  before: StoredAttempt | undefined,
  hasOlder: boolean,
): VersionEntry['code'] {
  if (fingerprint === undefined) return undefined
  // What is older than what was read is not known.
  if (before === undefined) return hasOlder ? undefined : 'first'
  if (before.fingerprint === undefined) return undefined
  return before.fingerprint === fingerprint ? 'same' : 'changed'
}

interface Current {
  readonly dataSeq: number
  readonly attempt: string
  readonly rows: number
}

/** What stands in the partitions now. */
async function readCurrent(
  { session }: OpenLedger,
  model: string,
  key: string | undefined,
): Promise<ReadonlyMap<string, Current>> {
  const rows = await session.query(
    `select partition_key, data_seq, published_by, rows from sluice.partitions
where model = $1 and data_seq is not null${key === undefined ? '' : ' and partition_key = $2'}`,
    key === undefined ? [model] : [model, key],
  )
  return new Map(
    rows.map((row) => [
      String(row.partition_key),
      { dataSeq: Number(row.data_seq), attempt: String(row.published_by), rows: Number(row.rows) },
    ]),
  )
}

/** A partition in the outcome that a publisher writes. */
interface WrittenOutcome {
  readonly key: string
  readonly rows: number
  /** The version that stayed, as the rows were the same. */
  readonly kept?: number
}

function partitionVersion(
  attempt: StoredAttempt,
  key: string,
  current: Current | undefined,
): PartitionVersion {
  const written = (attempt.outcome as readonly WrittenOutcome[] | undefined)?.find((each) => each.key === key)
  const isCurrent = current?.attempt === attempt.id
  const version = written?.kept ?? attempt.changeSeq ?? (isCurrent ? current?.dataSeq : undefined)
  const rows =
    written?.rows ?? (isCurrent ? current?.rows : attempt.keys.length === 1 ? attempt.rows : undefined)
  return {
    key,
    ...(version === undefined ? {} : { version }),
    ...(rows === undefined ? {} : { rows }),
    isUnchanged: written?.kept !== undefined,
    isCurrent,
  }
}

function checksByAttempt(
  checks: readonly StoredCheck[],
  key: string | undefined,
): ReadonlyMap<string, readonly StoredCheck[]> {
  const found = new Map<string, StoredCheck[]>()
  for (const check of checks) {
    if (key !== undefined && check.partition !== undefined && check.partition !== key) continue
    const known = found.get(check.attempt)
    if (known === undefined) found.set(check.attempt, [check])
    else known.push(check)
  }
  return found
}

function unitOf(node: CompiledRelation, key: string): Unit | undefined {
  if (node.kind !== 'model' || node.layout === undefined) return { node }
  const partition: Partition | undefined = partitionOf(node.layout, key)
  return partition === undefined ? undefined : { node, partition }
}
