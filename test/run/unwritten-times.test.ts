import { describe, expect, test } from 'vitest'
import { isWritten } from '../../core/time/written.ts'
import { engines, model, projects } from './project.ts'

const source = { 'models/sources.yml': 'sources:\n  - name: raw.days\n' }

describe.each(engines)('values of a partition column that are no times, on %s', (engine) => {
  const open = projects(engine)

  describe.each([
    ['integer', 'YYYYMMDD', '20240131', '20240132'],
    ['text', 'YYYY-MM-DD', `'2024-01-31'`, `'2024-01-31x'`],
  ])('%s', (type, format, good, bad) => {
    test.each([
      ['delete_insert', 'strategy: delete_insert'],
      ['merge by day', 'strategy: merge\nunique_key: [d, id]'],
      ['merge where the newest wins', 'strategy: merge\nunique_key: [id]'],
    ])('are refused by %s', async (_, strategy) => {
      const header = `materialized: incremental
partition: { column: { name: d, type: ${type}, format: ${format} }, grain: day, start: 2024-01-01, end: 2024-01-31 }
${strategy}`
      const project = await open({
        ...source,
        'models/m/t.sql': model(
          header,
          'select d, id from raw.days where d >= {{partition.start}} and d < {{partition.end}}',
        ),
      })
      project.now = Date.parse('2024-02-10T00:00:00Z')
      await project.sql(
        'create schema raw',
        `create table raw.days (d ${type}, id integer)`,
        `insert into raw.days values (${good}, 1)`,
      )
      const day = { partition: '2024-01-31' }
      expect((await project.run(day)).error).toBeUndefined()
      await project.sql(`insert into raw.days values (${bad}, 2)`)
      const run = await project.run({ force: true, ...day })
      expect(run.error).toMatchObject({ code: 'SL627', partition: '2024-01-31' })
      expect(run.error?.message).toContain(bad.replaceAll("'", ''))
      expect(await project.value('select count(*) from m.t')).toBe(1)
    })
  })
})

test.each([
  ['20240229', 'YYYYMMDD', true],
  ['20230229', 'YYYYMMDD', false],
  ['20240100', 'YYYYMMDD', false],
  ['202401', 'YYYYMM', true],
  ['202413', 'YYYYMM', false],
  ['0001', 'YYYY', true],
  ['2024-01-31T23.59', 'YYYY-MM-DDTHH.mm', true],
  ['2024-01-31T23x59', 'YYYY-MM-DDTHH.mm', false],
  ['2024-01-31T24.00', 'YYYY-MM-DDTHH.mm', false],
  ['2024-01-31 ', 'YYYY-MM-DD', false],
  ['2024-01-31\n', 'YYYY-MM-DD', false],
  ['-2024', 'YYYY', false],
])('%j as %s is a time: %s', (text, format, expected) => {
  expect(isWritten(text, format)).toBe(expected)
})
