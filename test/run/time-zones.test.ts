import { describe, expect, test } from 'vitest'
import { engines, model, projects } from './project.ts'

/** A partitioned model of the events; `column` and more of its `partition`. */
function events(partition: string, select: string): string {
  return model(
    `materialized: incremental\npartition: { start: 2021-03-01, ${partition} }`,
    `select ${select} from raw.events as e\nwhere e.ts >= {{partition.start.timestamptz}} and e.ts < {{partition.end.timestamptz}}`,
  )
}

const newYork = 'timezone: America/New_York'
const local = 'e.ts at time zone {{partition.timezone}}'

const models = {
  'models/sources.yml': 'sources:\n  - name: raw.events\n',
  'models/m/by_instant.sql': events(`column: ts, grain: day, ${newYork}`, 'e.ts, e.n'),
  'models/m/by_date.sql': events(
    `column: { name: day, type: date }, grain: day, ${newYork}`,
    `cast(${local} as date) as day, e.n`,
  ),
  'models/m/by_local_time.sql': events(
    `column: { name: at_local, clock: local }, grain: day, ${newYork}`,
    `${local} as at_local, e.n`,
  ),
  'models/m/by_text.sql': events(
    `column: { name: day, type: text, format: YYYY-MM-DD, clock: local }, grain: day, ${newYork}`,
    `cast(cast(${local} as date) as varchar) as day, e.n`,
  ),
  'models/m/by_utc_time.sql': events(
    `column: { name: at_utc, type: timestamp }, grain: day, ${newYork}`,
    `e.ts at time zone 'UTC' as at_utc, e.n`,
  ),
  'models/m/hours.sql': events(`column: ts, grain: hour, ${newYork}`, 'e.ts, e.n'),
  'models/m/utc_hours.sql': events('column: ts, grain: hour', 'e.ts, e.n'),
  'models/m/workdays.sql': events(`column: ts, grain: "0 6 * * 1-5", ${newYork}`, 'e.ts, e.n'),
}

const days = ['by_instant', 'by_date', 'by_local_time', 'by_text', 'by_utc_time']

/** The clocks go forward at 07:00 UTC on 2021-03-14, and back at 06:00 UTC on 2021-11-07. */
const changes = [
  { name: 'forward', from: '2021-03-12', to: '2021-03-17', days: ['2021-03-13', '2021-03-14', '2021-03-15'] },
  { name: 'back', from: '2021-11-05', to: '2021-11-10', days: ['2021-11-06', '2021-11-07', '2021-11-08'] },
]
const rowsOfDays: Readonly<Record<string, readonly number[]>> = { forward: [48, 46, 48], back: [48, 50, 48] }

describe.each(engines)('a model of New York on %s', (engine) => {
  const open = projects(engine)

  /** An event every half hour. */
  const opened = async (from: string, to: string) => {
    const project = await open(models)
    project.now = Date.parse('2021-12-01T00:00:00Z')
    await project.sql(
      'create schema raw',
      `create table raw.events as select ts, 1 as n from generate_series(timestamptz '${from} 00:00:00+00', timestamptz '${to} 00:00:00+00', interval '30 minutes') as t(ts)`,
    )
    const rowsOf = async (name: string, prefix = '') =>
      (
        await project.rows(
          `select partition_key, rows from sluice.partitions where model like '%m.${name}' and partition_key like '${prefix}%' order by start_at`,
        )
      ).map(([key, rows]) => [key, Number(rows)])
    return { project, rowsOf }
  }

  test.each(changes)('publishes exactly the rows of its days where clocks go $name', async (change) => {
    const { project, rowsOf } = await opened(change.from, change.to)
    const [first, , last] = change.days
    const run = await project.run({ select: days.map((name) => `m.${name}`), from: first!, to: last! })
    expect(run.error).toBeUndefined()
    const expected = change.days.map((day, index) => [day, rowsOfDays[change.name]![index]])
    for (const name of days) expect([name, await rowsOf(name)]).toEqual([name, expected])
    expect(
      await project.rows('select cast(day as varchar), count(*) from m.by_date group by 1 order by 1'),
    ).toEqual(expected)
    const again = await project.run({ select: ['m.by_date'], partition: change.days[1]!, force: true })
    expect(again.error).toBeUndefined()
    expect(await project.value('select count(*) from m.by_date')).toBe(change.name === 'back' ? 146 : 142)
  })

  test('has two partitions for a repeated hour, none for a skipped one, and UTC has all', async () => {
    const { project, rowsOf } = await opened('2021-11-05', '2021-11-10')
    expect((await project.run({ select: ['m.hours'], partition: '2021-11-07T01' })).error).toBeUndefined()
    expect(await rowsOf('hours')).toEqual([
      ['2021-11-07T01', 2],
      ['2021-11-07T01-05:00', 2],
    ])
    await project.sql(`insert into raw.events values (timestamptz '2021-11-07 06:10:00+00', 2)`)
    const second = await project.run({ select: ['m.hours'], partition: '2021-11-07T01-05:00', force: true })
    expect(second.plan.tasks.flatMap(({ partitions }) => partitions.map(({ key }) => key))).toEqual([
      '2021-11-07T01-05:00',
    ])
    expect(await rowsOf('hours')).toEqual([
      ['2021-11-07T01', 2],
      ['2021-11-07T01-05:00', 3],
    ])
    const day = { select: ['m.hours', 'm.utc_hours'], partition: '2021-11-07' }
    expect((await project.run(day)).error).toBeUndefined()
    expect(await rowsOf('hours')).toHaveLength(25)
    expect(await rowsOf('utc_hours')).toHaveLength(24)
    expect(await rowsOf('utc_hours', '2021-11-07T06')).toEqual([['2021-11-07T06', 3]])
    const skipped = await project.plan({ select: ['m.hours'], partition: '2021-03-14T02' })
    expect(skipped.tasks).toEqual([])
  })

  test.each([
    { name: 'forward', from: '2021-03-12', to: '2021-03-17', key: '2021-03-12T06', rows: 142 },
    { name: 'back', from: '2021-11-05', to: '2021-11-10', key: '2021-11-05T06', rows: 146 },
  ])('is cut by a cron expression where clocks go $name', async ({ from, to, key, rows }) => {
    const { project, rowsOf } = await opened(from, to)
    const run = await project.run({ select: ['m.workdays'], partition: key.slice(0, 10) })
    expect(run.error).toBeUndefined()
    expect(await rowsOf('workdays', key)).toEqual([[key, rows]])
    expect(await project.value(`select count(*) from m.workdays where n = 1`)).toBeGreaterThanOrEqual(rows)
  })
})

