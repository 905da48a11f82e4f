import { describe, expect, test } from 'vitest'
import { engines, model, projects } from './project.ts'

const source = { 'models/sources.yml': 'sources:\n  - name: raw.events\n' }

function daily(partition: string, where: string): string {
  return model(
    `materialized: incremental\npartition: { grain: day, start: 2021-03-01, ${partition} }`,
    `select e.d, e.n from raw.events as e\nwhere ${where}`,
  )
}

describe.each(engines)('a bound beside a column on %s', (engine) => {
  const open = projects(engine)
  const run = async (partition: string, where: string) => {
    const project = await open({ ...source, 'models/m/t.sql': daily(partition, where) })
    project.now = Date.parse('2021-04-01T00:00:00Z')
    await project.sql(
      'create schema raw',
      'create table raw.events (d date, ts timestamp, tz timestamptz, n integer)',
      `insert into raw.events values (date '2021-03-02', timestamp '2021-03-02 12:00:00', timestamptz '2021-03-02 12:00:00+00', 1)`,
    )
    return project.run({ partition: '2021-03-02' })
  }
  const newYork = 'column: d, timezone: America/New_York'

  test.each([
    [
      'a date beside instants',
      'column: d',
      'e.tz >= {{partition.start}} and e.tz < {{partition.end}}',
      'timestamptz',
    ],
    [
      'a date beside instants, the other way around',
      'column: d',
      'e.d >= {{partition.start}} and {{partition.end}} > e.tz',
      'timestamptz',
    ],
    [
      'a date between instants',
      'column: d',
      'e.tz between {{partition.start}} and {{partition.end}}',
      'timestamptz',
    ],
    [
      'an instant beside dates',
      'column: d',
      'e.d >= {{partition.start.timestamptz}} and e.d < {{partition.end}}',
      'date',
    ],
    [
      'a local date beside timestamps',
      newYork,
      'e.ts >= {{partition.start}} and e.ts < {{partition.end}}',
      'timestamp',
    ],
  ])('is refused: %s', async (_, partition, where, type) => {
    const { error } = await run(partition, where)
    expect(error).toMatchObject({ code: 'SL629', place: { file: 'models/m/t.sql', line: 6 } })
    expect(error?.message).toContain(`compares it with a ${type}`)
    expect(error?.hint).toContain(`.${type}}}`)
  })

  test.each([
    ['the same type', newYork, 'e.d >= {{partition.start}} and e.d < {{partition.end}}'],
    ['its type', newYork, 'e.tz >= {{partition.start.timestamptz}} and e.tz < {{partition.end.timestamptz}}'],
    [
      'a date beside timestamps of UTC',
      'column: d',
      'e.ts >= {{partition.start}} and e.ts < {{partition.end}}',
    ],
    [
      'a cast',
      'column: d',
      `e.tz >= {{partition.start}}::timestamptz and e.tz < {{partition.end}} + interval '0 days'`,
    ],
    [
      'a cast of the column',
      newYork,
      `cast(e.tz as date) >= {{partition.start}} and cast(e.tz as date) < {{partition.end}}`,
    ],
    ['only itself', 'column: d', `{{partition.start}} < {{partition.end}} and e.d = {{partition.start}}`],
  ])('is fine: %s', async (_, partition, where) => {
    const { error, totals } = await run(partition, where)
    expect(error).toBeUndefined()
    expect(totals).toMatchObject({ succeeded: 1 })
  })
})
