import type { Session } from '../adapter.ts'
import { incomparable, judgeHistory } from '../checks/history.ts'
import type { Verdict } from '../checks/judge.ts'
import type { HistoryCheck } from '../checks/kinds.ts'
import type { CompiledModel, CompiledRelation } from '../compile/compiled.ts'
import { type RecordedCount, readPartitionCounts, readVersionCounts } from '../ledger/row-counts.ts'
import { dayMs } from '../time/calendar.ts'
import type { Partition } from '../time/interval.ts'
import { civilTime } from '../time/layout.ts'

/** What is known of the rows at hand besides their number. */
export interface Judged {
  /** Undefined for a relation without partitions. */
  readonly partition?: Partition
  readonly rows: number
  /** When they were, or are being, read: UTC milliseconds. */
  readonly readAt: number
}

export interface HistoryOptions {
  /** As the ledger names it. */
  readonly ledgerName: string
  /** The rows at hand are those that the ledger has a record of. */
  readonly isPublished: boolean
  /** What the ledger has is being replaced as a whole. */
  readonly startsAnew: boolean
  /** The ledger tells which attempt made which version; those of version 1 do not. Left out: it does. */
  readonly knowsVersions?: boolean
}

const weekMs = 7 * dayMs

/**
 * The numbers of rows that a model was published with, for checks that compare with them. History is what comes before in logical time, whenever it was
 * published; what the same transaction has written and found good counts as if it was published already.
 */
export class VolumeHistory {
  private readonly node: CompiledRelation
  private readonly options: HistoryOptions
  /** What this transaction publishes: by start, and those that may be compared with, newest first. */
  private readonly passed = new Set<number>()
  private added: readonly Count[] = []
  /** Newest first. */
  private recorded: readonly RecordedCount[] = []
  private versions: readonly number[] = []

  constructor(node: CompiledRelation, options: HistoryOptions) {
    this.node = node
    this.options = options
  }

  /** Reads what judging these partitions needs. The session is that of the transaction which publishes them. */
  async load(
    session: Session,
    checks: readonly HistoryCheck[],
    partitions: readonly Partition[],
  ): Promise<void> {
    const { ledgerName, isPublished, startsAnew, knowsVersions = true } = this.options
    if (checks.length === 0 || startsAnew) return
    const newest = partitions.at(-1)
    if (newest === undefined) {
      if (!knowsVersions) return
      const most = Math.max(...checks.map(({ last }) => last))
      this.versions = await readVersionCounts(session, ledgerName, most, { former: isPublished })
      return
    }
    this.recorded = await this.readBack(session, checks, partitions)
  }

  /** Judges the rows by what is loaded. */
  judge(check: HistoryCheck, { partition, rows, readAt }: Judged): Verdict {
    if (partition === undefined) return judgeHistory(check, rows, this.versions)
    const own = this.recorded.find(({ start }) => start === partition.start)
    const isEarly = this.options.isPublished ? own?.isEarly === true : readAt < partition.end
    if (isEarly) return incomparable(check, rows, 'the partition has not ended')
    return judgeHistory(check, rows, this.earlier(check, partition))
  }

  /** From now on these rows count, and nothing that the ledger has of the partition. */
  add({ start, end }: Partition, rows: number, readAt: number): void {
    this.passed.add(start)
    this.added = this.added.filter((each) => each.start !== start)
    if (readAt < end) return
    const at = this.added.findIndex((each) => each.start < start)
    const before = at === -1 ? this.added.length : at
    this.added = [...this.added.slice(0, before), { start, rows }, ...this.added.slice(before)]
  }

  /** Numbers that may be compared with those of a partition, newest first. */
  private earlier({ last, weekday }: HistoryCheck, partition: Partition): readonly number[] {
    const phase = this.phaseOf(partition.start)
    const found: number[] = []
    let ofLedger = firstBefore(this.recorded, partition.start)
    let ofNow = firstBefore(this.added, partition.start)
    while (found.length < last) {
      const [recorded, added] = [this.recorded[ofLedger], this.added[ofNow]]
      if (recorded === undefined && added === undefined) break
      const isAdded = recorded === undefined || (added !== undefined && added.start >= recorded.start)
      const next = isAdded ? added! : recorded
      if (isAdded) ofNow += 1
      else ofLedger += 1
      const counts = isAdded || !(recorded.isEarly || this.passed.has(next.start))
      if (counts && (!weekday || this.phaseOf(next.start) === phase)) found.push(next.rows)
    }
    return found
  }

  /** Reads page by page until each partition has enough to be compared with, or there is no more. */
  private async readBack(
    session: Session,
    checks: readonly HistoryCheck[],
    partitions: readonly Partition[],
  ): Promise<readonly RecordedCount[]> {
    const { ledgerName } = this.options
    const [oldest, newest] = [partitions[0]!, partitions.at(-1)!]
    const most = Math.max(...checks.map(({ last }) => last))
    const byWeekday = checks.some(({ weekday }) => weekday)
    const perWeek = Math.max(1, Math.ceil(weekMs / (oldest.end - oldest.start)))
    const page = Math.min(LARGEST_PAGE, partitions.length + 1 + most * (byWeekday ? perWeek : 1))
    const phases = new Set(byWeekday ? partitions.map(({ start }) => this.phaseOf(start)) : [])
    const found: RecordedCount[] = []
    for (let before = newest.start + 1; ; ) {
      const more = await readPartitionCounts(session, ledgerName, this.layoutId(), before, page)
      found.push(...more)
      const comparable = found.filter(({ start, isEarly }) => !isEarly && start < oldest.start)
      const isEnough = byWeekday
        ? areCovered(
            phases,
            comparable.map(({ start }) => this.phaseOf(start)),
            most,
          )
        : comparable.length >= most
      if (more.length < page || isEnough) return found
      before = more.at(-1)!.start
    }
  }

  private layoutId(): string {
    return (this.node as CompiledModel).layoutId
  }

  /** Where in the week of the model's zone a partition begins. */
  private phaseOf(start: number): number {
    const { layout } = this.node as CompiledModel
    return ((civilTime(layout!, start) % weekMs) + weekMs) % weekMs
  }
}

const LARGEST_PAGE = 20_000

type Count = Pick<RecordedCount, 'start' | 'rows'>

/** Whether each of the phases occurs so often. */
function areCovered(phases: ReadonlySet<number>, found: readonly number[], most: number): boolean {
  const counts = new Map<number, number>()
  for (const phase of found) counts.set(phase, (counts.get(phase) ?? 0) + 1)
  return [...phases].every((phase) => (counts.get(phase) ?? 0) >= most)
}

/** Where, in counts that are sorted newest first, the first one stands that begins before an instant. */
function firstBefore(counts: readonly Count[], instant: number): number {
  let [low, high] = [0, counts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (counts[middle]!.start < instant) high = middle
    else low = middle + 1
  }
  return low
}
