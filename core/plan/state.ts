import type { CompiledNode } from '../compile/compiled.ts'
import { isSequential, needsItsPast, showsOnlyThePresent } from '../compile/snapshot.ts'
import { Mark } from '../ledger/history.ts'
import { type LedgerSnapshot, type PartitionRecord, WHOLE } from '../ledger/records.ts'
import { boundariesOf } from '../time/boundaries.ts'
import type { Layout } from '../time/grain.ts'
import type { Partition } from '../time/interval.ts'
import { partitionsOverlapping } from '../time/layout.ts'
import { Code, Codes, codeConcernsThePast, concernedFrom, mayBeUnknown } from './codes.ts'
import { type Edge, type Edges, isView, type Unit } from './edges.ts'
import type { StaleCause } from './plan.ts'
import { type Slots, slotsOf } from './slots.ts'
import { Timelines } from './timeline.ts'
import { WindowMaps } from './windows.ts'

/** What the published rows of a unit are worth. */
export type DataState =
  | { readonly state: 'missing' }
  /** `drifted`: an upstream without partitions changed since, which concerns only the newest partition. */
  | { readonly state: 'fresh'; readonly drifted: boolean }
  | { readonly state: 'stale'; readonly cause: StaleCause }

const missing: DataState = { state: 'missing' }
const fresh: DataState = { state: 'fresh', drifted: false }
const drifted: DataState = { state: 'fresh', drifted: true }

export function keyOfUnit(unit: Unit): string {
  return unit.partition?.key ?? WHOLE
}

/**
 * Answers what state any partition is in, from one snapshot of the ledger. Section 3 of the semantics. Of a snapshot that was read in part only
 * what lies within its scope may be asked.
 */
export class States {
  readonly timelines: Timelines
  readonly maps = new WindowMaps()
  private readonly edges: Edges
  private readonly snapshot: LedgerSnapshot
  private readonly now: number
  private readonly codes: Codes
  private readonly slots = new Map<string, Slots>()
  private readonly published = new Map<string, readonly Unit[]>()
  private readonly causes = new Map<string, StaleCause>()

  /** Timelines reach to what is due and to what is published, and to `until`, if that is later. */
  constructor(
    edges: Edges,
    snapshot: LedgerSnapshot,
    now: number,
    until: (layout: Layout) => number = () => Number.NEGATIVE_INFINITY,
  ) {
    this.edges = edges
    this.snapshot = snapshot
    this.now = now
    const published = lastEnd(snapshot)
    this.timelines = new Timelines(now, (layout) => Math.max(until(layout), published))
    this.codes = new Codes({
      nodes: edges.nodes,
      edges,
      maps: this.maps,
      now,
      slotsOf: (node) => this.slotsOf(node),
    })
  }

  /** Where the records of a relation lie. */
  slotsOf(node: CompiledNode): Slots {
    return remembered(this.slots, node.name, () =>
      slotsOf(node, this.snapshot.histories.get(node.name), this.timelines),
    )
  }

  /** The states of all records of a relation, as numbers of `Code`. */
  codesOf(node: CompiledNode): Uint8Array {
    return this.codes.of(node)
  }

  record(unit: Unit): PartitionRecord | undefined {
    const { history } = this.slotsOf(unit.node)
    const row = this.rowOf(unit)
    if (row < 0) return undefined
    const marks = history.marks[row]!
    const note = history.notes.get(row)
    const measures =
      history.measures === undefined
        ? {}
        : { rows: history.measures.rows[row]!, publishedAt: history.measures.publishedAt[row]! }
    return {
      ...(history.dataSeq[row] === 0
        ? {}
        : { data: { dataSeq: history.dataSeq[row]!, readSeq: history.readSeq[row]!, ...measures } }),
      hasFailed: (marks & Mark.failed) !== 0,
      ...(note === undefined ? {} : { note }),
      isNews: (marks & Mark.news) !== 0,
    }
  }

  /** True if the newest attempt of the unit did not publish. */
  hasFailed(unit: Unit): boolean {
    return this.slotsOf(unit.node).hasFailed(this.rowOf(unit))
  }

