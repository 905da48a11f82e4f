import { describe, expect, test } from 'vitest'
import type { Ledger, StartedRun, Worker } from '../../core/ledger/ledger.ts'
import { engines, projects, type TestProject } from '../run/project.ts'

function started(worker: Worker): StartedRun {
  return { id: 'run', worker, command: 'run', target: 'dev', request: {}, plan: {} }
}

const totals = { succeeded: 0, failed: 1, blocked: 0, waiting: 0, skipped: 0, canceled: 0 }

function claim(ledger: Ledger, worker: Worker, id: string) {
  return ledger.claim('run', worker, {
    model: 'marts.days',
    keys: ['2024-01-01'],
    token: `token of ${id}`,
    attempt: id,
    number: 1,
    accepted: [],
  })
}

async function held(project: TestProject) {
  return {
    leases: await project.rows('select attempt from sluice.leases'),
    workers: await project.rows('select id from sluice.workers'),
    attempts: await project.rows('select id, status from sluice.attempts order by id'),
    runs: await project.rows('select id, status from sluice.runs order by id'),
  }
}

describe.each(engines)('leases on %s', (engine) => {
  const open = projects(engine)
  const worker = (name: string): Worker => ({ id: name, host: 'test', pid: 1 })

  test('a run that ends without having recorded the end of an attempt leaves no lease behind', async () => {
    const project = await open({})
    const ledger = project.ledger()
    await ledger.startRun(started(worker('one')))
    await claim(ledger, worker('one'), 'first')
    await ledger.finishRun('run', worker('one'), 'failed', totals)
    expect(await held(project)).toEqual({
      leases: [],
      workers: [],
      attempts: [['first', 'crashed']],
      runs: [['run', 'failed']],
    })
    const [record] = await project.rows('select last_attempt, last_status, data_seq from sluice.partitions')
    expect(record).toEqual(['first', 'crashed', null])
  })
})

describe('leases of a server', () => {
  const open = projects('postgres')

  async function buried(): Promise<{ readonly project: TestProject; readonly alive: Worker }> {
    const project = await open({})
    const alive = { id: 'slept', host: 'elsewhere', pid: 1 }
    await project.ledger().startRun(started(alive))
    await claim(project.ledger(), alive, 'first')
    await project.sql(`update sluice.workers set heartbeat_at = heartbeat_at - interval '1 minute'`)
    return { project, alive }
  }

  /** As another process would: this one never takes its own workers for dead. */
  async function bury(project: TestProject): Promise<void> {
    await project.sql(
      `delete from sluice.leases where worker = 'slept'`,
      `update sluice.attempts set status = 'crashed' where worker = 'slept'`,
      `update sluice.runs set status = 'crashed' where worker = 'slept'`,
      `delete from sluice.workers where id = 'slept'`,
    )
  }

  test('a worker that was taken for dead and lives goes on, and its new leases have an owner', async () => {
    const { project, alive } = await buried()
    await bury(project)
    const claims = await Promise.all([
      claim(project.ledger(), alive, 'second'),
      claim(project.ledger(await project.openAdapter()), alive, 'third'),
    ])
    expect(claims.filter((each) => each.claimed)).toHaveLength(1)
    const state = await held(project)
    expect(state.workers).toEqual([['slept']])
    expect(state.runs).toEqual([['run', 'running']])
    expect(state.leases).toHaveLength(1)
  })

  test('a claim that is still committing when its worker is buried leaves no lease behind', async () => {
    const project = await open({})
    const ledger = project.ledger()
    await ledger.startRun(started({ id: 'dead', host: 'elsewhere', pid: 1 }))
    const client = await project.client()
    await client.query('begin')
    await client.query(`select id from sluice.workers where id = 'dead' for key share`)
    await client.query(`insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at)
values ('marts.days', '2024-01-01', 't', 'dead', 'a', now())`)
    const finishing = ledger.finishRun('run', { id: 'dead', host: 'elsewhere', pid: 1 }, 'failed', totals)
    const watcher = await project.client()
    const waiters = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
    while ((await watcher.query(waiters)).rows.length === 0);
    await client.query('commit')
    await finishing
    expect((await held(project)).leases).toEqual([])
  })
})
