import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeHistory, medianOf } from '../../core/checks/history.ts'
import type { HistoryCheck } from '../../core/checks/kinds.ts'
import { dailyModel, engines, inWindow, model, projects, type TestProject } from '../run/project.ts'
import { checkedAgain } from './checked-again.ts'

const base = { name: 'v', severity: 'error', weekday: false } as const

describe('numbers of rows', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2, maxLength: 60 })

  test('the median is the middle of what is sorted', () => {
    fc.assert(
      fc.property(counts, (values) => {
        const sorted = [...values].sort((a, b) => a - b)
        const naive = (sorted[Math.ceil(sorted.length / 2) - 1]! + sorted[Math.floor(sorted.length / 2)]!) / 2
        expect(medianOf(values)).toBe(naive)
      }),
      { seed: 4 },
    )
  })

  test('a z-score is that of the textbook, and only the last ones count', () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 2, max: 60 }),
        (all, rows, last) => {
          const check: HistoryCheck = { ...base, kind: 'z_score', max: 3, last, minHistory: 2 }
          const { measure, passed } = judgeHistory(check, rows, all)
          const values = all.slice(0, last)
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length
          const squares = values.reduce((sum, value) => sum + value * value, 0)
          const deviation = Math.sqrt(
            Math.max(0, squares - values.length * mean * mean) / (values.length - 1),
          )
          if (values.every((value) => value === values[0])) {
            expect(passed).toBe(rows === values[0])
            return
          }
          const score = (rows - mean) / deviation
          expect(Number(measure!.value)).toBeCloseTo(score, 3)
          if (Math.abs(Math.abs(score) - 3) > 0.01) expect(passed).toBe(Math.abs(score) <= 3)
        },
      ),
      { seed: 4 },
    )
  })

  test('a change is a share of what was expected', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 1_000_000 }), (earlier, rows) => {
        const check: HistoryCheck = {
          ...base,
          kind: 'volume',
          against: 'median',
          drop: 0.5,
          rise: 1,
          last: 60,
          minHistory: 1,
        }
        const expected = medianOf(earlier)
        const { passed } = judgeHistory(check, rows, earlier)
        expect(passed).toBe(rows === expected || (rows * 2 >= expected && rows <= expected * 2))
      }),
      { seed: 4 },
    )
  })

  test.each([
    ['nothing after nothing', 0, [0], true, 0],
    ['something after nothing', 1, [0], false, 'Infinity'],
    ['nothing after something', 0, [10], false, -1],
    ['half', 5, [10], true, -0.5],
    ['twice as much', 20, [10], false, 1],
  ] as const)('%s', (_, rows, earlier, passed, value) => {
    const check: HistoryCheck = {
      ...base,
      kind: 'volume',
      against: 'previous',
      drop: 0.5,
      rise: 0.5,
      last: 1,
      minHistory: 1,
    }
    expect(judgeHistory(check, rows, earlier)).toMatchObject({ passed, measure: { value } })
  })
})

