import { describe, expect, test } from 'vitest'
import { eventsSource } from './events.ts'
import { dailyModel, engines, inWindow, projects, type TestProject } from './project.ts'

const all = 'select day, id, amount from marts.events order by day, id'

describe.each(engines)('a merge on %s', (engine) => {
  const open = projects(engine)

  async function opened(
    keys: string,
    more = '',
    sql = `select day, id, amount from raw.events where ${inWindow}`,
  ) {
    const project = await open({
      ...eventsSource,
      'models/marts/events.sql': dailyModel(sql, `strategy: merge\nunique_key: [${keys}]\n${more}`),
    })
    await project.sql(
      'create schema raw',
      'create table raw.events (day date, id integer, amount integer)',
      `insert into raw.events values ('2024-01-01', 1, 10), ('2024-01-01', 2, 20), ('2024-01-02', 1, 30)`,
    )
    return project
  }

  describe('whose key contains the partition column', () => {
    test('updates rows that changed, inserts new ones and keeps those that left the source', async () => {
      const project = await opened('day, id')
      await project.run({ from: '2024-01-01', to: '2024-01-02' })
      await project.sql(
        'update raw.events set amount = 11 where amount = 10',
        `delete from raw.events where id = 2`,
        `insert into raw.events values ('2024-01-01', 3, 50)`,
      )
      await project.run({ partition: '2024-01-01', force: true })
      expect(await project.rows(all)).toEqual([
        ['2024-01-01', 1, 11],
        ['2024-01-01', 2, 20],
        ['2024-01-01', 3, 50],
        ['2024-01-02', 1, 30],
      ])
      expect((await project.partitions('marts.events'))['2024-01-01']).toMatchObject({ rows: 3 })
    })

    test('`delete_missing` removes what left the source, within the window only', async () => {
      const project = await opened('day, id', 'delete_missing: true')
      await project.run({ from: '2024-01-01', to: '2024-01-02' })
      await project.sql('delete from raw.events')
      const run = await project.run({ partition: '2024-01-01', force: true })
      expect(run.error).toBeUndefined()
      expect(await project.rows(all)).toEqual([['2024-01-02', 1, 30]])
    })

    test('a second run gives the same rows', async () => {
      const project = await opened('day, id')
      await project.run({ from: '2024-01-01', to: '2024-01-02' })
      const rows = await project.rows(all)
      await project.run({ from: '2024-01-01', to: '2024-01-02', force: true })
      expect(await project.rows(all)).toEqual(rows)
    })
  })

  describe('whose key does not contain the partition column', () => {
    const newest = [
      ['2024-01-01', 2, 20],
      ['2024-01-02', 1, 30],
    ]

    test.each([
      ['forwards', ['2024-01-01', '2024-01-02']],
      ['backwards', ['2024-01-02', '2024-01-01']],
      ['backwards and forwards again', ['2024-01-02', '2024-01-01', '2024-01-02', '2024-01-01']],
    ])('the newest day wins when days run %s', async (_, days) => {
      const project = await opened('id')
      for (const partition of days) {
        const run = await project.run({ partition, force: true })
        expect(run.error).toBeUndefined()
      }
      expect(await project.rows(all)).toEqual(newest)
    })

    test('a forced rerun of an old day does not overwrite a newer one', async () => {
      const project = await opened('id')
      await project.run({ from: '2024-01-01', to: '2024-01-02' })
      await project.sql(`update raw.events set amount = 99 where day = '2024-01-01'`)
      const run = await project.run({ partition: '2024-01-01', force: true })
      expect(run.error).toBeUndefined()
      expect(await project.rows(all)).toEqual([
        ['2024-01-01', 2, 99],
        ['2024-01-02', 1, 30],
      ])
    })

    test('days at once give what days in order give', async () => {
      const project = await opened('id')
      const run = await project.run({ from: '2024-01-01', to: '2024-01-05', threads: 4 })
      expect(run.error).toBeUndefined()
      expect(await project.rows(all)).toEqual(newest)
    })

    test('a rerun in which a key vanished says that it needs a rebuild, which gives the right rows', async () => {
      const project = await opened('id')
      await project.run({ from: '2024-01-01', to: '2024-01-02' })
      await project.sql(`delete from raw.events where day = '2024-01-02'`)
      const run = await project.run({ partition: '2024-01-02', force: true })
      expect(run.error).toMatchObject({ code: 'SL625', next: 'run --select marts.events --full-refresh' })
      expect(await project.rows(all)).toEqual(newest)
      const rebuilt = await project.run({ select: ['marts.events'], fullRefresh: true })
      expect(rebuilt.error).toBeUndefined()
      expect(await project.rows(all)).toEqual([
        ['2024-01-01', 1, 10],
        ['2024-01-01', 2, 20],
      ])
    })
  })

  test.each(['day, id', 'id'])('NULL in the key (%s) rolls the partition back', async (keys) => {
    const project = await opened(keys)
    await project.run({ partition: '2024-01-01' })
    const rows = await project.rows(all)
    await project.sql(`insert into raw.events values ('2024-01-01', null, 7)`)
    const run = await project.run({ partition: '2024-01-01', force: true })
    expect(run.error).toMatchObject({ code: 'SL611', partition: '2024-01-01' })
    expect(await project.rows(all)).toEqual(rows)
  })

  test.each(['day, id', 'id'])('a key (%s) that occurs twice rolls the partition back', async (keys) => {
    const project = await opened(keys)
    await project.run({ partition: '2024-01-01' })
    const rows = await project.rows(all)
    await project.sql(`insert into raw.events values ('2024-01-01', 1, 7)`)
    const run = await project.run({ partition: '2024-01-01', force: true })
    expect(run.error).toMatchObject({ code: 'SL612' })
    expect(run.error?.hint).toContain('id = 1')
    expect(await project.rows(all)).toEqual(rows)
  })

  test.each(['day, id', 'id'])('rows outside of the window roll a merge by %s back', async (keys) => {
    const project = await opened(keys)
    await project.run({ partition: '2024-01-01' })
    const rows = await project.rows(all)
    await project.write({
      'models/marts/events.sql': dailyModel(
        `select day + 1 as day, id, amount from raw.events where ${inWindow}`,
        `strategy: merge\nunique_key: [${keys}]`,
      ),
    })
    const run = await project.run({ partition: '2024-01-01' })
    expect(run.error).toMatchObject({ code: 'SL610' })
    expect(await project.rows(all)).toEqual(rows)
  })

  test('columns that opted out of samples are not in the message of a bad key', async () => {
    const project = await opened(
      'day, id',
      'columns: [{ name: amount, sample: false }, { name: id, sample: false }]',
    )
    await project.sql(`insert into raw.events values ('2024-01-01', null, 7777)`)
    const bad = await project.run({ partition: '2024-01-01' })
    expect(JSON.stringify(bad.error)).not.toContain('7777')
    expect(bad.error?.hint).toBe('For example day = 2024-01-01.')
  })

  test('a failing check of a merge by another key leaves the old rows', async () => {
    const project = await opened('id', 'checks: [{ expression: amount < 100 }]')
    await project.run({ partition: '2024-01-01' })
    const rows = await project.rows(all)
    await project.sql('update raw.events set amount = 100 where id = 2')
    const run = await project.run({ partition: '2024-01-01', force: true })
    expect(run.error).toMatchObject({ code: 'SL620' })
    expect(await project.rows(all)).toEqual(rows)
  })
})

