import { describe, expect, it } from 'vitest'
import { dailyModel, engines, inWindow, model, projects } from '../run/project.ts'
import { bind, shown } from './bind.ts'

const sources = `sources:
  - name: raw.flights
    columns: [{ name: day, type: date }, { name: origin, type: text }, { name: delay, type: int }]
  - name: raw.airports
    columns: [{ name: code, type: text }]
`

describe.each(engines)('what is SQL beside models, on %s', (engine) => {
  const open = projects(engine)

  it('checks over columns that are there are fine, with subqueries over other relations', async () => {
    const project = await open({
      'models/sources.yml': sources,
      'models/staging/flights.sql': dailyModel(
        `select * from raw.flights where ${inWindow}`,
        `checks:
  - not_null: [day, origin]
  - unique: [day, origin]
  - accepted_values: { column: origin, values: [a] }
  - relationships: { column: origin, to: raw.airports, field: code }
  - expression: delay < 100 and origin in (select a.code from raw.airports as a)
  - row_count: { min: 1, where: "delay > 3" }
`,
      ),
      'checks/few.sql': `select * from staging.flights where ${inWindow} and delay > 5 and flights.origin = 'a'`,
    })
    expect((await bind(project)).problems.map(shown)).toEqual([])
  })

  it('what they name and is not there is said at their line', async () => {
    const project = await open({
      'models/sources.yml': sources,
      'models/a.sql': model(
        `materialized: table
checks:
  - not_null: [dya]
  - unique: [origin]
  - accepted_values: { column: orign, values: [a] }
  - relationships: { column: origin, to: raw.airports, field: iata }
  - expression: delay < (select 1, 2)
  - row_count: { min: 1, where: "lateness > 3" }`,
        'select * from raw.flights',
      ),
      'checks/few.sql': 'select *\nfrom a\nwhere wrong',
    })
    const problems = (await bind(project)).problems
    expect(problems.map(({ code, place }) => `${code} ${place?.file}:${place?.line}`).sort()).toEqual([
      'SL603 checks/few.sql:3',
      'SL621 models/a.sql:4',
      'SL621 models/a.sql:6',
      'SL621 models/a.sql:7',
      'SL621 models/a.sql:8',
      'SL621 models/a.sql:9',
    ])
    expect(problems.find(({ place }) => place?.line === 4)?.hint).toBe('did you mean `day`?')
  })

  it('queries of sources', async () => {
    const project = await open({
      'models/sources.yml': `sources:
  - name: raw.flights
    columns: [{ name: day, type: date }, { name: delay, type: int }]
    partition: { column: day, grain: day, start: 2024-01-01 }
    observe: { query: "select count(*) from raw.flights where day >= {{partition.start}} and dely > 1" }
    ready: { column: loaded }
  - name: raw.other
    columns: [{ name: day, type: date }]
    ready: { query: "select count(*) > 0 from raw.other where day > date '2024-01-01'" }
`,
      'models/a.sql': 'select * from raw.flights',
    })
    expect((await bind(project)).problems.map(({ code, model: of }) => `${code} ${of}`).sort()).toEqual([
      'SL650 raw.flights',
      'SL653 raw.flights',
    ])
  })

  it('what tells how old a source is', async () => {
    const columns = 'columns: [{ name: id, type: int }, { name: at, type: timestamp }]'
    const freshness = {
      good: 'column: at, where: id > 1',
      date: 'query: "select cast(max(f.at) as date) from raw.date as f"',
      missing: 'column: seen',
      number: 'column: id',
      two: 'query: "select max(f.at), 1 from raw.two as f"',
    }
    const project = await open({
      'models/sources.yml': `sources:\n${Object.entries(freshness)
        .map(([name, by]) => `  - { name: raw.${name}, ${columns}, freshness: { fail: 1h, ${by} } }`)
        .join('\n')}\n`,
    })
    expect((await bind(project)).problems.map(({ code, model: of }) => `${code} ${of}`).sort()).toEqual([
      'SL680 raw.missing',
      'SL680 raw.number',
      'SL680 raw.two',
    ])
  })
})
