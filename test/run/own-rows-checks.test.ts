import { describe, expect, test } from 'vitest'
import { engines, model, projects } from './project.ts'

const partition = 'partition: { column: day, grain: day, start: 2024-01-01, end: 2024-01-31 }'
const source = { 'models/sources.yml': 'sources:\n  - name: raw.people\n' }
const window = 'where day >= {{partition.start}} and day < {{partition.end}}'

describe.each(engines)('checks that read the relation that they are on, on %s', (engine) => {
  const open = projects(engine)

  async function opened(header: string, where = '') {
    const project = await open({
      ...source,
      'models/m/t.sql': model(header, `select day, id, boss from raw.people ${where}`),
    })
    await project.sql(
      'create schema raw',
      'create table raw.people (day date, id integer, boss integer)',
      `insert into raw.people values ('2024-01-01', 1, null), ('2024-01-01', 2, 1)`,
    )
    return project
  }

  test.each([
    ['relationships', 'relationships: { column: boss, to: m.t, field: id }'],
    ['an expression', 'expression: boss is null or boss in (select t.id from m.t t)'],
    ['a where', 'expression: boss is null\n    where: boss not in (select t.id from m.t t)'],
  ])('%s of a table see its new rows', async (_, check) => {
    const project = await opened(`materialized: table\nchecks:\n  - ${check}`)
    expect((await project.run()).error).toBeUndefined()
    await project.sql('update raw.people set id = id + 10, boss = boss + 10')
    expect((await project.run({ force: true })).error).toBeUndefined()
    expect(await project.rows('select id, boss from m.t order by id')).toEqual([
      [11, null],
      [12, 11],
    ])
    // 11 is only among the old rows now.
    await project.sql('delete from raw.people where id = 11')
    const failed = await project.run({ force: true })
    expect(failed.error).toMatchObject({ code: 'SL620' })
    expect(failed.checks).toMatchObject([{ passed: false, failing: 1, sample: [{ id: 12, boss: 11 }] }])
    expect(await project.value('select count(*) from m.t')).toBe(2)
  })

  test('relationships of a seed see its new rows', async () => {
    const project = await open({
      'seeds/people.csv': 'id,boss\n1,\n2,1\n',
      'models/seeds.yml':
        'seeds:\n  - name: people\n    checks:\n      - relationships: { column: boss, to: people, field: id }\n',
    })
    expect((await project.run()).error).toBeUndefined()
    await project.write({ 'seeds/people.csv': 'id,boss\n7,\n8,7\n' })
    expect((await project.run()).error).toBeUndefined()
    await project.write({ 'seeds/people.csv': 'id,boss\n8,7\n' })
    expect((await project.run()).error).toMatchObject({ code: 'SL620' })
  })

  test.each([
    ['delete_insert', 'strategy: delete_insert'],
    ['merge by day', 'strategy: merge\nunique_key: [day, id]'],
    ['merge where the newest wins', 'strategy: merge\nunique_key: [id]'],
  ])('a rebuild with %s is checked when all of its partitions are written', async (_, strategy) => {
    const header = `materialized: incremental\n${partition}\n${strategy}`
    const project = await opened(header, window)
    await project.sql(`insert into raw.people values ('2024-01-02', 3, 1)`)
    await project.run({ from: '2024-01-01', to: '2024-01-02' })
    // Now the first day's rows need a row of the second one.
    await project.sql('update raw.people set boss = 3 where id = 2')
    await project.write({
      'models/m/t.sql': model(
        `${header}\nchecks:\n  - relationships: { column: boss, to: m.t, field: id }`,
        `select day, id, boss from raw.people ${window}`,
      ),
      'checks/two_days.sql': 'select 1 as problem from m.t having count(distinct day) < 2',
    })
    const run = await project.run({ partition: '2024-01-01', fullRefresh: true })
    expect(run.error).toBeUndefined()
    expect(run.checks.map((check) => [check.kind, check.partition, check.passed])).toEqual(
      ['relationships', 'custom'].flatMap((kind) => [
        [kind, '2024-01-01', true],
        [kind, '2024-01-02', true],
      ]),
    )
    expect(await project.value('select count(*) from m.t')).toBe(3)
    await project.sql('update raw.people set boss = 9 where id = 3')
    const failed = await project.run({ partition: '2024-01-01', fullRefresh: true })
    expect(failed.error).toMatchObject({ code: 'SL620', partition: '2024-01-02' })
    expect(await project.rows('select boss from m.t where id = 3')).toEqual([[1]])
  })

  test('a rebuild finds rows outside of their partition, whatever the other partitions hold', async () => {
    const project = await opened(`materialized: incremental\n${partition}`, window)
    await project.sql(`insert into raw.people values ('2024-01-02', 3, 1)`)
    await project.run({ from: '2024-01-01', to: '2024-01-02' })
    // Each day returns the other's rows: the counts of days are as they should be.
    await project.write({
      'models/m/t.sql': model(
        `materialized: incremental\n${partition}`,
        `select case when day = cast('2024-01-01' as date) then cast('2024-01-02' as date) else cast('2024-01-01' as date) end as day, id, boss
from raw.people ${window} and id > 1`,
      ),
    })
    const run = await project.run({ partition: '2024-01-01', fullRefresh: true })
    expect(run.error).toMatchObject({ code: 'SL610', partition: '2024-01-01' })
  })
})
