import { describe, expect, test } from 'vitest'
import type { Row } from '../../core/adapter.ts'
import { leaseId } from '../../core/ledger/records.ts'
import { wholeLedger } from '../../core/plan/snapshot-request.ts'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, projects, type TestProject } from './project.ts'

const day = { partition: '2024-01-01' }
const lease = leaseId('m.t', '2024-01-01')

/** Comes back when the query has rows: on DuckDB nothing tells of a commit. */
async function until(project: TestProject, sql: string): Promise<readonly Row[]> {
  for (;;) {
    const rows = await project.query(sql)
    if (rows.length > 0) return rows
    await new Promise((resolve) => setImmediate(resolve))
  }
}

// Where one process has the database to itself.
describe('leases in memory on duckdb', () => {
  const open = projects('duckdb')

  async function opened() {
    const project = await open({ ...eventsSource, 'models/m/t.sql': dailyModel(eventsOfWindow) })
    await loadEvents(project)
    return project
  }

  const heldNow = async (project: TestProject) => {
    const { project: compiled } = await project.compile()
    return (await project.ledger().snapshot(wholeLedger(compiled))).leases
  }

  test('an attempt that lasts is seen by others while it does, and leaves nothing', async () => {
    const project = await opened()
    let seen: unknown
    const run = await project.run({
      ...day,
      worker: 'lasting',
      beforeCommit: async () => {
        await until(project, 'select 1 from sluice.leases')
        seen = (await heldNow(project)).get(lease)
      },
    })
    expect(seen).toEqual({ worker: 'lasting', run: run.run, host: 'test', pid: 1 })
    expect((await heldNow(project)).size).toBe(0)
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
    expect(await project.rows('select number, status, rows from sluice.attempts')).toEqual([
      [1, 'succeeded', 2],
    ])
  })

  test('a partition is published by one run at a time, also within a process', async () => {
    const project = await opened()
    let waits = (): void => undefined
    const isWaiting = new Promise<void>((resolve) => {
      waits = resolve
    })
    const second = await project.prepareRun({
      ...day,
      on: ({ type }) => {
        if (type === 'task_waiting_for_lease') waits()
      },
    })
    let other: ReturnType<typeof second> | undefined
    const first = await project.run({
      ...day,
      afterBegin: async () => {
        other ??= second()
        await isWaiting
      },
    })
    expect(first.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect((await other!).ended.skipped).toEqual(['m.t@2024-01-01'])
    expect(await project.rows('select run_id, number, status, error from sluice.attempts')).toEqual([
      [first.run, 1, 'succeeded', null],
    ])
  })

  test('what a process that was killed had told is recorded as crashed by the next one', async () => {
    const project = await opened()
    await project.run({ ...day, worker: 'before' })
    await project.sql(
      `insert into sluice.runs (id, command, target, status, worker, started_at, request) values ('old-run', 'run', 'dev', 'running', 'dead', '2024-01-01', '{}')`,
      `insert into sluice.workers (id, run_id, host, pid, heartbeat_at) values ('dead', 'old-run', 'test', 7, '2024-01-01')`,
      // One that had failed before, one of two partitions, and one that had ended when it was still told.
      `insert into sluice.attempts (id, run_id, worker, model, partition_keys, number, status, started_at) values
        ('a1', 'old-run', 'dead', 'm.t', '["2024-01-01"]', 1, 'failed', '2024-01-01'),
        ('a4', 'old-run', 'dead', 'm.t', '["2024-01-04"]', 1, 'succeeded', '2024-01-01')`,
      `insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at) values
        ('m.t', '2024-01-01', 't2', 'dead', 'a2', '2024-01-02'),
        ('m.t', '2024-01-03', 't3', 'dead', 'a3', '2024-01-02'),
        ('m.t', '2024-01-02', 't3', 'dead', 'a3', '2024-01-02'),
        ('m.t', '2024-01-04', 't4', 'dead', 'a4', '2024-01-02')`,
    )
    expect([...(await heldNow(project)).keys()].sort()).toEqual(
      ['01', '02', '03'].map((each) => leaseId('m.t', `2024-01-${each}`)),
    )
    expect(await project.ledger().reap(() => false)).toEqual(['old-run'])
    expect(
      await project.rows(
        `select id, number, status, partition_keys from sluice.attempts where run_id = 'old-run' order by id`,
      ),
    ).toEqual([
      ['a1', 1, 'failed', '["2024-01-01"]'],
      ['a2', 2, 'crashed', '["2024-01-01"]'],
      ['a3', 1, 'crashed', '["2024-01-02","2024-01-03"]'],
      ['a4', 1, 'succeeded', '["2024-01-04"]'],
    ])
    expect((await project.partitions('m.t'))['2024-01-01']).toMatchObject({ last_status: 'crashed', rows: 2 })
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
    expect(await project.value('select count(*) from sluice.workers')).toBe(0)
    expect((await project.run(day)).ended.succeeded).toEqual(['m.t@2024-01-01'])
  })

  test('an attempt whose failure could not be recorded has crashed when its run ends', async () => {
    const project = await opened()
    let isRefused = false
    const adapter = Object.assign(Object.create(project.adapter) as typeof project.adapter, {
      transaction: (work: never, signal?: AbortSignal) => {
        if (isRefused) throw new Error('the disk is full')
        return project.adapter.transaction(work, signal)
      },
    })
    const run = await project.run({
      ...day,
      adapter,
      afterBegin: async (session) => {
        isRefused = true
        await session.query('select nothing from nowhere')
      },
      on: (event) => {
        if (event.type === 'task_failed') isRefused = false
      },
    })
    expect(run.ended.failed).toEqual(['m.t@2024-01-01'])
    expect(await project.rows('select number, status from sluice.attempts')).toEqual([[1, 'crashed']])
    expect(await project.value('select count(*) from sluice.workers')).toBe(0)
    expect((await project.run(day)).ended.succeeded).toEqual(['m.t@2024-01-01'])
  })
})
