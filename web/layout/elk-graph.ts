import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { DrawnBox, DrawnLine, GraphDrawing } from '../../core/docs/drawing.ts'
import { narrowed } from './narrow.ts'
import type { LayoutBox, LayoutLine, LayoutRequest } from './request.ts'

/** https://eclipse.dev/elk/reference/algorithms/org-eclipse-elk-layered.html */
const common: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.randomSeed': '1',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
  'elk.spacing.nodeNode': '16',
  'elk.spacing.edgeNode': '10',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.componentComponent': '24',
  'elk.aspectRatio': '1.8',
  'elk.layered.spacing.nodeNodeBetweenLayers': '64',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  // Corners of long lines; whoever draws them makes curves of them. Unlike bundled right angles, curves that meet in one point
  // leave no doubt which box they come from.
  'elk.edgeRouting': 'POLYLINE',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}

/** Lays out by `elk`, wherever it runs. */
export async function layOutWith(elk: Pick<ELK, 'layout'>, request: LayoutRequest): Promise<GraphDrawing> {
  if (request.boxes.length === 0) return { width: 0, height: 0, boxes: [], lines: [] }
  const { graph, lines } = elkGraph(request)
  return narrowed(drawingOf(await elk.layout(graph), request.boxes, lines))
}

/** Ids are numbers: names are anybody's, and two of them may not meet by a separator. */
function elkGraph({ boxes, lines }: LayoutRequest): {
  readonly graph: ElkNode
  readonly lines: readonly LayoutLine[]
} {
  const numbers = new Map(boxes.map(({ id }, at) => [id, at]))
  const kept = lines.filter(({ from, to }) => from !== to && numbers.has(from) && numbers.has(to))
  const rows = boxes.map((box) => new Map(box.rows?.map(({ name }, at) => [name, at])))
  const port = (id: string, column: string | undefined, side: 'w' | 'e'): string => {
    const box = numbers.get(id)!
    const row = column === undefined ? undefined : rows[box]!.get(column)
    return `${box}${side}${row ?? ''}`
  }
  const used = new Set(
    kept.flatMap(({ from, to, fromColumn, toColumn }) => [
      port(from, fromColumn, 'e'),
      port(to, toColumn, 'w'),
    ]),
  )
  const joined = new Set(kept.flatMap(({ from, to }) => [from, to]))
  const graph: ElkNode = {
    id: 'graph',
    layoutOptions: { ...common, ...thoroughness(boxes.length, kept.length) },
    children: boxes.map((box, at) => ({
      id: String(at),
      width: box.width,
      height: box.height,
      layoutOptions: {
        'elk.portConstraints': 'FIXED_POS',
        'elk.alignment': 'LEFT',
        // Boxes without lines come last: a graph is read from its upper left.
        'elk.priority': joined.has(box.id) ? '1' : '0',
      },
      ports: portsOf(box, at).filter(({ id }) => used.has(id)),
    })),
    edges: kept.map(({ from, to, fromColumn, toColumn }, at) => ({
      id: `l${at}`,
      sources: [port(from, fromColumn, 'e')],
      targets: [port(to, toColumn, 'w')],
    })),
  }
  return { graph, lines: kept }
}

function portsOf({ width, height, portY = height / 2, rows = [] }: LayoutBox, at: number) {
  const both = (row: number | '', y: number) => [
    { id: `${at}w${row}`, x: 0, y, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'WEST' } },
    { id: `${at}e${row}`, x: width, y, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'EAST' } },
  ]
  return [...both('', portY), ...rows.flatMap(({ y }, row) => both(row, y))]
}

/** Tidier placement where it costs well below a second, faster ones for what nobody sees whole anyway. */
function thoroughness(boxes: number, lines: number): Readonly<Record<string, string>> {
  const isSmall = boxes + lines <= 400
  return {
    'elk.layered.nodePlacement.strategy': isSmall ? 'NETWORK_SIMPLEX' : 'LINEAR_SEGMENTS',
    'elk.layered.thoroughness': isSmall ? '7' : '3',
  }
}

function drawingOf(
  laidOut: ElkNode,
  boxes: readonly LayoutBox[],
  lines: readonly LayoutLine[],
): GraphDrawing {
  return {
    width: rounded(laidOut.width ?? 0),
    height: rounded(laidOut.height ?? 0),
    boxes: boxes.map((box, at): DrawnBox => {
      const { x = 0, y = 0 } = laidOut.children![at]!
      const { id, width, height, rows } = box
      return { id, x: rounded(x), y: rounded(y), width, height, ...(rows === undefined ? {} : { rows }) }
    }),
    lines: lines.map((line, at): DrawnLine => ({ ...line, points: pointsOf(laidOut.edges![at]!) })),
  }
}

function pointsOf({ sections }: ElkExtendedEdge): DrawnLine['points'] {
  const [section] = sections ?? []
  if (section === undefined) throw new Error('the layout engine left a line out')
  const corners = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]
  return corners.map(({ x, y }) => [rounded(x), rounded(y)])
}

/** Tenths of a pixel: shorter pages, and no difference between machines in a last digit. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
