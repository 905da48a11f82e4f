import { describe, expect, test } from 'vitest'
import { maxBatch } from '../../core/batch/max-batch.ts'
import type { CompiledModel } from '../../core/compile/compiled.ts'
import { Folder, settings } from './opening.ts'

const source = { 'models/sources.yml': 'sources:\n  - name: raw.events\n' }
const daily =
  'materialized: incremental\npartition: { column: { name: day, type: date }, grain: day, start: 2024-01-01 }'
const header = (...yaml: string[]) => `/*---\n${[daily, ...yaml].join('\n')}\n---*/\n`
const bounds = 'day >= {{partition.start}} and day < {{partition.end}}'
const good = `select day, id from raw.events where ${bounds}`
const bad = `select day, row_number() over (order by id) as n\nfrom raw.events where ${bounds}`

async function opened(files: Readonly<Record<string, string>>) {
  const folder = await Folder.create({ ...source, ...files })
  const { compiled } = await folder.open()
  const model = (name: string) => compiled.nodes.get(name) as CompiledModel
  return { folder, compiled, model }
}

async function warningsOf(sql: string, others: Readonly<Record<string, string>> = {}) {
  const { compiled } = await opened({ 'models/s/m.sql': sql, ...others })
  return compiled.warnings.filter((each) => each.model === 's.m')
}

describe('batches', () => {
  test('a proven model runs in batches, another one by one with the place of the reason', async () => {
    const { model } = await opened({
      'models/s/good.sql': header() + good,
      'models/s/bad.sql': header() + bad,
      'models/s/whole.sql': 'select 1 as id',
    })
    expect(model('s.good').batch).toEqual({ batchable: true })
    expect(maxBatch(model('s.good'))).toBe(366)
    expect(model('s.bad').batch).toMatchObject({
      batchable: false,
      isFinal: false,
      reason: expect.stringContaining('row_number'),
      place: { file: 'models/s/bad.sql', line: 5, column: 13 },
    })
    expect(maxBatch(model('s.bad'))).toBe(1)
    expect(model('s.whole').batch).toBeUndefined()
    expect(maxBatch(model('s.whole'))).toBe(1)
  })

  test('the verdict stays in the cache', async () => {
    const { folder, model } = await opened({ 'models/s/bad.sql': header() + bad })
    const again = await folder.open()
    expect(again.isCached).toBe(true)
    expect((again.compiled.nodes.get('s.bad') as CompiledModel).batch).toEqual(model('s.bad').batch)
  })

  test('what is declared is done, with a warning where it was not proven', async () => {
    const { model, compiled } = await opened({
      'models/s/good.sql': header('batch: 30') + good,
      'models/s/one.sql': header('batch: 1') + good,
      'models/s/bad.sql': header('batch: all') + bad,
      'models/s/meant.sql': header('batch: 7', 'allow: unproven_batch') + bad,
    })
    const found = ['s.good', 's.one', 's.bad', 's.meant'].map((name) => maxBatch(model(name)))
    expect(found).toEqual([30, 1, Number.POSITIVE_INFINITY, 7])
    expect(compiled.warnings.map(({ code, model }) => [code, model])).toEqual([['SL360', 's.bad']])
  })

  test.each([
    [
      'reading itself',
      header('batch: 9', 'columns: [{ name: day, type: date }]') + `select day from {{this}} where ${bounds}`,
    ],
    [
      'logic on the partition',
      `${header('batch: 9')}${good} {{#if (eq partition.key "2024-01-01")}}and id > 1{{/if}}`,
    ],
    ['its own key', header('batch: 9') + good.replace('id', '{{partition.key}} as id')],
    ['the newest wins', header('batch: 9', 'strategy: merge', 'unique_key: id') + good],
  ])('%s: one by one, whatever is declared', async (_, sql) => {
    const { model, compiled } = await opened({ 'models/s/m.sql': sql })
    expect(model('s.m').batch).toMatchObject({ batchable: false, isFinal: true })
    expect(maxBatch(model('s.m'))).toBe(1)
    expect(compiled.warnings.map(({ code }) => code)).toEqual(['SL361'])
  })

  test('a merge by a key with the partition column runs in batches', async () => {
    const { model } = await opened({
      'models/s/m.sql': header('strategy: merge', 'unique_key: [day, id]') + good,
    })
    expect(maxBatch(model('s.m'))).toBe(366)
  })

  test('a bound that a macro writes counts', async () => {
    const { model } = await opened({
      'macros/window.sql': '{{column}} >= {{partition.start}} and {{column}} < {{partition.end}}',
      'models/s/m.sql': `${header()}select day, id from raw.events where {{> window column=(identifier "day")}}`,
    }).catch(() =>
      opened({
        'macros/window.sql': bounds,
        'models/s/m.sql': `${header()}select day, id from raw.events where {{> window}}`,
      }),
    )
    expect(model('s.m').batch).toEqual({ batchable: true })
  })

  test('the grammar of Postgres is understood as well', async () => {
    const folder = await Folder.create({
      ...source,
      'models/s/m.sql': header() + good,
      'models/s/n.sql': header() + bad,
    })
    const { compiled } = await folder.open({
      target: 'server',
      env: { DATABASE_URL: 'postgres://localhost/x' },
    })
    expect((compiled.nodes.get('s.m') as CompiledModel).batch).toEqual({ batchable: true })
    expect((compiled.nodes.get('s.n') as CompiledModel).batch).toMatchObject({
      batchable: false,
      place: { line: 5 },
    })
  })
})

