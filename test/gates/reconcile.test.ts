import { describe, expect, test } from 'vitest'
import type { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { dailyModel, engines, inWindow, model, projects } from '../run/project.ts'
import { checkedAgain } from './checked-again.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

const ours = `select * from (values ('a', 10), ('b', 20), (null, 5)) as v(kind, amount)`
const theirs = `select * from (values ('a', 4), ('a', 6), ('b', 20.5), ('c', 0), (null, 5)) as v(kind, value)`

describe.each(engines)('reconciliation on %s', (engine) => {
  const open = projects(engine)

  async function outcomeOf(check: string) {
    const project = await open({
      'models/m/t.sql': table(ours, `checks:\n  - reconcile: ${check}`),
      'models/m/u.sql': table(theirs),
    })
    const run = await project.run()
    return { run, check: run.checks[0]! }
  }

  const sums = 'compare: { this: sum(amount), with: sum(value) }'

  test.each([
    ['totals that differ', `{ with: m.u, ${sums} }`, 1],
    ['totals within a tolerance', `{ with: m.u, ${sums}, tolerance: 0.5 }`, 0],
    ['totals beyond it', `{ with: m.u, ${sums}, tolerance: 0.4 }`, 1],
    ['totals within a share', `{ with: m.u, ${sums}, tolerance: 2% }`, 0],
    ['totals beyond a share', `{ with: m.u, ${sums}, tolerance: 1% }`, 1],
    ['numbers of rows', '{ with: m.u }', 1],
    ['sums by key, NULL among them', `{ with: m.u, by: kind, ${sums} }`, 1],
    ['a group that is only there', `{ with: m.u, by: kind, compare: count(*) }`, 2],
    [
      'rows of both that are left out',
      `{ with: m.u, where: kind = 'a', with_where: kind = 'a', ${sums} }`,
      0,
    ],
    [
      'several aggregates and keys by other names',
      `{ with: m.u, by: [{ this: kind, with: "coalesce(kind, null)" }], compare: [{ this: sum(amount), with: sum(value) }, { this: "1", with: count(distinct kind) }] }`,
      3,
    ],
  ])('%s', async (_, check, failing) => {
    const { run, check: outcome } = await outcomeOf(check)
    expect(outcome).toMatchObject({ kind: 'reconcile', passed: failing === 0, failing })
    expect(run.error?.code).toBe(failing === 0 ? undefined : 'SL620')
  })

  test.each([
    ['infinity there', `{ this: max(amount), with: "cast('Infinity' as double precision)" }, tolerance: 1%`],
    ['infinity here', `{ this: "cast('Infinity' as double precision)", with: max(value) }, tolerance: 1%`],
    ['no number there', `{ this: max(amount), with: "cast('NaN' as double precision)" }, tolerance: 1%`],
    ['no number here', `{ this: "cast('NaN' as double precision)", with: max(value) }, tolerance: 50`],
  ])('%s is within no tolerance', async (_, compare) => {
    const { check } = await outcomeOf(`{ with: m.u, compare: ${compare} }`)
    expect(check).toMatchObject({ passed: false, failing: 1 })
  })

  test('a mistake that stands on both sides is told once', async () => {
    const said = await outcomeOf('{ with: m.u, compare: "sum(amount" }').catch((error: unknown) => error)
    expect((said as SluiceError).diagnostics).toHaveLength(1)
  })

  test.runIf(engine === 'duckdb').each(['', 'tolerance: 1', 'tolerance: 5%'])(
    'numbers without a sign can be compared: %s',
    async (tolerance) => {
      const project = await open({
        'models/m/t.sql': table(
          'select 3::utinyint as n',
          `checks: [{ reconcile: { with: m.u, compare: max(n), ${tolerance} } }]`,
        ),
        'models/m/u.sql': table('select 5::utinyint as n'),
      })
      expect((await project.run()).checks[0]).toMatchObject({ passed: false, failing: 1 })
    },
  )

  test('the sample shows both sides of each group that differs', async () => {
    const { check } = await outcomeOf(`{ with: m.u, by: kind, ${sums} }`)
    expect(
      check.sample.map((row) => Object.entries(row).map(([name, value]) => [name, String(value)])),
    ).toEqual([
      [
        ['kind', 'b'],
        ['sum(amount)', expect.stringMatching(/^20(\.0)?$/)],
        ['sum(value)', '20.5'],
      ],
    ])
  })

  test('the other relation is built first', async () => {
    const { run } = await outcomeOf('{ with: m.u, tolerance: 5 }')
    expect(run.plan.tasks.map(({ model: name }) => name)).toEqual(['m.u', 'm.t'])
  })

  test('a column that hides its values keeps both sides out of the sample', async () => {
    const project = await open({
      'models/m/t.sql': table(ours, 'checks: [{ reconcile: { with: m.u } }]'),
      'models/m/u.sql': table(theirs, 'columns: [{ name: value, sample: false }]'),
    })
    expect((await project.run()).checks[0]).toMatchObject({ failing: 1, sample: [] })
  })

  describe('of partitions', () => {
    async function loaded(check: string, withColumn = 'loaded_at timestamp') {
      const project = await open({
        'models/sources.yml': 'sources:\n  - name: raw.events\n  - name: raw.loads\n',
        'models/m/t.sql': dailyModel(
          `select day, id, amount from raw.events where ${inWindow}`,
          `checks: [{ reconcile: ${check} }]`,
        ),
        'models/m/u.sql': dailyModel(
          `select day, sum(amount) as total from raw.events where ${inWindow} group by day`,
        ),
      })
      await project.sql(
        'create schema raw',
        'create table raw.events (day date, id integer, amount integer)',
        `create table raw.loads (${withColumn}, loaded integer)`,
        `insert into raw.events values ('2024-01-01', 1, 10), ('2024-01-01', 2, 20), ('2024-01-02', 3, 30), ('2024-01-04', 4, 40)`,
        `insert into raw.loads values ('2024-01-01 23:59:00', 2), ('2024-01-02 00:00:00', 2), ('2024-01-03 12:00:00', 1), ('2024-01-04 01:00:00', 1)`,
      )
      return project
    }

    const all = { from: '2024-01-01', to: '2024-01-05' }
    const expected = {
      '2024-01-01': true,
      '2024-01-02': false,
      '2024-01-03': false,
      '2024-01-04': true,
      '2024-01-05': true,
    }

    test.each([
      ['one by one', 1, 'loaded_at timestamp'],
      ['in a batch', 31, 'loaded_at timestamp'],
      ['in a batch, against a timestamp with time zone', 31, 'loaded_at timestamptz'],
    ])('%s, against a column that names the time', async (_, batch, column) => {
      const project = await loaded(
        '{ with: raw.loads, with_column: loaded_at, compare: { this: count(*), with: sum(loaded) } }',
        column,
      )
      const run = await project.run({ select: ['m.t'], ...all, request: { batch } })
      expect(Object.fromEntries(run.checks.map(({ partition, passed }) => [partition, passed]))).toEqual(
        expected,
      )
      const kept = await project.run({ select: ['m.t'], ...all })
      expect(kept.ended.failed.join()).toContain('2024-01-02')
    })

    test('a partition is compared with the same one of a model that has partitions too', async () => {
      const project = await loaded('{ with: m.u, by: day, compare: { this: sum(amount), with: max(total) } }')
      const run = await project.run(all)
      expect(run.error).toBeUndefined()
      await project.sql("update m.u set total = 31 where day = date '2024-01-02'")
      expect((await checkedAgain(project, 'm.t')).map(({ passed }) => passed)).toEqual([
        true,
        false,
        true,
        true,
        true,
      ])
    })

    test('a column that is not there, or holds no time, has a message of its own', async () => {
      const missing = await loaded('{ with: raw.loads, with_column: day }')
      expect((await missing.run({ select: ['m.t'], partition: '2024-01-01' })).error).toMatchObject({
        code: 'SL682',
        hint: 'It has loaded_at, loaded.',
      })
      const wrong = await loaded('{ with: raw.loads, with_column: loaded }')
      expect((await wrong.run({ select: ['m.t'], partition: '2024-01-01' })).error).toMatchObject({
        code: 'SL682',
      })
    })

    test('without such a column it cannot be compared', async () => {
      await expect(loaded('{ with: raw.loads }').then((project) => project.compile())).rejects.toMatchObject({
        diagnostics: [{ code: 'SL182', place: { file: 'models/m/t.sql', line: 4 } }],
      })
    })
  })

  test('relations that read each other by a check are a cycle', async () => {
    const project = await open({
      'models/m/t.sql': table(ours, 'checks: [{ reconcile: { with: m.u } }]'),
      'models/m/u.sql': table('select * from m.t'),
    })
    await expect(project.compile()).rejects.toMatchObject({ diagnostics: [{ code: 'SL413' }] })
  })

  test('an unknown relation is told with its neighbors', async () => {
    const project = await open({ 'models/m/t.sql': table(ours, 'checks: [{ reconcile: { with: m.tt } }]') })
    await expect(project.compile()).rejects.toMatchObject({ diagnostics: [{ code: 'SL354' }] })
  })
})
