import type { CompiledNode, CompiledProject } from '../../compile/compiled.ts'
import { showsOnlyThePresent } from '../../compile/snapshot.ts'
import { type LedgerSnapshot, WHOLE } from '../../ledger/records.ts'
import { Code } from '../../plan/codes.ts'
import { Edges, layoutOfNode, readsOf, type Unit } from '../../plan/edges.ts'
import { States } from '../../plan/state.ts'
import { dueInterval, partitionOf } from '../../time/layout.ts'
import type { NodeState } from '../api.ts'

/** What is due or published of a relation, by index on its timeline; one without partitions has the one index 0. */
export interface Span {
  /** One after the newest due partition. */
  readonly due: number
  /** One after the last that is due or published. */
  readonly to: number
}

/**
 * The state of every partition in one word: what somebody or something does with it (running, failed, blocked) before what its rows are worth.
 * Whole histories at once, as a project may have hundreds of thousands of partitions.
 */
export class NodeStates {
  readonly states: States
  readonly #edges: Edges
  readonly #now: number
  readonly #running = new Map<string, Set<string>>()
  readonly #known = new Map<string, readonly NodeState[]>()
  readonly #unfit = new Map<string, Int32Array>()

  constructor({ nodes, graph }: CompiledProject, snapshot: LedgerSnapshot, now: number) {
    this.#edges = new Edges(nodes, graph.ancestors)
    this.#now = now
    this.states = new States(this.#edges, snapshot, now)
    for (const lease of snapshot.leases.keys()) {
      const [model = '', key = ''] = lease.split('\0')
      this.#running.set(model, (this.#running.get(model) ?? new Set<string>()).add(key))
    }
  }

  spanOf(node: CompiledNode): Span {
    const layout = layoutOfNode(node)
    if (layout === undefined) return { due: 1, to: 1 }
    const interval = dueInterval(layout, this.#now)
    const slots = this.states.slotsOf(node)
    const due = interval === undefined ? 0 : slots.timeline!.indexAt(interval.end - 1) + 1
    let last = slots.first + slots.length - 1
    while (last >= due && !slots.isPublished(slots.rowAt(last))) last -= 1
    return { due, to: Math.max(due, last + 1) }
  }

  /** By index; `none` for what is neither due nor published, and for what nobody can record any more. */
  of(node: Unit['node']): readonly NodeState[] {
    const known = this.#known.get(node.name)
    if (known !== undefined) return known
    const found = this.#compute(node)
    this.#known.set(node.name, found)
    return found
  }

  unit(node: Unit['node'], index: number): Unit {
    const { timeline } = this.states.slotsOf(node)
    return timeline === undefined ? { node } : { node, partition: timeline.partition(index) }
  }

  #compute(node: Unit['node']): readonly NodeState[] {
    const slots = this.states.slotsOf(node)
    const codes = this.states.codesOf(node)
    const { due, to } = this.spanOf(node)
    const running = this.#runningIndexes(node)
    const isBlocked = this.#blocking(node)
    return Array.from({ length: to }, (_, index): NodeState => {
      const row = slots.rowAt(index)
      const code = row < 0 ? Code.missing : codes[row]!
      if (running.has(index)) return 'running'
      if (slots.hasFailed(row)) return 'failed'
      if (code === Code.fresh) return 'fresh'
      if (code === Code.drifted) return 'drifted'
      if (code === Code.missing && (index >= due || this.#isMissed(node, index))) return 'none'
      if (isBlocked(index)) return 'blocked'
      return code === Code.stale ? 'stale' : 'missing'
    })
  }

  #isMissed(node: Unit['node'], index: number): boolean {
    return showsOnlyThePresent(node) && this.states.isMissed(this.unit(node, index))
  }

  #runningIndexes(node: Unit['node']): ReadonlySet<number> {
    const found = new Set<number>()
    const layout = layoutOfNode(node)
    const { timeline } = this.states.slotsOf(node)
    for (const key of this.#running.get(node.name) ?? []) {
      if (layout === undefined || timeline === undefined) {
        if (key === WHOLE) found.add(0)
        continue
      }
      const partition = partitionOf(layout, key)
      const index = partition === undefined ? undefined : timeline.indexOf(partition.start, partition.end)
      if (index !== undefined) found.add(index)
    }
    return found
  }

  /** Tells whether an input of a partition is missing, or its newest try failed. Nobody knows of a source that it is missing. */
  #blocking(node: Unit['node']): (index: number) => boolean {
    const tests: ((index: number) => boolean)[] = []
    const { timeline } = this.states.slotsOf(node)
    for (const [name, role] of this.#edges.inputsOf(node)) {
      const upstream = this.#edges.nodes.get(name)
      if (upstream === undefined || upstream.kind === 'source' || role === 'check') continue
      const unfit = this.#unfitOf(upstream)
      const inputs = this.states.slotsOf(upstream).timeline
      if (inputs === undefined) tests.push(() => unfit[1]! > 0)
      else if (timeline === undefined || role === 'existence') {
        const hasFailed = this.states.publishedUnits(upstream).some((unit) => this.states.hasFailed(unit))
        tests.push(() => hasFailed)
      } else {
        const { from, to } = this.states.maps.of(timeline, inputs, readsOf(node, name))
        tests.push((index) => {
          const last = to[index]!
          return last > inputs.count || unfit[last]! > unfit[from[index]!]!
        })
      }
    }
    return (index) => tests.some((test) => test(index))
  }

  /** How many partitions before each index are missing or have failed. */
  #unfitOf(node: Unit['node']): Int32Array {
    const known = this.#unfit.get(node.name)
    if (known !== undefined) return known
    const slots = this.states.slotsOf(node)
    const codes = this.states.codesOf(node)
    const count = slots.timeline?.count ?? 1
    const sums = new Int32Array(count + 1)
    for (let index = 0; index < count; index++) {
      const row = slots.rowAt(index)
      const isMissing = row < 0 || codes[row] === Code.missing
      const isUnfit = slots.hasFailed(row) || (isMissing && !this.#isMissed(node, index))
      sums[index + 1] = sums[index]! + (isUnfit ? 1 : 0)
    }
    this.#unfit.set(node.name, sums)
    return sums
  }
}
