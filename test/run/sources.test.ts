import { mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../core/plan/plan.ts'
import { dailyModel, engines, type Files, model, projects, type TestProject } from './project.ts'

const source = (...lines: readonly string[]) =>
  `sources:\n  - name: raw.events\n${lines.map((line) => `    ${line}\n`).join('')}`

const daily = 'partition: { column: day, grain: day, start: 2024-01-01, end: 2024-01-31 }'
const query = 'select day, n from raw.events where day >= {{partition.start}} and day < {{partition.end}}'
const copies = dailyModel(query, 'batch: all')
const days = { from: '2024-01-17', to: '2024-01-19' }

/** A project over `raw.events`, which has a row for each of three days. */
async function loaded(project: TestProject): Promise<TestProject> {
  await project.sql(
    'create schema raw',
    'create table raw.events (day date, n integer, loaded_at timestamp)',
    `insert into raw.events values ('2024-01-17', 1, '2024-01-18 01:00:00'), ('2024-01-18', 2, '2024-01-19 01:00:00'),
('2024-01-19', 3, '2024-01-20 00:00:00')`,
  )
  return project
}

const insert = (day: string, n: number, at = '2024-01-20 02:00:00') =>
  `insert into raw.events (day, n, loaded_at) values ('${day}', ${n}, '${at}')`

/** Ids of what would run, each with why. */
function reasons(plan: Plan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    plan.tasks.map(({ id, reason }) => [id, reason.kind === 'stale' ? reason.cause : reason.kind]),
  )
}

/** What is held: state and what is needed. */
function held(plan: Plan): readonly unknown[] {
  return plan.held.map(({ id, state, needs }) => [id, state, needs.map(({ because }) => because)])
}

const input = (partition?: string) => ({
  kind: 'input',
  upstream: 'raw.events',
  ...(partition === undefined ? {} : { partition }),
})

