import { describe, expect, test } from 'vitest'
import { dailyModel, engines, type Files, inWindow, model, projects } from '../run/project.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

/** Two hundred rows, `n` from 1; one in fifty has no value. */
const rows = `select n, case when n % 50 = 0 then null else n end as v, n % 3 as kind from generate_series(1, 200) as g(n)`

describe.each(engines)('limits of checks on %s', (engine) => {
  const open = projects(engine)

  async function outcomeOf(check: string, files: Files = {}) {
    const project = await open({ 'models/m/t.sql': table(rows, `checks:\n  - ${check}`), ...files })
    const run = await project.run()
    const stored = await project.rows('select measure from sluice.check_results')
    return {
      project,
      run,
      check: run.checks[0]!,
      stored: stored[0]?.[0] === null ? null : (JSON.parse(String(stored[0]?.[0])) as unknown),
    }
  }

  test.each([
    ['fewer than both', '{ columns: v, warn_if: "> 4", error_if: "> 10" }', true, 'error', undefined],
    ['more than one', '{ columns: v, warn_if: "> 3", error_if: "> 10" }', false, 'warn', '> 3'],
    ['more than both', '{ columns: v, warn_if: "> 0", error_if: ">= 4" }', false, 'error', '>= 4'],
    ['only a warning', '{ columns: v, warn_if: "> 1" }', false, 'warn', '> 1'],
    ['only an error that is not reached', '{ columns: v, error_if: "> 4" }', true, 'error', undefined],
    ['a share that is reached', '{ columns: v, error_if: ">= 2%" }', false, 'error', '>= 2%'],
    ['a share that is not', '{ columns: v, error_if: "> 2%" }', true, 'error', undefined],
    [
      'a share of the rows looked at',
      '{ columns: v, where: n <= 100 and n > 98, error_if: ">= 50%" }',
      false,
      'error',
      '>= 50%',
    ],
  ])('%s', async (_, check, passed, severity, broken) => {
    const { run, check: outcome, stored } = await outcomeOf(`not_null: ${check}`)
    expect(outcome).toMatchObject({ passed, severity })
    expect(outcome.measure).toMatchObject({ unit: 'rows', ...(broken === undefined ? {} : { broken }) })
    expect(outcome.measure?.broken).toBe(broken)
    expect(stored).toEqual(outcome.measure)
    expect(run.error?.code).toBe(!passed && severity === 'error' ? 'SL620' : undefined)
    expect(outcome.sample.length > 0).toBe(!passed)
  })

  test.each([
    ['unique', 'unique: { columns: kind, warn_if: "> 2", error_if: "> 5" }', 3, 'warn'],
    ['accepted_values', 'accepted_values: { column: kind, values: [0, 1], error_if: "> 30%" }', 67, 'error'],
    ['expression', 'expression: n < 200\n    warn_if: "= 1"', 1, 'warn'],
    ['relationships', 'relationships: { column: n, to: m.u, field: n, error_if: ">= 100" }', 100, 'error'],
    ['row_count', 'row_count: { warn_if: "> 100", max: 1000 }', 200, 'warn'],
    ['a bound and a limit', 'row_count: { warn_if: "> 10", max: 100 }', 200, 'error'],
  ])('of %s', async (_, check, failing, severity) => {
    const files = {
      'models/m/u.sql': table('select n from generate_series(1, 100) as g(n)'),
    }
    const { run } = await outcomeOf(check, files)
    const [outcome] = run.checks.filter((each) => each.model === 'm.t')
    expect(outcome).toMatchObject({ passed: false, severity, failing })
  })

  test('an empty table has no share of failing rows', async () => {
    const project = await open({
      'models/m/t.sql': table(
        'select 1 as v where 1 = 0',
        'checks: [{ not_null: { columns: v, error_if: "> 0%" } }]',
      ),
    })
    expect((await project.run()).checks).toMatchObject([
      { passed: true, measure: { value: 0, rows: 0, unit: 'rows' } },
    ])
  })

  test('what failed says how much, and of which limit', async () => {
    const { run } = await outcomeOf('not_null: { columns: v, error_if: ">= 2%" }')
    expect(run.error?.message).toContain('not_null_v (4 failing rows (2% of 200), which is >= 2%)')
  })

  test('a custom check has limits too', async () => {
    const project = await open({
      'models/m/t.sql': table(rows),
      'checks/few.sql': '/*---\nwarn_if: "> 0"\nerror_if: "> 10"\n---*/\nselect * from m.t where v is null',
    })
    const run = await project.run()
    expect(run.error).toBeUndefined()
    expect(run.checks).toMatchObject([{ kind: 'custom', severity: 'warn', passed: false, failing: 4 }])
  })

  test('each partition of a batch is judged by itself', async () => {
    const project = await open({
      'models/sources.yml': 'sources:\n  - name: raw.events\n',
      'models/m/t.sql': dailyModel(
        `select day, id, amount from raw.events where ${inWindow}`,
        'checks: [{ not_null: { columns: amount, warn_if: "> 0", error_if: "> 20%" } }]',
      ),
    })
    await project.sql(
      'create schema raw',
      `create table raw.events as
select date '2024-01-01' + cast(d as integer) as day, n as id, case when n <= d then null else n end as amount
from generate_series(0, 4) as a(d), generate_series(1, 10) as b(n)`,
    )
    const run = await project.run({ from: '2024-01-01', to: '2024-01-05' })
    expect(run.ended.failed.toString()).toMatch('m.t@2024-01-04')
    expect(run.ended.failed.toString()).toMatch('m.t@2024-01-05')
    const verdicts = Object.fromEntries(
      run.checks.map(({ partition, passed, severity }) => [partition, [passed, severity]]),
    )
    expect(verdicts).toEqual({
      '2024-01-01': [true, 'error'],
      '2024-01-02': [false, 'warn'],
      '2024-01-03': [false, 'warn'],
      '2024-01-04': [false, 'error'],
      '2024-01-05': [false, 'error'],
    })
  })
})