  dataOf(unit: Unit): DataState {
    const row = this.rowOf(unit)
    switch (row < 0 ? Code.missing : this.codes.of(unit.node)[row]) {
      case Code.fresh:
        return fresh
      case Code.drifted:
        return drifted
      case Code.stale:
        return { state: 'stale', cause: this.causeOf(unit, row) }
      default:
        return missing
    }
  }

  /** The units that an edge reads, published or not; for `published`, those that are. */
  unitsOf(edge: Edge): readonly Unit[] {
    switch (edge.reads.kind) {
      case 'whole':
        return [{ node: edge.upstream }]
      case 'partitions':
        return edge.reads.partitions.map((partition) => ({ node: edge.upstream, partition }))
      case 'published':
        return this.publishedUnits(edge.upstream)
    }
  }

  /** True if nobody recorded the partition of a snapshot while it lasted, so that its history is what there is without it. */
  isMissed(unit: Unit): boolean {
    return showsOnlyThePresent(unit.node) && this.isPast(unit) && this.hasHistory(unit.node)
  }

  /** True if a snapshot cannot record the partition any more: what followed is recorded, or its query shows only the present. */
  isPast({ node, partition }: Unit): boolean {
    if (!isSequential(node) || partition === undefined) return false
    const { newestStart } = this.slotsOf(node).history.whole
    if (newestStart > partition.start) return true
    if (!showsOnlyThePresent(node)) return false
    // Another interval has ended since, be it one of the model's or after its history.
    const { availableAfterMs } = node.layout!
    return boundariesOf(node.layout!).floor(this.now - availableAfterMs) > partition.end
  }

  /** True if some of the model's history was published under another layout. */
  hasOldLayout(node: Unit['node']): boolean {
    return node.kind === 'model' && this.slotsOf(node).history.whole.hasOldLayout
  }

  /** The partitions of today's layout that cover everything that was ever published of a model. */
  historyOf(node: Unit['node']): readonly Unit[] {
    if (node.kind !== 'model' || node.layout === undefined) return []
    const { history } = this.slotsOf(node)
    const found = new Map<string, Partition>()
    for (let row = 0; row < history.count; row++) {
      const interval = { start: history.start[row]!, end: history.end[row]! }
      if (history.dataSeq[row] === 0 || !Number.isFinite(interval.start)) continue
      for (const partition of partitionsOverlapping(node.layout, interval))
        found.set(partition.key, partition)
    }
    return [...found.values()].sort((a, b) => a.start - b.start).map((partition) => ({ node, partition }))
  }

  /** The published partitions of a relation, oldest first. */
  publishedUnits(node: Unit['node']): readonly Unit[] {
    return remembered(this.published, node.name, () => {
      const slots = this.slotsOf(node)
      const units: Unit[] = []
      for (let at = 0; slots.timeline !== undefined && at < slots.length; at++) {
        const index = slots.first + at
        if (slots.isPublished(slots.rowAt(index)))
          units.push({ node, partition: slots.timeline.partition(index) })
      }
      return units
    })
  }

  /** True if anything of a relation is published, in whatever layout. */
  hasHistory(node: Unit['node']): boolean {
    const { history } = this.slotsOf(node)
    return !Number.isNaN(history.whole.newestStart) || history.dataSeq.some((version) => version > 0)
  }

  /** True if anything of a relation is published in today's layout. */
  isAnyPublished(node: Unit['node']): boolean {
    const slots = this.slotsOf(node)
    for (let at = slots.length - 1; at >= 0; at--)
      if (slots.isPublished(slots.rowAt(slots.first + at))) return true
    return false
  }

  private rowOf({ node, partition }: Unit): number {
    const slots = this.slotsOf(node)
    if (slots.timeline === undefined || partition === undefined) return slots.rowAt(0)
    const index = slots.timeline.indexOf(partition.start, partition.end)
    return index === undefined ? -1 : slots.rowAt(index)
  }

  /** Why a record is stale, by the rules of `Codes`: the first cause that is met. */
  private causeOf(unit: Unit, row: number): StaleCause {
    return remembered(this.causes, `${unit.node.name}\0${row}`, () => {
      const cause = this.ownCause(unit, row) ?? this.pastCause(unit, row) ?? this.inputsCause(unit, row)
      if (cause === undefined) throw new Error(`${unit.node.name} ${keyOfUnit(unit)} is stale for no reason`)
      return cause
    })
  }