describe.each(engines)('history on %s', (engine) => {
  const open = projects(engine)

  /** A daily model whose days have so many rows, from 2024-01-01 on. */
  async function daily(checks: string, counts: readonly number[], more = ''): Promise<TestProject> {
    const project = await open({
      'models/sources.yml': 'sources:\n  - name: raw.events\n',
      'models/m/t.sql': dailyModel(
        `select day, id from raw.events where ${inWindow}`,
        `checks: ${checks}\n${more}`,
      ),
    })
    project.now = Date.parse('2024-02-20T00:00:00Z')
    await project.sql('create schema raw', 'create table raw.events (day date, id integer)')
    for (const [index, count] of counts.entries()) await setCount(project, index, count)
    return project
  }

  const dayOf = (index: number) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10)

  async function setCount(project: TestProject, index: number, count: number): Promise<void> {
    const day = dayOf(index)
    await project.sql(
      `delete from raw.events where day = '${day}'`,
      `insert into raw.events select date '${day}', n from generate_series(1, ${count}) as g(n)`,
    )
  }

  const verdicts = (run: { readonly checks: readonly { partition?: string; passed: boolean }[] }) =>
    Object.fromEntries(run.checks.map(({ partition, passed }) => [partition, passed]))

  const change = '[{ volume: { change: 50% } }]'

  test('a partition is compared with the one before it, and the first one is not judged', async () => {
    const project = await daily(change, [10, 12, 5, 6])
    const run = await project.run({ from: dayOf(0), to: dayOf(3), request: { batch: 1 } })
    expect(verdicts(run)).toEqual({
      '2024-01-01': true,
      '2024-01-02': true,
      '2024-01-03': false,
      // The third was not published: compared with the second.
      '2024-01-04': true,
    })
    expect(run.checks[0]?.measure).toMatchObject({
      value: null,
      notJudged: '0 of the 1 earlier ones that are needed',
    })
    expect(run.checks[1]?.measure).toEqual({
      value: 0.2,
      unit: 'share',
      rows: 12,
      history: { count: 1, expected: 10 },
    })
    expect(run.error?.message).toContain(
      'volume (5 rows, 58.3333% fewer than 12 (1 earlier), at most 50% fewer expected)',
    )
  })

  test.each([
    ['previous', change],
    ['mean', '[{ volume: { change: 60%, against: mean, last: 3, min_history: 1 } }]'],
    ['median', '[{ volume: { drop: 40%, rise: 200%, against: median } }]'],
    ['z-score', '[{ z_score: { max: 2, last: 5, min_history: 3 } }]'],
    [
      'weekday',
      '[{ volume: { change: 50%, weekday: true } }, { z_score: { max: 3, weekday: true, min_history: 2 } }]',
    ],
  ])('a batch gives the verdicts that its partitions get one by one: %s', async (_, checks) => {
    const counts = [10, 12, 5, 11, 30, 9, 3, 20, 25, 8, 10, 60, 11, 4, 22, 20, 9, 12, 55, 14, 5]
    const found = []
    for (const batch of [1, 31]) {
      const project = await daily(checks, counts)
      await project.run({ from: dayOf(0), to: dayOf(counts.length - 1), request: { batch } })
      const published = Object.entries(await project.partitions('m.t'))
        .filter(([, row]) => row.data_seq !== null)
        .map(([key, row]) => [key, row.rows])
        .sort()
      found.push(published)
    }
    expect(found[1]).toEqual(found[0])
    expect(found[0]!.length).toBeGreaterThan(5)
  })

  test('a batch looks back as far for each day of the week as that day needs', async () => {
    const found = []
    for (const batch of [1, 31]) {
      const project = await daily(
        '[{ volume: { change: 50%, weekday: true, against: median, last: 1, min_history: 1 } }]',
        Array.from({ length: 23 }, (_, index) => (index === 22 ? 100 : 10)),
      )
      // Of the second and the third week there is no Tuesday.
      for (const [from, to] of [
        [0, 7],
        [9, 14],
        [16, 20],
      ] as const)
        await project.run({ from: dayOf(from), to: dayOf(to) })
      const run = await project.run({ from: dayOf(21), to: dayOf(22), request: { batch } })
      found.push(run.checks.filter(({ partition }) => partition === dayOf(22)).map(({ passed }) => passed))
    }
    expect(found).toEqual([[false], [false]])
  })

  test('a ledger of the first version does not know the former versions of a table', async () => {
    const project = await open({
      'models/m/t.sql': model('materialized: table\nchecks: [{ volume: { change: 50% } }]', 'select 1 as id'),
    })
    await project.run()
    await project.sql(
      'alter table sluice.attempts rename column outcome to was_not_there',
      'alter table sluice.attempts rename column change_seq to was_not_there_either',
      'delete from sluice.migrations where version > 1',
    )
    expect(await checkedAgain(project, 'm.t')).toMatchObject([
      { passed: true, measure: { value: null, notJudged: expect.stringContaining('0 of') } },
    ])
  })

  test('history is what comes before in logical time, not what was published before', async () => {
    const project = await daily(change, [10, 11, 40, 41])
    await project.run({ partition: dayOf(3) })
    await project.run({ partition: dayOf(2) })
    const early = await project.run({ partition: dayOf(1) })
    expect(early.checks[0]?.measure?.notJudged).toBeDefined()
    const again = await project.run({ partition: dayOf(2), force: true })
    expect(again.checks[0]).toMatchObject({ passed: false, measure: { history: { expected: 11 } } })
    const unchanged = await project.run({ partition: dayOf(3), force: true })
    expect(unchanged.checks[0]).toMatchObject({ passed: true, measure: { history: { expected: 40 } } })
  })

  test('`weekday` compares Saturdays with Saturdays', async () => {
    // 2024-01-06 is a Saturday.
    const weeks = [100, 100, 100, 100, 100, 10, 10]
    const counts = [...weeks, ...weeks, ...weeks]
    const plain = await daily(change, counts)
    const all = { from: dayOf(0), to: dayOf(20) }
    expect((await plain.run(all)).error).toMatchObject({ code: 'SL620' })
    const aware = await daily('[{ volume: { change: 50%, weekday: true } }]', counts)
    const run = await aware.run(all)
    expect(run.error).toBeUndefined()
    await setCount(aware, 19, 100)
    const saturday = await aware.run({ partition: dayOf(19), force: true })
    expect(saturday.checks[0]).toMatchObject({
      passed: false,
      measure: { rows: 100, history: { expected: 10 } },
    })
  })

  test('`sluice check` gives a published partition the verdict that it got', async () => {
    const project = await daily(
      '[{ z_score: { max: 3, min_history: 3, last: 10 } }]',
      [10, 12, 11, 13, 12, 11],
    )
    const run = await project.run({ from: dayOf(0), to: dayOf(5) })
    const again = await checkedAgain(project, 'm.t')
    expect(again.map(({ partition, measure }) => [partition, measure])).toEqual(
      run.checks.map(({ partition, measure }) => [partition, measure]),
    )
  })

  test('a partition before its end is not judged, and no history', async () => {
    const project = await open({
      'models/sources.yml': 'sources:\n  - name: raw.events\n',
      'models/m/t.sql': model(
        `materialized: incremental\npartition: { column: day, grain: day, start: 2024-01-01, ahead: 1 }\nchecks: ${change}`,
        `select day, id from raw.events where ${inWindow}`,
      ),
    })
    project.now = Date.parse('2024-01-03T06:00:00Z')
    await project.sql('create schema raw', 'create table raw.events (day date, id integer)')
    for (const [index, count] of [10, 10, 2, 9].entries()) await setCount(project, index, count)
    const run = await project.run({ from: dayOf(0), to: dayOf(2) })
    expect(run.error).toBeUndefined()
    expect(run.checks.at(-1)?.measure?.notJudged).toBe('the partition has not ended')
    project.now = Date.parse('2024-01-05T00:00:00Z')
    const next = await project.run({ partition: dayOf(3), upstream: 'accept' })
    expect(next.checks[0]).toMatchObject({ passed: true, measure: { history: { expected: 10 } } })
  })

  test('a table is compared with its own former versions', async () => {
    const project = await open({
      'models/sources.yml': 'sources:\n  - name: raw.events\n',
      'models/m/t.sql': model(
        'materialized: table\nchecks: [{ volume: { drop: 50%, against: median, last: 3, min_history: 1 } }]',
        'select id from raw.events',
      ),
    })
    await project.sql('create schema raw', 'create table raw.events (day date, id integer)')
    await setCount(project, 0, 10)
    expect((await project.run()).checks[0]?.measure?.notJudged).toBeDefined()
    await setCount(project, 1, 10)
    expect((await project.run({ force: true })).checks[0]).toMatchObject({
      passed: true,
      measure: { history: { count: 1, expected: 10 }, rows: 20 },
    })
    // The same rows again are no version.
    await project.run({ force: true })
    await project.sql('delete from raw.events where id > 2')
    expect((await project.run({ force: true })).checks[0]).toMatchObject({
      passed: false,
      measure: { history: { count: 2, expected: 15 }, rows: 4 },
    })
    const published = await checkedAgain(project, 'm.t')
    expect(published[0]).toMatchObject({
      passed: true,
      measure: { history: { count: 1, expected: 10 }, rows: 20 },
    })
  })

  test('a full refresh has no history but what it writes', async () => {
    const project = await daily(change, [10, 10, 10])
    await project.run({ from: dayOf(0), to: dayOf(2) })
    for (const index of [0, 1, 2]) await setCount(project, index, 100)
    project.now = Date.parse('2024-01-04T00:00:00Z')
    const run = await project.run({ fullRefresh: true })
    expect(run.error).toBeUndefined()
    expect(run.checks.map(({ measure }) => measure?.history?.expected).slice(0, 3)).toEqual([
      undefined,
      100,
      100,
    ])
  })

  test('a merge whose key does not tell the partition is judged by what each partition brought', async () => {
    const project = await open({
      'models/sources.yml': 'sources:\n  - name: raw.events\n',
      'models/m/t.sql': dailyModel(
        `select id, max(day) as day from raw.events where ${inWindow} group by id`,
        `strategy: merge\nunique_key: [id]\nchecks: ${change}`,
      ),
    })
    await project.sql('create schema raw', 'create table raw.events (day date, id integer)')
    for (const [index, count] of [10, 9, 2].entries()) await setCount(project, index, count)
    const run = await project.run({ from: dayOf(0), to: dayOf(2) })
    expect(verdicts(run)).toEqual({ '2024-01-01': true, '2024-01-02': true, '2024-01-03': false })
  })
})
