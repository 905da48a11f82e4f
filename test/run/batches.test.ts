import { describe, expect, test } from 'vitest'
import { dateKey, days, eventsOfDays, numbersModel } from './batch-models.ts'
import { dailyModel, engines, inWindow, model, projects } from './project.ts'

describe.each(engines)('a batch of adjacent partitions, on %s', (engine) => {
  const open = projects(engine)

  test('gives what its partitions give one by one', async () => {
    const sql = `select day, shop, count(*) as n, sum(amount) as total from raw.events where ${inWindow} group by day, shop`
    const checks = 'checks:\n  - unique: [day, shop]\n  - row_count: { max: 3 }\n  - not_null: total\n'
    const project = await open({
      ...numbersModel(),
      'models/marts/one.sql': dailyModel(sql, `${checks}batch: 1`),
      'models/marts/all.sql': dailyModel(sql, `${checks}batch: all`),
      'models/marts/merged.sql': dailyModel(
        sql,
        `${checks}batch: all\nstrategy: merge\nunique_key: [day, shop]\ndelete_missing: true`,
      ),
    })
    await eventsOfDays(project, 31)
    // What stood there before is replaced, a day whose rows are gone too.
    await project.sql(`update raw.events set shop = 'z' where id = 1`)
    await project.run({ from: '2024-01-01', to: '2024-01-31', select: ['marts.*'] })
    await project.sql(
      `update raw.events set shop = 'a' where id = 1`,
      `delete from raw.events where day = '2024-01-07'`,
      'update raw.events set amount = amount + 1',
    )
    const run = await project.run({
      from: '2024-01-01',
      to: '2024-01-31',
      select: ['marts.*'],
      force: true,
    })
    expect(run.error).toBeUndefined()
    expect(run.totals).toMatchObject({ succeeded: 124, failed: 0 })
    expect(run.ended.succeeded).toContain('marts.all@2024-01-01..2024-01-31')
    const rows = (name: string) => project.rows(`select * from marts.${name} order by 1, 2`)
    expect(await rows('all')).toEqual(await rows('one'))
    expect(await rows('merged')).toEqual(await rows('one'))
    const recorded = async (name: string) =>
      Object.values(await project.partitions(`marts.${name}`)).map(({ partition_key, rows }) => [
        partition_key,
        Number(rows),
      ])
    expect(await recorded('all')).toEqual(await recorded('one'))
    expect(await recorded('merged')).toEqual(await recorded('one'))
    const checked = (name: string) =>
      project.rows(
        `select partition_key, name, passed, failing from sluice.check_results where model = 'marts.${name}' order by 1, 2, 3, 4`,
      )
    expect(await checked('all')).toEqual(await checked('one'))
    expect(await project.value(`select count(*) from sluice.attempts where model = 'marts.all'`)).toBe(2)
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
  })

  test('shares one number, which its attempt knows, and what its rows were', async () => {
    const project = await open(numbersModel())
    await eventsOfDays(project, 3)
    await project.run({ from: '2024-01-01', to: '2024-01-04' })
    const [attempt] = await project.query(
      `select change_seq, fingerprint, outcome, rows from sluice.attempts where model = 'marts.numbers'`,
    )
    const partitions = Object.values(await project.partitions('marts.numbers'))
    expect(new Set(partitions.map((each) => Number(each.change_seq)))).toEqual(
      new Set([Number(attempt!.change_seq)]),
    )
    expect(new Set(partitions.map((each) => each.fingerprint))).toEqual(new Set([attempt!.fingerprint]))
    expect(JSON.parse(String(attempt!.outcome))).toEqual(
      [3, 3, 3, 0].map((rows, index) => ({ key: dateKey(index + 1), rows })),
    )
  })

  test('with a check that fails in one of a hundred publishes ninety-nine', async () => {
    const project = await open(
      numbersModel({ more: 'checks:\n  - expression: amount < 1000\n  - not_null: shop', end: '2024-04-09' }),
    )
    await eventsOfDays(project, 100)
    await project.sql(`update raw.events set amount = 5000 where day = '2024-02-20' and shop = 'b'`)
    const run = await project.run({ from: '2024-01-01', to: '2024-04-09' })
    expect(run.totals).toMatchObject({ succeeded: 99, failed: 1, blocked: 0 })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-02-20'])
    expect(run.ended.succeeded).toEqual([
      'marts.numbers@2024-01-01..2024-02-19',
      'marts.numbers@2024-02-21..2024-04-09',
    ])
    expect(run.error).toMatchObject({ code: 'SL620', partition: '2024-02-20' })
    expect(await project.value('select count(distinct day) from marts.numbers')).toBe(99)
    const failed = await project.query(
      `select partition_key, failing, sample from sluice.check_results where not passed`,
    )
    expect(failed.map(({ partition_key, failing }) => [partition_key, Number(failing)])).toEqual([
      ['2024-02-20', 1],
    ])
    expect(JSON.parse(String(failed[0]!.sample))).toMatchObject([{ shop: 'b', amount: 5000 }])
    const { last_status, data_seq } = (await project.partitions('marts.numbers'))['2024-02-20']!
    expect([last_status, data_seq]).toEqual(['failed', null])
    const attempts = await project.query(
      'select status, partition_keys, outcome from sluice.attempts order by started_at, id',
    )
    expect(
      attempts.map(({ status, partition_keys }) => [status, JSON.parse(String(partition_keys)).length]),
    ).toEqual([
      ['failed', 100],
      ['succeeded', 50],
      ['succeeded', 49],
    ])
    expect(JSON.parse(String(attempts[0]!.outcome))).toEqual([{ key: '2024-02-20', failed: true }])
    const again = await project.run({ from: '2024-01-01', to: '2024-04-09' })
    expect(again.totals).toMatchObject({ skipped: 99, failed: 1, succeeded: 0 })
  })

  test('with a value that cannot be cast in one of sixty publishes fifty-nine', async () => {
    const project = await open(
      numbersModel({
        sql: `select day, id, shop, cast(shop as integer) as amount from raw.events where ${inWindow}`,
        end: '2024-02-29',
      }),
    )
    await eventsOfDays(project, 60)
    await project.sql(
      `update raw.events set shop = '7'`,
      `update raw.events set shop = 'seven' where day = '2024-02-01' and id % 3 = 0`,
    )
    const run = await project.run({ from: '2024-01-01', to: '2024-02-29' })
    expect(run.totals).toMatchObject({ succeeded: 59, failed: 1 })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-02-01'])
    expect(run.error).toMatchObject({ code: 'SL604', partition: '2024-02-01' })
    expect(await project.value('select count(distinct day) from marts.numbers')).toBe(59)
    const statuses = Object.values(await project.partitions('marts.numbers')).map((each) => each.last_status)
    expect(statuses.filter((status) => status === 'failed')).toHaveLength(1)
  })

  test('that is merged into a table which refuses one of its rows publishes the other days', async () => {
    const sql = `select day, id, shop, amount from raw.events where ${inWindow}`
    const project = await open({
      ...numbersModel(),
      'models/marts/merged.sql': dailyModel(sql, 'batch: all\nstrategy: merge\nunique_key: [day, id]'),
    })
    await eventsOfDays(project, 7)
    const merged = { select: ['marts.merged'] }
    await project.run({ ...merged, partition: '2024-01-01' })
    await project.sql(
      'create unique index one_amount on marts.merged (amount)',
      'update raw.events set amount = 1000 where id in (10, 11)',
    )
    const run = await project.run({ ...merged, from: '2024-01-01', to: '2024-01-07' })
    expect(run.totals).toMatchObject({ succeeded: 5, failed: 1, skipped: 1 })
    expect(run.ended.failed).toEqual(['marts.merged@2024-01-04'])
    expect(run.error).toMatchObject({ code: 'SL605', partition: '2024-01-04' })
    expect(await project.value('select count(distinct day) from marts.merged')).toBe(6)
  })

  test('is not taken apart for an error that every partition would have', async () => {
    const project = await open(
      numbersModel({ sql: `select day, id, shop, missing as amount from raw.events where ${inWindow}` }),
    )
    await eventsOfDays(project, 4)
    const run = await project.run({ from: '2024-01-01', to: '2024-01-04' })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-01-01..2024-01-04'])
    expect(run.totals).toMatchObject({ failed: 4 })
    expect(await project.value('select count(*) from sluice.attempts')).toBe(1)
  })

  test('checks partitions without rows too', async () => {
    const project = await open(numbersModel({ more: 'checks:\n  - row_count: { min: 1 }' }))
    await eventsOfDays(project, 6)
    await project.sql(`delete from raw.events where day in ('2024-01-02', '2024-01-05')`)
    const run = await project.run({ from: '2024-01-01', to: '2024-01-06' })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-01-02', 'marts.numbers@2024-01-05'])
    expect(run.ended.succeeded).toEqual([
      'marts.numbers@2024-01-01',
      'marts.numbers@2024-01-03..2024-01-04',
      'marts.numbers@2024-01-06',
    ])
  })

  test.each([
    ['a date', 'day', 'day', 'day'],
    ['a timestamp', 'cast(day as timestamp)', 'timestamp', 'day'],
    ['a date by week', 'day', 'date', 'week'],
    ['a text', `replace(cast(day as text), '-', '')`, '{ name: at, type: text, format: YYYYMMDD }', 'day'],
  ])('counts by %s', async (_, expression, type, grain) => {
    const column = type.startsWith('{') ? type : 'at'
    const project = await open({
      ...numbersModel(),
      'models/marts/numbers.sql': model(
        `materialized: incremental
partition: { column: ${column}, grain: ${grain}, start: 2024-01-01, end: 2024-01-28 }
batch: all
checks:
  - row_count: { max: ${grain === 'week' ? 21 : 3} }
  - unique: id
  - unique: [at, id]
  - unique: { name: id_of_table, columns: [id], scope: table }
  - accepted_values: { column: shop, values: [a, b, c] }
  - relationships: { column: shop, to: raw.shops, field: shop }`,
        `select ${expression} as at, id, shop from raw.events where ${expression} >= {{partition.start}} and ${expression} < {{partition.end}}`,
      ),
    })
    await eventsOfDays(project, 28)
    // Of each of the first six weeks or days another check does not hold.
    const nth = (n: number) => dateKey(grain === 'week' ? (n - 1) * 7 + 1 : n)
    const one = `insert into raw.events values`
    await project.sql(
      `${one} ('${nth(1)}', 900, 'a', 1)`,
      `${one} ('${nth(2)}', (select min(id) from raw.events where day = '${nth(2)}'), 'a', 1)`,
      `update raw.events set shop = 'q' where id = (select min(id) from raw.events where day = '${nth(3)}')`,
      `delete from raw.shops where shop = 'q'`,
    )
    const run = await project.run({ from: '2024-01-01', to: '2024-01-28' })
    const failed = Object.fromEntries(
      run.errors.map((error) => [error.partition, error.message.replace(/ \(.*?\)/g, '')]),
    )
    expect(Object.values(failed)).toEqual([
      expect.stringMatching(/^row_count\S* failed$/),
      expect.stringMatching(/row_count\S*, unique_id, unique_at_id/),
      expect.stringMatching(/^accepted_values_shop, relationships_shop\S* failed$/),
    ])
    expect(run.totals).toMatchObject({ failed: 3, succeeded: (grain === 'week' ? 4 : 28) - 3 })
  })

  test('whose partitions share a key of the whole table publishes the first of them', async () => {
    const project = await open(numbersModel({ more: 'checks:\n  - unique: { columns: [id], scope: table }' }))
    await eventsOfDays(project, 8)
    await project.sql(
      `insert into raw.events select date '2024-01-06', id, shop, amount from raw.events where day = '2024-01-03'`,
    )
    const run = await project.run({ from: '2024-01-01', to: '2024-01-08' })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-01-06'])
    expect(run.totals).toMatchObject({ succeeded: 7, failed: 1 })
  })

  test('with a custom check publishes the partitions of which it holds', async () => {
    const project = await open({
      ...numbersModel(),
      'checks/small.sql': `select * from marts.numbers where day >= {{partition.start}} and day < {{partition.end}} and amount > 1000`,
      'checks/known.sql': `select * from marts.numbers where shop = 'q'`,
    })
    await eventsOfDays(project, 9)
    await project.sql(`update raw.events set amount = 2000 where day = '2024-01-04'`)
    const run = await project.run({ from: '2024-01-01', to: '2024-01-09' })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-01-04'])
    expect(run.totals).toMatchObject({ succeeded: 8, failed: 1 })
    await project.sql(
      'update raw.events set amount = 1',
      `update raw.events set shop = 'q' where day = '2024-01-07'`,
    )
    const again = await project.run({ from: '2024-01-01', to: '2024-01-09', force: true })
    expect(again.ended.failed).toEqual(['marts.numbers@2024-01-07'])
    expect(again.totals).toMatchObject({ succeeded: 8, failed: 1 })
  })

  test('of rows outside of their partitions fails by partition', async () => {
    const project = await open(
      numbersModel({
        sql: `select case when day = date '2024-01-05' and id % 3 = 0 then date '1999-01-01' else day end as day, id, shop, amount from raw.events where ${inWindow}`,
      }),
    )
    await eventsOfDays(project, 9)
    const run = await project.run({ from: '2024-01-01', to: '2024-01-09' })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-01-05'])
    expect(run.error).toMatchObject({ code: 'SL610', partition: '2024-01-05' })
    expect(run.totals).toMatchObject({ succeeded: 8, failed: 1 })
  })

  test('goes on without exactly those whose inputs failed', async () => {
    const project = await open({
      ...numbersModel({ more: 'checks:\n  - expression: amount < 1000' }),
      'models/marts/daily.sql': dailyModel(
        `select day, sum(amount) as total from marts.numbers where ${inWindow} group by day`,
        'batch: all',
      ),
      'models/marts/weekly.sql': model(
        'materialized: incremental\npartition: { column: week, grain: week, start: 2024-01-01, end: 2024-01-28 }\nbatch: all',
        `select cast(date_trunc('week', cast(day as timestamp)) as date) as week, sum(total) as total from marts.daily where ${inWindow} group by 1`,
      ),
      'models/reports/all.sql': model('materialized: table', 'select sum(total) as total from marts.weekly'),
      'models/reports/other.sql': model('materialized: table', 'select count(*) as n from raw.shops'),
    })
    await eventsOfDays(project, 28)
    await project.sql(`update raw.events set amount = 5000 where day = '2024-01-10'`)
    const run = await project.run({ from: '2024-01-01', to: '2024-01-28' })
    expect(run.ended.failed).toEqual(['marts.numbers@2024-01-10'])
    expect(run.ended.blocked).toEqual(['marts.daily@2024-01-10', 'marts.weekly@2024-W02', 'reports.all'])
    expect(run.ended.succeeded).toEqual(
      expect.arrayContaining([
        'marts.daily@2024-01-01..2024-01-09',
        'marts.daily@2024-01-11..2024-01-28',
        'marts.weekly@2024-W01',
        'marts.weekly@2024-W03..2024-W04',
        'reports.other',
      ]),
    )
    expect(run.totals).toMatchObject({ failed: 1, blocked: 3, succeeded: 27 + 27 + 3 + 1 })
  })

  test('leaves out what somebody else published while it waited', async () => {
    const project = await open(numbersModel())
    await eventsOfDays(project, 6)
    await project.run({ partition: '2024-01-01' })
    const planned = await project.prepareRun({ from: '2024-01-01', to: '2024-01-06' })
    await project.run({ partition: '2024-01-03' })
    const run = await planned()
    expect(run.ended.skipped).toContain('marts.numbers@2024-01-03')
    expect(run.ended.succeeded).toEqual(['marts.numbers@2024-01-02', 'marts.numbers@2024-01-04..2024-01-06'])
    expect(run.error).toBeUndefined()
  })

  test('that loses its lease writes nothing', async () => {
    const project = await open(numbersModel())
    await eventsOfDays(project, 5)
    const run = await project.run({
      from: '2024-01-01',
      to: '2024-01-05',
      afterBegin: (session) =>
        session.query(`delete from sluice.leases where partition_key = '2024-01-04'`).then(() => undefined),
    })
    if (engine === 'duckdb') {
      // Leases are in memory there.
      expect(run.totals).toMatchObject({ succeeded: 5 })
      return
    }
    expect(run.error).toMatchObject({ code: 'SL622' })
    expect(run.totals).toMatchObject({ succeeded: 0, failed: 5 })
    const tables = await project.query(
      `select count(*) as n from sluice.partitions where data_seq is not null`,
    )
    expect(Number(tables[0]!.n)).toBe(0)
  })

  test('that gives other rows than its partitions is refused where that is looked at', async () => {
    const project = await open({
      ...numbersModel({ more: 'checks:\n  - not_null: id' }),
      'models/marts/shares.sql': dailyModel(
        `select day, id, cast(amount as double precision) / 3 as third, cast(count(*) over () as integer) as all_rows from raw.events where ${inWindow}`,
        'batch: all',
      ),
    })
    await eventsOfDays(project, 7)
    await project.sql(`delete from raw.events where day = '2024-01-05'`)
    const run = await project.run({ from: '2024-01-01', to: '2024-01-07', verifiesBatches: true })
    expect(run.ended.succeeded).toEqual(['marts.numbers@2024-01-01..2024-01-07'])
    expect(run.ended.failed).toEqual(['marts.shares@2024-01-01..2024-01-07'])
    expect(run.error).toMatchObject({ code: 'SL660', model: 'marts.shares' })
    expect(run.error?.message).toContain('2024-01-01 (6 rows)')
    expect(run.error?.message).toContain('and 1 more')
    expect(run.error?.message).not.toContain('2024-01-05')
    expect(
      await project.value(
        `select count(*) from sluice.partitions where model = 'marts.shares' and data_seq is not null`,
      ),
    ).toBe(0)
    const again = await project.run({
      from: '2024-01-01',
      to: '2024-01-07',
      verifiesBatches: true,
      force: true,
    })
    expect(again.ended.succeeded).toEqual(['marts.numbers@2024-01-01..2024-01-07'])
  })

  test('of a rebuild is all or nothing', async () => {
    const project = await open(numbersModel({ more: 'checks:\n  - expression: amount < 1000' }))
    await eventsOfDays(project, 6)
    await project.run({ from: '2024-01-01', to: '2024-01-06' })
    await project.sql(`update raw.events set amount = 5000 where day = '2024-01-04'`)
    const run = await project.run({ from: '2024-01-01', to: '2024-01-06', fullRefresh: true })
    expect(run.totals).toMatchObject({ succeeded: 0, failed: 6 })
    expect(await project.value('select count(*) from marts.numbers')).toBe(18)
    await project.sql('update raw.events set amount = 1')
    const again = await project.run({ from: '2024-01-01', to: '2024-01-06', fullRefresh: true })
    expect(again.ended.succeeded).toEqual(['marts.numbers@2024-01-01..2024-01-06'])
    expect(await project.value('select sum(amount) from marts.numbers')).toBe(18)
    expect(Object.keys(await project.partitions('marts.numbers'))).toEqual(days(6))
  })
})
