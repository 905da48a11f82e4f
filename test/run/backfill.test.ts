import { describe, expect, test } from 'vitest'
import { failedAndBlocked, leftOver, type Tried } from '../../core/run/left-over.ts'
import type { RecordedPlan } from '../../core/run/recorded-plan.ts'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import {
  dailyModel,
  engines,
  type Files,
  inWindow,
  model,
  type Outcome,
  projects,
  type TestProject,
} from './project.ts'

const ofT = `select day, id, amount from m.t where ${inWindow}`
const wholeOfT = model('materialized: table', 'select sum(amount) as total from m.t')
const endless = 'select count(*) as n from m.many a, m.many b, m.many c where a.n + b.n + c.n = -1'
const many = Array.from(
  { length: 3 },
  (_, place) =>
    `(select 0 as p union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9 union all select 10 union all select 11) as d${place}`,
)
const manyRows = model(
  'materialized: table',
  `select d0.p * 144 + d1.p * 12 + d2.p as n from ${many.join(', ')}`,
)

describe.each(engines)('a backfill on %s', (engine) => {
  const open = projects(engine)

  /** `m.t` has the events of each day, `m.u` reads it day by day; one partition in a task. */
  async function opened(files: Files = {}, more = 'batch: 1') {
    const project = await open({
      ...eventsSource,
      'models/m/t.sql': dailyModel(eventsOfWindow, more),
      'models/m/u.sql': dailyModel(ofT, 'batch: 1'),
      ...files,
    })
    await loadEvents(project)
    return project
  }

  const history = { history: true } as const
  const started = (run: Outcome) =>
    run.events.flatMap((event) => (event.type === 'task_started' ? [event.task.id] : []))

  test('a partition follows as soon as its own input is there', async () => {
    const project = await opened()
    const run = await project.run({ from: '2024-01-01', to: '2024-01-03', threads: 1, request: history })
    expect(started(run)).toEqual([
      'm.t@2024-01-01',
      'm.u@2024-01-01',
      'm.t@2024-01-02',
      'm.u@2024-01-02',
      'm.t@2024-01-03',
      'm.u@2024-01-03',
    ])
  })

  test('lets models of a higher priority go first, and knows how long it may take', async () => {
    const project = await opened({
      settings: 'run: { timeout: 1h30m }\n',
      'models/m/urgent.sql': dailyModel(eventsOfWindow, 'batch: 1\npriority: 10'),
    })
    expect((await project.compile()).project.project.runTimeoutMs).toBe(5_400_000)
    const run = await project.run({
      from: '2024-01-01',
      to: '2024-01-02',
      threads: 1,
      request: history,
    })
    expect(started(run).slice(0, 3)).toEqual(['m.urgent@2024-01-01', 'm.urgent@2024-01-02', 'm.t@2024-01-01'])
  })

  test('goes from the newest to the oldest if asked', async () => {
    const project = await opened()
    const run = await project.run({
      select: ['m.t'],
      from: '2024-01-01',
      to: '2024-01-03',
      threads: 1,
      request: { ...history, order: 'newest' },
      pace: { order: 'newest' },
    })
    expect(started(run)).toEqual(['m.t@2024-01-03', 'm.t@2024-01-02', 'm.t@2024-01-01'])
  })

  test('without a range does the whole history that is due, and again only what is not done', async () => {
    const project = await opened()
    const run = await project.run({ request: history })
    expect(run.ended.succeeded).toHaveLength(38)
    project.now = Date.parse('2024-01-21T00:00:00Z')
    expect((await project.run({ request: history })).ended.succeeded).toEqual([
      'm.t@2024-01-20',
      'm.u@2024-01-20',
    ])
  })

  test('takes a place of the pool that it was given for each task', async () => {
    const project = await opened({ settings: 'pools: { warehouse: 1 }\n' })
    const run = await project.run({
      from: '2024-01-01',
      to: '2024-01-04',
      threads: 4,
      request: history,
      pace: { pool: 'warehouse' },
    })
    let running = 0
    for (const event of run.events) {
      if (event.type === 'task_started') running += 1
      if (event.type === 'task_succeeded') running -= 1
      expect(running).toBeLessThanOrEqual(1)
    }
    expect(run.totals.succeeded).toBe(8)
  })

  test('starts tasks no faster than its rate, by the monotonic clock', async () => {
    const project = await opened()
    const run = await project.run({
      from: '2024-01-01',
      to: '2024-01-02',
      request: history,
      pace: { tasksPerMinute: 1_200 },
    })
    expect(run.totals.succeeded).toBe(4)
    expect(run.delays.length).toBeGreaterThan(0)
    for (const delay of run.delays) expect(delay).toBeLessThanOrEqual(50)
  })

  test('that runs out of its time cancels what runs, says so, and fails', async () => {
    const project = await opened({ 'models/m/many.sql': manyRows })
    await project.run({ select: ['m.many'] })
    await project.write({
      'models/m/t.sql': dailyModel(
        `${endless.replace('count(*) as n', '{{partition.start}} as day, count(*) as n')}`,
        'batch: 1',
      ),
    })
    const run = await project.run({
      select: ['m.t+'],
      from: '2024-01-01',
      to: '2024-01-03',
      request: history,
      pace: { timeoutMs: 300 },
    })
    expect(run).toMatchObject({
      status: 'failed',
      reason: { code: 'SL630' },
      totals: { canceled: 6, failed: 0 },
    })
    expect(run.events.at(-1)).toMatchObject({
      type: 'run_finished',
      next: [`resume ${run.run}`],
      reason: { code: 'SL630' },
    })
    const [stored] = await project.rows(`select status, totals from sluice.runs where id = '${run.run}'`)
    expect([stored?.[0], JSON.parse(String(stored?.[1])).reason.code]).toEqual(['failed', 'SL630'])
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
    await project.write({ 'models/m/t.sql': dailyModel(eventsOfWindow, 'batch: 1') })
    expect(
      (await project.run({ select: ['m.t+'], from: '2024-01-01', to: '2024-01-03', request: history })).totals
        .succeeded,
    ).toBe(6)
  })

  test('that another process cancels ends as by Ctrl-C, and says why', async () => {
    const project = await opened()
    const canceled = new AbortController()
    const run = await project.run({
      from: '2024-01-01',
      to: '2024-01-03',
      threads: 1,
      request: history,
      canceled: canceled.signal,
      on: (event) => {
        if (event.type === 'task_succeeded' && event.task.id === 'm.t@2024-01-02') canceled.abort()
      },
    })
    expect(run).toMatchObject({
      status: 'canceled',
      reason: { code: 'SL631' },
      totals: { succeeded: 3, canceled: 3 },
    })
  })

  describe('what is left of it', () => {
    const range = { from: '2024-01-01', to: '2024-01-03' } as const

    test('is what neither it nor what went on with it has published', async () => {
      const project = await opened({ 'models/m/w.sql': wholeOfT })
      const stop = new AbortController()
      const first = await project.run({
        ...range,
        threads: 1,
        request: history,
        signal: stop.signal,
        on: (event) => {
          if (event.type === 'task_succeeded' && event.task.id === 'm.u@2024-01-01') stop.abort()
        },
      })
      expect(first.status).toBe('canceled')
      const units = leftOver(
        (await project.compile()).project,
        await planOf(project, first.run),
        await triedBy(project, first.run),
      ).units
      expect(flat(units)).toEqual({
        'm.t': ['2024-01-02', '2024-01-03'],
        'm.u': ['2024-01-02', '2024-01-03'],
        'm.w': ['all'],
      })
      const second = await project.run({
        select: [...units.keys()],
        request: { ...history, units },
        parent: first.run,
      })
      expect([...second.ended.succeeded].sort()).toEqual([
        'm.t@2024-01-02',
        'm.t@2024-01-03',
        'm.u@2024-01-02',
        'm.u@2024-01-03',
        'm.w',
      ])
      const left = leftOver(
        (await project.compile()).project,
        await planOf(project, first.run),
        await triedBy(project, first.run, second.run),
      )
      expect(flat(left.units)).toEqual({})
    })

    test('of what failed: that, and only what could not run because of it', async () => {
      const checked = dailyModel(ofT, 'batch: 1\nchecks: [{ expression: amount < 30 }]')
      const project = await opened({
        'models/m/u.sql': checked,
        'models/m/v.sql': dailyModel(ofT.replace('m.t', 'm.u'), 'batch: 1'),
        'models/m/other.sql': dailyModel(ofT, 'batch: 1'),
        'models/m/w.sql': model('materialized: table', 'select count(*) as n from m.v'),
      })
      const stop = new AbortController()
      const run = await project.run({
        ...range,
        threads: 1,
        request: history,
        signal: stop.signal,
        on: (event) => {
          if (event.type === 'task_started' && event.task.id === 'm.t@2024-01-03') stop.abort()
        },
      })
      expect(run.ended.failed).toEqual(['m.u@2024-01-02'])
      const found = failedAndBlocked(
        (await project.compile()).project,
        await planOf(project, run.run),
        await triedBy(project, run.run),
      )
      expect(flat(found.units)).toEqual({ 'm.u': ['2024-01-02'], 'm.v': ['2024-01-02'], 'm.w': ['all'] })
    })

    test('is all that runs, and with `--upstream build` what it needs', async () => {
      const project = await opened()
      const units = new Map([['m.u', new Set(['2024-01-02'])]])
      const request = { ...history, units }
      const blocked = await project.run({ select: ['m.u'], request })
      expect(blocked.ended).toMatchObject({ succeeded: [], blocked: ['m.u@2024-01-02'] })
      const built = await project.run({ select: ['m.u'], request, upstream: 'build' })
      expect(built.ended.succeeded).toEqual(['m.t@2024-01-02', 'm.u@2024-01-02'])
    })

    test('of a model that is cut otherwise now cannot be told', async () => {
      const project = await opened()
      const run = await project.run({ ...range, request: history })
      await project.write({ 'models/m/u.sql': dailyModel(ofT).replace('grain: day', 'grain: month') })
      const left = leftOver((await project.compile()).project, await planOf(project, run.run), [])
      expect(left.unknown).toEqual(['m.u'])
      expect(flat(left.units)).toEqual({ 'm.t': ['2024-01-01', '2024-01-02', '2024-01-03'] })
    })
  })
})

