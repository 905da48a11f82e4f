/** What the ledger remembers of one partition is in one bit each, so that millions fit into memory. */
export const Mark = {
  /** Its fingerprint is that of today's code. */
  sameCode: 1,
  sameLayout: 2,
  /** Published before its end. */
  early: 4,
  /** Its newest attempt did not publish. */
  failed: 8,
  invalidated: 16,
  /** Changed by another run since the moment that the reader named. */
  news: 32,
} as const

/** What there is to say of the few partitions that are not simply published. */
export interface Note {
  readonly lastRun: string
  readonly lastStatus: string
  /** Who called the rows stale, when and why. */
  readonly invalidated?: Invalidation
}

export interface Invalidation {
  readonly reason: string
  readonly by: string
}

/**
 * The ledger's records of one relation, column by column, sorted by start. Instants are UTC milliseconds. A relation without partitions has
 * one record, which starts at -Infinity.
 */
export interface History {
  readonly count: number
  readonly start: Float64Array
  /** Exclusive. */
  readonly end: Float64Array
  /** `change_seq` at which the rows last changed; 0: never published. */
  readonly dataSeq: Float64Array
  readonly readSeq: Float64Array
  /** Bits of `Mark`. */
  readonly marks: Uint8Array
  /** By index; only of partitions whose last attempt failed, or that were invalidated. */
  readonly notes: ReadonlyMap<number, Note>
  /** Of the whole history, though only a part of it may have been read. */
  readonly whole: WholeHistory
  /** Only if the reader asked for them. */
  readonly measures?: Measures
}

export interface WholeHistory {
  /** Start of the newest published partition; NaN if none is. */
  readonly newestStart: number
  readonly hasOldLayout: boolean
}

export interface Measures {
  readonly rows: Float64Array
  readonly publishedAt: Float64Array
}

/** One record, taken out of its columns. */
export interface HistoryRow {
  readonly start: number
  readonly end: number
  readonly dataSeq: number
  readonly readSeq: number
  readonly marks: number
  readonly note?: Note
  readonly rows?: number
  readonly publishedAt?: number
}

/** The history of records in any order. `whole` is left out where the records are all that there are. */
export function historyOf(rows: readonly HistoryRow[], whole?: WholeHistory): History {
  const sorted = [...rows].sort((a, b) => a.start - b.start || a.end - b.end)
  const column = (value: (row: HistoryRow) => number) => Float64Array.from(sorted, value)
  const columns = {
    count: sorted.length,
    start: column((row) => row.start),
    end: column((row) => row.end),
    dataSeq: column((row) => row.dataSeq),
    readSeq: column((row) => row.readSeq),
    marks: Uint8Array.from(sorted, (row) => row.marks),
    notes: new Map(sorted.flatMap((row, index) => (row.note === undefined ? [] : [[index, row.note]]))),
    measures: { rows: column((row) => row.rows ?? 0), publishedAt: column((row) => row.publishedAt ?? 0) },
  }
  return { ...columns, whole: whole ?? wholeOf(columns) }
}

/** What the records say of a history that is all there. */
export function wholeOf(history: Pick<History, 'count' | 'start' | 'dataSeq' | 'marks'>): WholeHistory {
  let newestStart = Number.NaN
  let hasOldLayout = false
  for (let index = 0; index < history.count; index++) {
    if (history.dataSeq[index] === 0) continue
    newestStart = history.start[index]!
    if ((history.marks[index]! & Mark.sameLayout) === 0) hasOldLayout = true
  }
  return { newestStart, hasOldLayout }
}

/** The records of a history one by one: the inverse of `historyOf`. */
export function rowsOf({
  count,
  start,
  end,
  dataSeq,
  readSeq,
  marks,
  notes,
  measures,
}: History): readonly HistoryRow[] {
  return Array.from({ length: count }, (_, index) => {
    const note = notes.get(index)
    return {
      start: start[index]!,
      end: end[index]!,
      dataSeq: dataSeq[index]!,
      readSeq: readSeq[index]!,
      marks: marks[index]!,
      ...(note === undefined ? {} : { note }),
      ...(measures === undefined
        ? {}
        : { rows: measures.rows[index]!, publishedAt: measures.publishedAt[index]! }),
    }
  })
}
