import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DrawnBox, DrawnLine, GraphDrawing } from '../../core/docs/drawing.ts'
import { rowHeight, shownRow, shownTitle, sizedBox, titleHeight } from '../../web/graph/box-size.ts'
import { linePath } from '../../web/graph/line-path.ts'
import { layOutInNode } from '../../web/layout/in-node.ts'
import type { LayoutLine, LayoutRequest } from '../../web/layout/request.ts'

const columns = ['id', 'amount', 'day']

/** Lines go from earlier boxes to later ones, so that there is no cycle; between columns where both boxes show them. */
const acyclic: fc.Arbitrary<LayoutRequest> = fc
  .record({
    boxes: fc.array(fc.record({ label: fc.string({ maxLength: 60 }), hasRows: fc.boolean() }), {
      maxLength: 25,
    }),
    ends: fc.array(
      fc.record({ a: fc.nat(), b: fc.nat(), from: fc.nat({ max: 3 }), to: fc.nat({ max: 3 }) }),
      { maxLength: 60 },
    ),
  })
  .map(({ boxes, ends }) => requestOf(boxes, ends, boxes.length))

function requestOf(
  boxes: readonly { readonly label: string; readonly hasRows: boolean }[],
  ends: readonly { readonly a: number; readonly b: number; readonly from: number; readonly to: number }[],
  count: number,
): LayoutRequest {
  const lines = new Map<string, LayoutLine>()
  for (const { a, b, from, to } of ends) {
    if (count < 2) continue
    const first = a % (count - 1)
    const second = first + 1 + (b % (count - first - 1))
    const line = {
      from: `box ${first}`,
      to: `box ${second}`,
      ...(columns[from] === undefined ? {} : { fromColumn: columns[from] }),
      ...(columns[to] === undefined ? {} : { toColumn: columns[to] }),
    }
    lines.set(JSON.stringify(line), line)
  }
  return {
    boxes: boxes.map(({ label, hasRows }, at) =>
      sizedBox({ id: `box ${at}`, label, ...(hasRows ? { columns } : {}) }),
    ),
    lines: [...lines.values()],
  }
}

test('boxes of any graph stand apart, inside the drawing, and every line joins its boxes at the rows that it names', async () => {
  await fc.assert(
    fc.asyncProperty(acyclic, async (request) => {
      const drawing = await layOutInNode(request)
      expect(drawing.boxes.map(({ id }) => id)).toEqual(request.boxes.map(({ id }) => id))
      expect(drawing.lines.length).toBe(request.lines.length)
      expectApart(drawing)
      expectInside(drawing)
      expectClear(drawing)
      for (const line of drawing.lines) {
        expectJoined(drawing, line)
        const [from, to] = [boxOf(drawing, line.from), boxOf(drawing, line.to)]
        expect(from.x + from.width, 'upstream is left of downstream').toBeLessThan(to.x)
      }
    }),
    { numRuns: 40, seed: 5 },
  )
}, 120_000)

test('the same request gives the same drawing, and another one between does not change it', async () => {
  const [request, other] = fc.sample(acyclic, { numRuns: 2, seed: 11 })
  const first = await layOutInNode(request!)
  await layOutInNode(other!)
  expect(await layOutInNode(request!)).toEqual(first)
})

test('nothing gives an empty drawing, and one box stands alone', async () => {
  expect(await layOutInNode({ boxes: [], lines: [] })).toEqual({ width: 0, height: 0, boxes: [], lines: [] })
  const { boxes, lines, width, height } = await layOutInNode({
    boxes: [sizedBox({ id: 'a', label: 'marts.daily' })],
    lines: [],
  })
  expect(lines).toEqual([])
  expect(boxes).toHaveLength(1)
  expect(width).toBeGreaterThan(boxes[0]!.width)
  expect(height).toBeGreaterThan(boxes[0]!.height)
})

test('a line to itself or to a box that is not there is left out; folders may read each other', async () => {
  const boxes = ['a', 'b'].map((id) => sizedBox({ id, label: id }))
  const drawing = await layOutInNode({
    boxes,
    lines: [
      { from: 'a', to: 'a' },
      { from: 'a', to: 'gone' },
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ],
  })
  expect(drawing.lines.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'b a'])
  expectApart(drawing)
  for (const line of drawing.lines) expectJoined(drawing, line)
})

test('names that look like one another, like ids of the engine or like nothing at all stay apart', async () => {
  const names = [
    '',
    ' ',
    '0',
    '0e',
    '0w',
    '1e0',
    'graph',
    'l0',
    '__proto__',
    'constructor',
    'a"b',
    '\u0000',
    '🎈',
  ]
  const drawing = await layOutInNode({
    boxes: names.map((id) => sizedBox({ id, label: id, columns: names })),
    lines: names.slice(1).map((to, at) => ({ from: names[at]!, to, fromColumn: to, toColumn: names[at]! })),
  })
  expect(drawing.boxes.map(({ id }) => id)).toEqual(names)
  expectApart(drawing)
  for (const line of drawing.lines) expectJoined(drawing, line)
})

