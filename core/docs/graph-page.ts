import type { CompiledNode } from '../compile/compiled.ts'
import { selectionContext } from '../compile/selecting.ts'
import { isList, type SelectorDefinition } from '../graph/named-selectors.ts'
import type { GraphEdge, GraphNode, GraphPage, NodeKind } from './api.ts'
import type { Documented } from './documented.ts'
import type { NodeLines } from './node-lines.ts'

/** The whole graph; how many columns each relation has is the caller's to know. */
export function graphPage(
  { project, facts }: Documented,
  lines: NodeLines,
  columnCount: (relation: string) => number,
): GraphPage {
  const { order } = project.graph
  const index = new Map(order.map((name, at) => [name, at]))
  const { facts: factsFor } = selectionContext(project)
  const nodes = order.map((name): GraphNode => {
    const node = project.nodes.get(name)!
    const line = lines.of(name)
    const checkNames = factsFor?.(name).checks ?? []
    const partition = node.kind === 'exposure' ? undefined : facts.stateOf(name).partition
    return {
      ...line,
      path: node.path,
      folder: folderOf(node.path, line.kind),
      columns: node.kind === 'check' || node.kind === 'exposure' ? 0 : columnCount(name),
      ...(partition === undefined ? {} : { partition }),
      ...(checkNames.length === 0 ? {} : { checkNames }),
    }
  })
  return {
    kind: 'graph',
    nodes,
    edges: order.flatMap((name, to) => edgesTo(project.nodes.get(name)!, to, index)),
    selectors: Object.entries(project.project.selectors).map(([name, { definition }]) => ({
      name,
      select: selectText(definition),
      definition,
    })),
  }
}

function edgesTo(node: CompiledNode, to: number, index: ReadonlyMap<string, number>): readonly GraphEdge[] {
  const rows = new Set(node.upstream)
  const checks = 'checkReads' in node ? node.checkReads.filter((name) => !rows.has(name)) : []
  const at = (name: string) => {
    const position = index.get(name)
    return position === undefined ? [] : [position]
  }
  return [
    ...node.upstream.flatMap((name) => at(name).map((from) => [from, to] as const)),
    ...checks.flatMap((name) => at(name).map((from) => [from, to, 'check'] as const)),
  ]
}

const folders: Readonly<Record<Exclude<NodeKind, 'model'>, string>> = {
  source: 'sources',
  seed: 'seeds',
  check: 'checks',
  exposure: 'exposures',
}

/** Of a model the folder below `models/`, empty for one that stands there; of others that of their kind. */
function folderOf(path: string, kind: NodeKind): string {
  if (kind !== 'model') return folders[kind]
  return path
    .split('/')
    .slice(path.startsWith('models/') ? 1 : 0, -1)
    .join('/')
}

/** A definition that is texts alone as one text. What only a set can say has none, and is named by `selector:NAME`. */
function selectText(definition: SelectorDefinition): string {
  if (typeof definition === 'string') return definition
  if (isList(definition)) return definition.map(selectText).join(' ')
  const { union = [], intersection, exclude } = definition
  return intersection === undefined && exclude === undefined ? union.map(selectText).join(' ') : ''
}
