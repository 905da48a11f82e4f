import { describe, expect, it } from 'vitest'
import { projects } from '../run/project.ts'
import { bind, columnsOf } from './bind.ts'

const base = {
  'models/sources.yml':
    'sources:\n  - { name: raw.flights, columns: [{ name: id, type: int }, { name: origin, type: text }] }\n',
  'models/scalar.sql': 'select id, clean_name(origin) as origin from raw.flights\n',
  'models/reader.sql': 'select upper(origin) as origin from scalar\n',
  'models/other.sql': 'select misspelled(id) as id from raw.flights\n',
}

describe('functions that only the database has, on DuckDB', () => {
  const open = projects('duckdb')

  it('are mistakes while nobody says that they are there', async () => {
    const { problems } = await bind(await open(base))
    expect(problems.map(({ code, model }) => `${code} ${model}`).sort()).toEqual([
      'SL603 other',
      'SL603 scalar',
    ])
    expect(problems.find(({ model }) => model === 'scalar')?.hint).toContain('allow: { functions: […] }')
  })

  it('leave the columns unknown where the project allows them by name', async () => {
    const project = await open({
      ...base,
      'models/rows.sql': 'select * from numbers_to(3)\n',
      'models/within.sql': 'select tools.shout(origin) as o from raw.flights\n',
      settings: 'allow: { functions: [Clean_Name, numbers_to, tools.shout] }\n',
    })
    const bound = await bind(project)
    expect(bound.problems.map(({ code, severity, model }) => `${code} ${severity} ${model}`).sort()).toEqual([
      'SL374 warning rows',
      'SL374 warning scalar',
      'SL374 warning within',
      'SL603 error other',
    ])
    expect(columnsOf(bound, 'scalar')).toContain('`clean_name`, which only the database has')
  })

  it('types that are written by a name of their own are said to be unknown here', async () => {
    const { problems } = await bind(await open({ 'models/a.sql': "select cast('ok' as mood) as mood\n" }))
    expect(problems).toMatchObject([{ code: 'SL604', hint: expect.stringContaining('write them out') }])
  })
})
