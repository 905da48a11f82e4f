import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GraphNode, GraphPage, NodeState, RelationLineage } from '../../core/docs/api.ts'
import { fitted, panned, revealing, settled, zoomed } from '../../web/graph/camera.ts'
import { type LineageMap, lineageMap } from '../../web/graph/lineage-map.ts'
import { plainScene } from '../../web/graph/scene.ts'
import { searchOf } from '../../web/graph/search.ts'
import { selectedBy } from '../../web/graph/selection.ts'
import { traceColumn } from '../../web/graph/trace.ts'
import { everything, focusedOn, type GraphView, toggled, withFolderOpen } from '../../web/graph/view.ts'
import { hashOf, viewOf } from '../../web/graph/view-url.ts'
import { mostBoxes, visibleGraph } from '../../web/graph/visible.ts'
import { nextBox } from '../../web/graph/walk.ts'
import { builtSite } from './built-site.ts'
import { sluice } from './example-site.ts'
import { generatedGraph } from './graph-fixture.ts'

const hostile = ['__proto__', 'constructor', 'a&b=c', 'ü #+%20"<', 'emoji 🛫']

function small(): GraphPage {
  const node = (name: string, folder: string, more: Partial<GraphNode> = {}): GraphNode => ({
    kind: 'model',
    name,
    state: 'fresh',
    tags: [],
    checks: 0,
    failing: 0,
    warning: 0,
    path: `models/${folder}/${name}.sql`,
    folder,
    columns: 0,
    ...more,
  })
  return {
    kind: 'graph',
    nodes: [
      node('raw.a', 'sources', { kind: 'source', state: 'unknown' }),
      node('staging.a', 'staging', { tags: ['__proto__'] }),
      node('staging.b', 'staging/deep', { state: 'stale', tags: hostile }),
      node('marts.c', 'marts', { owner: 'me' }),
      node('checks.d', 'checks', { kind: 'check' }),
      ...hostile.map((name) => node(name, name)),
    ],
    edges: [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4, 'check'],
    ],
    selectors: [
      { name: 'mine', select: 'marts.c', definition: ['marts.c', { intersection: ['staging.a'] }] },
    ],
  }
}

function embedded(html: string): GraphPage {
  const json = /<script type="application\/json" id="sluice-page">(.*?)<\/script>/s.exec(html)![1]!
  return (JSON.parse(json) as { readonly data: GraphPage }).data
}

describe('the address', () => {
  const map = lineageMap(small())
  const some = <T>(list: readonly T[]) => fc.subarray([...list]).map((found) => [...found].sort())
  const names = [...map.nodes.keys()]
  const levels = fc.oneof(fc.nat(99), fc.constant(Number.POSITIVE_INFINITY))
  const views: fc.Arbitrary<GraphView> = fc
    .record({
      focus: fc.option(fc.constantFrom(...names), { nil: undefined }),
      up: levels,
      down: levels,
      select: fc.string({ maxLength: 40, unit: 'grapheme' }).map((text) => text.trim()),
      folders: some(map.folders),
      tags: some(map.tags),
      states: some<NodeState>(['fresh', 'stale', 'none']),
      kinds: some(['model', 'check'] as const),
      closed: some(map.folders),
      opened: some(map.folders),
      expanded: some(names),
      trace: fc.option(
        fc.record({ relation: fc.constantFrom(...names), column: fc.constantFrom('x', ...hostile) }),
        { nil: undefined },
      ),
      withRows: fc.boolean(),
    })
    .map(({ focus, trace, ...rest }) => ({ ...rest, ...(focus && { focus }), ...(trace && { trace }) }))

  test('holds every view', () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(viewOf(`#${hashOf(view)}`, map)).toEqual({ view, ignored: [] })
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  test('of the default view is empty', () => {
    expect(hashOf(everything)).toBe('')
    expect(viewOf('', map)).toEqual({ view: everything, ignored: [] })
  })

  test('may be anything: what is not known is left out and told', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (hash) => {
        const { view } = viewOf(hash, map)
        expect(viewOf(hashOf(view), map).view).toEqual(view)
      }),
      { seed: 7, numRuns: 500 },
    )
    const { view, ignored } = viewOf(
      '#focus=nobody&up=-1&down=1e3&state=fresh&state=evil&x=1&rows=maybe&column=c',
      map,
    )
    expect(view).toEqual({ ...everything, states: ['fresh'] })
    expect(ignored).toEqual([
      'focus=nobody',
      'column=c',
      'up=-1',
      'down=1e3',
      'state=evil',
      'rows=maybe',
      'x=1',
    ])
    expect(viewOf('a'.repeat(30_000), map).ignored).toHaveLength(1)
  })
})

