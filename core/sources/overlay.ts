import { historyOf, Mark } from '../ledger/history.ts'
import type { LedgerSnapshot } from '../ledger/records.ts'
import type { Observation } from './source-view.ts'

/**
 * A snapshot as it would be if what was seen had been recorded: what changed is newer than everything. For commands that change nothing, so that
 * a plan is that of the run that follows.
 */
export function withObservations(
  snapshot: LedgerSnapshot,
  changed: readonly Observation[],
  now: number,
): LedgerSnapshot {
  if (changed.length === 0) return snapshot
  const histories = new Map(snapshot.histories)
  for (const source of new Set(changed.map((each) => each.source))) {
    const ofSource = changed.filter((each) => each.source === source)
    const replaced = new Set(ofSource.map(({ interval }) => interval?.start ?? Number.NEGATIVE_INFINITY))
    const known = histories.get(source)
    const kept = Array.from({ length: known?.count ?? 0 }, (_, row) => ({
      start: known!.start[row]!,
      end: known!.end[row]!,
      dataSeq: known!.dataSeq[row]!,
      readSeq: known!.readSeq[row]!,
      marks: known!.marks[row]!,
      ...(known!.measures === undefined
        ? {}
        : { rows: known!.measures.rows[row]!, publishedAt: known!.measures.publishedAt[row]! }),
    })).filter(({ start, marks }) => !replaced.has(start) && (marks & Mark.sameLayout) !== 0)
    const seen = ofSource.map(({ interval, rows }) => ({
      start: interval?.start ?? Number.NEGATIVE_INFINITY,
      end: interval?.end ?? Number.POSITIVE_INFINITY,
      dataSeq: snapshot.seq + 1,
      readSeq: snapshot.seq + 1,
      marks: Mark.sameCode | Mark.sameLayout,
      rows,
      publishedAt: now,
    }))
    histories.set(source, historyOf([...kept, ...seen]))
  }
  return { ...snapshot, histories }
}