for (const engine of engines) {
  describe(`sources on ${engine}`, () => {
    const open = projects(engine)
    const start = async (files: Files) => loaded(await open(files))

    it('a source without partitions that changed concerns the newest partition; older ones have drifted', async () => {
      const project = await start({
        'models/s.yml': source('observe: { column: loaded_at }'),
        'models/a.sql': copies,
      })
      expect((await project.run(days)).status).toBe('succeeded')
      expect(reasons(await project.plan(days))).toEqual({})
      await project.sql(insert('2024-01-17', 4))
      expect(reasons(await project.plan(days))).toEqual({ 'a@2024-01-19': input() })
      expect((await project.run(days)).ended.succeeded).toEqual(['a@2024-01-19'])
      expect(reasons(await project.plan(days))).toEqual({})
    })

    it('`follow` decides which partitions a change of a source concerns', async () => {
      const project = await start({
        'models/s.yml': source('observe: { query: "select count(*), max(n) from raw.events" }'),
        'models/a.sql': dailyModel(query, 'batch: all\nfollow: { raw.events: all }'),
        'models/b.sql': dailyModel(query, 'batch: all\nfollow: { raw.events: never }'),
        'models/c.sql': model('materialized: table', 'select n from raw.events'),
      })
      await project.run(days)
      await project.run()
      await project.sql(insert('2024-01-17', 4))
      expect(reasons(await project.plan(days))).toEqual({
        'a@2024-01-17..2024-01-19': input(),
        c: input(),
      })
      expect((await project.run(days)).status).toBe('succeeded')
      expect(await project.value('select count(*) from c')).toBe(4)
      expect(reasons(await project.plan(days))).toEqual({})
    })

    it('a source with partitions makes stale exactly what reads those that changed', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true', 'loaded_at: loaded_at'),
        'models/a.sql': copies,
        'models/b.sql': dailyModel(
          'select cast({{partition.start}} as date) as day, count(*) as n from raw.events where day >= {{reads.[raw.events].start}} and day < {{partition.end}}',
          'reads: { raw.events: { before: 1 } }',
        ),
        'models/w.sql': model(
          'materialized: incremental\npartition: { column: week, grain: week, start: 2024-01-01 }',
          "select cast(date_trunc('week', day) as date) as week, count(*) as n from raw.events where day >= {{partition.start}} and day < {{partition.end}} group by 1",
        ),
      })
      project.now = Date.parse('2024-01-22T00:00:00Z')
      await project.run({ ...days, select: ['a', 'b'] })
      await project.run({ select: ['w'], partition: '2024-W03' })
      expect(reasons(await project.plan({ from: '2024-01-15', to: '2024-01-21', select: ['w'] }))).toEqual({})
      await project.sql(insert('2024-01-18', 9))
      expect(reasons(await project.plan({ ...days, select: ['a'] }))).toEqual({
        'a@2024-01-18': input('2024-01-18'),
      })
      expect(reasons(await project.plan({ from: '2024-01-15', to: '2024-01-21', select: ['w'] }))).toEqual({
        'w@2024-W03': input('2024-01-18'),
      })
      await project.sql(`delete from raw.events where day = '2024-01-17'`)
      const run = await project.run({ ...days, select: ['a'] })
      expect(run.status).toBe('succeeded')
      expect(await project.rows('select day, n from a order by 1, 2')).toEqual([
        ['2024-01-18', 2],
        ['2024-01-18', 9],
        ['2024-01-19', 3],
      ])
      expect(reasons(await project.plan({ ...days, select: ['a'] }))).toEqual({})
    })

    it('a query observes each partition that it names', async () => {
      const project = await start({
        'models/s.yml': source(
          daily,
          'observe:\n      query: "select max(n) from raw.events where day >= {{partition.start}} and day < {{partition.end}}"',
        ),
        'models/a.sql': copies,
      })
      await project.run(days)
      await project.sql(insert('2024-01-18', 0), insert('2024-01-17', 7))
      expect(reasons(await project.plan(days))).toEqual({ 'a@2024-01-17': input('2024-01-17') })
    })

    it('without a range only what the latest partitions read is looked at', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true'),
        'models/a.sql': copies,
      })
      await project.run()
      expect(Object.keys(await project.partitions('raw.events'))).toEqual(['2024-01-19'])
      await project.sql(insert('2024-01-17', 8))
      await project.run(days)
      expect(Object.keys(await project.partitions('raw.events'))).toEqual([
        '2024-01-17',
        '2024-01-18',
        '2024-01-19',
      ])
    })

    it('a plan records nothing and is the plan of the run that follows', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true'),
        'models/a.sql': copies,
      })
      await project.run(days)
      const before = await project.partitions('raw.events')
      await project.sql(insert('2024-01-18', 5))
      const planned = await project.plan(days)
      expect(await project.partitions('raw.events')).toEqual(before)
      const run = await project.run(days)
      expect(reasons(run.plan)).toEqual(reasons(planned))
      const after = await project.partitions('raw.events')
      expect(after['2024-01-17']).toEqual(before['2024-01-17'])
      expect(after['2024-01-18']!.data_seq).toBe(after['2024-01-18']!.change_seq)
      expect(Number(after['2024-01-18']!.data_seq)).toBeGreaterThan(Number(before['2024-01-18']!.data_seq))
    })

    it('what changes between observation and reading is read, and read again', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true'),
        'models/a.sql': copies,
      })
      await project.run({ ...days, afterSeeing: () => project.sql(insert('2024-01-18', 6)) })
      expect(await project.value('select count(*) from a')).toBe(4)
      expect(reasons(await project.plan(days))).toEqual({ 'a@2024-01-18': input('2024-01-18') })
      await project.run(days)
      expect(reasons(await project.plan(days))).toEqual({})
    })

    it('a change that another run sees meanwhile is one', async () => {
      const project = await start({
        'models/s.yml': source('observe: { column: loaded_at }'),
        'models/t.sql': model('materialized: table', 'select n from raw.events'),
      })
      await project.run()
      await project.sql(insert('2024-01-18', 6))
      const first = await project.prepareRun()
      await project.sql(insert('2024-01-18', 7))
      await project.prepareRun() // Observes, and does nothing more.
      expect((await first()).status).toBe('succeeded')
      expect(await project.value('select count(*) from t')).toBe(5)
      // On one process's database the first run may have sampled before; then it is only made once more.
      await project.run()
      expect(reasons(await project.plan())).toEqual({})
    })

    it('columns that a source gains, loses or changes are a change', async () => {
      const project = await start({
        'models/s.yml': source('observe: { query: select 1 as one }'),
        'models/t.sql': model('materialized: table', 'select n from raw.events'),
      })
      await project.run()
      expect(reasons(await project.plan())).toEqual({})
      await project.sql('alter table raw.events add column more integer')
      expect(reasons(await project.plan())).toEqual({ t: input() })
      await project.run()
      await project.sql('alter table raw.events drop column more')
      expect(reasons(await project.plan())).toEqual({ t: input() })
    })

    it('a partition that is not ready is waited for, and runs once it is', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true', 'ready: { column: loaded_at }'),
        'models/a.sql': copies,
      })
      await project.sql('delete from raw.events', insert('2024-01-17', 1, '2024-01-19 00:00:00'))
      const planned = await project.plan(days)
      expect(held(planned)).toEqual([['a@2024-01-19', 'waiting', ['not_ready']]])
      const run = await project.run(days)
      expect(run.status).toBe('succeeded')
      expect(run.plan.held).toEqual(planned.held)
      expect(run.plan.held[0]!.needs[0]!.detail).toMatch(
        /^loaded_at is at 2024-01-19 00:00:00, not yet at 2024-01-20T00:00:00Z$/,
      )
      expect(run.plan.held[0]!.next).toBeUndefined()
      expect(Object.keys(await project.partitions('raw.events'))).toEqual(['2024-01-17', '2024-01-18'])
      await project.sql(insert('2024-01-19', 3, '2024-01-20 00:00:00'))
      expect((await project.run(days)).ended.waiting).toEqual([])
      expect(await project.rows('select day, n from a order by 1')).toEqual([
        ['2024-01-17', 1],
        ['2024-01-19', 3],
      ])
    })

    it('a query tells which partitions are ready', async () => {
      const project = await start({
        'models/s.yml': `${source(daily, 'ready: { query: "select is_done from raw.loads where day = {{partition.start}}" }')}  - name: raw.loads\n`,
        'models/a.sql': copies,
        'models/down.sql': model('materialized: table', 'select * from a'),
      })
      await project.sql(
        'create table raw.loads (day date, is_done boolean)',
        `insert into raw.loads values ('2024-01-17', true), ('2024-01-18', false)`,
      )
      expect(held(await project.plan(days))).toEqual([['a@2024-01-18..2024-01-19', 'waiting', ['not_ready']]])
      expect((await project.run(days)).ended.succeeded).toEqual(['a@2024-01-17', 'down'])
      await project.sql('delete from raw.loads', `insert into raw.loads select day, true from raw.events`)
      expect((await project.run(days)).ended.succeeded).toEqual(['a@2024-01-18..2024-01-19', 'down'])
      // Not ready again: what is published stays fresh.
      await project.sql('delete from raw.loads')
      const plan = await project.plan(days)
      expect([reasons(plan), held(plan)]).toEqual([{}, []])
      expect(held(await project.plan({ ...days, force: true, select: ['a'] }))).toEqual([
        ['a@2024-01-17..2024-01-19', 'waiting', ['not_ready']],
      ])
    })

    it('a source without partitions is ready while its newest value is young enough', async () => {
      const project = await start({
        'models/s.yml': source('observe: { column: loaded_at }', 'ready: { column: loaded_at, within: 3h }'),
        'models/t.sql': model('materialized: table', 'select n from raw.events'),
      })
      project.now = Date.parse('2024-01-20T04:00:00Z')
      expect(held(await project.plan())).toEqual([['t', 'waiting', ['not_ready']]])
      project.now = Date.parse('2024-01-20T03:00:00Z')
      expect((await project.run()).ended.succeeded).toEqual(['t'])
    })

    it('a partition of a source is due as its `partition` says', async () => {
      const project = await start({
        'models/s.yml': source(daily.replace(' }', ', available_after: 6h }'), 'observe: true'),
        'models/a.sql': copies,
      })
      project.now = Date.parse('2024-01-20T05:00:00Z')
      expect(held(await project.plan(days))).toEqual([['a@2024-01-19', 'waiting', ['not_due']]])
      project.now = Date.parse('2024-01-20T06:00:00Z')
      expect(held(await project.plan(days))).toEqual([])
    })

    it('a source that cannot be looked at holds back what must be built, and nothing else', async () => {
      const project = await start({
        'models/s.yml': source('observe: { query: "select max(stamp) from raw.events" }'),
        'models/a.sql': dailyModel(query),
        'models/other.sql': model('materialized: table', 'select 1 as one'),
      })
      const run = await project.run({ partition: '2024-01-19' })
      expect(run.ended).toMatchObject({ succeeded: ['other'], blocked: ['a@2024-01-19'] })
      expect(run.plan.held[0]!.needs[0]).toMatchObject({
        because: 'unseen',
        detail: expect.stringContaining('raw.events cannot be observed: '),
      })
      const accepted = await project.run({ partition: '2024-01-19', upstream: 'accept' })
      expect(accepted.ended.succeeded).toEqual(['a@2024-01-19'])
      expect(held(await project.plan({ partition: '2024-01-19' }))).toEqual([])
    })

    it('a relation without partitions reads all that a source has', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true'),
        'models/t.sql': model('materialized: table', 'select n from raw.events'),
      })
      await project.run()
      await project.sql(insert('2024-01-03', 8))
      expect(reasons(await project.plan())).toEqual({ t: input('2024-01-03') })
      await project.run()
      expect(reasons(await project.plan())).toEqual({})
    })

    it('a source that is cut otherwise is seen anew', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true'),
        'models/a.sql': copies,
      })
      await project.run(days)
      await project.write({
        'models/s.yml': source(daily.replace('grain: day', 'grain: week'), 'observe: true'),
      })
      project.now = Date.parse('2024-01-22T00:00:00Z')
      await project.run(days)
      expect(Object.keys(await project.partitions('raw.events'))).toEqual(['2024-W03'])
      expect(reasons(await project.plan(days))).toEqual({})
    })

    it('two that observe at once record one version', async () => {
      const project = await start({
        'models/s.yml': source(daily, 'observe: true'),
        'models/a.sql': copies,
      })
      await Promise.all(Array.from({ length: 4 }, () => project.prepareRun(days)))
      const before = await project.partitions('raw.events')
      expect(Object.keys(before)).toHaveLength(3)
      await Promise.all(Array.from({ length: 4 }, () => project.prepareRun(days)))
      expect(await project.partitions('raw.events')).toEqual(before)
    })

    it('thousands of partitions are observed by few looks', async () => {
      const project = await start({
        'models/s.yml': source(
          'partition: { column: { name: loaded_at, type: timestamp }, grain: hour, start: 2023-10-01 }',
          'observe: { column: n }',
        ),
        'models/t.sql': model('materialized: table', 'select n from raw.events'),
      })
      await project.run()
      expect(Object.keys(await project.partitions('raw.events'))).toHaveLength(111 * 24)
      await project.sql(insert('2022-05-05', 8, '2023-11-11 11:59:59'))
      expect(reasons(await project.plan())).toEqual({ t: input('2023-11-11T11') })
      await project.sql(insert('2022-05-05', 8, '2024-01-19 23:00:00'))
      await project.run()
      expect(reasons(await project.plan())).toEqual({})
    })

    it('a query that reads a model, or none of its partitions, is a mistake', async () => {
      const project = await start({
        'models/s.yml': source(
          daily,
          'observe: { query: select count(*) from raw.events }',
          'ready: { query: select count(*) > 0 from a }',
        ),
        'models/a.sql': copies,
      })
      await expect(project.plan()).rejects.toMatchObject({
        diagnostics: [
          {
            code: 'SL153',
            place: { file: 'models/s.yml', line: 2 },
            message: expect.stringContaining('`observe` of raw.events is the same'),
          },
          { code: 'SL153', message: expect.stringContaining('`ready` of raw.events reads a') },
        ],
      })
      await project.write({ 'models/s.yml': source('observe: { query: "select count(*) fro raw.events" }') })
      await expect(project.plan()).rejects.toMatchObject({
        diagnostics: [{ place: { file: 'models/s.yml' } }],
      })
    })
  })
}

