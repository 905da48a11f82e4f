import { describe, expect, it } from 'vitest'
import { dailyModel, engines, type Files, inWindow, projects } from '../run/project.ts'
import { bind, columnsOf, shown } from './bind.ts'

const flights = `sources:
  - name: raw.flights
    columns:
      - { name: day, type: date }
      - { name: origin, type: text }
      - { name: delay, type: int }
      - { name: seen_at, type: timestamp }
  - name: raw.airports
    columns: [{ name: origin, type: text }, { name: city, type: text }]
`

describe.each(engines)('what the engine finds wrong, on %s', (engine) => {
  const open = projects(engine)
  const problemsOf = async (files: Files) => {
    const project = await open({ 'models/sources.yml': flights, ...files })
    return (await bind(project)).problems
  }

  it('a column that is not there stands at its line and column, with the one that was meant', async () => {
    const [problem, ...others] = await problemsOf({
      'models/a.sql': 'select day,\n  orign\nfrom raw.flights\n',
    })
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      code: 'SL603',
      model: 'a',
      place: { file: 'models/a.sql', line: 2, column: 3 },
      frame: expect.stringContaining('2 |   orign'),
    })
    expect(problem!.hint).toContain('origin')
  })

  it('a function that is not there', async () => {
    const [problem] = await problemsOf({
      'models/a.sql': 'select day, uper(origin) as o\nfrom raw.flights\n',
    })
    expect(problem).toMatchObject({ code: 'SL603', place: { line: 1, column: 13 } })
    expect(problem!.message).toContain('uper')
  })

  it('a name that two inputs have', async () => {
    const [problem] = await problemsOf({
      'models/a.sql':
        'select f.day,\n  origin\nfrom raw.flights as f join raw.airports as a on a.origin = f.origin\n',
    })
    expect(problem).toMatchObject({ place: { file: 'models/a.sql', line: 2, column: 3 } })
    expect(problem!.message).toMatch(/ambiguous/i)
  })

  it('types that do not fit', async () => {
    const [problem] = await problemsOf({
      'models/a.sql': 'select *\nfrom raw.flights\nwhere length(delay) = 3\n',
    })
    // To Postgres that is a function that is not there for this type.
    expect(problem?.code).toBe(engine === 'duckdb' ? 'SL604' : 'SL603')
    expect(problem?.place).toMatchObject({ file: 'models/a.sql', line: 3 })
  })

  it('a mistake in a macro names the macro and who calls it', async () => {
    const [problem] = await problemsOf({
      'macros/late.sql': 'delay > 15\n  and lateness > 3',
      'models/a.sql': 'select *\nfrom raw.flights\nwhere {{> late}}\n',
    })
    expect(problem).toMatchObject({
      code: 'SL603',
      place: { file: 'macros/late.sql', line: 2, column: 7 },
      via: [{ file: 'models/a.sql', line: 3, column: 7 }],
    })
  })

  it('positions hold after a bound of the partition and after characters of several bytes', async () => {
    const [problem] = await problemsOf({
      'models/a.sql': dailyModel(
        `select day, '日本 🛫 é' as label, wrong\nfrom raw.flights\nwhere ${inWindow}`,
      ),
    })
    expect(problem).toMatchObject({
      place: { file: 'models/a.sql', line: 5, column: 33 },
      frame: expect.stringContaining('wrong'),
    })
    const [second] = await problemsOf({
      'models/a.sql': dailyModel(
        `select day, '日本 🛫 é' as label\nfrom raw.flights\nwhere ${inWindow} and 'ü🛫' = misspelt`,
      ),
    })
    expect(second?.place?.line).toBe(7)
    expect(second?.place?.column).toBe(`where ${inWindow} and 'ü🛫' = `.length + 1)
  })

  it('a broken model makes what reads it unknown, and hides no mistake of others', async () => {
    const project = await open({
      'models/sources.yml': flights,
      'models/a.sql': 'select wrong from raw.flights\n',
      'models/b.sql': 'select nothing_of_the_kind from a\n',
      'models/c.sql': 'select b.x from b\n',
      'models/d.sql': 'select also_wrong from raw.flights\n',
    })
    const bound = await bind(project)
    expect(bound.problems.map(({ model }) => model)).toEqual(['a', 'd'])
    expect(columnsOf(bound, 'b')).toBe('unknown: a has a mistake')
    expect(columnsOf(bound, 'c')).toBe('unknown: a has a mistake')
  })

  it('a bound that is compared with a column of another type', async () => {
    const problems = await problemsOf({
      'models/a.sql': `/*---
materialized: incremental
partition: { column: day, grain: day, start: 2024-01-01, timezone: Europe/Berlin }
---*/
select cast(seen_at as date) as day from raw.flights
where seen_at >= {{partition.start}} and seen_at < {{partition.end.timestamp}}
`,
    })
    expect(problems.map(shown)).toEqual([
      'SL629 models/a.sql:6:20 `{{partition.start}}` is a date, and a compares it with a timestamp',
    ])
  })

  it('partition column, merge key and index columns must be in the output', async () => {
    const problems = await problemsOf({
      'models/a.sql': `/*---
materialized: incremental
strategy: merge
unique_key: [id]
partition: { column: day, grain: day, start: 2024-01-01 }
indexes: [{ columns: [city] }]
---*/
select origin from raw.flights where ${inWindow}
`,
    })
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'SL618 the partition column `day` is not in the output of a',
      'SL618 the merge key column `id` is not in the output of a',
      'SL618 the index column `city` is not in the output of a',
    ])
  })

  it('two columns of one name', async () => {
    const problems = await problemsOf({ 'models/a.sql': 'select *, delay as origin from raw.flights\n' })
    expect(problems.map(({ code }) => code)).toEqual(['SL377'])
  })

  it('sources that say nothing, and types that nobody knows', async () => {
    const project = await open({
      'models/sources.yml': `sources:
  - name: raw.silent
  - name: raw.half
    columns: [{ name: a, type: int }, { name: b }]
  - name: raw.odd
    columns: [{ name: a, type: integr }]
  - name: raw.sly
    columns: [{ name: a, type: 'int) as a, cast(null as int' }]
  - name: raw.unread
`,
      'models/a.sql': 'select x from raw.silent\n',
      'models/b.sql': 'select a from raw.half\n',
      'models/c.sql': 'select a from raw.odd\n',
      'models/d.sql': 'select a from raw.sly\n',
    })
    const { problems } = await bind(project)
    expect(problems.map(({ code, model }) => `${code} ${model}`)).toEqual([
      'SL370 raw.half',
      'SL372 raw.odd',
      'SL370 raw.silent',
      'SL372 raw.sly',
    ])
  })
})
