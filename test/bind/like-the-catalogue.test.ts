import { describe, expect, it } from 'vitest'
import { dailyModel, engines, inWindow, model, projects } from '../run/project.ts'
import { bind, columnsOf } from './bind.ts'

const columns = `columns:
      - { name: id, type: bigint }
      - { name: day, type: date }
      - { name: seen_at, type: timestamp }
      - { name: price, type: 'numeric(10, 2)' }
      - { name: share, type: real }
      - { name: label, type: varchar(20) }
      - { name: is_new, type: bool }`

describe.each(engines)('what is bound is what the catalogue says after a run, on %s', (engine) => {
  const open = projects(engine)

  it('for views, tables, partitions, merges and seeds', async () => {
    const project = await open({
      'models/sources.yml': `sources:\n  - name: raw.sales\n    ${columns}\n`,
      'seeds/kinds.csv': 'kind,factor,since,at,is_on,zip\na,1.5,2024-01-01,2024-01-01 10:00:00,true,007\n',
      'models/staging/sales.sql': model(
        'materialized: view',
        'select *, price * 2 as twice, null as nothing, 1 as one from raw.sales',
      ),
      'models/totals.sql': model(
        'materialized: table',
        `select s.label, count(*) as n, sum(s.price) as total, avg(s.share) as mean, max(s.seen_at) as last, sum(s.id) as ids,
  min(k.factor) as factor, coalesce(max(k.zip), 'none') as zip, max(s.day) - min(s.day) as days, 'text' as word, now() as t
from staging.sales as s left join kinds as k on k.kind = s.label group by s.label`,
      ),
      'models/daily.sql': dailyModel(
        `select day, label, count(*) as n, sum(price) as total, {{partition.start}} as since\nfrom staging.sales where ${inWindow} group by day, label`,
      ),
      'models/newest.sql': dailyModel(
        `select id, day, label from raw.sales where ${inWindow}`,
        'strategy: merge\nunique_key: [id]',
      ),
      'models/readers.sql': model('materialized: view', 'select * from newest join daily using (day, label)'),
      'models/running.sql': dailyModel(
        `select day, cast(count(*) as int) as n, coalesce((select max(n) from {{this}} where day < {{partition.start}}), 0) as before\nfrom raw.sales where ${inWindow} group by day`,
        'columns: [{ name: day, type: date }, { name: n, type: int }, { name: before, type: int }]',
      ),
    })
    const physical = columns
      .replaceAll(/^\s*- \{ name: (\w+), type: '?(.+?)'? \}$/gm, '$1 $2,')
      .replace('columns:', '')
      .trim()
      .replace(/,$/, '')
    await project.sql(
      'create schema raw',
      `create table raw.sales (${physical})`,
      `insert into raw.sales values (1, date '2024-01-05', timestamp '2024-01-05 10:00:00', 2.5, 0.5, 'a', true)`,
    )
    const bound = await bind(project)
    expect(bound.problems).toEqual([])
    const { totals, errors } = await project.run({ partition: '2024-01-05' })
    expect(errors).toEqual([])
    expect(totals.failed).toBe(0)
    await project.run({ select: ['running'], partition: '2024-01-01' })
    const { project: compiled } = await project.compile()
    for (const [name, node] of compiled.nodes) {
      if (node.kind !== 'model' && node.kind !== 'seed') continue
      const standing = await project.adapter.session((session) =>
        project.adapter.catalog.columns(session, node.relation),
      )
      expect([name, columnsOf(bound, name)]).toEqual([
        name,
        standing?.map((column) => `${column.name} ${column.type}`).join(', '),
      ])
    }
    const source = await project.adapter.session((session) =>
      project.adapter.catalog.columns(session, { schema: 'raw', name: 'sales' }),
    )
    expect(columnsOf(bound, 'raw.sales')).toEqual(
      source!.map((column) => `${column.name} ${column.type}`).join(', '),
    )
  })
})
