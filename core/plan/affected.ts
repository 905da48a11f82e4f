import type { CompiledNode } from '../compile/compiled.ts'
import { concernedFrom, isRecorded } from './codes.ts'
import { type Edges, isView, readsOf, type Unit } from './edges.ts'
import type { States } from './state.ts'
import type { WindowMap } from './windows.ts'

/** Partitions of one relation, as indexes of its timeline in order (0 without partitions). */
export interface AffectedRelation {
  readonly node: Unit['node']
  readonly indexes: readonly number[]
}

/**
 * What reads some partitions, through any number of relations: what a change of them makes stale. The other direction of `Edges.of`, which says what a partition
 * needs.
 */
export class Affected {
  private readonly states: States
  private readonly readers = new Map<string, CompiledNode[]>()

  constructor(edges: Edges, states: States) {
    this.states = states
    for (const node of edges.nodes.values()) {
      for (const [name, role] of edges.inputsOf(node)) {
        if (role !== 'data' || isView(node)) continue
        const readers = this.readers.get(name)
        if (readers === undefined) this.readers.set(name, [node])
        else readers.push(node)
      }
    }
  }

  /** The partitions that read one partition directly. */
  readersOf({ node, partition }: Unit): readonly AffectedRelation[] {
    const index =
      partition === undefined ? 0 : this.states.timelines.of(layoutOf(node)).indexAt(partition.start)
    return (this.readers.get(node.name) ?? []).flatMap((reader) => {
      const indexes = this.readBy(reader, node, index)
      return indexes.length === 0 ? [] : [{ node: reader as Unit['node'], indexes }]
    })
  }

  /** Everything downstream of the partitions, themselves left out. */
  downstreamOf(units: readonly Unit[]): readonly AffectedRelation[] {
    const found = new Map<string, { readonly node: Unit['node']; readonly indexes: Set<number> }>()
    const open = [...units]
    for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
      for (const { node, indexes } of this.readersOf(unit)) {
        const known = found.get(node.name) ?? { node, indexes: new Set<number>() }
        found.set(node.name, known)
        for (const index of indexes) {
          if (known.indexes.has(index)) continue
          known.indexes.add(index)
          open.push(this.unitAt(node, index))
        }
      }
    }
    return [...found.values()].map(({ node, indexes }) => ({
      node,
      indexes: [...indexes].sort((a, b) => a - b),
    }))
  }

  unitAt(node: Unit['node'], index: number): Unit {
    const { timeline } = this.states.slotsOf(node)
    return timeline === undefined ? { node } : { node, partition: timeline.partition(index) }
  }

  private readBy(reader: CompiledNode, upstream: CompiledNode, index: number): readonly number[] {
    const own = this.states.slotsOf(reader)
    const input = this.states.slotsOf(upstream)
    if (!isRecorded(reader)) return []
    if (own.timeline === undefined) return [0]
    if (input.timeline === undefined) {
      const from = concernedFrom(reader, upstream, own.history.whole.newestStart)
      return indexesWhere(own.timeline.count, (at) => own.timeline!.cuts[at]! >= from)
    }
    const map = this.states.maps.of(own.timeline, input.timeline, readsOf(reader, upstream.name))
    return containing(map, own.timeline.count, index)
  }
}

function layoutOf(node: Unit['node']) {
  if (node.kind === 'model' && node.layout !== undefined) return node.layout
  throw new Error(`${node.name} has no partitions`)
}

function indexesWhere(count: number, test: (index: number) => boolean): readonly number[] {
  return Array.from({ length: count }, (_, index) => index).filter(test)
}

/** The windows that hold an index: they are adjacent, as windows move forward. */
function containing({ from, to }: WindowMap, count: number, index: number): readonly number[] {
  let first = 0
  let high = count
  while (first < high) {
    const middle = (first + high) >>> 1
    if (to[middle]! <= index) first = middle + 1
    else high = middle
  }
  const found: number[] = []
  for (let at = first; at < count && from[at]! <= index; at++) found.push(at)
  return found
}
