import { expect, test } from 'vitest'
import { type Files, model, projects } from '../run/project.ts'

const open = projects('duckdb')
const sql = 'select 1 as id'

test.each([
  [
    'history of a view',
    'materialized: view\nchecks: [{ volume: { change: 50% } }]',
    'SL181',
    'of a view none are recorded',
  ],
  [
    'days of the week of a table',
    'materialized: table\nchecks: [{ z_score: { max: 3, weekday: true } }]',
    'SL181',
    'without partitions',
  ],
  [
    'days of the week of months',
    'materialized: incremental\npartition: { column: day, grain: month, start: 2024-01 }\nchecks: [{ volume: { change: 50%, weekday: true } }]',
    'SL181',
    'each month has all of them',
  ],
  [
    'a column to limit a whole table to',
    'materialized: table\nchecks: [{ reconcile: { with: raw.events, with_column: day } }]',
    'SL182',
    '`with_column`',
  ],
])('%s cannot be checked', async (_, header, code, message) => {
  const files: Files = {
    'models/sources.yml': 'sources:\n  - name: raw.events\n',
    'models/m/t.sql': model(header, sql),
  }
  const project = await open(files)
  const error: unknown = await project.compile().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ diagnostics: [{ code, place: { file: 'models/m/t.sql' } }] })
  expect(String((error as Error).message)).toContain(message)
})

test('history of a source cannot be checked', async () => {
  const project = await open({
    'models/sources.yml': 'sources:\n  - name: raw.events\n    checks: [{ volume: { change: 10% } }]\n',
  })
  await expect(project.compile()).rejects.toMatchObject({
    diagnostics: [{ code: 'SL181', place: { file: 'models/sources.yml', line: 3 } }],
  })
})