test('a line whose column is not shown ends at the box', async () => {
  const drawing = await layOutInNode({
    boxes: [sizedBox({ id: 'a', label: 'a', columns: ['x'] }), sizedBox({ id: 'b', label: 'b' })],
    lines: [{ from: 'a', to: 'b', fromColumn: 'x', toColumn: 'y' }],
  })
  const [a, b] = drawing.boxes
  const points = drawing.lines[0]!.points
  expect(points[0]).toEqual([a!.x + a!.width, a!.y + titleHeight + rowHeight / 2])
  expect(points.at(-1)).toEqual([b!.x, b!.y + titleHeight / 2])
})

test('steep lines do not make a graph wider than its boxes need', async () => {
  const ids = Array.from({ length: 61 }, (_, at) => `n${at}`)
  const drawing = await layOutInNode({
    boxes: ids.map((id) => sizedBox({ id, label: id })),
    lines: ids.slice(1).map((to) => ({ from: 'n0', to })),
  })
  expect(drawing.width).toBeLessThan(2 * 120 + 128 + 2 * 20)
  expect(drawing.height).toBeGreaterThan(60 * titleHeight)
  expectApart(drawing)
  for (const line of drawing.lines) expectJoined(drawing, line)
})

test('a long name is shortened in its middle, between characters, and a short one is not', () => {
  expect(shownTitle('marts.daily_by_origin', 240)).toBe('marts.daily_by_origin')
  const shown = shownTitle(`marts.${'very_'.repeat(60)}long_by_origin`, 260)
  expect(shown).toMatch(/^marts\..*….*by_origin$/)
  expect(shown.length).toBeLessThan(35)
  expect(shownRow('🎈'.repeat(200), 200)).toMatch(/^(🎈)+…(🎈)+$/u)
  expect(sizedBox({ id: 'a', label: 'x'.repeat(5000) }).width).toBe(260)
})

test('a line is one curve that enters and leaves its corners horizontally', () => {
  expect(
    linePath([
      [0, 0],
      [10, 0],
    ]),
  ).toBe('M0 0H10')
  expect(
    linePath([
      [0, 0],
      [10, 20],
      [30, 20],
    ]),
  ).toBe('M0 0C5 0 5 20 10 20H30')
})

function boxOf({ boxes }: GraphDrawing, id: string): DrawnBox {
  return boxes.find((box) => box.id === id)!
}

function expectApart({ boxes }: GraphDrawing): void {
  for (const [at, a] of boxes.entries()) {
    for (const b of boxes.slice(at + 1)) {
      const isApart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
      expect(isApart, `${a.id} and ${b.id} overlap`).toBe(true)
    }
  }
}

function expectInside({ boxes, lines, width, height }: GraphDrawing): void {
  for (const box of boxes) {
    expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0)
    expect(box.x + box.width).toBeLessThanOrEqual(width)
    expect(box.y + box.height).toBeLessThanOrEqual(height)
  }
  for (const [x, y] of lines.flatMap(({ points }) => points)) {
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
    expect(x).toBeLessThanOrEqual(width)
    expect(y).toBeLessThanOrEqual(height)
  }
}

/** No line runs through a box, sampled along its curves. */
function expectClear({ boxes, lines }: GraphDrawing): void {
  for (const { points } of lines) {
    for (const [x, y] of points.slice(1).flatMap((end, at) => curveBetween(points[at]!, end))) {
      const hit = boxes.find(
        (box) => x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1,
      )
      expect(hit?.id).toBeUndefined()
    }
  }
}

type Point = readonly [x: number, y: number]

/** Points of the cubic curve that is drawn from one corner to the next. */
function curveBetween([x0, y0]: Point, [x1, y1]: Point): readonly Point[] {
  const middle = (x0 + x1) / 2
  return Array.from({ length: 21 }, (_, at) => {
    const t = at / 20
    const mix = (a: number, b: number, c: number, d: number) =>
      a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t ** 2 * (1 - t) + d * t ** 3
    return [mix(x0, middle, middle, x1), mix(y0, y0, y1, y1)]
  })
}

/** It starts at the right side of one box and ends at the left side of the other, each at its row, or at the title. */
function expectJoined(drawing: GraphDrawing, line: DrawnLine): void {
  const [from, to] = [boxOf(drawing, line.from), boxOf(drawing, line.to)]
  const rowOf = ({ rows }: DrawnBox, column: string | undefined) =>
    rows?.find(({ name }) => name === column)?.y ?? titleHeight / 2
  const [start, end] = [line.points[0]!, line.points.at(-1)!]
  expect(start[0]).toBeCloseTo(from.x + from.width, 0)
  expect(start[1]).toBeCloseTo(from.y + rowOf(from, line.fromColumn), 0)
  expect(end[0]).toBeCloseTo(to.x, 0)
  expect(end[1]).toBeCloseTo(to.y + rowOf(to, line.toColumn), 0)
}
