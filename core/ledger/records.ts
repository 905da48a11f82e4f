import type { Interval } from '../time/interval.ts'
import type { History, Note } from './history.ts'

/** The key of the one partition of a relation without partitions. */
export const WHOLE = 'all'

export type AttemptStatus = 'running' | 'succeeded' | 'failed' | 'timed_out' | 'canceled' | 'crashed'

/** What the ledger knows of one partition. */
export interface PartitionRecord {
  /** Undefined: never published. */
  readonly data?: PublishedData
  /** The newest attempt did not publish. */
  readonly hasFailed: boolean
  /** Of a partition whose newest attempt failed, or that was invalidated. */
  readonly note?: Note
  /** Changed by another run since the moment that the reader named. */
  readonly isNews: boolean
}

export interface PublishedData {
  /** The version: `change_seq` at which the rows last changed. */
  readonly dataSeq: number
  /** The largest `change_seq` that was visible when the inputs were read. */
  readonly readSeq: number
  /** Only if the snapshot was read with measures. UTC milliseconds. */
  readonly rows?: number
  readonly publishedAt?: number
}

/** The ledger as the planner sees it. */
export interface LedgerSnapshot {
  /** By relation; one without records has none. */
  readonly histories: ReadonlyMap<string, History>
  /** A `change_seq` up to which everything is in it. */
  readonly seq: number
  /** Partitions that a live worker holds: `model` + NUL + key → worker. */
  readonly leases: ReadonlyMap<string, LeaseHolder>
}

/** What is to be read of the ledger. */
export interface SnapshotRequest {
  /** Today's relations, by name. */
  readonly relations: ReadonlyMap<string, RelationCode>
  /** Of each relation that has an interval here, only the partitions that overlap it; left out, everything. Relations that are not named are not read. */
  readonly scope?: ReadonlyMap<string, ReadWindow>
  /** Rows and times of publishing too. */
  readonly measures?: boolean
  /** What other runs changed after this `change_seq` is marked as news. */
  readonly since?: { readonly seq: number; readonly run: string }
}

export interface RelationCode {
  readonly fingerprint: string
  /** Empty without partitions. */
  readonly layoutId: string
  /** The interval of a key: what crashed before it ever published is known by its key alone. */
  readonly intervalOf?: (key: string) => Interval | undefined
}

/** `whole`, or the partitions that overlap an interval. */
export type ReadWindow = 'whole' | Interval

export interface LeaseHolder {
  readonly worker: string
  readonly run: string
  readonly host: string
  readonly pid: number
}

export const emptySnapshot: LedgerSnapshot = { histories: new Map(), seq: 0, leases: new Map() }

export function leaseId(model: string, key: string): string {
  return `${model}\0${key}`
}
