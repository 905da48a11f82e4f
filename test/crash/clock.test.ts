import { describe, expect, test, vi } from 'vitest'
import { eventsOfWindow, eventsSource } from '../run/events.ts'
import { dailyModel, engines, inWindow, model, projects, type TestProject } from '../run/project.ts'
import { Random } from './random.ts'

vi.setConfig({ testTimeout: 60_000 })

const hourMs = 3_600_000
const yearMs = 365 * 24 * hourMs
const ofT = `select day, count(*) as n, sum(amount) as total from m.t where ${inWindow} group by day`

/** Rows of every table, and what they must be. */
async function judge(project: TestProject): Promise<void> {
  const wanted = 'select day, count(*) as n, sum(amount) as total from raw.events group by day'
  expect(await project.rows('select day, n, total from m.u order by day')).toEqual(
    await project.rows(`${wanted} order by day`),
  )
  expect(await project.value('select cast(sum(n) as bigint) from m.w')).toEqual(
    await project.value('select count(*) from raw.events'),
  )
  for (const left of [
    'leases',
    'workers',
    `attempts where status = 'running'`,
    `runs where status = 'running'`,
  ])
    expect(await project.value(`select count(*) from sluice.${left}`)).toBe(0)
}

describe.each(engines)('a clock that is moved during a backfill on %s', (engine) => {
  const open = projects(engine)

  async function opened() {
    const project = await open({
      ...eventsSource,
      'models/m/t.sql': dailyModel(eventsOfWindow, 'batch: 1'),
      'models/m/u.sql': dailyModel(ofT, 'batch: 1'),
      'models/m/w.sql': model('materialized: table', 'select sum(n) as n from m.u'),
    })
    await project.sql('create schema raw', 'create table raw.events (day date, id integer, amount integer)')
    for (let day = 1; day <= 19; day++)
      await project.sql(
        `insert into raw.events values (date '2024-01-${String(day).padStart(2, '0')}', ${day}, ${day * 7}), (date '2024-01-${String(day).padStart(2, '0')}', ${100 + day}, ${day})`,
      )
    return project
  }

  test.each([1, 2, 3])('changes nothing of what is published (seed %i)', async (seed) => {
    const project = await opened()
    const random = new Random(seed)
    const noon = project.now
    const jump = () => {
      project.now = Math.round(noon + (random.next() - 0.5) * 2 * yearMs)
    }
    // Planned by the right time; then it jumps at every event.
    const work = await project.prepareRun({ threads: 4, request: { history: true }, on: jump })
    const run = await work()
    expect(run).toMatchObject({ status: 'succeeded', totals: { succeeded: 39, failed: 0 } })
    for (const event of run.events)
      if ('elapsedMs' in event) expect(event.elapsedMs).toBeGreaterThanOrEqual(0)
    await judge(project)
    project.now = noon
    const versions = () =>
      project.rows('select model, partition_key, data_seq from sluice.partitions order by 1, 2')
    const before = await versions()
    // What seems to have been published before its end is made again, and is the same.
    expect((await project.run({ request: { history: true } })).totals.failed).toBe(0)
    expect((await project.run({ request: { history: true } })).plan.tasks).toEqual([])
    expect((await versions()).map(([name, key]) => [name, key])).toEqual(
      before.map(([name, key]) => [name, key]),
    )
    await judge(project)
  })
})

describe('a clock that is moved while two processes backfill the same on Postgres', () => {
  const open = projects('postgres')

  test.each([4, 5])('lets neither take over what the other holds (seed %i)', async (seed) => {
    const project = await open({
      ...eventsSource,
      'models/m/t.sql': dailyModel(eventsOfWindow, 'batch: 1'),
      'models/m/u.sql': dailyModel(ofT, 'batch: 1'),
      'models/m/w.sql': model('materialized: table', 'select sum(n) as n from m.u'),
    })
    await project.sql(
      'create schema raw',
      'create table raw.events (day date, id integer, amount integer)',
      `insert into raw.events select date '2024-01-01' + d, d * 10 + i, d + i from generate_series(0, 18) as d, generate_series(0, 4) as i`,
    )
    const random = new Random(seed)
    // Far enough from the end of the newest partition: nothing may seem to have been published before its end.
    project.now += 12 * hourMs
    const noon = project.now
    const jump = () => {
      project.now = Math.round(noon + (random.next() - 0.5) * 20 * hourMs)
    }
    const request = { history: true } as const
    const one = await project.prepareRun({ threads: 3, request, on: jump, worker: 'one' })
    const other = await project.prepareRun({
      threads: 3,
      request,
      on: jump,
      worker: 'other',
      adapter: await project.openAdapter(),
    })
    const runs = await Promise.all([one(), other()])
    for (const run of runs) expect(run.totals).toMatchObject({ failed: 0, blocked: 0, canceled: 0 })
    expect(
      await project.rows(`select count(*) from sluice.attempts where status not in ('succeeded')`),
    ).toEqual([[0]])
    project.now = noon
    await judge(project)
  })
})
