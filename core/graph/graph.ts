import { type Diagnostic, diagnostic, type Place, SluiceError } from '../diagnostics/diagnostic.ts'
import { shortestCycles } from './cycles.ts'
import { topologicalOrder } from './order.ts'

export type NodeKind = 'model' | 'source' | 'seed' | 'check' | 'exposure'

/** A node of the dependency graph. Names are qualified logical names (`staging.flights`) and unique. */
export interface GraphNode {
  readonly name: string
  readonly kind: NodeKind
  /** Project-relative path of the file that defines it. */
  readonly path: string
  readonly tags: readonly string[]
  readonly upstream: readonly string[]
}

/** The dependency graph of a project: without cycles, every edge known at both ends. */
export interface Graph {
  /** In topological order: upstream first, among equals by name. */
  readonly nodes: ReadonlyMap<string, GraphNode>
  /** The names of `nodes`, in the same order. */
  readonly order: readonly string[]
  /** What each node reads, sorted by name, each once. */
  readonly upstream: ReadonlyMap<string, readonly string[]>
  /** What reads each node, sorted by name. */
  readonly downstream: ReadonlyMap<string, readonly string[]>
  /** Everything that the node reads, directly or not, at most `steps` away (default: any); without the node itself. */
  ancestors(name: string, steps?: number): ReadonlySet<string>
  /** Everything that reads the node, directly or not, at most `steps` away (default: any); without the node itself. */
  descendants(name: string, steps?: number): ReadonlySet<string>
}

/** Where `reader` names `upstream`, if it is known. */
export type EdgePlace = (reader: string, upstream: string) => Place | undefined

/** Builds the graph in time that is linear in nodes and edges, but for sorting names.
 * @throws SluiceError SL413 for each knot of cycles, with one shortest way around it. Two nodes of one name, and edges to
 * nodes that are not there, are the caller's bugs. */
export function buildGraph(nodes: readonly GraphNode[], edgePlace: EdgePlace = () => undefined): Graph {
  const sorted = [...nodes].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const positions = new Map(sorted.map((node, position) => [node.name, position]))
  if (positions.size !== sorted.length) throw new Error('two graph nodes have one name')
  const upstream = sorted.map((node) => {
    const read = [...new Set(node.upstream)].map((name) => {
      const position = positions.get(name)
      if (position === undefined) throw new Error(`${node.name} reads ${name}, which is not in the graph`)
      return position
    })
    return read.sort((a, b) => a - b)
  })
  const downstream: number[][] = sorted.map(() => [])
  for (const [reader, read] of upstream.entries())
    for (const position of read) downstream[position]!.push(reader)
  const order = topologicalOrder(upstream, downstream)
  if (order.length < sorted.length) {
    const cycles = shortestCycles(upstream).map((cycle) => cycle.map((position) => sorted[position]!.name))
    throw new SluiceError(cycles.map((cycle) => cycleFound(cycle, edgePlace)))
  }
  const names = (found: readonly number[]) => found.map((position) => sorted[position]!.name)
  const upstreamOf = new Map(sorted.map((node, position) => [node.name, names(upstream[position]!)]))
  const downstreamOf = new Map(sorted.map((node, position) => [node.name, names(downstream[position]!)]))
  const anySteps = Number.POSITIVE_INFINITY
  return {
    nodes: new Map(order.map((position) => [sorted[position]!.name, sorted[position]!])),
    order: names(order),
    upstream: upstreamOf,
    downstream: downstreamOf,
    ancestors: (name, steps = anySteps) => without(name, reachable(upstreamOf, [name], steps)),
    descendants: (name, steps = anySteps) => without(name, reachable(downstreamOf, [name], steps)),
  }
}

/** The names and everything within `steps` edges of any of them. */
export function reachable(
  edges: ReadonlyMap<string, readonly string[]>,
  from: Iterable<string>,
  steps: number,
): ReadonlySet<string> {
  const found = new Set(from)
  let frontier: readonly string[] = [...found]
  for (let step = 0; step < steps && frontier.length > 0; step++) {
    const next: string[] = []
    for (const name of frontier) {
      for (const neighbour of edges.get(name) ?? []) {
        if (found.has(neighbour)) continue
        found.add(neighbour)
        next.push(neighbour)
      }
    }
    frontier = next
  }
  return found
}

function without(name: string, names: ReadonlySet<string>): ReadonlySet<string> {
  const others = new Set(names)
  others.delete(name)
  return others
}

/** Names of a cycle that are shown; of a longer one the middle is left out. */
const longestShown = 20

function cycleText(names: readonly string[]): string {
  if (names.length <= longestShown) return names.join(' → ')
  const left = names.length - longestShown
  const shown = [...names.slice(0, longestShown - 2), `${left} more`, ...names.slice(-2)]
  return shown.join(' → ')
}

function cycleFound(cycle: readonly string[], edgePlace: EdgePlace): Diagnostic {
  const first = cycle[0]!
  const place = edgePlace(first, cycle[1] ?? first)
  if (cycle.length === 1) {
    return diagnostic('SL413', {
      message: `\`${first}\` reads itself`,
      model: first,
      hint: 'A model cannot read its own relation by name; a template can name its rows as {{this}}.',
      ...(place && { place }),
    })
  }
  return diagnostic('SL413', {
    message: `a cycle: ${cycleText([...cycle, first])} (each reads the next)`,
    model: first,
    hint: 'Take one of these references out.',
    ...(place && { place }),
  })
}
