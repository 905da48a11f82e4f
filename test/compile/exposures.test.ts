import { describe, expect, test } from 'vitest'
import { definitionOf } from '../../core/compile/definition.ts'
import { Edges } from '../../core/plan/edges.ts'
import { sourcesNeeded } from '../../core/sources/needed.ts'
import { Folder } from './opening.ts'

const files = {
  'models/sources.yml':
    'sources: [{ name: raw.events, observe: true, loaded_at: at }, { name: raw.other }]\n',
  'models/marts/daily.sql': 'select id from raw.events',
  'models/exposures.yml': `exposures:
  - name: wall
    label: The wall
    owner: ops@example.com
    reads: [daily, raw.other, marts.daily]
`,
}

const targets = ['dev', 'server'] as const
const env = { DATABASE_URL: 'postgres://nobody@localhost:1/nothing' }

describe.each(targets)('on %s', (target) => {
  test('an exposure is a node downstream of what it reads, each once by its whole name', async () => {
    const folder = await Folder.create(files)
    const { compiled } = await folder.open({ target, env })
    expect(compiled.nodes.get('exposures.wall')).toEqual({
      kind: 'exposure',
      name: 'exposures.wall',
      path: 'models/exposures.yml',
      place: { file: 'models/exposures.yml', line: 2, column: 5 },
      label: 'The wall',
      ownerEmail: 'ops@example.com',
      tags: [],
      upstream: ['marts.daily', 'raw.other'],
    })
    expect(compiled.graph.downstream.get('marts.daily')).toEqual(['exposures.wall'])
    expect(compiled.graph.order.at(-1)).toBe('exposures.wall')
  })

  test('it comes out of the cache as it went in', async () => {
    const folder = await Folder.create(files)
    const first = await folder.open({ target, env })
    const second = await folder.open({ target, env })
    expect([first.isCached, second.isCached]).toEqual([false, true])
    expect(second.compiled.nodes.get('exposures.wall')).toEqual(first.compiled.nodes.get('exposures.wall'))
    expect([...second.compiled.graph.order]).toEqual([...first.compiled.graph.order])
  })

  test('what it reads and is not there is found on its line, and hides nothing else', async () => {
    const folder = await Folder.create({
      ...files,
      'models/exposures.yml': `exposures:
  - name: wall
    reads:
      - daily
      - marts.dialy
  - name: other
    reads: raw.other
`,
      'models/broken.sql': 'selec 1',
    })
    const { compiled, problems } = await folder.open({ target, env, isTolerant: true })
    expect(
      problems.map(({ code, model, place, hint }) => [code, model, place?.line, place?.column, hint]),
    ).toEqual([
      ['SL300', 'broken', 1, 1, undefined],
      ['SL410', 'exposures.wall', 5, 9, expect.stringContaining('did you mean `marts.daily`')],
    ])
    expect([...compiled.nodes.keys()]).toContain('exposures.other')
    expect([...compiled.nodes.keys()]).not.toContain('exposures.wall')
  })
})

test('a mistake in an exposure leaves the rest to be looked at', async () => {
  const folder = await Folder.create({
    ...files,
    'models/exposures.yml':
      'exposures: [{ name: wall, typ: report, reads: daily }, { name: "a.b", reads: daily }]',
    'models/broken.sql': 'selec 1',
  })
  const { problems, compiled } = await folder.open({ isTolerant: true })
  expect(problems.map(({ code, place }) => `${code} ${place?.file}`)).toEqual([
    'SL104 models/exposures.yml',
    'SL109 models/exposures.yml',
    'SL300 models/broken.sql',
  ])
  expect(compiled.nodes.has('marts.daily')).toBe(true)
})

test('its name may be that of a model, but not that of a relation in a schema `exposures`', async () => {
  const exposures = 'exposures: [{ name: daily, reads: marts.daily }]'
  const good = await Folder.create({ ...files, 'models/exposures.yml': exposures })
  expect((await good.open()).compiled.nodes.has('exposures.daily')).toBe(true)
  const bad = await Folder.create({
    ...files,
    'models/exposures.yml': exposures,
    'models/exposures/Daily.sql': 'select 1 as id',
  })
  await expect(bad.open()).rejects.toMatchObject({
    diagnostics: [{ code: 'SL412', place: { file: 'models/exposures.yml' } }],
  })
})

test('nothing is planned or observed for it, and no fingerprint knows it', async () => {
  const without = await Folder.create({ ...files, 'models/exposures.yml': '' })
  const folder = await Folder.create({
    ...files,
    'models/exposures.yml': 'exposures: [{ name: wall, reads: [marts.daily, raw.events] }]',
  })
  const { compiled } = await folder.open()
  const before = (await without.open()).compiled
  for (const [name, node] of before.nodes) expect(compiled.nodes.get(name)).toEqual(node)
  expect([...new Edges(compiled.nodes, compiled.graph.ancestors).nodes.keys()]).toEqual([
    ...before.nodes.keys(),
  ])
  const asked = { selected: new Set(['exposures.wall']), fullRefresh: false }
  expect(sourcesNeeded(compiled, asked, Date.parse('2024-01-01T00:00:00Z'))).toEqual([])
})

test('what it reads is its body to `state:modified`, who owns it its configuration', async () => {
  const definition = async (yaml: string) => {
    const folder = await Folder.create({ ...files, 'models/exposures.yml': yaml })
    const { compiled } = await folder.open()
    return definitionOf(compiled.nodes.get('exposures.wall')!, (name) => name)
  }
  const first = await definition('exposures: [{ name: wall, reads: daily, owner: A, description: x }]')
  expect(await definition('# moved\nexposures: [{ name: wall, reads: marts.daily, owner: A }]')).toEqual(
    first,
  )
  const other = await definition('exposures: [{ name: wall, reads: daily, owner: B }]')
  expect(other).toEqual({ ...first, configs: expect.not.stringMatching(first.configs) })
  const reads = await definition('exposures: [{ name: wall, reads: raw.other, owner: A }]')
  expect(reads).toEqual({ ...first, body: expect.not.stringMatching(first.body) })
})
