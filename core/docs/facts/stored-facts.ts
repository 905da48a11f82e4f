import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Publication } from '../../ledger/publications.ts'
import type { LedgerSnapshot } from '../../ledger/records.ts'
import type { StoredAttempt } from '../../ledger/stored-attempts.ts'
import type { StoredRun } from '../../ledger/stored-runs.ts'
import type { CheckCounts } from '../api.ts'
import type { RecordedCheck } from './shown-check.ts'

/** All that was read of a ledger, by logical names. Instants are UTC milliseconds. */
export interface StoredFacts {
  readonly snapshot: LedgerSnapshot
  /** By relation, then by start (`-Infinity` without partitions). */
  readonly details: ReadonlyMap<string, ReadonlyMap<number, PartitionDetail>>
  /** Ids that `PartitionDetail.run` counts. */
  readonly runIds: readonly string[]
  /** By relation, then by key; the newest of each relation only. */
  readonly failures: ReadonlyMap<string, ReadonlyMap<string, Failure>>
  /** The newest outcome of each check, by what it checked and its name. */
  readonly newestChecks: ReadonlyMap<string, ReadonlyMap<string, RecordedCheck>>
  /** Outcomes of the project's own checks, newest first. */
  readonly customChecks: ReadonlyMap<
    string,
    readonly { readonly model: string; readonly check: RecordedCheck }[]
  >
  /** Newest first. */
  readonly observations: ReadonlyMap<string, readonly Observed[]>
  /** Newest first. */
  readonly runs: readonly RunFacts[]
  readonly olderRuns: number
}

/** What of a published or tried partition is not in the snapshot. */
export interface PartitionDetail {
  /** Index of the run of its newest attempt. */
  readonly run?: number
  readonly durationMs?: number
  readonly checks?: CheckCounts
}

export interface Failure {
  readonly run: string
  readonly status: string
  readonly at?: number
  readonly error?: Diagnostic
}

export interface Observed {
  readonly at: number
  readonly partition?: string
  readonly version: number
}

export interface RunFacts {
  /** As it stands: `crashed` if its process is gone. */
  readonly run: StoredRun
  readonly counts: readonly { readonly status: string; readonly count: number }[]
  /** Oldest first. */
  readonly attempts: readonly StoredAttempt[]
  /** Attempts that are left out because there are too many. */
  readonly moreAttempts: number
  readonly checks: readonly RecordedCheck[]
}

/** Finds who made an input. */
export type PublicationOf = (upstream: string, partition: string | undefined) => Publication | undefined