describe('warnings about partitions', () => {
  test('the clock', async () => {
    const sql = `select day, now() as seen_at, id\nfrom raw.events where ${bounds} and day < current_date`
    const found = await warningsOf(header() + sql)
    expect(found.map(({ code, place }) => [code, place?.line, place?.column])).toEqual([
      ['SL362', 5, 13],
      ['SL362', 6, expect.any(Number)],
    ])
    expect(await warningsOf(header('allow: reads_clock') + sql)).toEqual([])
  })

  test('random numbers, where the project lets models call them', async () => {
    const project = { 'sluice.yml': `${settings}allow: { functions: [random] }\n` }
    const sql = good.replace('id', 'random() as id')
    expect(await warningsOf(header() + sql, project)).toMatchObject([{ code: 'SL363' }])
    expect(await warningsOf(header('allow: [random]') + sql, project)).toEqual([])
  })

  const upstream = { 'models/s/up.sql': header() + good }
  test.each([
    [
      'nothing bounds it',
      'select e.day, u.id from raw.events e join s.up u on u.id = e.id where e.day >= {{partition.start}} and e.day < {{partition.end}}',
    ],
    [
      'a subquery without bounds',
      `select day, id from raw.events where ${bounds} and id in (select id from s.up)`,
    ],
    [
      'a CTE without bounds',
      `with x as (select id from s.up) select day, id from raw.events where ${bounds} and id in (select id from x)`,
    ],
    ['one side of a union', `select day, id from s.up where ${bounds} union all select day, id from s.up`],
  ])('a scan of a whole history: %s', async (_, sql) => {
    const found = await warningsOf(header() + sql, upstream)
    expect(found).toMatchObject([{ code: 'SL364', place: { file: 'models/s/m.sql', line: 5 } }])
    expect(found[0]!.message).toContain('s.up')
    expect(await warningsOf(header('allow: no_partition_filter') + sql, upstream)).toEqual([])
  })

  test.each([
    ['bounds of the window', `select day, id from s.up where ${bounds}`],
    [
      'bounds of reads',
      'select day, id from s.up where day >= {{reads.[s.up].start}} and day < {{partition.end}}',
    ],
    ['a lower bound', 'select day, id from s.up where day < {{partition.end}}'],
    [
      'tied to what is bounded',
      `select e.day, u.id from raw.events e join s.up u on u.day = e.day where e.day >= {{partition.start}} and e.day < {{partition.end}}`,
    ],
    [
      'using',
      `select day, u.id from (select day, id from raw.events where ${bounds}) e left join s.up u using (day, id)`,
    ],
    [
      'tied to the row outside',
      `select day, id from raw.events e where ${bounds} and exists (select 1 from s.up u where u.day = e.day)`,
    ],
    ['bounded around a subquery', `select day, id from (select * from s.up) x where ${bounds}`],
    ['bounded around a CTE', `with x as (select * from s.up) select day, id from x where ${bounds}`],
    ['a source', `select day, id from raw.events where ${bounds} and id in (select id from raw.events)`],
  ])('no warning: %s', async (_, sql) => {
    const settings = header('reads: { s.up: { before: 6 } }')
    expect(await warningsOf((sql.includes('reads.') ? settings : header()) + sql, upstream)).toEqual([])
  })
})
