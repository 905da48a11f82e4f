import { describe, expect, test } from 'vitest'
import { engines, type Files, model, projects } from '../run/project.ts'
import { bind } from './bind.ts'

const sql =
  "select id, name, cast('2024-01-01' as date) as day, cast(null as timestamptz) as at_tz, cast('2024-01-01' as timestamp) as seen from people"
const snapshot = (header: string): string => model(`materialized: snapshot\nunique_key: id\n${header}`, sql)
const day = 'partition: { grain: day, start: 2024-01-01 }'
const hour = 'partition: { grain: hour, start: 2024-01-01 }'

const files: Files = {
  'seeds/people.csv': 'id,name\n1,Ada\n',
  'models/h/values.sql': snapshot(`${day}\nsnapshot: { strategy: check, deletes: close }`),
  'models/h/rows.sql': snapshot(`${hour}\nsnapshot: { strategy: check, columns: [name], deletes: new_row }`),
  'models/h/dates.sql': snapshot(
    `${day}\nsnapshot: { strategy: timestamp, updated_at: day, deletes: close }`,
  ),
  'models/h/times.sql': snapshot(
    'snapshot: { strategy: timestamp, updated_at: seen, names: { valid_from: since } }',
  ),
}

describe.each(engines)('snapshots on %s', (engine) => {
  const open = projects(engine)

  test('are bound with the columns that their tables have', async () => {
    const project = await open(files)
    const bound = await bind(project)
    expect(bound.problems).toEqual([])
    const run = await project.run({ request: { upstream: 'build' } })
    expect(run.error).toBeUndefined()
    for (const name of ['values', 'rows', 'dates', 'times']) {
      const columns = await project.adapter.session((session) =>
        project.adapter.catalog.columns(session, { schema: 'h', name }),
      )
      expect([name, bound.relations.get(`h.${name}`)]).toMatchObject([name, { kind: 'bound', columns }])
    }
  })

  test('say what they add that the query has already, before anything runs', async () => {
    const project = await open({
      'seeds/people.csv': 'id,name\n1,Ada\n',
      'models/h/taken.sql': model(
        'materialized: snapshot\nunique_key: id\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check }',
        'select id, name as valid_to from people',
      ),
      'models/h/untimed.sql': model(
        'materialized: snapshot\nunique_key: id\nsnapshot: { strategy: timestamp, updated_at: name }',
        'select id, name from people',
      ),
    })
    expect((await bind(project)).problems.map(({ code, model: name }) => [code, name])).toEqual([
      ['SL695', 'h.taken'],
      ['SL694', 'h.untimed'],
    ])
  })
})
