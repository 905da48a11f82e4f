import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { engines, type Files, inWindow, model, projects, type TestProject } from './project.ts'

// More runs: SLUICE_PROPERTY_RUNS=200 npx vitest run test/run/any-order.test.ts
const numRuns = Number(process.env.SLUICE_PROPERTY_RUNS ?? 4)

const history = '{ column: day, grain: day, start: 2024-01-01, end: 2024-01-07 }'
const names = [
  'm.days',
  'm.v',
  'm.merged',
  'm.latest',
  'm.trailing',
  'm.weeks',
  'm.totals',
  'factors',
] as const

/** What the project says at one time. */
interface Code {
  readonly times: number
  readonly factor: number
  readonly limit: number
  readonly comment: string
}

const noLimit = 1_000_000

/** One model of each kind, over each other. */
function filesOf({ times, factor, limit, comment }: Code): Files {
  const daily = (sql: string, more = '') =>
    model(`materialized: incremental\npartition: ${history}\n${more}`, sql)
  return {
    'seeds/factors.csv': `factor\n${factor}\n`,
    'models/sources.yml': 'sources:\n  - name: raw.events\n',
    'models/m/days.sql': daily(
      `-- ${comment}\nselect day, id, amount * ${times} as amount from raw.events where ${inWindow}`,
      `checks: [{ expression: amount < ${limit} }, { unique: [day, id] }]`,
    ),
    'models/m/v.sql': model(
      'materialized: view',
      'select day, id, amount + (select max(factor) from factors) as amount from m.days',
    ),
    'models/m/merged.sql': daily(
      `select day, id, amount from m.v where ${inWindow}`,
      'strategy: merge\nunique_key: [day, id]\ndelete_missing: true',
    ),
    'models/m/latest.sql': daily(
      `select day, id, amount from m.days where ${inWindow}`,
      'strategy: merge\nunique_key: id',
    ),
    'models/m/trailing.sql': daily(
      `select cast({{partition.start}} as date) as day, cast(sum(amount) as bigint) as amount from m.days
where day >= {{reads.[m.days].start}} and day < {{partition.end}}`,
      'reads: { m.days: { before: 2 } }',
    ),
    'models/m/weeks.sql': model(
      'materialized: incremental\npartition: { column: week, grain: week, start: 2024-01-01, end: 2024-01-07 }',
      `select cast({{partition.start}} as date) as week, cast(sum(amount) as bigint) as amount from m.days where ${inWindow}`,
    ),
    'models/m/totals.sql': model(
      'materialized: table',
      'select id, cast(sum(amount) as bigint) as amount from m.merged group by id',
    ),
  }
}

type Action =
  | {
      readonly kind: 'run'
      readonly select: readonly string[]
      readonly from: number
      readonly days: number
      readonly force: boolean
      readonly upstream: 'block' | 'build' | 'accept'
      readonly threads: number
    }
  | { readonly kind: 'rebuild'; readonly model: string }
  | { readonly kind: 'code'; readonly change: Partial<Code> }
  | { readonly kind: 'source'; readonly day: number; readonly amount: number; readonly id: number }

const run: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('run'),
  select: fc.oneof(fc.constant([]), fc.subarray([...names], { minLength: 1 })),
  from: fc.integer({ min: 1, max: 7 }),
  days: fc.integer({ min: 1, max: 4 }),
  force: fc.boolean(),
  upstream: fc.constantFrom('block', 'build', 'accept'),
  threads: fc.integer({ min: 1, max: 3 }),
})
const code: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('code'),
  change: fc.oneof(
    fc.record({ times: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ factor: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ limit: fc.constantFrom(25, noLimit) }),
    fc.record({ comment: fc.constantFrom('one', 'two') }),
  ),
})
const source: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('source'),
  day: fc.integer({ min: 1, max: 7 }),
  id: fc.integer({ min: 1, max: 4 }),
  amount: fc.integer({ min: 0, max: 30 }),
})
const rebuild: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('rebuild'),
  model: fc.constantFrom(...names.filter((name) => name !== 'factors')),
})
const actions = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: run },
    { weight: 2, arbitrary: code },
    { weight: 1, arbitrary: source },
    { weight: 1, arbitrary: rebuild },
  ),
  { minLength: 1, maxLength: 8 },
)

