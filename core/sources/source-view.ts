import type { Interval } from '../time/interval.ts'

/** What was seen of a source, or of a partition of it. */
export interface Observation {
  readonly source: string
  /** `all` without partitions. */
  readonly key: string
  /** Undefined without partitions. */
  readonly interval?: Interval
  /** Identity of the source's layout; empty without partitions. */
  readonly layout: string
  /** Equal for two observations if nothing has changed as far as can be seen. */
  readonly hash: string
  /** Rows that were counted; 0 where nobody counts. */
  readonly rows: number
}

/** What is known of sources besides the ledger: which of them cannot be read now, and why. */
export interface SourceView {
  /** Sources that could not be looked at, with what the engine said. */
  readonly unseen: ReadonlyMap<string, string>
  /** What is awaited, by source and key (`all` without partitions). */
  readonly unready: ReadonlyMap<string, ReadonlyMap<string, string>>
}

export const everythingReady: SourceView = { unseen: new Map(), unready: new Map() }
