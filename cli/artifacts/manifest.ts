import type { Dialect } from '../../core/adapter.ts'
import { type CompiledNode, type CompiledProject, hasRows, isRelation } from '../../core/compile/compiled.ts'
import { definitionOf } from '../../core/compile/definition.ts'
import type { TemplateHashes } from '../diff/templates.ts'
import { nodeJson } from '../json/node.ts'
import { instantJson } from '../json/plan.ts'

/** Raised when a manifest of the older kind can no longer be compared with one of the newer. */
export const manifestFormat = 1

/** Raised when what a manifest keeps of the compiled project has another shape: then `diff` of another version does without. */
export const codeFormat = 1

/** The text of `target/manifest.json`. The part that only Sluice reads is one line. */
export function manifestText(manifest: object, project: CompiledProject, templates: TemplateHashes): string {
  const code = { format: codeFormat, ...templates, nodes: [...project.nodes.values()] }
  const pretty = JSON.stringify(manifest, null, 2)
  return `${pretty.slice(0, pretty.lastIndexOf('\n'))},\n  "code": ${JSON.stringify(code)}\n}\n`
}

/** What `target/manifest.json` says: see docs/schemas/manifest.json. */
export function manifestJson({ project, graph, nodes }: CompiledProject, dialect: Dialect, version: string) {
  const physicalOf = physicalNames(nodes, dialect)
  return {
    manifest: manifestFormat,
    sluice: version,
    project: project.name,
    target: project.target.name,
    adapter: project.target.adapter,
    nodes: graph.order.map((name) => manifestNode(nodes.get(name)!, dialect, physicalOf)),
  }
}

/** What stands in compiled SQL for each relation. */
export function physicalNames(nodes: CompiledProject['nodes'], dialect: Dialect): (name: string) => string {
  return (name) => {
    const node = nodes.get(name)
    if (node?.kind === 'source') return node.sql
    return isRelation(node) ? dialect.relation(node.relation) : name
  }
}

/** Where the compiled SQL of a node stands, relative to the project; undefined if it has none. */
export function compiledPath(node: CompiledNode): string | undefined {
  return node.kind === 'model' || node.kind === 'check' ? `target/compiled/${node.path}` : undefined
}

function manifestNode(node: CompiledNode, dialect: Dialect, physicalOf: (name: string) => string) {
  const compiled = compiledPath(node)
  return {
    ...nodeJson(node),
    ...(isRelation(node) ? { relation: dialect.relation(node.relation) } : {}),
    ...(node.kind === 'source' ? { relation: node.sql } : {}),
    ...(node.kind === 'exposure' ? {} : { fingerprint: node.fingerprint }),
    definition: definitionOf(node, physicalOf),
    ...(compiled === undefined ? {} : { compiled }),
    ...(hasRows(node) ? { checks: node.checks.map((check) => check.name) } : {}),
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
