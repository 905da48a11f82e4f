import { describe, expect, test } from 'vitest'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, engines, type Files, inWindow, model, projects } from './project.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

describe.each(engines)('the ledger on %s', (engine) => {
  const open = projects(engine)

  async function opened(files: Files) {
    const project = await open({ ...eventsSource, ...files })
    await loadEvents(project)
    return project
  }

  test('keeps of each partition when its rows changed, what was read, its code, rows and times', async () => {
    const project = await opened({
      'models/m/up.sql': dailyModel(eventsOfWindow),
      'models/m/down.sql': dailyModel(`select day, count(*) as n from m.up where ${inWindow} group by day`),
    })
    const run = await project.run({ partition: '2024-01-01' })
    const up = (await project.partitions('m.up'))['2024-01-01']!
    const down = (await project.partitions('m.down'))['2024-01-01']!
    expect(up).toMatchObject({ rows: 2, last_status: 'succeeded', last_run: run.run })
    expect([up.start_at, up.end_at, up.published_at]).toEqual([
      new Date('2024-01-01T00:00:00Z'),
      new Date('2024-01-02T00:00:00Z'),
      new Date(project.now),
    ])
    expect(Number(up.data_seq)).toBe(Number(up.change_seq))
    expect(Number(up.read_seq)).toBe(0)
    expect(Number(down.read_seq)).toBe(Number(up.change_seq))
    expect(Number(down.data_seq)).toBeGreaterThan(Number(up.data_seq))
    expect(
      await project.rows(
        'select status, totals is not null as t, finished_at is not null as f from sluice.runs',
      ),
    ).toEqual([['succeeded', true, true]])
    expect(await project.rows('select status, rows, number from sluice.attempts order by rows')).toEqual([
      ['succeeded', 1, 1],
      ['succeeded', 2, 1],
    ])
    for (const rest of ['leases', 'workers'])
      expect(await project.value(`select count(*) from sluice.${rest}`)).toBe(0)
  })

  test('an upstream that was published again makes exactly its readers stale', async () => {
    const project = await opened({
      'models/m/up.sql': dailyModel(eventsOfWindow),
      'models/m/down.sql': dailyModel(`select day, count(*) as n from m.up where ${inWindow} group by day`),
    })
    const days = { from: '2024-01-01', to: '2024-01-03' }
    await project.run(days)
    await project.run({ select: ['m.up'], partition: '2024-01-02', force: true })
    const plan = await project.plan(days)
    expect(plan.tasks.map(({ id, reason }) => ({ id, reason }))).toEqual([
      {
        id: 'm.down@2024-01-02',
        reason: { kind: 'stale', cause: { kind: 'input', upstream: 'm.up', partition: '2024-01-02' } },
      },
    ])
    expect((await project.run(days)).ended.succeeded).toEqual(['m.down@2024-01-02'])
    expect((await project.plan(days)).tasks).toEqual([])
  })

  test('a changed meaning of the code makes partitions stale, a changed text does not', async () => {
    const files = (sql: string): Files => ({
      'models/m/up.sql': dailyModel(sql),
      'models/m/down.sql': dailyModel(`select day from m.up where ${inWindow}`),
    })
    const project = await opened(files(`select day, id from raw.events where ${inWindow}`))
    await project.run({ partition: '2024-01-01' })
    await project.write(files(`-- all of them\nSELECT day,\n  id FROM raw.events WHERE ${inWindow};`))
    expect((await project.plan({ partition: '2024-01-01' })).tasks).toEqual([])
    await project.write(files(`select day, id from raw.events where ${inWindow} and id > 1`))
    const plan = await project.plan({ partition: '2024-01-01' })
    expect(plan.tasks.map((task) => [task.id, task.reason])).toEqual([
      ['m.up@2024-01-01', { kind: 'stale', cause: { kind: 'code' } }],
      [
        'm.down@2024-01-01',
        { kind: 'stale', cause: { kind: 'upstream', upstream: 'm.up', partition: '2024-01-01' } },
      ],
    ])
    const only = await project.run({ select: ['m.down'], partition: '2024-01-01' })
    expect(only.plan.held).toMatchObject([
      { id: 'm.down@2024-01-01', state: 'blocked', needs: [{ upstream: 'm.up', because: 'stale' }] },
    ])
    const built = await project.run({ select: ['m.down'], partition: '2024-01-01', upstream: 'build' })
    expect(built.ended.succeeded).toEqual(['m.up@2024-01-01', 'm.down@2024-01-01'])
  })

  test('an accepted stale input is read as it is, and the result stays stale', async () => {
    const files = (sql: string): Files => ({
      'models/m/up.sql': dailyModel(sql),
      'models/m/down.sql': dailyModel(`select day from m.up where ${inWindow}`),
    })
    const project = await opened(files(`select day from raw.events where ${inWindow}`))
    await project.run({ partition: '2024-01-01' })
    await project.write(files(`select day from raw.events where ${inWindow} and id > 1`))
    const run = await project.run({ select: ['m.down'], partition: '2024-01-01', upstream: 'accept' })
    expect(run.ended.succeeded).toEqual(['m.down@2024-01-01'])
    expect(run.plan.tasks[0]?.accepted).toMatchObject([{ upstream: 'm.up', because: 'stale' }])
    expect((await project.plan({ partition: '2024-01-01' })).tasks).toHaveLength(2)
    const missing = await project.run({ select: ['m.down'], partition: '2024-01-02', upstream: 'accept' })
    expect(missing.ended.blocked).toEqual(['m.down@2024-01-02'])
  })

  test("a view's change makes what reads it stale, through other views too", async () => {
    const files = (sql: string): Files => ({
      'models/m/up.sql': dailyModel(eventsOfWindow),
      'models/m/v.sql': model('materialized: view', sql),
      'models/m/w.sql': model('materialized: view', 'select * from m.v'),
      'models/m/down.sql': dailyModel(`select day, amount from m.w where ${inWindow}`),
    })
    const project = await opened(files('select day, amount from m.up'))
    await project.run({ partition: '2024-01-01' })
    await project.write(files('select day, amount * 2 as amount from m.up'))
    const run = await project.run({ partition: '2024-01-01' })
    expect(run.ended.succeeded).toEqual(['m.v', 'm.w', 'm.down@2024-01-01'])
    expect(await project.rows('select amount from m.down order by 1')).toEqual([[20], [40]])
  })

  test('a change behind a view makes what reads the view stale', async () => {
    const project = await opened({
      'models/m/up.sql': dailyModel(eventsOfWindow),
      'models/m/v.sql': model('materialized: view', 'select * from m.up'),
      'models/m/down.sql': dailyModel(`select day, amount from m.v where ${inWindow}`),
    })
    const days = { from: '2024-01-01', to: '2024-01-02' }
    await project.run(days)
    await project.run({ select: ['m.up'], partition: '2024-01-02', force: true })
    expect((await project.run(days)).ended.succeeded).toEqual(['m.down@2024-01-02'])
  })

  describe('of a partitioned model over one without partitions', () => {
    async function overTable(follow: string) {
      const project = await opened({
        'models/m/rate.sql': table('select max(amount) as top from raw.events'),
        'seeds/names.csv': 'id\n1\n',
        'models/m/down.sql': dailyModel(
          `select day, top, (select count(*) from names) as names from raw.events, m.rate where ${inWindow}`,
          follow,
        ),
      })
      await project.run({ from: '2024-01-01', to: '2024-01-03' })
      return project
    }
    const changed = async (follow: string, what: 'table' | 'seed') => {
      const project = await overTable(follow)
      if (what === 'seed') await project.write({ 'seeds/names.csv': 'id\n1\n2\n' })
      else await project.sql('update raw.events set amount = 41 where amount = 40')
      const name = what === 'seed' ? 'names' : 'm.rate'
      await project.run({ select: [name], force: true })
      const plan = await project.plan({ select: ['m.down'], from: '2024-01-01', to: '2024-01-03' })
      return plan.tasks.flatMap((task) => task.partitions.map(({ key }) => key))
    }

    test.each([
      ['a table is followed by the newest partition only', '', 'table', ['2024-01-03']],
      [
        'a table is followed by all with `follow: all`',
        'follow: { m.rate: all }',
        'table',
        ['2024-01-01', '2024-01-02', '2024-01-03'],
      ],
      ['a table is followed by none with `follow: never`', 'follow: { m.rate: never }', 'table', []],
      ['a seed is followed by all', '', 'seed', ['2024-01-01', '2024-01-02', '2024-01-03']],
      [
        'a seed is followed by the newest with `follow: latest`',
        'follow: { names: latest }',
        'seed',
        ['2024-01-03'],
      ],
    ] as const)('%s', async (_, follow, what, stale) => {
      expect(await changed(follow, what)).toEqual(stale)
    })
  })

  test('an unpartitioned reader is stale when any partition of its upstream changes', async () => {
    const project = await opened({
      'models/m/up.sql': dailyModel(eventsOfWindow),
      'models/m/total.sql': table('select sum(amount) as total from m.up'),
    })
    await project.run({ from: '2024-01-01', to: '2024-01-02' })
    expect(await project.rows('select total from m.total')).toEqual([[60]])
    const run = await project.run({ partition: '2024-01-03' })
    expect(run.ended.succeeded).toEqual(['m.up@2024-01-03', 'm.total'])
    expect(await project.rows('select total from m.total')).toEqual([[100]])
  })

  test('a partition that ran ahead of its end is stale once that has passed', async () => {
    const project = await opened({
      'models/m/up.sql': model(
        'materialized: incremental\npartition: { column: day, grain: day, start: 2024-01-01, ahead: 1 }',
        eventsOfWindow,
      ),
    })
    project.now = Date.parse('2024-01-02T12:00:00Z')
    const early = await project.run()
    expect(early.ended.succeeded).toEqual(['m.up@2024-01-02'])
    expect((await project.run({ partition: '2024-01-02' })).ended.succeeded).toEqual([])
    project.now = Date.parse('2024-01-03T01:00:00Z')
    const plan = await project.plan({ partition: '2024-01-02' })
    expect(plan.tasks).toMatchObject([
      { id: 'm.up@2024-01-02', reason: { kind: 'stale', cause: { kind: 'early' } } },
    ])
  })

  test('a partition that is not due waits until a stated time', async () => {
    const project = await opened({
      'models/m/up.sql': model(
        'materialized: incremental\npartition: { column: day, grain: day, start: 2024-01-01, available_after: 3h }',
        eventsOfWindow,
      ),
    })
    project.now = Date.parse('2024-01-03T02:00:00Z')
    const run = await project.run({ from: '2024-01-01', to: '2024-01-02' })
    expect(run.ended).toMatchObject({ succeeded: ['m.up@2024-01-01'], waiting: ['m.up@2024-01-02'] })
    expect(run.plan.held).toMatchObject([{ dueAt: '2024-01-03T03:00:00.000Z' }])
  })

  test('versions are never set back by a run that was planned before another one published', async () => {
    const project = await opened({ 'models/m/t.sql': table('select count(*) as n from raw.events') })
    await project.run()
    const late = await project.prepareRun({ force: true })
    await project.sql('delete from raw.events where id = 1')
    await project.run({ force: true })
    const before = (await project.partitions('m.t')).all!
    const run = await late()
    expect(run.error).toBeUndefined()
    expect((await project.partitions('m.t')).all).toMatchObject({ data_seq: before.data_seq, rows: 1 })
  })

  test('a full refresh rebuilds every published partition in one transaction', async () => {
    const project = await opened({ 'models/m/up.sql': dailyModel(eventsOfWindow) })
    await project.run({ from: '2024-01-01', to: '2024-01-03' })
    await project.write({
      'models/m/up.sql': dailyModel(`select day, id, 2 * amount as amount from raw.events where ${inWindow}`),
    })
    const counts: unknown[] = []
    const other = await project.openAdapter()
    const run = await project.run({
      fullRefresh: true,
      partition: '2024-01-02',
      beforeCommit: async () => {
        counts.push((await project.query('select sum(amount) as n from m.up', other))[0]?.n)
      },
    })
    expect(run.ended.succeeded).toEqual(['m.up@2024-01-01..2024-01-03'])
    expect(run.error).toBeUndefined()
    expect(counts.map(Number)).toEqual([100])
    expect(await project.value('select sum(amount) from m.up')).toBe(200)
    expect(Object.keys(await project.partitions('m.up'))).toEqual(['2024-01-01', '2024-01-02', '2024-01-03'])
  })

  test('a full refresh takes columns of any other names and types', async () => {
    const project = await opened({ 'models/m/up.sql': dailyModel(eventsOfWindow, 'indexes: [[id]]') })
    await project.run({ from: '2024-01-01', to: '2024-01-03' })
    await project.write({
      'models/m/up.sql': dailyModel(
        `select day, cast(id as varchar(9)) as id, 1 as one from raw.events where ${inWindow}`,
        'indexes: [[id]]',
      ),
    })
    const run = await project.run({ select: ['m.up'], fullRefresh: true, partition: '2024-01-01' })
    expect(run.error).toBeUndefined()
    expect(await project.rows('select day, id, one from m.up order by id limit 1')).toEqual([
      ['2024-01-01', '1', 1],
    ])
    expect(Object.keys((await project.query('select * from m.up'))[0]!).sort()).toEqual(['day', 'id', 'one'])
  })

  test('a full refresh that fails leaves everything as it was', async () => {
    const project = await opened({ 'models/m/up.sql': dailyModel(eventsOfWindow) })
    await project.run({ from: '2024-01-01', to: '2024-01-03' })
    await project.write({
      'models/m/up.sql': dailyModel(
        `select day, id from raw.events where ${inWindow}`,
        'checks: [{ expression: id < 4 }]',
      ),
    })
    const run = await project.run({ fullRefresh: true, partition: '2024-01-01' })
    expect(run.error).toMatchObject({ code: 'SL620', partition: '2024-01-03' })
    expect(await project.rows('select day, id, amount from m.up order by id')).toHaveLength(4)
    const days = await project.partitions('m.up')
    expect(Object.values(days).map((each) => each.data_seq === null)).toEqual([false, false, false])
  })

  test('a changed layout is held with the command that rebuilds, and then rebuilt', async () => {
    const weekly = model(
      'materialized: incremental\npartition: { column: day, grain: week, start: 2024-01-01, end: 2024-01-31 }',
      eventsOfWindow,
    )
    const project = await opened({ 'models/m/up.sql': dailyModel(eventsOfWindow) })
    await project.run({ from: '2024-01-01', to: '2024-01-03' })
    await project.write({ 'models/m/up.sql': weekly })
    const held = await project.run({ partition: '2024-W02' })
    expect(held.plan.held).toMatchObject([
      { state: 'blocked', needs: [{ because: 'layout' }], next: 'run --select m.up --full-refresh' },
    ])
    const rebuilt = await project.run({ select: ['m.up'], fullRefresh: true, partition: '2024-W02' })
    expect(rebuilt.error).toBeUndefined()
    expect(Object.keys(await project.partitions('m.up'))).toEqual(['2024-W01', '2024-W02'])
    expect(await project.value('select count(*) from m.up')).toBe(4)
  })

  test('a partition that crashed before it was published is nothing to a model without partitions', async () => {
    const project = await opened({ 'models/m/up.sql': table(`select 1 as n`) })
    await project.sql(
      `insert into sluice.partitions (model, partition_key, change_seq, last_attempt, last_run, last_status)
values ('m.up', '2024-01-01', 1, 'attempt', 'earlier', 'crashed')`,
    )
    expect((await project.run()).plan.tasks.map(({ id, reason }) => [id, reason.kind])).toEqual([
      ['m.up', 'missing'],
    ])
    const { tasks, skipped } = await project.plan()
    expect([tasks, skipped.map(({ id }) => id)]).toEqual([[], ['m.up']])
  })
})
