import { describe, expect, it } from 'vitest'
import { dailyModel, engines, inWindow, projects } from './project.ts'
import { byValues, endOf, show, snapshotOf } from './snapshot-source.ts'

const files = snapshotOf(byValues(), undefined, {
  'models/sources.yml': 'sources:\n  - name: raw.customers\n  - name: raw.orders\n',
  'models/marts/orders.sql': dailyModel(
    `select o.day, o.id, c.city from raw.orders as o
left join snap.customers as c on c.id = o.customer and o.day >= c.valid_from and (o.day < c.valid_to or c.valid_to is null)
where o.${inWindow.replace('and day', 'and o.day')}`,
  ),
})

describe.each(engines)('what reads a snapshot on %s', (engine) => {
  const open = projects(engine)

  it('waits for its interval to be recorded, and for none that was missed', async () => {
    const project = await open(files)
    await show(project, ["1, 'Ada', 'Paris'"])
    await project.sql(
      'create table raw.orders (day date, id integer, customer integer)',
      "insert into raw.orders values ('2024-01-02', 1, 1), ('2024-01-03', 2, 1), ('2024-01-04', 3, 1)",
    )
    endOf(project, '2024-01-02')
    expect((await project.run({ select: ['marts.orders'] })).plan.held).toMatchObject([
      { needs: [{ upstream: 'snap.customers', because: 'missing' }] },
    ])
    const first = await project.run()
    expect(first.ended.succeeded).toEqual(['snap.customers@2024-01-02', 'marts.orders@2024-01-02'])
    await show(project, ["1, 'Ada', 'Rome'"])
    endOf(project, '2024-01-04')
    const second = await project.run({ request: { history: true } })
    expect(second.error).toBeUndefined()
    expect(second.ended.succeeded).toContain('snap.customers@2024-01-04')
    expect(second.ended.succeeded.join(' ')).not.toContain('snap.customers@2024-01-03')
    expect(await project.rows('select id, city from marts.orders order by id')).toEqual([
      [1, null],
      [2, 'Paris'],
      [3, 'Paris'],
    ])
    expect((await project.run({ request: { history: true } })).plan.tasks).toEqual([])
  })

  it('is not stale for what was recorded after it, nor a failure of an interval that nobody can record any more', async () => {
    const project = await open(files)
    await show(project, ["1, 'Ada', 'Paris'", "1, 'Ada', 'Rome'"])
    await project.sql('create table raw.orders (day date, id integer, customer integer)')
    endOf(project, '2024-01-02')
    const failed = await project.run()
    expect(failed.ended.failed).toEqual(['snap.customers@2024-01-02'])
    expect(failed.ended.blocked).toEqual(['marts.orders@2024-01-02'])
    await show(project, ["1, 'Ada', 'Paris'"])
    endOf(project, '2024-01-03')
    const next = await project.run({ request: { history: true } })
    expect(next.error).toBeUndefined()
    expect(next.ended.blocked).toEqual([])
    expect((await project.run({ request: { history: true } })).plan.tasks).toEqual([])
  })
})