describe('a merge on postgres', () => {
  const open = projects('postgres')

  test.each(['day, id', 'id'])('by %s does not write rows that did not change', async (keys) => {
    const project: TestProject = await open({
      ...eventsSource,
      'models/marts/events.sql': dailyModel(
        `select day, id, amount from raw.events where ${inWindow}`,
        `strategy: merge\nunique_key: [${keys}]`,
      ),
    })
    await project.sql(
      'create schema raw',
      'create table raw.events (day date, id integer, amount integer)',
      `insert into raw.events values ('2024-01-01', 1, 10), ('2024-01-01', 2, 20)`,
    )
    await project.run({ partition: '2024-01-01' })
    const stored = 'select id, xmin, ctid from marts.events order by id'
    const before = await project.rows(stored)
    await project.run({ partition: '2024-01-01', force: true })
    expect(await project.rows(stored)).toEqual(before)
    await project.sql('update raw.events set amount = 21 where id = 2')
    await project.run({ partition: '2024-01-01', force: true })
    const after = await project.rows(stored)
    expect(after[0]).toEqual(before[0])
    expect(after[1]).not.toEqual(before[1])
  })

  test('has an index on its key and one on its partition column', async () => {
    const project = await open({
      ...eventsSource,
      'models/marts/events.sql': dailyModel(
        `select day, id, amount from raw.events where ${inWindow}`,
        'strategy: merge\nunique_key: id',
      ),
    })
    await project.sql('create schema raw', 'create table raw.events (day date, id integer, amount integer)')
    await project.run({ partition: '2024-01-01' })
    const found = await project.rows(
      `select indexdef from pg_indexes where tablename = 'events' and schemaname = 'marts'`,
    )
    const columns = found.map(([definition]) => /USING btree \((.*)\)/.exec(String(definition))?.[1]).sort()
    expect(columns).toEqual(['day', 'id'])
  })
})
