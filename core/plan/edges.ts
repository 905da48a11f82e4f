import {
  type CompiledCheck,
  type CompiledNode,
  type CompiledRelation,
  type CompiledSource,
  isRelation,
  isWatched,
} from '../compile/compiled.ts'
import type { Graph } from '../graph/graph.ts'
import type { Layout } from '../time/grain.ts'
import type { Interval, Partition } from '../time/interval.ts'
import { partitionsOverlapping } from '../time/layout.ts'
import { type Reads, widen } from './windows.ts'

/** What is built, or seen to change, as one: a partition, a relation without partitions, or a check that runs on its own. */
export interface Unit {
  readonly node: CompiledRelation | CompiledCheck | CompiledSource
  readonly partition?: Partition
}

/** What an upstream is to its reader. `data`: its rows decide the reader's. `existence`: it must only be there (a view on the way, what a
 * check compares with). `check`: it must not have failed. */
export type Role = 'data' | 'existence' | 'check'

/** One upstream of a unit. */
export interface Edge {
  readonly upstream: Unit['node']
  readonly role: Role
  /** What is read of a partitioned upstream: the overlapping partitions, or all that are published. */
  readonly reads: { readonly kind: 'whole' } | { readonly kind: 'published' } | PartitionWindow
}

export interface PartitionWindow {
  readonly kind: 'partitions'
  readonly partitions: readonly Partition[]
  /** The window reaches beyond the upstream's history. */
  readonly outside: boolean
}

/** The edges of the whole project, views expanded. Pure; memoised by relation. */
export class Edges {
  /** What a plan is made of: what only reads, and is outside of the project, is not among them. */
  readonly nodes: ReadonlyMap<string, Unit['node']>
  private readonly inputs = new Map<string, ReadonlyMap<string, Role>>()
  private readonly checksByModel: ReadonlyMap<string, readonly CompiledCheck[]>

  constructor(nodes: ReadonlyMap<string, CompiledNode>, ancestors: (name: string) => ReadonlySet<string>) {
    this.nodes = withoutExposures(nodes)
    this.checksByModel = standaloneChecks(this.nodes, ancestors)
  }

  /** The edges of one unit. */
  of(unit: Unit): readonly Edge[] {
    const edges: Edge[] = []
    for (const [name, role] of this.inputsOf(unit.node)) {
      const upstream = this.nodes.get(name)
      if (upstream === undefined || (upstream.kind === 'source' && !isWatched(upstream))) continue
      edges.push({ upstream, role, reads: this.readsOf(unit, upstream, role) })
    }
    return edges
  }

  /** Sources and relations that decide a node's rows, views expanded; with the views on the way and what checks need. */
  inputsOf(node: CompiledNode): ReadonlyMap<string, Role> {
    const known = this.inputs.get(node.name)
    if (known !== undefined) return known
    const found = new Map<string, Role>()
    const add = (name: string, role: Role) => {
      if (role === 'data' || !found.has(name)) found.set(name, role)
    }
    for (const name of node.upstream) {
      const upstream = this.nodes.get(name)
      if (upstream === undefined) continue
      if (!isView(upstream)) add(name, isView(node) ? 'existence' : 'data')
      else {
        add(name, 'existence')
        if (!isView(node)) for (const [inner, role] of this.inputsOfView(upstream)) add(inner, role)
      }
    }
    if (node.kind !== 'check') for (const name of this.checksOver(node, found.keys())) add(name, 'check')
    if (isRelation(node)) for (const name of node.checkReads) add(name, 'existence')
    this.inputs.set(node.name, found)
    return found
  }

  /** Checks of their own that hold a relation back. Checks do not wait for each other. */
  private checksOver(node: CompiledNode, inputs: Iterable<string>): readonly string[] {
    return [...inputs].flatMap((name) =>
      (this.checksByModel.get(name) ?? [])
        .filter((check) => !check.upstream.includes(node.name))
        .map((check) => check.name),
    )
  }