describe('what is shown', () => {
  const map = lineageMap(small())
  const boxes = (view: GraphView, of: LineageMap = map) =>
    visibleGraph(of, view, undefined).boxes.map(({ id }) => id)

  test('around a focus is so many levels up and down', () => {
    const focus = focusedOn(everything, 'staging.b')
    expect(boxes({ ...focus, up: 1, down: 1 })).toEqual(['staging.a', 'staging.b', 'marts.c'])
    expect(boxes({ ...focus, up: 0, down: Number.POSITIVE_INFINITY })).toEqual([
      'staging.b',
      'marts.c',
      'checks.d',
    ])
  })

  test('is what has each kind of property that is asked for', () => {
    expect(boxes({ ...everything, folders: ['staging'] })).toEqual(['staging.a', 'staging.b'])
    expect(boxes({ ...everything, folders: ['staging'], states: ['stale'] })).toEqual(['staging.b'])
    expect(boxes({ ...everything, kinds: ['check', 'source'] })).toEqual(['raw.a', 'checks.d'])
    expect(boxes({ ...everything, tags: ['__proto__'] })).toEqual(['staging.a', 'staging.b'])
  })

  test('of a closed folder is one box with its lines, and opens again', () => {
    const closed = withFolderOpen(everything, 'staging', false)
    const shown = visibleGraph(map, closed, undefined)
    expect(shown.lines).toEqual([
      { from: 'raw.a', to: 'folder:staging', isCheck: false },
      { from: 'folder:staging', to: 'marts.c', isCheck: false },
      { from: 'marts.c', to: 'checks.d', isCheck: true },
    ])
    const box = shown.boxes.find(({ id }) => id === 'folder:staging')
    expect(box).toMatchObject({
      states: [
        { state: 'fresh', count: 1 },
        { state: 'stale', count: 1 },
      ],
    })
    expect(boxes(withFolderOpen(closed, 'staging', true))).toEqual(boxes(everything))
  })

  test('of thousands are folders, then what is in those that are opened, never more than can be read', () => {
    const large = lineageMap(generatedGraph(5000))
    const folders = boxes(everything, large)
    expect(folders).toEqual(Array.from({ length: 10 }, (_, at) => `folder:layer_${at}`))
    const opened = visibleGraph(large, withFolderOpen(everything, 'layer_3', true), undefined)
    expect(opened.boxes).toHaveLength(mostBoxes)
    expect(opened.leftOut).toBe(9 + 500 - mostBoxes)
    const near = visibleGraph(
      large,
      { ...focusedOn(everything, 'layer_3.model_1600'), up: 1, down: 1 },
      undefined,
    )
    expect(near.isGrouped).toBe(false)
    expect(near.boxes.length).toBeLessThan(30)
  })

  test('of 300 is everything', () => {
    const shown = visibleGraph(lineageMap(generatedGraph(300)), everything, undefined)
    expect(shown.boxes).toHaveLength(300)
    expect(shown.leftOut).toBe(0)
  })
})

describe('selectors', () => {
  test('name what they name on the command line', async () => {
    const { folder, project } = await builtSite()
    const map = lineageMap(embedded(await readFile(join(folder, 'graph.html'), 'utf8')))
    const texts = [
      'reports.days',
      '+reports.days',
      'staging.flights+1',
      '@dims.airports',
      'tag:mart',
      'path:models/staging kind:seed',
      'kind:check,+marts.daily_by_route+',
      'materialization:incremental',
      'materialization:table,tag:report',
      'source:raw',
      'check:unique',
      'check:early_flights',
      'marts.daily_*',
      'days.sql',
    ]
    for (const text of texts) {
      const { out } = await sluice(['ls', '--project', project, '--select', text, '--output', 'name'])
      const selected = selectedBy(map, text)
      expect(selected.kind === 'found' && [...selected.names].sort(), text).toEqual(
        out.trim().split('\n').sort(),
      )
    }
  })

  test('that cannot be answered say so', () => {
    const map = lineageMap(small())
    expect(selectedBy(map, 'state:modified')).toMatchObject({ kind: 'refused' })
    expect(selectedBy(map, 'nosuch')).toMatchObject({ kind: 'refused' })
    expect(selectedBy(map, 'a "b')).toMatchObject({ kind: 'refused' })
    expect(selectedBy(map, 'status:stale')).toMatchObject({
      names: new Set(['staging.b']),
      note: expect.any(String),
    })
    expect(selectedBy(map, 'selector:mine')).toMatchObject({ names: new Set(['staging.a', 'marts.c']) })
    const { nodes, ...rest } = small()
    const stateless = lineageMap({ ...rest, nodes: nodes.map((node) => ({ ...node, state: 'unknown' })) })
    expect(selectedBy(stateless, 'status:stale')).toMatchObject({ kind: 'refused' })
  })
})

