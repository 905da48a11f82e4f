import { describe, expect, test } from 'vitest'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, engines, type Files, type Outcome, projects, type TestProject } from './project.ts'

const files: Files = { ...eventsSource, 'models/m/t.sql': dailyModel(eventsOfWindow) }
const rebuild = { select: ['m.t'], partition: '2024-01-01', fullRefresh: true }

/** Days that have rows, and days that have a record. */
async function daysOf(project: TestProject) {
  return {
    rows: (await project.rows('select distinct cast(day as varchar) as day from m.t order by 1')).flat(),
    records: Object.keys(await project.partitions('m.t')),
  }
}

describe.each(engines)('a rebuild beside other runs on %s', (engine) => {
  const open = projects(engine)

  test('does not delete what was published after it was planned', async () => {
    const project = await open(files)
    await loadEvents(project)
    await project.run({ partition: '2024-01-01' })
    const execute = await project.prepareRun(rebuild)
    await project.run({ partition: '2024-01-02' })
    const run = await execute()
    expect(run.error).toMatchObject({ code: 'SL626', next: 'run --select m.t --full-refresh' })
    expect(run.error?.message).toContain('2024-01-02')
    const both = ['2024-01-01', '2024-01-02']
    expect(await daysOf(project)).toEqual({ rows: both, records: both })
    expect((await project.run(rebuild)).status).toBe('succeeded')
    expect(await daysOf(project)).toEqual({ rows: both, records: both })
  })

  test('looks again when another run published one of its own partitions', async () => {
    const project = await open(files)
    await loadEvents(project)
    await project.run({ partition: '2024-01-01' })
    const execute = await project.prepareRun(rebuild)
    await project.run({ partition: '2024-01-01', force: true })
    expect((await execute()).ended.succeeded).toHaveLength(1)
    expect(await daysOf(project)).toEqual({ rows: ['2024-01-01'], records: ['2024-01-01'] })
  })
})

describe('a rebuild beside a publisher on postgres', () => {
  const open = projects('postgres')

  test('waits for what is being published, and then sees it', async () => {
    const project = await open(files)
    await loadEvents(project)
    await project.run({ partition: '2024-01-01' })
    const other = await project.openAdapter()
    const client = await project.client()
    let ready = false
    let letGo = (): void => {}
    const released = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let rebuilding: Promise<Outcome> | undefined
    let published = 0
    const run = await project.run({
      from: '2024-01-02',
      to: '2024-01-03',
      threads: 1,
      request: { batch: 1 },
      beforeCommit: async () => {
        published += 1
        if (published < 2) return
        const execute = await project.prepareRun({
          ...rebuild,
          adapter: other,
          beforeCommit: async () => {
            ready = true
            await released
          },
        })
        rebuilding = execute()
        for (let isWaiting = false; !isWaiting && !ready; ) {
          const { rows } = await client.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
          isWaiting = rows.length > 0
        }
      },
    })
    letGo()
    expect(run.ended.succeeded).toHaveLength(2)
    expect((await rebuilding)?.error).toMatchObject({ code: 'SL626' })
    const days = ['2024-01-01', '2024-01-02', '2024-01-03']
    expect(await daysOf(project)).toEqual({ rows: days, records: days })
  })
})