  private ownCause({ node }: Unit, row: number): StaleCause | undefined {
    const { history } = this.slotsOf(node)
    const marks = history.marks[row]!
    if (node.kind === 'model' && (marks & Mark.sameLayout) === 0) return { kind: 'layout' }
    if (codeConcernsThePast(node) && (marks & Mark.sameCode) === 0) return { kind: 'code' }
    if ((marks & Mark.sameLayout) === 0) return { kind: 'code' }
    if ((marks & Mark.invalidated) !== 0) {
      const { reason = '', by = '' } = history.notes.get(row)?.invalidated ?? {}
      return { kind: 'invalidated', reason, by }
    }
    return (marks & Mark.early) !== 0 && this.now >= history.end[row]! ? { kind: 'early' } : undefined
  }

  private pastCause({ node, partition }: Unit, row: number): StaleCause | undefined {
    if (!needsItsPast(node) || partition === undefined) return undefined
    const slots = this.slotsOf(node)
    const readSeq = slots.history.readSeq[row]!
    let stale: StaleCause | undefined
    for (let index = slots.timeline!.indexAt(partition.start) - 1; index >= slots.first; index--) {
      const past = slots.rowAt(index)
      if (!slots.isPublished(past)) continue
      const upstream = { upstream: node.name, partition: slots.timeline!.partition(index).key }
      if (slots.history.dataSeq[past]! > readSeq) return { kind: 'input', ...upstream }
      if (this.codes.of(node)[past] === Code.stale) stale ??= { kind: 'upstream', ...upstream }
    }
    return stale
  }

  /** An input that changed comes before one that is only stale: that one may be made again and turn out the same. */
  private inputsCause(unit: Unit, row: number): StaleCause | undefined {
    if (isView(unit.node)) return undefined
    const readSeq = this.slotsOf(unit.node).history.readSeq[row]!
    let stale: StaleCause | undefined
    for (const edge of this.edges.of(unit)) {
      if (edge.role !== 'data' || !this.concerns(unit, edge)) continue
      const cause = this.inputCause(edge, readSeq)
      if (cause?.kind === 'input') return cause
      stale ??= cause
    }
    return stale
  }

  /** Why what the edge reads is newer than, or no longer, what was read. */
  private inputCause(edge: Edge, readSeq: number): StaleCause | undefined {
    const slots = this.slotsOf(edge.upstream)
    let stale: StaleCause | undefined
    for (const input of this.unitsOf(edge)) {
      const row = this.rowOf(input)
      const upstream = {
        upstream: edge.upstream.name,
        ...(input.partition === undefined ? {} : { partition: input.partition.key }),
      }
      if (!slots.isPublished(row) && mayBeUnknown(edge.upstream)) continue
      if (!slots.isPublished(row) || slots.history.dataSeq[row]! > readSeq)
        return { kind: 'input', ...upstream }
      if (this.codes.of(edge.upstream)[row] === Code.stale) stale ??= { kind: 'upstream', ...upstream }
    }
    return stale
  }

  /** Whether a change of an upstream without partitions concerns this partition (`follow`, section 2). */
  concerns({ node, partition }: Unit, edge: Edge): boolean {
    if (isView(node)) return false
    if (partition === undefined || edge.reads.kind !== 'whole' || node.kind !== 'model') return true
    return partition.start >= concernedFrom(node, edge.upstream, this.slotsOf(node).history.whole.newestStart)
  }
}

/** The latest end of anything in the ledger. */
function lastEnd({ histories }: LedgerSnapshot): number {
  let last = Number.NEGATIVE_INFINITY
  for (const { end, count } of histories.values())
    for (let row = count - 1; row >= 0; row--)
      if (Number.isFinite(end[row]!)) last = Math.max(last, end[row]!)
  return last
}

/** The value of a key, found once: a snapshot does not change. */
function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const found = known.get(key)
  if (found !== undefined) return found
  const value = find()
  known.set(key, value)
  return value
}