describe.each(engines)(
  'days that begin at midnight of UTC and at another hour of their own clock, on %s',
  (engine) => {
    const open = projects(engine)

    test.each([
      { clock: 'local', timezone: 'Asia/Tokyo', hour: 9, shownAt: 9 },
      { clock: 'utc', timezone: 'Asia/Tokyo', hour: 9, shownAt: 0 },
      { clock: 'local', timezone: 'Pacific/Kiritimati', hour: 14, shownAt: 14 },
    ])(
      'are told apart in a batch and hashed: $clock, $timezone',
      async ({ clock, timezone, hour, shownAt }) => {
        const header = (batch: string) => `materialized: incremental
partition: { column: { name: moment, type: timestamp, clock: ${clock} }, grain: "0 ${hour} * * *", timezone: ${timezone}, start: 2024-01-01 }
batch: ${batch}
data_hash: true
checks:
  - expression: id <> 5
  - row_count: { min: 2 }`
        const sql =
          'select moment, id from raw.moments where moment >= {{partition.start}} and moment < {{partition.end}}'
        const project = await open({
          'models/sources.yml': 'sources:\n  - name: raw.moments\n',
          'models/m/one.sql': model(header('1'), sql),
          'models/m/all.sql': model(header('all'), sql),
        })
        // Two rows a day, on two dates where the day does not begin at midnight.
        const rows = [1, 2, 3, 4, 5, 6].flatMap((day) =>
          [1, 20].map((after) => {
            const shown = new Date(Date.UTC(2024, 0, day, shownAt + after)).toISOString()
            return `(timestamp '${shown.slice(0, 19).replace('T', ' ')}', ${day})`
          }),
        )
        await project.sql(
          'create schema raw',
          'create table raw.moments (moment timestamp, id integer)',
          `insert into raw.moments values ${rows.join(', ')}`,
        )
        const run = await project.run({ from: '2024-01-01', to: '2024-01-06' })
        expect(run.totals).toMatchObject({ succeeded: 10, failed: 2 })
        expect(run.errors).toMatchObject([{ code: 'SL620' }, { code: 'SL620' }])
        const recorded = async (name: string) =>
          Object.values(await project.partitions(`m.${name}`)).map((each) => [
            each.partition_key,
            Number(each.rows),
            each.last_status,
            each.data_hash,
          ])
        expect(await recorded('all')).toEqual(await recorded('one'))
        expect((await recorded('all')).map(([, count]) => count)).toEqual([2, 2, 2, 2, 0, 2])
      },
    )
  },
)

describe.each(engines)('a partition column that cannot hold its partitions, on %s', (engine) => {
  const open = projects(engine)

  test.each([
    ['a date by hours', 'column: d, grain: hour', 'current_date as d', 'cannot hold hours'],
    [
      'a date by a cron expression',
      'column: d, grain: "0 6 * * *"',
      'current_date as d',
      'begin at other times than midnight',
    ],
    [
      'hours of a local clock',
      `column: { name: d, clock: local }, grain: hour, ${newYork}`,
      `timestamp '2021-03-01 00:00:00' as d`,
      'shows some hours twice',
    ],
    [
      'a local clock of instants',
      `column: { name: d, clock: local }, grain: day, ${newYork}`,
      `timestamptz '2021-03-01 00:00:00+00' as d`,
      'a timestamptz is an instant',
    ],
  ])('is refused as soon as its type is known: %s', async (_, partition, select, message) => {
    const project = await open({
      settings: 'allow: { functions: [current_date] }\n',
      'models/m/t.sql': model(
        `materialized: incremental\npartition: { start: 2021-03-01, ${partition} }`,
        `select ${select}`,
      ),
    })
    project.now = Date.parse('2021-04-01T00:00:00Z')
    const run = await project.run({ partition: '2021-03-01' })
    expect(run.error).toMatchObject({ code: 'SL628' })
    expect(run.error?.message).toContain(message)
  })
})
