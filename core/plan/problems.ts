import type { CompiledSource } from '../compile/compiled.ts'
import { everythingReady, type SourceView } from '../sources/source-view.ts'
import { dueAt, dueInterval } from '../time/layout.ts'
import { type Edge, type Edges, isView, layoutOfNode, type Unit } from './edges.ts'
import type { Need } from './plan.ts'
import { keyOfUnit, type States } from './state.ts'

/** Tells why an input cannot be read as it is. */
export class Problems {
  private readonly edges: Edges
  private readonly states: States
  private readonly now: number
  private readonly sources: SourceView

  constructor(edges: Edges, states: States, now: number, sources: SourceView = everythingReady) {
    this.edges = edges
    this.states = states
    this.now = now
    this.sources = sources
  }

  /** The instant before which a partition cannot run, if that has not come yet. */
  notDue({ node, partition }: Unit): number | undefined {
    const layout = layoutOfNode(node)
    if (layout === undefined || partition === undefined) return undefined
    const due = dueAt(layout, partition)
    return due <= this.now ? undefined : due
  }

  /** True if no partition of a relation is due yet. */
  isToCome(node: Unit['node']): boolean {
    const layout = layoutOfNode(node)
    return layout !== undefined && dueInterval(layout, this.now) === undefined
  }

  /** Why an input that is not in the plan cannot be read; undefined if it can. */
  of(edge: Edge, input: Unit): Need['because'] | undefined {
    if (input.node.kind === 'source') return edge.role === 'data' ? this.ofSource(input) : undefined
    if (edge.role === 'check') return this.ofCheck(input)
    const { state } = this.states.dataOf(input)
    if (edge.role !== 'existence' || state === 'missing') return this.ofRows(input)
    // An outdated view would give other rows than the fingerprint of what reads it says.
    return isView(edge.upstream) && state === 'stale' ? 'stale' : undefined
  }

  /** A source is as it is: it can only not be there yet, or be out of reach. */
  private ofSource(source: Unit): Need['because'] | undefined {
    if (this.notDue(source) !== undefined) return 'not_due'
    if (this.sources.unseen.has(source.node.name)) return 'unseen'
    return this.sources.unready.get(source.node.name)?.has(keyOfUnit(source)) ? 'not_ready' : undefined
  }

  /** Why what is there of a source, of all its partitions, cannot be read. */
  ofSourceHistory(source: CompiledSource): Need | undefined {
    const { name } = source
    const upstream = { upstream: name, partitions: [] }
    const unseen = this.sources.unseen.get(name)
    if (unseen !== undefined) return { ...upstream, because: 'unseen', detail: unseen }
    const [detail] = this.sources.unready.get(name)?.values() ?? []
    if (detail === undefined || this.states.isAnyPublished(source)) return undefined
    return { ...upstream, because: 'not_ready', detail }
  }

  /** What is awaited of an input, or why it is out of reach. */
  detailOf(input: Unit, because: Need['because']): string | undefined {
    const { name } = input.node
    if (because === 'unseen') return this.sources.unseen.get(name)
    return because === 'not_ready' ? this.sources.unready.get(name)?.get(keyOfUnit(input)) : undefined
  }

  /** Why the rows of an input cannot be read; the partition before one of a model that reads itself is such an input. */
  ofRows(input: Unit): Need['because'] | undefined {
    const { state } = this.states.dataOf(input)
    if (state === 'missing' && this.states.isMissed(input)) return undefined
    if (state === 'missing') return this.notDue(input) === undefined ? 'missing' : 'not_due'
    if (this.states.hasFailed(input)) return 'failed'
    return state === 'stale' ? 'stale' : undefined
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