describe('the way of a column', () => {
  const lineages: Readonly<Record<string, Omit<RelationLineage, 'relation'>>> = {
    a: {
      columns: [{ name: 'x', sources: [], readers: [{ relation: 'b', column: 'y', role: 'transformed' }] }],
      rows: [],
      rowReaders: [{ column: 'x', relation: 'c', role: 'filter' }],
      unresolved: [],
    },
    b: {
      columns: [
        {
          name: 'y',
          sources: [{ relation: 'a', column: 'x', role: 'transformed' }],
          readers: [{ relation: 'c', column: 'z', role: 'copied' }],
          unresolved: ['a star'],
        },
      ],
      rows: [{ relation: 'a', column: 'day', role: 'group' }],
      rowReaders: [],
      unresolved: [],
    },
    c: {
      columns: [{ name: 'z', sources: [{ relation: 'b', column: 'y', role: 'copied' }], readers: [] }],
      rows: [{ relation: 'a', column: 'x', role: 'filter' }],
      rowReaders: [],
      unresolved: [],
    },
  }
  const lineageOf = async (relation: string) =>
    Object.hasOwn(lineages, relation) ? { relation, ...lineages[relation]! } : undefined

  test('leads to its sources and readers, values apart from what decides rows', async () => {
    const trace = await traceColumn({ relation: 'b', column: 'y' }, lineageOf, { withRows: true })
    expect(
      trace.steps.map(({ from, to, role, direction }) => [
        from.column,
        to.relation,
        to.column,
        role,
        direction,
      ]),
    ).toEqual([
      ['x', 'b', 'y', 'transformed', 'up'],
      ['day', 'b', undefined, 'group', 'up'],
      ['y', 'c', 'z', 'copied', 'down'],
    ])
    expect(trace.gaps).toEqual([{ relation: 'b', text: 'y: a star' }])
    expect(trace.columns).toEqual(
      new Map([
        ['b', ['y']],
        ['a', ['x', 'day']],
        ['c', ['z']],
      ]),
    )
  })

  test('without what decides rows has values only', async () => {
    const trace = await traceColumn({ relation: 'a', column: 'x' }, lineageOf, { withRows: false })
    expect(trace.steps.map(({ role }) => role)).toEqual(['transformed', 'copied'])
  })

  test('of a column that nobody knows is said to be unknown', async () => {
    const trace = await traceColumn({ relation: 'q', column: '__proto__' }, lineageOf, { withRows: true })
    expect(trace).toMatchObject({ isUnknown: true, steps: [] })
  })
})

test('a column, or a name with a letter missing, is found', () => {
  const search = searchOf(lineageMap(small()), {
    entries: [{ kind: 'model', name: 'marts.c', tags: [], columns: ['Größe', 'flights'] }],
  })
  const found = (text: string) => search.find(text, 5).map(({ name, column }) => column ?? name)
  expect(found('stagng')).toEqual(['staging.a', 'staging.b'])
  expect(found('flghts')).toEqual(['flights'])
  expect(found('größe')).toEqual(['Größe'])
  expect(found('c marts')[0]).toBe('marts.c')
  expect(found('.*(')).toEqual([])
})

test('the camera keeps a point below the pointer, stays at the drawing and reveals what has the focus', () => {
  const drawing = { width: 1000, height: 400 }
  const window = { width: 500, height: 300 }
  const start = fitted(drawing, window)
  expect(start.scale).toBeCloseTo(0.452)
  const near = zoomed(start, 2, { x: 100, y: 50 }, 0.1)
  expect(near.x + 100 / near.scale).toBeCloseTo(start.x + 100 / start.scale)
  const far = panned(near, 1e9, -1e9, drawing, window)
  expect(far.x).toBeLessThan(drawing.width)
  expect(far.y + window.height / far.scale).toBeGreaterThan(0)
  const box = { x: 900, y: 10, width: 90, height: 34 }
  const seen = revealing({ x: 0, y: 0, scale: 1 }, box, window)
  expect(seen.x + window.width).toBeGreaterThanOrEqual(box.x + box.width)
  expect(settled({ width: 9000, height: 400 }, window, box).scale).toBeGreaterThan(0.5)
})

test('arrow keys go along lines, and up and down within a column of boxes', () => {
  const box = (id: string, x: number, y: number) => ({ id, x, y, width: 100, height: 30 })
  const line = (from: string, to: string) => ({ from, to, points: [] })
  const drawing = {
    width: 300,
    height: 100,
    boxes: [box('a', 0, 0), box('b', 200, 0), box('c', 200, 50)],
    lines: [line('a', 'b'), line('a', 'c')],
  }
  expect(nextBox(drawing, 'a', 'downstream')).toBe('b')
  expect(nextBox(drawing, 'b', 'below')).toBe('c')
  expect(nextBox(drawing, 'c', 'upstream')).toBe('a')
  expect(nextBox(drawing, 'a', 'upstream')).toBeUndefined()
})

test('nodes of any name are boxes of the layout', () => {
  const { request } = plainScene(lineageMap(small()), { ...everything, tags: toggled([], '__proto__') })
  expect(request.boxes.map(({ id }) => id)).toEqual(['staging.a', 'staging.b'])
})
