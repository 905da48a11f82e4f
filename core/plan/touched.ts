import type { CompiledNode } from '../compile/compiled.ts'
import { needsItsPast } from '../compile/snapshot.ts'
import { concernedFrom } from './codes.ts'
import { type Edges, isView, readsOf, type Unit } from './edges.ts'
import type { States } from './state.ts'

/** What was decided so far, by relation and index; what is fresh is not in it. */
export type Outcomes = ReadonlyMap<string, ReadonlyMap<number, unknown>>

/** Tells which partitions read something that is in the plan or held: all others are what the ledger says of them. */
export class Touched {
  private readonly edges: Edges
  private readonly states: States
  private readonly outcomes: Outcomes

  constructor(edges: Edges, states: States, outcomes: Outcomes) {
    this.edges = edges
    this.states = states
    this.outcomes = outcomes
  }

  /** By index of the relation's timeline. */
  of(node: Unit['node']): (index: number) => boolean {
    if (isView(node)) return () => false
    // What follows a partition of itself is known only while it is decided.
    if (needsItsPast(node)) return () => true
    const tests: ((index: number) => boolean)[] = []
    for (const [name, role] of this.edges.inputsOf(node)) {
      const upstream = this.edges.nodes.get(name)
      const decided = this.outcomes.get(name)
      if (role !== 'data' || upstream === undefined || decided === undefined || decided.size === 0) continue
      tests.push(this.along(node, upstream, decided))
    }
    return tests.length === 0 ? () => false : (index) => tests.some((test) => test(index))
  }

  private along(
    node: Unit['node'],
    upstream: CompiledNode,
    decided: ReadonlyMap<number, unknown>,
  ): (index: number) => boolean {
    const slots = this.states.slotsOf(node)
    const inputs = this.states.slotsOf(upstream)
    if (slots.timeline === undefined) return () => true
    if (inputs.timeline === undefined) {
      const from = concernedFrom(node, upstream, slots.history.whole.newestStart)
      return (index) => slots.timeline!.cuts[index]! >= from
    }
    const { from, to } = this.states.maps.of(slots.timeline, inputs.timeline, readsOf(node, upstream.name))
    const before = countsBefore(decided, inputs.timeline.count)
    const last = inputs.timeline.count
    return (index) => before[Math.min(to[index]!, last)]! > before[Math.min(from[index]!, last)]!
  }
}

/** How many of the decided indexes lie before each index. */
function countsBefore(decided: ReadonlyMap<number, unknown>, count: number): Int32Array {
  const before = new Int32Array(count + 1)
  for (const index of decided.keys()) if (index < count) before[index + 1] = 1
  for (let index = 0; index < count; index++) before[index + 1]! += before[index]!
  return before
}
