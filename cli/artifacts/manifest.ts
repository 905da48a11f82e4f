import type { Dialect } from '../../core/adapter.ts'
import { type CompiledNode, type CompiledProject, isRelation } from '../../core/compile/compiled.ts'
import { nodeJson } from '../json/node.ts'
import { instantJson } from '../json/plan.ts'

/** What `target/manifest.json` says: see docs/schemas/manifest.json. */
export function manifestJson({ project, graph, nodes }: CompiledProject, dialect: Dialect, version: string) {
  return {
    sluice: version,
    project: project.name,
    target: project.target.name,
    nodes: graph.order.map((name) => manifestNode(nodes.get(name)!, dialect)),
  }
}

/** Where the compiled SQL of a node stands, relative to the project; undefined if it has none. */
export function compiledPath(node: CompiledNode): string | undefined {
  return node.kind === 'model' || node.kind === 'check' ? `target/compiled/${node.path}` : undefined
}

function manifestNode(node: CompiledNode, dialect: Dialect) {
  const compiled = compiledPath(node)
  return {
    ...nodeJson(node),
    ...(isRelation(node) ? { relation: dialect.relation(node.relation) } : {}),
    ...(node.kind === 'source' ? { relation: node.sql } : { fingerprint: node.fingerprint }),
    ...(compiled === undefined ? {} : { compiled }),
    ...(node.kind === 'check' ? {} : { checks: node.checks.map((check) => check.name) }),
    ...(node.kind === 'check' && node.gateOf !== undefined ? { gateOf: node.gateOf } : {}),
    ...partitionOf(node),
  }
}

function partitionOf(node: CompiledNode) {
  if (node.kind !== 'model' || node.layout === undefined) return {}
  const { grain, start, end } = node.layout
  return {
    partition: {
      column: node.config.partition!.column.name,
      grain,
      start: instantJson(start),
      ...(end === undefined ? {} : { end: instantJson(end) }),
    },
  }
}