describe('on a server', () => {
  const open = projects('postgres')

  test('180 missing partitions never become 180 connections', async () => {
    const header =
      'materialized: incremental\npartition: { column: day, grain: day, start: 2023-07-01, end: 2023-12-27 }\nbatch: 1'
    const project = await open({ ...eventsSource, 'models/m/t.sql': model(header, eventsOfWindow) })
    await loadEvents(project)
    let most = 0
    const run = await project.run({
      threads: 4,
      request: { history: true },
      beforeCommit: async (session) => {
        const [row] = await session.query(
          `select count(*) as n from pg_stat_activity where datname = current_database() and application_name = 'sluice-test'`,
        )
        most = Math.max(most, Number(row?.n))
      },
    })
    expect(run.totals.succeeded).toBe(180)
    // One more than threads, for the heartbeat and the ledger, and one that cancels.
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(6)
  })
})

async function planOf(project: TestProject, run: string): Promise<RecordedPlan> {
  return JSON.parse(
    String(await project.value(`select plan from sluice.runs where id = '${run}'`)),
  ) as RecordedPlan
}

async function triedBy(project: TestProject, ...runs: readonly string[]): Promise<readonly Tried[]> {
  const rows = await project.rows(
    `select model, partition_keys, status from sluice.attempts where run_id in (${runs.map((run) => `'${run}'`).join(', ')}) and status <> 'canceled' order by started_at, id`,
  )
  return rows.map(([name, keys, status]) => ({
    model: String(name),
    keys: JSON.parse(String(keys)) as string[],
    published: status === 'succeeded',
  }))
}

function flat(units: ReadonlyMap<string, ReadonlySet<string>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...units].map(([name, keys]) => [name, [...keys]]))
}
