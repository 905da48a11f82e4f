import { describe, expect, test } from 'vitest'
import { dailyModel, engines, type Files, model, projects } from './project.ts'

const view = (sql: string, more = '') => model(`materialized: view\n${more}`, sql)
const base = 'select 1 as id, 10 as amount'

describe.each(engines)('a view on %s', (engine) => {
  const open = projects(engine)

  async function changed(from: string, to: string, files: Files = {}) {
    const project = await open({ 'models/m/v.sql': view(from), ...files })
    const first = await project.run()
    expect(first.error).toBeUndefined()
    await project.write({ 'models/m/v.sql': view(to) })
    return { project, run: await project.run() }
  }

  test.each([
    ['appended', `${base}, 'x' as extra`, [1, 10, 'x']],
    ['removed', 'select 1 as id', [1]],
    ['renamed', 'select 1 as id, 10 as total', [1, 10]],
    ['of another type', `select 'one' as id, 10 as amount`, ['one', 10]],
    ['in another order', 'select 10 as amount, 1 as id', [10, 1]],
  ])('is replaced when its columns are %s', async (_, to, row) => {
    const { project, run } = await changed(base, to)
    expect(run.error).toBeUndefined()
    expect(await project.rows('select * from m.v')).toEqual([row])
  })

  test.each([
    ['appended', `${base}, 'x' as extra`],
    ['of another type', `select 'one' as id, 10 as amount`],
    ['removed', 'select 10 as amount'],
  ])('that another view reads is replaced when its columns are %s', async (_, to) => {
    const { project, run } = await changed(base, to, { 'models/m/w.sql': view('select amount from m.v') })
    expect(run.error).toBeUndefined()
    expect(await project.rows('select * from m.w')).toEqual([[10]])
  })

  test('may end in a semicolon and comments, and hold CTEs', async () => {
    const project = await open({
      'models/m/v.sql': view(`with a as (${base}) select * from a order by id; -- end`),
    })
    expect((await project.run()).error).toBeUndefined()
    expect(await project.rows('select * from m.v')).toEqual([[1, 10]])
  })

  test('is not touched when only comments and layout changed', async () => {
    const { run } = await changed(base, `SELECT 1 AS id, -- the id\n  10 as amount`)
    expect(run.ended).toMatchObject({ succeeded: [], skipped: ['m.v'] })
  })

  test('that becomes a table, and a view again, keeps what reads it', async () => {
    const project = await open({
      'models/m/v.sql': view(base),
      'models/m/w.sql': view('select amount from m.v'),
    })
    await project.run()
    await project.write({ 'models/m/v.sql': model('materialized: table', base) })
    const asTable = await project.run()
    expect(asTable.error).toBeUndefined()
    expect(await project.rows('select * from m.w')).toEqual([[10]])
    await project.write({ 'models/m/v.sql': view('select 1 as id, 11 as amount') })
    const asView = await project.run()
    expect(asView.error).toBeUndefined()
    expect(await project.rows('select * from m.w')).toEqual([[11]])
  })

  test('a model that becomes incremental is rebuilt on request only', async () => {
    const project = await open({ 'models/m/v.sql': view(`select cast('2024-01-01' as date) as day`) })
    await project.run()
    await project.write({
      'models/m/v.sql': dailyModel('select cast({{partition.start}} as date) as day'),
    })
    const held = await project.run({ partition: '2024-01-02' })
    expect(held.plan.held).toMatchObject([
      { state: 'blocked', needs: [{ because: 'layout' }], next: 'run --select m.v --full-refresh' },
    ])
    const rebuilt = await project.run({ partition: '2024-01-02', fullRefresh: true })
    expect(rebuilt.error).toBeUndefined()
    expect(await project.rows('select * from m.v')).toEqual([['2024-01-02']])
    expect(Object.keys(await project.partitions('m.v'))).toEqual(['2024-01-02'])
    await project.write({ 'models/m/v.sql': view(`select cast('2024-01-01' as date) as day`) })
    expect((await project.run({ fullRefresh: true })).error).toBeUndefined()
    expect(await project.rows('select * from m.v')).toEqual([['2024-01-01']])
    expect(Object.keys(await project.partitions('m.v'))).toEqual(['all'])
  })

  test.each(['table', 'view'])('a foreign %s of its name is left alone until it is adopted', async (kind) => {
    const project = await open({ 'models/m/v.sql': view(base) })
    await project.sql(
      'create schema m',
      kind === 'table' ? 'create table m.v (x integer)' : 'create view m.v as select 5 as x',
    )
    const refused = await project.run()
    expect(refused.error).toMatchObject({ code: 'SL615', next: 'run --select m.v --full-refresh' })
    expect(Object.keys((await project.query('select count(x) as x from m.v'))[0]!)).toEqual(['x'])
    const adopted = await project.run({ select: ['m.v'], fullRefresh: true })
    expect(adopted.error).toBeUndefined()
    expect(await project.rows('select * from m.v')).toEqual([[1, 10]])
  })

  test('has a description as its comment', async () => {
    const project = await open({ 'models/m/v.sql': view(base, `description: What it's for.`) })
    await project.run()
    expect(
      await project.value(
        engine === 'postgres'
          ? `select obj_description('m.v'::regclass)`
          : `select comment from duckdb_views() where view_name = 'v'`,
      ),
    ).toBe("What it's for.")
  })

  test('that fails in the engine stays as it was', async () => {
    const { project, run } = await changed(base, 'select nothing as id')
    expect(run.error).toMatchObject({
      code: 'SL603',
      model: 'm.v',
      place: { file: 'models/m/v.sql', line: 4, column: 8 },
    })
    expect(await project.rows('select * from m.v')).toEqual([[1, 10]])
  })
})
