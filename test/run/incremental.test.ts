import { describe, expect, test } from 'vitest'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, engines, type Files, inWindow, model, projects, type TestProject } from './project.ts'

const all = 'select day, id, amount from marts.events order by id'
const threeDays = [
  ['2024-01-01', 1, 10],
  ['2024-01-01', 2, 20],
  ['2024-01-02', 3, 30],
  ['2024-01-03', 4, 40],
]

describe.each(engines)('an incremental model on %s', (engine) => {
  const open = projects(engine)

  async function opened(sql = eventsOfWindow, more = '', files: Files = {}): Promise<TestProject> {
    const project = await open({
      ...eventsSource,
      'models/marts/events.sql': dailyModel(sql, more),
      ...files,
    })
    await loadEvents(project)
    return project
  }

  test('a partition has the same rows after one run and after two', async () => {
    const project = await opened()
    await project.run({ partition: '2024-01-01' })
    const rows = await project.rows(all)
    expect(rows).toEqual(threeDays.slice(0, 2))
    const second = await project.run({ partition: '2024-01-01', force: true })
    expect(second.ended.succeeded).toEqual(['marts.events@2024-01-01'])
    expect(await project.rows(all)).toEqual(rows)
  })

  test('a fresh partition is skipped', async () => {
    const project = await opened()
    await project.run({ partition: '2024-01-01' })
    const again = await project.run({ partition: '2024-01-01' })
    expect(again.ended).toMatchObject({ succeeded: [], skipped: ['marts.events@2024-01-01'] })
  })

  test('partitions that run at once in one process give the rows of partitions that run alone', async () => {
    const project = await opened()
    const run = await project.run({ from: '2024-01-01', to: '2024-01-10', threads: 4, request: { batch: 1 } })
    expect(run.ended.succeeded).toHaveLength(10)
    expect(await project.rows(all)).toEqual(threeDays)
  })

  test('two runs of different partitions of a new model at once both publish', async () => {
    const project = await opened()
    const one = await project.prepareRun({ partition: '2024-01-01' })
    const other = await project.prepareRun({ partition: '2024-01-02', adapter: await project.openAdapter() })
    const results = await Promise.all([one(), other()])
    expect(results.map((each) => each.error)).toEqual([undefined, undefined])
    expect(await project.rows(all)).toEqual(threeDays.slice(0, 3))
  })

  test('of two runs of one partition one publishes, and the other waits and skips', async () => {
    const project = await opened()
    const one = await project.prepareRun({ partition: '2024-01-01' })
    const other = await project.prepareRun({ partition: '2024-01-01', adapter: await project.openAdapter() })
    const results = await Promise.all([one(), other()])
    expect(results.map((each) => each.error)).toEqual([undefined, undefined])
    expect(results.flatMap((each) => each.ended.succeeded)).toEqual(['marts.events@2024-01-01'])
    expect(results.flatMap((each) => each.ended.skipped)).toEqual(['marts.events@2024-01-01'])
    expect(await project.rows(all)).toEqual(threeDays.slice(0, 2))
    expect(await project.rows('select status, count(*) from sluice.attempts group by status')).toEqual([
      ['succeeded', 1],
    ])
  })

  test('forced runs of one partition at once leave one state of it', async () => {
    const project = await opened()
    await project.run({ partition: '2024-01-01' })
    const options = { partition: '2024-01-01', force: true }
    const runs = [
      await project.prepareRun(options),
      await project.prepareRun({ ...options, adapter: await project.openAdapter() }),
      await project.prepareRun({ ...options, adapter: await project.openAdapter() }),
    ]
    const results = await Promise.all(runs.map((run) => run()))
    expect(results.flatMap((each) => each.errors)).toEqual([])
    expect(await project.rows(all)).toEqual(threeDays.slice(0, 2))
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
  })

  test('only the window is replaced: rows of other days stay, even those that nobody published', async () => {
    const project = await opened()
    await project.run({ from: '2024-01-01', to: '2024-01-02' })
    await project.sql(
      `insert into marts.events (day, id, amount) values ('2024-01-09', 99, 0), (null, 98, 0), ('2024-01-01', 97, 0)`,
      `delete from raw.events where id = 1`,
    )
    await project.run({ partition: '2024-01-01', force: true })
    expect(await project.rows(all)).toEqual([
      ['2024-01-01', 2, 20],
      ['2024-01-02', 3, 30],
      [null, 98, 0],
      ['2024-01-09', 99, 0],
    ])
  })

  test('a partition without rows is published as empty, and an emptied one loses its rows', async () => {
    const project = await opened()
    const run = await project.run({ partition: '2024-01-08' })
    expect(run.ended.succeeded).toEqual(['marts.events@2024-01-08'])
    expect((await project.partitions('marts.events'))['2024-01-08']).toMatchObject({
      rows: 0,
      last_status: 'succeeded',
    })
    await project.run({ partition: '2024-01-01' })
    await project.sql(`delete from raw.events where day = '2024-01-01'`)
    await project.run({ partition: '2024-01-01', force: true })
    expect(await project.rows(all)).toEqual([])
  })

  test('columns are matched by name, whatever their order', async () => {
    const project = await opened()
    await project.run({ partition: '2024-01-01' })
    await project.write({
      'models/marts/events.sql': dailyModel(`select amount, day, id from raw.events where ${inWindow}`),
    })
    await project.run({ from: '2024-01-01', to: '2024-01-02' })
    expect(await project.rows(all)).toEqual(threeDays.slice(0, 3))
  })

  test.each([
    ['a semicolon and comments at the end', `${eventsOfWindow}; -- the end\n/* really */`],
    ['a comment on the last line', `${eventsOfWindow} -- the end`],
    ['ORDER BY', `${eventsOfWindow} order by id desc`],
    ['ORDER BY and LIMIT', `${eventsOfWindow} order by id limit 100`],
    ['a CTE', `with e as (${eventsOfWindow}) select * from e`],
    ['a CTE named as the source', `with events as (${eventsOfWindow}) select * from events`],
    [
      'one table under two aliases',
      `select a.day, a.id, b.amount from raw.events a join raw.events b on a.id = b.id where a.day >= {{partition.start}} and a.day < {{partition.end}}`,
    ],
    ['a set operation', `${eventsOfWindow} and id < 2 union all ${eventsOfWindow} and id >= 2`],
    [
      'columns named by their table',
      `select raw.events.day, raw.events.id, events.amount from raw.events where ${inWindow}`,
    ],
    [
      'aliases of the engine around it',
      `select r.day, r.id, r.amount from raw.events as r where r.day >= {{partition.start}} and r.day < {{partition.end}}`,
    ],
  ])('a query may have %s', async (_, sql) => {
    const project = await opened(sql)
    const run = await project.run({ partition: '2024-01-01' })
    expect(run.error).toBeUndefined()
    expect(await project.rows(all)).toEqual(threeDays.slice(0, 2))
  })

  test.each([
    ['a day later', `select day + 1 as day, id, amount from raw.events where ${inWindow}`, '2 rows'],
    [
      'without a day',
      `select cast(null as date) as day, id, amount from raw.events where ${inWindow}`,
      '2 rows',
    ],
    ['of all days', 'select day, id, amount from raw.events', '2 rows'],
  ])('rows %s roll the partition back, and readers keep the old ones', async (_, sql, count) => {
    const project = await opened()
    await project.run({ partition: '2024-01-01' })
    const before = await project.partitions('marts.events')
    await project.write({ 'models/marts/events.sql': dailyModel(sql) })
    const run = await project.run({ partition: '2024-01-01' })
    expect(run.error).toMatchObject({ code: 'SL610', model: 'marts.events', partition: '2024-01-01' })
    expect(run.error?.message).toContain(count)
    expect(await project.rows(all)).toEqual(threeDays.slice(0, 2))
    const { data_seq, read_seq, fingerprint } = before['2024-01-01']!
    expect((await project.partitions('marts.events'))['2024-01-01']).toMatchObject({
      data_seq,
      read_seq,
      fingerprint,
      last_status: 'failed',
    })
  })

  test('a self-reading model sees its own earlier partitions, in order', async () => {
    const project = await opened(
      `select cast({{partition.start}} as date) as day, 1 as id,
 cast(coalesce((select max(amount) from {{this}} where day < {{partition.start}}), 0) + 1 as integer) as amount`,
      `columns: [{ name: day, type: date }, { name: id, type: integer }, { name: amount, type: integer }]`,
    )
    const run = await project.run({ from: '2024-01-01', to: '2024-01-05', threads: 4 })
    expect(run.error).toBeUndefined()
    expect(await project.rows('select day, amount from marts.events order by day')).toEqual([
      ['2024-01-01', 1],
      ['2024-01-02', 2],
      ['2024-01-03', 3],
      ['2024-01-04', 4],
      ['2024-01-05', 5],
    ])
  })

  test('a self-reading model without declared columns says that it needs them', async () => {
    const project = await opened(
      `select cast({{partition.start}} as date) as day, (select count(*) from {{this}}) as id`,
    )
    expect((await project.run({ partition: '2024-01-01' })).error).toMatchObject({ code: 'SL619' })
  })

  test('weeks over days: the week runs after its days and has their sum', async () => {
    const project = await opened(eventsOfWindow, '', {
      'models/marts/weeks.sql': model(
        'materialized: incremental\npartition: { column: week, grain: week, start: 2024-01-01 }',
        `select cast({{partition.start}} as date) as week, cast(sum(amount) as bigint) as amount from marts.events
where day >= {{partition.start}} and day < {{partition.end}}`,
      ),
    })
    const run = await project.run({ partition: '2024-W01' })
    expect(run.ended.succeeded.at(-1)).toBe('marts.weeks@2024-W01')
    expect(await project.rows('select week, amount from marts.weeks')).toEqual([['2024-01-01', 100]])
  })

  test('a timestamp column takes timestamps, a declared other type is refused', async () => {
    const project = await opened('select 1 as id', '', {
      'models/marts/events.sql': model(
        'materialized: incremental\npartition: { column: at, grain: hour, start: 2024-01-01 }',
        `select cast(day as timestamp) as at, id from raw.events
where cast(day as timestamp) >= {{partition.start}} and cast(day as timestamp) < {{partition.end}}`,
      ),
      'models/marts/wrong.sql': model(
        'materialized: incremental\npartition: { column: { name: day, type: timestamp }, grain: day, start: 2024-01-01 }',
        `select day, id from raw.events where cast(day as timestamp) >= {{partition.start}} and cast(day as timestamp) < {{partition.end}}`,
      ),
    })
    const run = await project.run({ select: ['marts.events'], partition: '2024-01-01T00' })
    expect(run.error).toBeUndefined()
    expect(await project.value('select count(*) from marts.events')).toBe(2)
    const wrong = await project.run({ select: ['marts.wrong'], partition: '2024-01-01' })
    expect(wrong.error).toMatchObject({ code: 'SL617' })
  })

  test('a partition column that the query does not return is named', async () => {
    const project = await opened('select id, amount from raw.events')
    const run = await project.run({ partition: '2024-01-01' })
    expect(run.error).toMatchObject({ code: 'SL618' })
    expect(run.error?.message).toContain('`day`')
  })
})
