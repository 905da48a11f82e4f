import { dueAt } from '../time/layout.ts'
import { type Edge, type Edges, isView, type Unit } from './edges.ts'
import type { Need } from './plan.ts'
import type { States } from './state.ts'

/** Tells why an input cannot be read as it is. */
export class Problems {
  private readonly edges: Edges
  private readonly states: States
  private readonly now: number

  constructor(edges: Edges, states: States, now: number) {
    this.edges = edges
    this.states = states
    this.now = now
  }

  /** The instant before which a partition cannot run, if that has not come yet. */
  notDue({ node, partition }: Unit): number | undefined {
    if (node.kind !== 'model' || node.layout === undefined || partition === undefined) return undefined
    const due = dueAt(node.layout, partition)
    return due <= this.now ? undefined : due
  }

  /** Why an input that is not in the plan cannot be read; undefined if it can. */
  of(edge: Edge, input: Unit): Need['because'] | undefined {
    if (edge.role === 'check') return this.ofCheck(input)
    const data = this.states.dataOf(input)
    if (data.state === 'missing') return this.notDue(input) === undefined ? 'missing' : 'not_due'
    // An outdated view would give other rows than the fingerprint of what reads it says.
    if (edge.role === 'existence')
      return isView(edge.upstream) && data.state === 'stale' ? 'stale' : undefined
    if (this.states.hasFailed(input)) return 'failed'
    return data.state === 'stale' ? 'stale' : undefined
  }

  /** Why the partition before one of a model that reads itself cannot be read. */
  ofPast(past: Unit): Need['because'] | undefined {
    const data = this.states.dataOf(past)
    if (data.state === 'missing') return this.notDue(past) === undefined ? 'missing' : 'not_due'
    if (this.states.hasFailed(past)) return 'failed'
    return data.state === 'stale' ? 'stale' : undefined
  }

  /** A check must have seen what is published; one that has not, because something that it compares is not there yet, cannot. */
  private ofCheck(check: Unit): Need['because'] | undefined {
    if (this.states.hasFailed(check)) return 'failed'
    if (this.states.dataOf(check).state === 'fresh') return undefined
    const canRun = this.edges
      .of(check)
      .every((edge) =>
        this.states.unitsOf(edge).some((input) => this.states.record(input)?.data !== undefined),
      )
    return canRun ? 'stale' : undefined
  }
}
