import type { GraphNode, GraphPage } from '../../core/docs/api.ts'
import { buildGraph, type Graph } from '../../core/graph/graph.ts'

/** The page's nodes by name, as the same graph that selectors are held against on the command line. */
export interface LineageMap {
  readonly page: GraphPage
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly graph: Graph
  /** Every folder that holds nodes or folders, sorted. */
  readonly folders: readonly string[]
  readonly tags: readonly string[]
  /** `from` + NUL + `to` of edges that only checks have. */
  readonly checkEdges: ReadonlySet<string>
}

export function edgeKey(from: string, to: string): string {
  return `${from}\0${to}`
}

export function lineageMap(page: GraphPage): LineageMap {
  const upstream: string[][] = page.nodes.map(() => [])
  const checkEdges = new Set<string>()
  for (const [from, to, kind] of page.edges) {
    const name = page.nodes[from]!.name
    upstream[to]!.push(name)
    if (kind === 'check') checkEdges.add(edgeKey(name, page.nodes[to]!.name))
  }
  return {
    page,
    nodes: new Map(page.nodes.map((node) => [node.name, node])),
    graph: buildGraph(
      page.nodes.map(({ name, kind, path, tags }, at) => ({
        name,
        kind,
        path,
        tags,
        upstream: upstream[at]!,
      })),
    ),
    folders: sorted(page.nodes.flatMap((node) => foldersAround(node.folder))),
    tags: sorted(page.nodes.flatMap((node) => node.tags)),
    checkEdges,
  }
}

/** `a/b/c` is in `a`, `a/b` and `a/b/c`, outermost first; nothing is in the folder without a name. */
export function foldersAround(folder: string): readonly string[] {
  if (folder === '') return []
  const parts = folder.split('/')
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
