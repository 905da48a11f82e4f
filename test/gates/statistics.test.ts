import { describe, expect, test } from 'vitest'
import { failingText } from '../../core/checks/failing-text.ts'
import { dailyModel, engines, inWindow, model, projects } from '../run/project.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

describe.each(engines)('checks of values on %s', (engine) => {
  const open = projects(engine)

  async function outcomeOf(check: string, sql: string) {
    const project = await open({ 'models/m/t.sql': table(sql, `checks:\n  - ${check}`) })
    const run = await project.run()
    return { project, run, check: run.checks[0]! }
  }

  const values = `select * from (values (1, 10.5), (2, 20), (3, null), (3, 30), (null, 40)) as v(id, amount)`

  test.each([
    ['null_share: { column: amount, max: 20% }', 0.2, undefined],
    ['null_share: { column: amount, max: 10% }', 0.2, 'at most 10%'],
    ['null_share: { column: amount, max: 0, where: id = 3 }', 0.5, 'at most 0%'],
    ['distinct_count: { column: id, min: 3, max: 3 }', 3, undefined],
    ['distinct_count: { column: id, min: 4 }', 3, 'at least 4'],
    ['mean: { column: amount, min: 25, max: 25.2 }', 25.125, undefined],
    ['mean: { column: amount, max: 25 }', 25.125, 'at most 25'],
    ['sum: { column: amount, min: 101 }', 100.5, 'at least 101'],
    ['sum: { column: amount, max: 20.6, where: id < 2 }', 10.5, undefined],
    ['minimum: { column: amount, min: 11 }', 10.5, 'at least 11'],
    ['maximum: { column: amount, max: 40 }', 40, undefined],
    ['maximum: { column: amount, warn_if: ">= 40" }', 40, '>= 40'],
    ['quantile: { column: amount, q: 0.5, max: 25 }', 25, undefined],
    ['quantile: { column: amount, q: 0.5, max: 24 }', 25, 'at most 24'],
    ['quantile: { column: amount, q: 25%, min: 18 }', 17.625, 'at least 18'],
  ])('%s', async (check, value, broken) => {
    const { run, check: outcome } = await outcomeOf(check, values)
    expect(outcome.measure?.value).toBeCloseTo(value, 10)
    expect(outcome).toMatchObject({ passed: broken === undefined })
    expect(outcome.measure?.broken).toBe(broken)
    const isError = broken !== undefined && !check.includes('warn_if')
    expect(run.error?.code).toBe(isError ? 'SL620' : undefined)
  })

  const nothing = 'select cast(1 as integer) as id, cast(1.5 as double precision) as amount where 1 = 0'

  test.each([
    ['null_share: { column: amount, max: 0 }', null],
    ['mean: { column: amount, min: 1 }', null],
    ['minimum: { column: amount, min: 1 }', null],
    ['maximum: { column: amount, max: 1 }', null],
    ['quantile: { column: amount, q: 0.9, max: 1 }', null],
    ['sum: { column: amount, max: 0 }', 0],
    ['distinct_count: { column: amount, max: 0 }', 0],
  ])('of no rows: %s', async (check, value) => {
    const { check: outcome } = await outcomeOf(check, nothing)
    expect(outcome).toMatchObject({ passed: true, measure: { value } })
    expect(outcome.measure?.notJudged).toBe(value === null ? 'there is no value' : undefined)
  })

  test('of no rows there must be something if a sum or a number of values is demanded', async () => {
    const { run } = await outcomeOf('sum: { column: amount, min: 1 }', nothing)
    expect(run.error).toMatchObject({ code: 'SL620' })
  })

  test('what is no number is within no bounds', async () => {
    const { check } = await outcomeOf(
      'mean: { column: amount, max: 10 }',
      `select cast('NaN' as double precision) as amount`,
    )
    expect(check).toMatchObject({ passed: false, measure: { value: 'NaN', broken: 'at most 10' } })
  })

  test('infinity can be compared', async () => {
    const { check } = await outcomeOf(
      'maximum: { column: amount, min: 10 }',
      `select cast('Infinity' as double precision) as amount`,
    )
    expect(check).toMatchObject({ passed: true, measure: { value: 'Infinity' } })
  })

  test.each([
    ['mean: { column: name, max: 1 }', `select 'x' as name`],
    ['minimum: { column: name, max: 20 }', `select '12' as name union all select '9'`],
    ['maximum: { column: name, max: 20 }', `select '12' as name union all select '9'`],
    ['quantile: { column: name, q: 0.5, max: 20 }', `select '12' as name union all select '9'`],
    ['maximum: { column: name, max: 20 }', 'select true as name'],
    ['maximum: { column: name, max: 20 }', `select date '2024-01-01' as name`],
  ])('%s of %s is an error with the place of the checks', async (check, sql) => {
    const { run } = await outcomeOf(check, sql)
    expect(run.error).toMatchObject({ code: 'SL621', place: { file: 'models/m/t.sql' } })
  })

  test.each([
    ['minimum: { column: amount, max: 5 }', 'smallest value is not shown, at most 5 expected'],
    ['maximum: { column: amount, max: 5 }', 'largest value is not shown, at most 5 expected'],
    ['mean: { column: amount, max: 5 }', 'mean is not shown, at most 5 expected'],
    ['sum: { column: amount, error_if: "> 5" }', 'sum is not shown, which is > 5'],
    ['quantile: { column: amount, q: 0.5, max: 5 }', 'quantile is not shown, at most 5 expected'],
  ])('a value of a column that is not shown is not told: %s', async (check, text) => {
    const hides = 'columns: [{ name: amount, sample: false }]'
    const project = await open({
      'models/m/t.sql': table('select 4711 as amount', `${hides}\nchecks:\n  - ${check}`),
      'models/m/d.sql': dailyModel(
        `select date '2024-01-02' as day, 4711 as amount where ${inWindow.replaceAll('day', `date '2024-01-02'`)}`,
        `${hides}\nchecks:\n  - ${check}`,
      ),
    })
    const run = await project.run({ from: '2024-01-01', to: '2024-01-03' })
    const broken = run.checks.filter(({ passed }) => !passed)
    expect(broken).toHaveLength(2)
    for (const outcome of broken) expect(failingText(outcome)).toBe(text)
    expect(JSON.stringify([run.events, run.errors])).not.toContain('4711')
  })

  test('how many values of such a column there are is told', async () => {
    const { check } = await outcomeOf('distinct_count: { column: amount, max: 0 }', 'select 4711 as amount')
    expect(check).toMatchObject({ passed: false, measure: { value: 1 } })
  })

  describe('of partitions', () => {
    const checks = `checks:
  - mean: { column: amount, max: 30 }
  - null_share: { column: amount, max: 50% }
  - quantile: { column: amount, q: 0.5, max: 30 }
  - distinct_count: { column: id, min: 1 }
  - sum: { column: amount, scope: table, min: 0, name: total }
  - maximum: { column: amount, max: 100 }
`

    async function loaded() {
      const project = await open({
        'models/sources.yml': 'sources:\n  - name: raw.events\n',
        'models/m/t.sql': dailyModel(`select day, id, amount from raw.events where ${inWindow}`, checks),
      })
      await project.sql(
        'create schema raw',
        'create table raw.events (day date, id integer, amount double precision)',
        `insert into raw.events values ('2024-01-01', 1, 10), ('2024-01-01', 2, null), ('2024-01-02', 3, 30),
('2024-01-02', 3, 20), ('2024-01-04', null, 7), ('2024-01-05', 5, 70), ('2024-01-05', 6, null), ('2024-01-05', 7, null)`,
      )
      return project
    }

    test('a batch finds what its partitions find one by one', async () => {
      const found = []
      for (const batch of [1, 31]) {
        const project = await loaded()
        const run = await project.run({
          from: '2024-01-01',
          to: '2024-01-06',
          request: { batch },
        } as Parameters<typeof project.run>[0])
        found.push(
          run.checks
            .filter(({ name }) => name !== 'total')
            .map(({ partition, name, passed, measure }) => [partition, name, passed, measure])
            .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
        )
        expect(run.ended.failed.join(' ')).toContain('2024-01-03')
      }
      expect(found[1]).toEqual(found[0])
      expect(found[0]).toContainEqual([
        '2024-01-05',
        'null_share_amount',
        false,
        { value: 2 / 3, unit: 'share', broken: 'at most 50%' },
      ])
      expect(found[0]).toContainEqual([
        '2024-01-03',
        'mean_amount',
        true,
        { value: null, unit: 'number', notJudged: 'there is no value' },
      ])
    })

    test('`scope: table` looks at all partitions', async () => {
      const project = await loaded()
      await project.run({ partition: '2024-01-01' })
      const run = await project.run({ partition: '2024-01-02' })
      expect(run.checks.find(({ name }) => name === 'total')?.measure?.value).toBe(60)
    })
  })
})