describe('sources that are files', () => {
  const open = projects('duckdb')

  it('are observed by size and time of each', async () => {
    const project = await open({
      'models/s.yml': source('files: { dev: "data/**/e*.csv" }', 'observe: files'),
      'models/t.sql': model('materialized: table', 'select n from raw.events'),
      'data/2023/e1.csv': 'n\n1\n',
    })
    const isStale = async () => Object.keys(reasons(await project.plan()))
    await project.run()
    expect(await isStale()).toEqual([])
    await project.write({ 'data/2023/other.csv': 'n\n5\n' })
    expect(await isStale()).toEqual([])
    await project.write({ 'data/2024/e2.csv': 'n\n2\n' })
    expect(await isStale()).toEqual(['t'])
    await project.run()
    expect(await project.rows('select n from t order by 1')).toEqual([[1], [2]])
    expect(await isStale()).toEqual([])
    await utimes(join(project.root, 'data/2024/e2.csv'), 1, 1)
    expect(await isStale()).toEqual(['t'])
    await project.run()
    await writeFile(join(project.root, 'data/2024/e2.csv'), 'n\n3\n')
    await project.run()
    expect(await project.rows('select n from t order by 1')).toEqual([[1], [3]])
    await project.write({ 'data/2024/e2.csv': null })
    expect(await isStale()).toEqual(['t'])
    await project.run()
    expect(await project.rows('select n from t order by 1')).toEqual([[1]])
  })

  it('that are gone hold back what reads them', async () => {
    const project = await open({
      'models/s.yml': source('files: { dev: data/e.csv }', 'observe: true'),
      'models/t.sql': model('materialized: table', 'select n from raw.events'),
      'data/e.csv': 'n\n1\n',
    })
    await project.run()
    await rename(join(project.root, 'data'), join(project.root, 'away'))
    const plan = await project.plan({ force: true })
    expect(held(plan)).toEqual([['t', 'blocked', ['unseen']]])
    await mkdir(join(project.root, 'data'))
    await writeFile(join(project.root, 'data/e.csv'), await readFile(join(project.root, 'away/e.csv')))
    await project.run()
    expect(reasons(await project.plan())).toEqual({})
  })
})
