import { describe, expect, test } from 'vitest'
import { windowCondition } from '../../cli/published-rows.ts'
import { engines, inWindow, model, projects } from './project.ts'

describe.each(engines)(
  'columns that are configured in another case than the engine has them on %s',
  (engine) => {
    const open = projects(engine)

    test('are found by partitions, merge keys, indexes and checks', async () => {
      const project = await open({
        'models/m/ids.sql': model('materialized: table\nindexes: [[ID]]', 'select 1 as id'),
        'models/m/t.sql': model(
          `materialized: incremental
partition: { column: Day, grain: day, start: 2024-01-01, end: 2024-01-31 }
strategy: merge
unique_key: [DAY, Id]
indexes: [{ columns: [Kind], unique: true }]
checks:
  - not_null: [Day, ID]
  - unique: Id
  - accepted_values: { column: KIND, values: [a] }
  - relationships: { column: ID, to: m.ids, field: Id }`,
          `select * from (select cast({{partition.start}} as date) as day, 1 as id, 'a' as kind) as q where ${inWindow}`,
        ),
      })
      const run = await project.run({ partition: '2024-01-02' })
      expect(run.error).toBeUndefined()
      expect(run.checks.map(({ passed }) => passed)).toEqual([true, true, true, true])
      expect((await project.run({ partition: '2024-01-02', force: true })).error).toBeUndefined()
      const { project: compiled } = await project.compile()
      const node = compiled.nodes.get('m.t')
      if (node?.kind !== 'model') throw new Error('no model')
      const day = { start: Date.parse('2024-01-02'), end: Date.parse('2024-01-03') }
      const columns = await project.adapter.session((session) =>
        project.adapter.catalog.columns(session, node.relation),
      )
      const where = windowCondition(project.adapter.dialect, node, day, 'date', columns ?? [])
      expect(await project.value(`select count(*) from m.t as r where ${where('r')}`)).toBe(1)
    })

    test('a check that fails shows them', async () => {
      const project = await open({
        'models/m/t.sql': model(
          'materialized: table\nchecks: [{ unique: Id }, { accepted_values: { column: ID, values: [2] } }]',
          'select 1 as id union all select 1',
        ),
      })
      const run = await project.run()
      expect(run.checks.map(({ sample }) => sample)).toEqual([
        [{ id: 1, occurrences: 2 }],
        [{ id: 1 }, { id: 1 }],
      ])
    })

    test('an index on what the query does not return is refused by name', async () => {
      const project = await open({
        'models/m/t.sql': model('materialized: table\nindexes: [[nothing]]', 'select 1 as id'),
      })
      expect((await project.run()).error).toMatchObject({
        code: 'SL618',
        message: expect.stringContaining('nothing'),
        place: { file: 'models/m/t.sql' },
      })
    })
  },
)