  /**
   * The graph's order with each check of its own before what it holds back. Two checks can each hold back what the other reads; then one of
   * them comes late, and holds back from the next run on.
   */
  order(graph: Graph): readonly string[] {
    if (this.checksByModel.size === 0) return graph.order
    const done = new Set<string>()
    const isReady = (name: string) => graph.upstream.get(name)!.every((upstream) => done.has(upstream))
    const isHeld = (name: string) =>
      [...this.inputsOf(this.nodes.get(name)!)].some(([input, role]) => role === 'check' && !done.has(input))
    let left = graph.order.filter((name) => this.nodes.has(name))
    while (left.length > 0) {
      const before = done.size
      for (const name of left) if (isReady(name) && !isHeld(name)) done.add(name)
      if (done.size === before) done.add(left.find(isReady)!)
      left = left.filter((name) => !done.has(name))
    }
    return [...done]
  }

  /** What a view stands for: the relations that it reads, through other views too. */
  private inputsOfView(view: CompiledNode): ReadonlyMap<string, Role> {
    const found = new Map<string, Role>()
    for (const name of view.upstream) {
      const upstream = this.nodes.get(name)
      if (upstream === undefined) continue
      if (isView(upstream)) {
        found.set(name, 'existence')
        for (const [inner, role] of this.inputsOfView(upstream)) {
          if (role === 'data' || !found.has(inner)) found.set(inner, role)
        }
      } else found.set(name, 'data')
    }
    return found
  }

  private readsOf(unit: Unit, upstream: Unit['node'], role: Edge['role']): Edge['reads'] {
    const layout = layoutOfNode(upstream)
    if (layout === undefined) return { kind: 'whole' }
    if (unit.partition === undefined || role === 'existence') return { kind: 'published' }
    return windowOf(unit.node, upstream.name, layout, unit.partition)
  }
}

function withoutExposures(nodes: ReadonlyMap<string, CompiledNode>): ReadonlyMap<string, Unit['node']> {
  const kept = new Map<string, Unit['node']>()
  for (const [name, node] of nodes) if (node.kind !== 'exposure') kept.set(name, node)
  return kept
}

/** How the history of a node is cut, if it is. */
export function layoutOfNode(node: CompiledNode): Layout | undefined {
  return node.kind === 'model' || node.kind === 'source' ? node.layout : undefined
}

function windowOf(node: Unit['node'], upstream: string, layout: Layout, window: Interval): PartitionWindow {
  const widened = widen(layout, window, readsOf(node, upstream))
  return {
    kind: 'partitions',
    partitions: partitionsOverlapping(layout, widened),
    outside: widened.start < layout.start || (layout.end !== undefined && widened.end > layout.end),
  }
}

/** How far beyond its window a node reads an upstream; undefined: not at all. */
export function readsOf(node: CompiledNode, upstream: string): Reads | undefined {
  return node.kind === 'model' ? node.config.reads[upstream] : undefined
}

/** The widened window of each upstream that a model's `reads` names. */
export function readWindows(
  nodes: ReadonlyMap<string, CompiledNode>,
  node: CompiledRelation,
  window: Interval,
): ReadonlyMap<string, Interval> {
  const windows = new Map<string, Interval>()
  if (node.kind !== 'model') return windows
  for (const name of Object.keys(node.config.reads)) {
    const upstream = nodes.get(name)
    const layout = upstream === undefined ? undefined : layoutOfNode(upstream)
    windows.set(name, layout === undefined ? window : widen(layout, window, readsOf(node, name)))
  }
  return windows
}

export function isView(node: CompiledNode): boolean {
  return node.kind === 'model' && node.config.materialized === 'view'
}

/** Checks that run as tasks, by each model that they hold back readers of. A model between two that the check reads cannot
 * wait for it, so a check holds back only what is not upstream of something it reads. */
function standaloneChecks(
  nodes: ReadonlyMap<string, CompiledNode>,
  ancestors: (name: string) => ReadonlySet<string>,
): ReadonlyMap<string, readonly CompiledCheck[]> {
  const byModel = new Map<string, CompiledCheck[]>()
  for (const node of nodes.values()) {
    if (node.kind !== 'check' || node.gateOf !== undefined || node.severity !== 'error') continue
    for (const model of node.upstream) {
      const between = node.upstream.some((other) => other !== model && ancestors(other).has(model))
      if (between) continue
      const list = byModel.get(model)
      if (list === undefined) byModel.set(model, [node])
      else list.push(node)
    }
  }
  return byModel
}
