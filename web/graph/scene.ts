import type { GraphNode, RelationLineage, Role } from '../../core/docs/api.ts'
import type { GraphDrawing } from '../../core/docs/drawing.ts'
import type { LayoutLine, LayoutRequest } from '../layout/request.ts'
import { sizedBox } from './box-size.ts'
import type { BoxNode } from './drawing.tsx'
import type { LineageMap } from './lineage-map.ts'
import { isValueRole, type LineageOf, type Trace, traceColumn } from './trace.ts'
import type { GraphView } from './view.ts'
import { type VisibleBox, type VisibleGraph, visibleGraph } from './visible.ts'

/** All that a view shows, ready to be laid out. */
export interface Scene {
  readonly visible: VisibleGraph
  readonly trace?: Trace
  /** What is known of the expanded relations' columns; `undefined` where nothing is. */
  readonly lineages: ReadonlyMap<string, RelationLineage | undefined>
  readonly request: LayoutRequest
  /** Of lines of columns, by `lineKey`; a line between nodes has none. */
  readonly roles: ReadonlyMap<string, readonly Role[]>
  /** Columns of a box that are not shown, because there are too many. */
  readonly moreColumns: ReadonlyMap<string, number>
}

/** A scene and where everything of it stands. */
export interface DrawnScene extends Scene {
  readonly drawing: GraphDrawing
}

/** Columns of one box that are shown when it is expanded. */
export const mostColumns = 40

export function lineKey({ from, to, fromColumn, toColumn }: LayoutLine): string {
  return JSON.stringify([from, fromColumn ?? null, to, toColumn ?? null])
}

/** A view without columns: it needs nothing but the page. */
export function plainScene(map: LineageMap, view: GraphView, selected?: ReadonlySet<string>): Scene {
  return sceneOf(visibleGraph(map, view, selected), new Map(), [])
}

/** A view with the columns that it shows, which are loaded. */
export async function sceneWithColumns(
  map: LineageMap,
  view: GraphView,
  selected: ReadonlySet<string> | undefined,
  lineageOf: LineageOf,
): Promise<Scene> {
  if (view.trace !== undefined) {
    const trace = await traceColumn(view.trace, lineageOf, { withRows: view.withRows })
    return tracedScene(map, trace)
  }
  const visible = visibleGraph(map, view, selected)
  const expanded = view.expanded.filter((name) => visible.boxOf.get(name) === name)
  const lineages = new Map(
    await Promise.all(expanded.map(async (name) => [name, await lineageOf(name)] as const)),
  )
  return sceneOf(visible, lineages, columnLines(lineages))
}

interface ColumnLine {
  readonly line: LayoutLine
  readonly role: Role
}

function sceneOf(
  visible: VisibleGraph,
  lineages: ReadonlyMap<string, RelationLineage | undefined>,
  columnLines: readonly ColumnLine[],
): Scene {
  const shown = new Map<string, readonly string[]>()
  const moreColumns = new Map<string, number>()
  for (const [name, lineage] of lineages) {
    const names = lineage?.columns.map((column) => column.name) ?? []
    shown.set(name, names.slice(0, mostColumns))
    if (names.length > mostColumns) moreColumns.set(name, names.length - mostColumns)
  }
  const hasRow = (relation: string, column: string | undefined) =>
    column === undefined || (shown.get(relation)?.includes(column) ?? false)
  const between = columnLines.filter(
    ({ line }) => hasRow(line.from, line.fromColumn) && hasRow(line.to, line.toColumn),
  )
  const joined = new Set(between.map(({ line }) => JSON.stringify([line.from, line.to])))
  const plain = visible.lines.filter(({ from, to }) => !joined.has(JSON.stringify([from, to])))
  const { lines, roles } = merged(between)
  return {
    visible,
    lineages,
    request: {
      boxes: visible.boxes.map((box) => boxFor(box, shown.get(box.id))),
      lines: [...plain.map(({ from, to }) => ({ from, to })), ...lines],
    },
    roles,
    moreColumns,
  }
}

function boxFor(box: VisibleBox, columns: readonly string[] | undefined) {
  return sizedBox({
    id: box.id,
    label: boxLabel(box),
    ...(columns === undefined ? {} : { columns }),
  })
}

function boxLabel(box: VisibleBox): string {
  return box.kind === 'node' ? box.node.name : `${box.folder} · ${box.members.length}`
}

/** Lines between columns of two expanded relations. */
function columnLines(lineages: ReadonlyMap<string, RelationLineage | undefined>): readonly ColumnLine[] {
  return [...lineages].flatMap(([relation, lineage]) =>
    (lineage?.columns ?? []).flatMap((column) =>
      column.sources
        .filter((source) => lineages.has(source.relation))
        .map((source) => ({
          line: { from: source.relation, fromColumn: source.column, to: relation, toColumn: column.name },
          role: source.role,
        })),
    ),
  )
}

function tracedScene(map: LineageMap, trace: Trace): Scene {
  const names = map.graph.order.filter((name) => trace.columns.has(name))
  const selected = names.map((name) => map.nodes.get(name)!)
  const boxes = selected.map((node): VisibleBox => ({ kind: 'node', id: node.name, node }))
  const visible: VisibleGraph = {
    boxes,
    lines: [],
    selected,
    boxOf: new Map(names.map((name) => [name, name])),
    isGrouped: false,
    leftOut: 0,
  }
  const { lines, roles } = merged(
    trace.steps.map(({ from, to, role }) => ({
      line: {
        from: from.relation,
        fromColumn: from.column,
        to: to.relation,
        ...(to.column === undefined ? {} : { toColumn: to.column }),
      },
      role,
    })),
  )
  return {
    visible,
    trace,
    lineages: new Map(),
    request: { boxes: boxes.map((box) => boxFor(box, trace.columns.get(box.id))), lines },
    roles,
    moreColumns: new Map(),
  }
}

/** One line for all roles that join the same two columns, values first. */
function merged(found: readonly ColumnLine[]): {
  readonly lines: readonly LayoutLine[]
  readonly roles: ReadonlyMap<string, readonly Role[]>
} {
  const lines = new Map<string, LayoutLine>()
  const roles = new Map<string, readonly Role[]>()
  for (const { line, role } of found) {
    const key = lineKey(line)
    lines.set(key, line)
    const known = roles.get(key) ?? []
    if (!known.includes(role)) roles.set(key, isValueRole(role) ? [role, ...known] : [...known, role])
  }
  return { lines: [...lines.values()], roles }
}

/** What the boxes of a scene say. */
export function boxNodes({ visible }: Scene): ReadonlyMap<string, BoxNode> {
  return new Map(
    visible.boxes.map((box): [string, BoxNode] => {
      if (box.kind === 'node') {
        const { kind, name, state, failing, warning } = box.node
        return [box.id, { kind, label: name, state, failing, warning }]
      }
      const sum = (count: (node: GraphNode) => number) =>
        box.members.reduce((total, node) => total + count(node), 0)
      return [
        box.id,
        {
          kind: 'folder',
          label: boxLabel(box),
          mix: box.states,
          failing: sum((node) => node.failing),
          warning: sum((node) => node.warning),
        },
      ]
    }),
  )
}
