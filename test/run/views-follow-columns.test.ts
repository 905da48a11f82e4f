import { describe, expect, test } from 'vitest'
import { dailyModel, engines, type Files, model, projects } from './project.ts'

const view = (sql: string, more = '') => model(`materialized: view\n${more}`, sql)
const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

describe.each(engines)('when the columns of a table change on %s', (engine) => {
  const open = projects(engine)

  describe.each(['append', 'sync'])('by `on_schema_change: %s`, a new one', (mode) => {
    const change = `on_schema_change: ${mode}`

    async function grown(files: Files, to = `select 1 as id, 'x' as extra`) {
      const project = await open({ 'models/m/t.sql': table('select 1 as id', change), ...files })
      expect((await project.run()).error).toBeUndefined()
      await project.write({ 'models/m/t.sql': table(to, change) })
      return { project, run: await project.run() }
    }

    test('reaches what reads it through a view of all columns, in the same run', async () => {
      const { project, run } = await grown({
        'models/m/v.sql': view('select * from m.t'),
        'models/m/w.sql': view('select *, id * 2 as twice from m.v'),
        'models/m/c.sql': table('select * from m.w', change),
      })
      expect(run.error).toBeUndefined()
      expect(await project.query('select * from m.v')).toEqual([{ id: 1, extra: 'x' }])
      expect(await project.query('select * from m.c')).toEqual([{ id: 1, extra: 'x', twice: 2 }])
      expect((await project.run()).ended.succeeded).toEqual([])
    })

    test('that holds nothing is a change too', async () => {
      const { project, run } = await grown(
        {
          'models/m/v.sql': view('select * from m.t'),
          'models/m/c.sql': table('select * from m.v', change),
        },
        'select 1 as id, cast(null as integer) as extra',
      )
      expect(run.error).toBeUndefined()
      expect(await project.query('select * from m.c')).toEqual([{ id: 1, extra: null }])
    })

    test('reaches what reads it in a later run', async () => {
      const project = await open({
        'models/m/t.sql': table('select 1 as id', change),
        'models/m/v.sql': view('select * from m.t'),
        'models/m/c.sql': table('select * from m.v', change),
      })
      await project.run()
      await project.write({ 'models/m/t.sql': table(`select 1 as id, 'x' as extra`, change) })
      expect((await project.run({ select: ['m.t'] })).ended.succeeded).toEqual(['m.t'])
      const next = await project.run()
      expect(next.ended).toMatchObject({ succeeded: ['m.c'] })
      expect(await project.query('select * from m.c')).toEqual([{ id: 1, extra: 'x' }])
    })

    test('of an incremental model reaches it too', async () => {
      const day = `cast({{partition.start}} as date) as day`
      const project = await open({
        'models/m/t.sql': dailyModel(`select ${day}`, change),
        'models/m/v.sql': view('select * from m.t'),
        'models/m/c.sql': table('select * from m.v', change),
      })
      await project.run({ partition: '2024-01-01' })
      await project.write({ 'models/m/t.sql': dailyModel(`select ${day}, 7 as extra`, change) })
      expect((await project.run({ partition: '2024-01-01' })).error).toBeUndefined()
      expect((await project.run()).error).toBeUndefined()
      expect(await project.rows(`select extra from m.c where day = date '2024-01-01'`)).toEqual([[7]])
    })
  })

  test('a view that was changed with them does not hold them', async () => {
    const sync = 'on_schema_change: sync'
    const project = await open({
      'models/m/t.sql': table(`select 1 as id, 'x' as gone, 2 as kept`, sync),
      'models/m/v.sql': view('select id, gone from m.t', 'description: What it holds.'),
      'models/m/w.sql': view('select gone from m.v'),
    })
    await project.run()
    await project.write({
      'models/m/t.sql': table('select 1 as id, 2 as kept', sync),
      'models/m/v.sql': view('select id, kept from m.t', 'description: What it holds.'),
      'models/m/w.sql': view('select kept from m.v'),
    })
    const run = await project.run()
    expect(run.error).toBeUndefined()
    expect(run.ended.succeeded).toEqual(['m.t', 'm.v', 'm.w'])
    expect(await project.query('select * from m.w')).toEqual([{ kept: 2 }])
    expect((await project.run()).ended.succeeded).toEqual([])
  })
})

describe('when the columns of a table change on postgres', () => {
  const open = projects('postgres')
  const sync = 'on_schema_change: sync'

  test('a view that was changed with them keeps its rights and comments', async () => {
    const project = await open({
      'models/m/t.sql': table(`select 1 as id, 'x' as gone`, sync),
      'models/m/v.sql': view('select id, gone from m.t'),
    })
    await project.run()
    await project.sql('grant select on m.v to pg_monitor', `comment on column m.v.id is 'who'`)
    await project.write({
      'models/m/t.sql': table('select 1 as id', sync),
      'models/m/v.sql': view('select id from m.t'),
    })
    expect((await project.run({ select: ['m.t'] })).error).toBeUndefined()
    expect((await project.run()).ended.succeeded).toEqual(['m.v'])
    expect(
      await project.rows(
        `select has_table_privilege('pg_monitor', 'm.v', 'select'), col_description('m.v'::regclass, 1)`,
      ),
    ).toEqual([[true, 'who']])
  })

  test('a changed view that needs what is not built yet stays as it was until its own task', async () => {
    const project = await open({
      'models/m/t.sql': table('select 1 as id, 2 as n', sync),
      'models/m/v.sql': view('select id from m.t'),
    })
    await project.run()
    await project.write({
      'models/m/t.sql': table(`select 1 as id, 'two' as n`, sync),
      'models/m/u.sql': table('select id as other from m.t'),
      'models/m/v.sql': view('select id, other from m.t join m.u on other = id'),
    })
    const run = await project.run()
    expect(run.error).toBeUndefined()
    expect(run.ended.succeeded).toEqual(['m.t', 'm.u', 'm.v'])
    expect(await project.query('select * from m.v')).toEqual([{ id: 1, other: 1 }])
  })

  test('a view that still needs what went stops the change, and is named', async () => {
    const project = await open({
      'models/m/t.sql': table(`select 1 as id, 'x' as gone`, sync),
      'models/m/v.sql': view('select gone from m.t'),
    })
    await project.run()
    await project.write({ 'models/m/t.sql': table('select 1 as id', sync) })
    const run = await project.run()
    expect(run.error).toMatchObject({
      code: 'SL614',
      model: 'm.t',
      place: { file: 'models/m/v.sql' },
      message: expect.stringContaining('gone'),
    })
    expect(await project.query('select * from m.v')).toEqual([{ gone: 'x' }])
  })

  test("a new one does not touch what somebody else's view reads", async () => {
    const project = await open({
      'models/m/t.sql': table('select 1 as id', sync),
      'models/m/v.sql': view('select * from m.t'),
      'models/m/w.sql': view('select * from m.t'),
    })
    await project.run()
    await project.sql('create view public.theirs as select * from m.v')
    await project.write({ 'models/m/t.sql': table('select 1 as id, 2 as extra', sync) })
    expect((await project.run()).error).toBeUndefined()
    expect(await project.query('select * from public.theirs')).toEqual([{ id: 1 }])
    expect(await project.query('select * from m.w')).toEqual([{ id: 1, extra: 2 }])
  })
})
