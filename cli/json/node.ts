import {
  type CompiledExposure,
  type CompiledNode,
  type CompiledProject,
  type CompiledSource,
  materializationOf,
} from '../../core/compile/compiled.ts'

/** One line of `sluice ls --output json`. */
export function nodeJson(node: CompiledNode) {
  const config = node.kind === 'model' ? node.config : undefined
  return {
    name: node.name,
    kind: node.kind,
    materialization: materializationOf(node),
    path: node.path,
    tags: node.tags,
    upstream: node.upstream,
    ...optional('description', node.description),
    ...optional('owner', node.kind === 'exposure' ? node.owner : config?.owner),
    ...optional('schedule', config?.schedule),
    ...optional('freshness', config?.freshness),
    ...(node.kind === 'source' ? watched(node) : {}),
    ...(node.kind === 'exposure' ? outside(node) : {}),
  }
}

/** What is said of somebody outside of the project. */
function outside({ label, type, url, ownerEmail }: CompiledExposure) {
  return {
    label,
    ...optional('type', type),
    ...optional('url', url),
    ...optional('ownerEmail', ownerEmail),
  }
}

/** How a source is looked at on this target. */
function watched({ observe, ready, partition }: CompiledSource) {
  return {
    ...optional('observe', observe?.kind),
    ...optional('ready', ready?.kind),
    ...optional('partitionColumn', partition?.column.name),
  }
}

/** The selected nodes, upstream first. */
export function nodesIn(
  { graph, nodes }: CompiledProject,
  selected: ReadonlySet<string>,
): readonly CompiledNode[] {
  return graph.order.filter((name) => selected.has(name)).map((name) => nodes.get(name)!)
}

function optional<K extends string, T>(key: K, value: T | undefined) {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: T })
}
