import { type LedgerSnapshot, type PartitionRecord, WHOLE } from '../ledger/records.ts'
import { partitionOf, partitionsOverlapping } from '../time/layout.ts'
import { type Edge, type Edges, isView, type Unit } from './edges.ts'
import type { StaleCause } from './plan.ts'

/** What the published rows of a unit are worth. */
export type DataState =
  | { readonly state: 'missing' }
  /** `drifted`: an upstream without partitions changed since, which concerns only the newest partition. */
  | { readonly state: 'fresh'; readonly drifted: boolean }
  | { readonly state: 'stale'; readonly cause: StaleCause }

const fresh: DataState = { state: 'fresh', drifted: false }

export function keyOfUnit(unit: Unit): string {
  return unit.partition?.key ?? WHOLE
}

/** Answers what state any partition is in, from one snapshot of the ledger. Section 3 of the semantics. */
export class States {
  private readonly edges: Edges
  private readonly snapshot: LedgerSnapshot
  private readonly now: number
  private readonly known = new Map<string, DataState>()
  private readonly published = new Map<string, readonly Unit[]>()
  private readonly oldLayouts = new Map<string, boolean>()

  constructor(edges: Edges, snapshot: LedgerSnapshot, now: number) {
    this.edges = edges
    this.snapshot = snapshot
    this.now = now
  }

  record(unit: Unit): PartitionRecord | undefined {
    return this.snapshot.partitions.get(unit.node.name)?.get(keyOfUnit(unit))
  }

  /** True if the newest attempt of the unit did not publish. */
  hasFailed(unit: Unit): boolean {
    const status = this.record(unit)?.lastStatus
    return status === 'failed' || status === 'timed_out' || status === 'crashed'
  }

  dataOf(unit: Unit): DataState {
    const id = `${unit.node.name}\0${keyOfUnit(unit)}`
    const known = this.known.get(id)
    if (known !== undefined) return known
    const state = this.compute(unit)
    this.known.set(id, state)
    return state
  }

  private compute(unit: Unit): DataState {
    const data = this.record(unit)?.data
    if (data === undefined) return { state: 'missing' }
    const own = this.ownCause(unit, data)
    if (own !== undefined) return { state: 'stale', cause: own }
    if (unit.node.kind !== 'check' && isView(unit.node)) return fresh
    const past = this.pastCause(unit, data.readSeq)
    if (past !== undefined) return { state: 'stale', cause: past }
    let drifted = false
    for (const edge of this.edges.of(unit)) {
      if (edge.role !== 'data') continue
      const cause = this.inputCause(edge, data.readSeq)
      if (cause === undefined) continue
      if (!this.concerns(unit, edge)) drifted = true
      else return { state: 'stale', cause }
    }
    return drifted ? { state: 'fresh', drifted } : fresh
  }

  private ownCause(unit: Unit, data: NonNullable<PartitionRecord['data']>): StaleCause | undefined {
    if (unit.node.kind === 'model' && data.layout !== unit.node.layoutId) return { kind: 'layout' }
    if (data.fingerprint !== unit.node.fingerprint) return { kind: 'code' }
    const end = unit.partition?.end
    if (end !== undefined && data.publishedAt < end && this.now >= end) return { kind: 'early' }
    return undefined
  }

  /** Why what the edge reads is newer than, or no longer, what was read. */
  private inputCause(edge: Edge, readSeq: number): StaleCause | undefined {
    for (const input of this.unitsOf(edge)) {
      const data = this.record(input)?.data
      const partition = input.partition === undefined ? {} : { partition: input.partition.key }
      // What was read and is gone: `unitsOf` names the published partitions only where all that is published is read.
      if (data === undefined || data.dataSeq > readSeq)
        return { kind: 'input', upstream: edge.upstream.name, ...partition }
      if (this.dataOf(input).state === 'stale')
        return { kind: 'upstream', upstream: edge.upstream.name, ...partition }
    }
    return undefined
  }

  /** A model that reads itself: its newest earlier partition stands for all that are before it, whose changes make that one stale. */
  private pastCause(unit: Unit, readSeq: number): StaleCause | undefined {
    const { node, partition } = unit
    if (node.kind !== 'model' || !node.readsItself || partition === undefined) return undefined
    let newest: Unit | undefined
    for (const earlier of this.publishedUnits(node)) {
      if (earlier.partition!.start >= partition.start) break
      this.dataOf(earlier) // From the oldest on, so that long histories are no deep recursion.
      newest = earlier
    }
    if (newest === undefined) return undefined
    const upstream = { upstream: node.name, partition: keyOfUnit(newest) }
    if (this.record(newest)!.data!.dataSeq > readSeq) return { kind: 'input', ...upstream }
    return this.dataOf(newest).state === 'stale' ? { kind: 'upstream', ...upstream } : undefined
  }

  /** Whether a change of an upstream without partitions concerns this partition (`follow`, section 2). */
  private concerns(unit: Unit, edge: Edge): boolean {
    if (unit.partition === undefined || edge.reads.kind !== 'whole' || unit.node.kind !== 'model') return true
    const follow =
      unit.node.config.follow[edge.upstream.name] ?? (edge.upstream.kind === 'seed' ? 'all' : 'latest')
    switch (follow) {
      case 'all':
        return true
      case 'never':
        return false
      case 'latest':
        return unit.partition.start >= this.newestPublished(unit)
    }
  }

  private newestPublished(unit: Unit): number {
    return this.publishedUnits(unit.node).at(-1)?.partition?.start ?? Number.NEGATIVE_INFINITY
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

  /** True if some of the model's history was published under another layout. */
  hasOldLayout(node: Unit['node']): boolean {
    return remembered(this.oldLayouts, node.name, () => {
      if (node.kind !== 'model') return false
      for (const record of this.snapshot.partitions.get(node.name)?.values() ?? []) {
        if (record.data !== undefined && record.data.layout !== node.layoutId) return true
      }
      return false
    })
  }

  /** The partitions of today's layout that cover everything that was ever published of a model. */
  historyOf(node: Unit['node']): readonly Unit[] {
    if (node.kind !== 'model' || node.layout === undefined) return []
    const found = new Map<string, Unit>()
    for (const record of this.snapshot.partitions.get(node.name)?.values() ?? []) {
      if (record.data === undefined || record.interval === undefined) continue
      for (const partition of partitionsOverlapping(node.layout, record.interval)) {
        found.set(partition.key, { node, partition })
      }
    }
    return [...found.values()].sort((a, b) => a.partition!.start - b.partition!.start)
  }

  /** The published partitions of a relation, oldest first. */
  publishedUnits(node: Unit['node']): readonly Unit[] {
    return remembered(this.published, node.name, () => this.findPublished(node))
  }

  private findPublished(node: Unit['node']): readonly Unit[] {
    const records = this.snapshot.partitions.get(node.name)
    if (records === undefined || node.kind !== 'model' || node.layout === undefined) return []
    const units: Unit[] = []
    for (const record of records.values()) {
      const partition = record.data === undefined ? undefined : partitionOf(node.layout, record.key)
      if (partition !== undefined) units.push({ node, partition })
    }
    return units.sort((a, b) => a.partition!.start - b.partition!.start)
  }
}

/** The value of a key, found once: a snapshot does not change. */
function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const found = known.get(key)
  if (found !== undefined) return found
  const value = find()
  known.set(key, value)
  return value
}
