import { buildGraph, type EdgePlace, type Graph, type GraphNode } from '../graph/graph.ts'
import type { CompiledNode } from './compiled.ts'

/** The graph of compiled nodes, what only checks read included. */
export function graphOf(nodes: Iterable<CompiledNode>, edgePlace?: EdgePlace): Graph {
  return buildGraph(
    [...nodes].map(
      (node): GraphNode => ({
        name: node.name,
        kind: node.kind,
        path: node.path,
        tags: node.tags,
        upstream:
          'checkReads' in node ? [...new Set([...node.upstream, ...node.checkReads])].sort() : node.upstream,
      }),
    ),
    edgePlace,
  )
}
