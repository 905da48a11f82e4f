import type { GraphNode, NodeState } from '../../core/docs/api.ts'
import { reachable } from '../../core/graph/graph.ts'
import { edgeKey, foldersAround, type LineageMap } from './lineage-map.ts'
import type { GraphView } from './view.ts'

/** A node, or a folder as one box. */
export type VisibleBox =
  | { readonly kind: 'node'; readonly id: string; readonly node: GraphNode }
  | {
      readonly kind: 'folder'
      readonly id: string
      readonly folder: string
      /** The nodes in it that the view selects, in the order of the graph. */
      readonly members: readonly GraphNode[]
      readonly states: readonly { readonly state: NodeState; readonly count: number }[]
    }

export interface VisibleLine {
  readonly from: string
  readonly to: string
  /** Only checks read it. */
  readonly isCheck: boolean
}

/** What a view shows, before it is laid out. */
export interface VisibleGraph {
  /** Upstream first. */
  readonly boxes: readonly VisibleBox[]
  readonly lines: readonly VisibleLine[]
  /** Nodes that the view selects, in boxes of their own, in folders or left out. */
  readonly selected: readonly GraphNode[]
  /** The box that a selected node is in; none for those that are left out. */
  readonly boxOf: ReadonlyMap<string, string>
  /** There are too many for a box each: folders are closed, but for those that somebody opened. */
  readonly isGrouped: boolean
  /** Boxes for which there was no room. */
  readonly leftOut: number
}

/** More selected nodes than this are shown by folders. */
export const mostUngrouped = 300
/** More boxes than this are not laid out. */
export const mostBoxes = 400

export function folderId(folder: string): string {
  return `folder:${folder}`
}

/** @param selectedBySelector the answer to the view's selector, if it has one */
export function visibleGraph(
  map: LineageMap,
  view: GraphView,
  selectedBySelector: ReadonlySet<string> | undefined,
): VisibleGraph {
  const near = view.focus === undefined ? undefined : neighbourhood(map, view.focus, view)
  const selected = map.graph.order
    .filter((name) => near?.has(name) ?? true)
    .map((name) => map.nodes.get(name)!)
    .filter((node) => node.name === view.focus || isWanted(node, view, selectedBySelector))
  const isGrouped = selected.length > mostUngrouped
  const all = boxesOf(selected, (node) => closedFolder(node, view, isGrouped))
  const boxes = all.length > mostBoxes ? nearest(all, map, view.focus) : all
  const boxOf = new Map(
    boxes.flatMap((box) =>
      box.kind === 'node'
        ? [[box.id, box.id] as const]
        : box.members.map(({ name }) => [name, box.id] as const),
    ),
  )
  return {
    boxes,
    lines: linesBetween(map, selected, boxOf),
    selected,
    boxOf,
    isGrouped,
    leftOut: all.length - boxes.length,
  }
}

export function neighbourhood(
  { graph }: LineageMap,
  name: string,
  { up, down }: { readonly up: number; readonly down: number },
): ReadonlySet<string> {
  return new Set([...reachable(graph.upstream, [name], up), ...reachable(graph.downstream, [name], down)])
}

function isWanted(
  node: GraphNode,
  view: GraphView,
  selectedBySelector: ReadonlySet<string> | undefined,
): boolean {
  const any = <T>(list: readonly T[], isIt: (item: T) => boolean) => list.length === 0 || list.some(isIt)
  return (
    (selectedBySelector?.has(node.name) ?? true) &&
    any(view.folders, (folder) => node.folder === folder || node.folder.startsWith(`${folder}/`)) &&
    any(view.tags, (tag) => node.tags.includes(tag)) &&
    any(view.states, (state) => node.state === state) &&
    any(view.kinds, (kind) => node.kind === kind)
  )
}

/** The outermost closed folder around a node; never around what is in focus or followed. */
function closedFolder(node: GraphNode, view: GraphView, isGrouped: boolean): string | undefined {
  if (node.name === view.focus || view.expanded.includes(node.name)) return undefined
  return foldersAround(node.folder).find(
    (folder) => view.closed.includes(folder) || (isGrouped && !view.opened.includes(folder)),
  )
}

function boxesOf(
  nodes: readonly GraphNode[],
  folderOf: (node: GraphNode) => string | undefined,
): readonly VisibleBox[] {
  const boxes: VisibleBox[] = []
  const members = new Map<string, GraphNode[]>()
  for (const node of nodes) {
    const folder = folderOf(node)
    if (folder === undefined) {
      boxes.push({ kind: 'node', id: node.name, node })
      continue
    }
    const known = members.get(folder)
    if (known !== undefined) {
      known.push(node)
      continue
    }
    const own = [node]
    members.set(folder, own)
    boxes.push({ kind: 'folder', id: folderId(folder), folder, members: own, states: [] })
  }
  return boxes.map((box) => (box.kind === 'folder' ? { ...box, states: stateCounts(box.members) } : box))
}

/** Most frequent first. */
export function stateCounts(
  nodes: readonly GraphNode[],
): readonly { readonly state: NodeState; readonly count: number }[] {
  const counts = new Map<NodeState, number>()
  for (const { state } of nodes) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts]
    .map(([state, count]) => ({ state, count }))
    .sort((a, b) => b.count - a.count || (a.state < b.state ? -1 : 1))
}

/** Of too many boxes folders stay, then what is nearest to the focus; without one, what comes first. */
function nearest(
  all: readonly VisibleBox[],
  { graph }: LineageMap,
  focus: string | undefined,
): readonly VisibleBox[] {
  const distance = focus === undefined ? undefined : distances(graph, focus)
  const rank = (box: VisibleBox) => (box.kind === 'folder' ? -1 : (distance?.get(box.id) ?? 0))
  const kept = new Set(
    all
      .map((box, at) => ({ box, at, rank: rank(box) }))
      .sort((a, b) => a.rank - b.rank || a.at - b.at)
      .slice(0, mostBoxes)
      .map(({ box }) => box),
  )
  return all.filter((box) => kept.has(box))
}

function distances({ upstream, downstream }: LineageMap['graph'], from: string): ReadonlyMap<string, number> {
  const found = new Map([[from, 0]])
  for (const edges of [upstream, downstream]) {
    let frontier: readonly string[] = [from]
    for (let step = 1; frontier.length > 0; step++) {
      const next = frontier.flatMap((name) => edges.get(name) ?? []).filter((name) => !found.has(name))
      for (const name of next) found.set(name, step)
      frontier = [...new Set(next)]
    }
  }
  return found
}

function linesBetween(
  { graph, checkEdges }: LineageMap,
  selected: readonly GraphNode[],
  boxOf: ReadonlyMap<string, string>,
): readonly VisibleLine[] {
  const lines = new Map<string, VisibleLine>()
  for (const { name } of selected) {
    const to = boxOf.get(name)
    if (to === undefined) continue
    for (const source of graph.upstream.get(name) ?? []) {
      const from = boxOf.get(source)
      if (from === undefined || from === to) continue
      const isCheck = checkEdges.has(edgeKey(source, name))
      const known = lines.get(edgeKey(from, to))
      lines.set(edgeKey(from, to), { from, to, isCheck: isCheck && (known?.isCheck ?? true) })
    }
  }
  return [...lines.values()]
}
