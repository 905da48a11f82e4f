import type { Interval } from '../time/interval.ts'

/** The key of the one partition of a relation without partitions. */
export const WHOLE = 'all'

export type AttemptStatus = 'running' | 'succeeded' | 'failed' | 'timed_out' | 'canceled' | 'crashed'

/** What the ledger knows of one partition. Instants are UTC milliseconds. */
export interface PartitionRecord {
  readonly model: string
  readonly key: string
  /** Undefined for relations without partitions. */
  readonly interval?: Interval
  /** Undefined: never published. */
  readonly data?: PublishedData
  readonly lastAttempt: string
  readonly lastRun: string
  readonly lastStatus: AttemptStatus
  readonly changeSeq: number
}

export interface PublishedData {
  /** The version: `change_seq` at which the rows last changed. */
  readonly dataSeq: number
  /** The largest `change_seq` that was visible when the inputs were read. */
  readonly readSeq: number
  readonly fingerprint: string
  /** Identity of the partition layout it was written under; empty for relations without partitions. */
  readonly layout: string
  readonly rows: number
  readonly publishedAt: number
  readonly publishedBy: string
}

/** The ledger as the planner sees it: model → key → record. */
export interface LedgerSnapshot {
  readonly partitions: ReadonlyMap<string, ReadonlyMap<string, PartitionRecord>>
  /** The largest `change_seq` in it. */
  readonly seq: number
  /** Partitions that a live worker holds: `model` + NUL + key → worker. */
  readonly leases: ReadonlyMap<string, LeaseHolder>
}

export interface LeaseHolder {
  readonly worker: string
  readonly run: string
  readonly host: string
  readonly pid: number
}

export const emptySnapshot: LedgerSnapshot = { partitions: new Map(), seq: 0, leases: new Map() }

export function leaseId(model: string, key: string): string {
  return `${model}\0${key}`
}