const dayKey = (day: number) => `2024-01-0${day}`

/** What a query must give whatever happened before. */
const tables: Readonly<Record<string, string>> = {
  'm.days': 'select day, id, amount from m.days order by day, id',
  'm.v': 'select day, id, amount from m.v order by day, id',
  'm.merged': 'select day, id, amount from m.merged order by day, id',
  'm.latest': 'select day, id, amount from m.latest order by id',
  'm.trailing': 'select day, amount from m.trailing order by day',
  'm.weeks': 'select week, amount from m.weeks order by week',
  'm.totals': 'select id, amount from m.totals order by id',
}

describe.each(engines)('on %s', (engine) => {
  const open = projects(engine)

  /** The rows of the source are state too: day and id to amount. */
  type Source = Map<string, number>

  async function withSource(project: TestProject, rows: Source): Promise<void> {
    const values = [...rows].map(([key, amount]) => `('${key.slice(0, 10)}', ${key.slice(11)}, ${amount})`)
    await project.sql(
      'create schema raw',
      'create table raw.events (day date, id integer, amount integer)',
      `insert into raw.events values ${values.join(', ')}`,
    )
  }

  async function contents(project: TestProject): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {}
    for (const [name, query] of Object.entries(tables)) found[name] = await project.rows(query)
    return found
  }

  async function perform(
    project: TestProject,
    action: Exclude<Action, { kind: 'code' | 'source' }>,
  ): Promise<void> {
    if (action.kind === 'rebuild') {
      await project.run({ select: [action.model], fullRefresh: true, partition: dayKey(1) })
      return
    }
    const { select, from, days, force, upstream, threads } = action
    const to = dayKey(Math.min(7, from + days - 1))
    await project.run({ select, from: dayKey(from), to, force, upstream, threads })
  }

  test(
    'any runs in any order, with changes and failures between them, end in the tables of one full build',
    async () => {
      await fc.assert(
        fc.asyncProperty(actions, async (steps) => {
          let code: Code = { times: 1, factor: 1, limit: noLimit, comment: '' }
          const source: Source = new Map()
          for (let day = 1; day <= 7; day++)
            for (const id of [1, (day % 3) + 2]) source.set(`${dayKey(day)} ${id}`, day * 3 + id)
          const project = await open(filesOf(code))
          await withSource(project, source)
          let sourceChanged = false
          for (const step of steps) {
            if (step.kind === 'code') {
              code = { ...code, ...step.change }
              await project.write(filesOf(code))
            } else if (step.kind === 'source') {
              const key = `${dayKey(step.day)} ${step.id}`
              sourceChanged = true
              await project.sql(
                source.has(key)
                  ? `update raw.events set amount = ${step.amount} where day = '${dayKey(step.day)}' and id = ${step.id}`
                  : `insert into raw.events values ('${dayKey(step.day)}', ${step.id}, ${step.amount})`,
              )
              source.set(key, step.amount)
            } else await perform(project, step)
          }
          code = { ...code, limit: noLimit }
          await project.write(filesOf(code))
          const whole = { from: dayKey(1), to: dayKey(7) }
          const last = await project.run({ ...whole, force: sourceChanged })
          expect(last.errors).toEqual([])
          expect(last.plan.held).toEqual([])
          const found = await contents(project)
          expect((await project.plan(whole)).tasks).toEqual([])
          expect(await project.value('select count(*) from sluice.leases')).toBe(0)
          const fresh = await open(filesOf(code))
          await withSource(fresh, source)
          expect((await fresh.run(whole)).errors).toEqual([])
          expect(found).toEqual(await contents(fresh))
          await Promise.all([project.close(), fresh.close()])
        }),
        { numRuns, seed: Number(process.env.SLUICE_PROPERTY_SEED ?? 20240105) },
      )
    },
    30_000 + numRuns * 10_000,
  )
})
