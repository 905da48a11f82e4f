import { describe, expect, test } from 'vitest'
import type { Session } from '../../core/adapter.ts'
import { heldLeases } from '../../core/ledger/held-leases.ts'
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

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)
const all = 'select day, id, amount from m.t order by id'

/** A statement that takes minutes unless it is canceled. */
const endless = 'select count(*) as n from m.many a, m.many b, m.many c where a.n + b.n + c.n = -1'
const many = Array.from(
  { length: 4 },
  (_, place) =>
    `(select ${place} as p union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) as d${place}`,
).join(', ')

describe.each(engines)('execution on %s', (engine) => {
  const open = projects(engine)

  async function opened(files: Files = {}, header = '') {
    const project = await open({
      ...eventsSource,
      'models/m/t.sql': dailyModel(eventsOfWindow, header),
      ...files,
    })
    await loadEvents(project)
    return project
  }

  /** The most tasks that ran at once, all told and of those whose model has the name. */
  function mostAtOnce(run: Outcome, only?: string): number {
    let running = 0
    let most = 0
    for (const event of run.events) {
      if (!('task' in event) || (only !== undefined && event.task.model !== only)) continue
      if (event.type === 'task_started') running += 1
      if (['task_succeeded', 'task_failed', 'task_canceled', 'task_skipped'].includes(event.type))
        running -= 1
      most = Math.max(most, running)
    }
    return most
  }

  test('never more tasks run at once than threads, pools and models allow', async () => {
    const project = await opened(
      {
        settings: 'pools: { small: 2 }\n',
        'models/m/u.sql': dailyModel(eventsOfWindow, 'pool: small'),
        'models/m/v.sql': dailyModel(eventsOfWindow, 'concurrency: 1'),
      },
      'pool: small',
    )
    const run = await project.run({ from: '2024-01-01', to: '2024-01-06', threads: 4, request: { batch: 1 } })
    expect(run.ended.succeeded).toHaveLength(18)
    expect(mostAtOnce(run)).toBeLessThanOrEqual(4)
    expect(mostAtOnce(run)).toBeGreaterThan(1)
    expect(mostAtOnce(run, 'm.v')).toBe(1)
    const pooled = {
      ...run,
      events: run.events.filter((event) => !('task' in event) || event.task.model !== 'm.v'),
    }
    expect(mostAtOnce(pooled)).toBe(2)
  })

  test('a task starts after everything that it reads', async () => {
    const project = await opened({
      'models/m/u.sql': dailyModel(`select day from m.t where ${inWindow}`),
      'models/m/w.sql': table('select count(*) as n from m.u'),
    })
    const run = await project.run({ from: '2024-01-01', to: '2024-01-04', threads: 4, request: { batch: 1 } })
    const at = (type: string, id: string) =>
      run.events.findIndex((event) => event.type === type && 'task' in event && event.task.id === id)
    for (const task of run.plan.tasks) {
      for (const before of task.after)
        expect(at('task_succeeded', before)).toBeLessThan(at('task_started', task.id))
    }
    expect(run.plan.tasks.find((task) => task.id === 'm.w')?.after).toHaveLength(4)
  })

  test('an error of the SQL is never retried', async () => {
    const project = await opened({
      'models/m/t.sql': table('select nothing from raw.events', 'retry: { attempts: 5 }'),
    })
    const run = await project.run()
    expect(run.error).toMatchObject({ code: 'SL603' })
    expect(run.delays).toEqual([])
    expect(await project.value('select count(*) from sluice.attempts')).toBe(1)
  })

  test('an abort cancels the statement in the engine, and leaves neither rows nor claims', async () => {
    const project = await opened({
      'models/m/many.sql': table(`select d0.p * 1000 + d1.p * 100 + d2.p * 10 + d3.p as n from ${many}`),
      'models/m/t.sql': table('select 1 as n'),
      'models/m/after.sql': table('select n from m.t'),
    })
    await project.run()
    await project.write({ 'models/m/t.sql': table(endless) })
    const stop = new AbortController()
    const run = await project.run({
      signal: stop.signal,
      on: (event) => {
        if (event.type === 'task_started' && event.task.model === 'm.t') setTimeout(() => stop.abort(), 100)
      },
    })
    expect(run.status).toBe('canceled')
    expect(run.ended.canceled).toEqual(['m.t', 'm.after'])
    expect(await project.rows('select n from m.t')).toEqual([[1]])
    expect((await project.partitions('m.t')).all).toMatchObject({ last_status: 'succeeded' })
    for (const left of [
      'leases',
      'workers',
      `attempts where status = 'running'`,
      `runs where status = 'running'`,
    ])
      expect(await project.value(`select count(*) from sluice.${left}`)).toBe(0)
    expect(
      await project.rows(`select status from sluice.attempts where model = 'm.t' and status <> 'succeeded'`),
    ).toEqual([['canceled']])
    await project.write({ 'models/m/t.sql': table('select 2 as n') })
    expect((await project.run()).ended.succeeded).toEqual(['m.t', 'm.after'])
  })

  test('a timeout cancels the attempt, and its partition has failed', async () => {
    const project = await opened({
      'models/m/many.sql': table(`select d0.p * 1000 + d1.p * 100 + d2.p * 10 + d3.p as n from ${many}`),
      'models/m/t.sql': table(endless, 'timeout: 100ms'),
      'models/m/after.sql': table('select n from m.t'),
    })
    const run = await project.run()
    expect(run.error).toMatchObject({ code: 'SL609', model: 'm.t' })
    expect(run.ended.blocked).toEqual(['m.after'])
    expect((await project.partitions('m.t')).all).toMatchObject({ last_status: 'timed_out' })
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
  })

  test('a publisher whose lease was taken away writes nothing', async () => {
    const project = await opened()
    await project.run({ partition: '2024-01-01' })
    await project.sql('update raw.events set amount = 0')
    const run = await project.run({
      partition: '2024-01-01',
      force: true,
      worker: 'robbed',
      afterBegin: async () => {
        // In memory they are another process's only when this one is gone.
        heldLeases(project.adapter)?.forget('robbed')
        await project.sql('delete from sluice.leases')
      },
    })
    expect(run.error).toMatchObject({ code: 'SL622' })
    expect(await project.rows(all)).toHaveLength(2)
    expect(await project.value('select sum(amount) from m.t')).toBe(30)
    expect((await project.partitions('m.t'))['2024-01-01']).toMatchObject({ last_status: 'succeeded' })
  })

  /** What a process that died in the middle of a task leaves in the ledger. */
  async function crashed(project: TestProject, key: string): Promise<void> {
    await project.sql(
      `insert into sluice.runs (id, command, target, status, worker, started_at, request) values ('old-run', 'run', 'dev', 'running', 'dead', '2024-01-01', '{}')`,
      `insert into sluice.workers (id, run_id, host, pid, heartbeat_at) values ('dead', 'old-run', 'elsewhere', 7, '2024-01-01')`,
      `insert into sluice.attempts (id, run_id, worker, model, partition_keys, number, status, started_at) values ('old-attempt', 'old-run', 'dead', 'm.t', '["${key}"]', 1, 'running', '2024-01-01')`,
      `insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at) values ('m.t', '${key}', 'old-token', 'dead', 'old-attempt', '2024-01-01')`,
    )
  }

  test('what a dead process held is taken over, and its attempt and run are known as crashed', async () => {
    const project = await opened()
    await crashed(project, '2024-01-01')
    const run = await project.run({ partition: '2024-01-01' })
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect(run.plan.tasks[0]?.reason).toEqual({ kind: 'failed', run: 'old-run' })
    expect(
      await project.rows(
        `select status from sluice.attempts where id = 'old-attempt' union all select status from sluice.runs where id = 'old-run'`,
      ),
    ).toEqual([['crashed'], ['crashed']])
    expect(await project.rows(all)).toHaveLength(2)
    expect(await project.value(`select count(*) from sluice.workers`)).toBe(0)
  })

  test('a process that dies while another waits for it is taken over', async () => {
    const project = await opened()
    const run = await project.prepareRun({ partition: '2024-01-01' })
    await crashed(project, '2024-01-01')
    const outcome = await run()
    expect(outcome.error).toBeUndefined()
    expect(outcome.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect(await project.rows(all)).toHaveLength(2)
  })

  test('a failure blocks what is downstream, and everything else goes on', async () => {
    const project = await opened({
      'models/m/bad.sql': table('select 1 / (id - id) as x, cast(amount as date) as y from raw.events'),
      'models/m/below.sql': table('select x from m.bad'),
      'models/m/last.sql': table('select x from m.below'),
      'models/m/good.sql': table('select id from raw.events'),
    })
    const run = await project.run({ exclude: ['m.t'] })
    expect(run.ended).toMatchObject({ failed: ['m.bad'], succeeded: ['m.good'] })
    expect([...run.ended.blocked].sort()).toEqual(['m.below', 'm.last'])
    expect(run.totals).toMatchObject({ succeeded: 1, failed: 1, blocked: 2, canceled: 0 })
  })
})

describe('execution on postgres', () => {
  const open = projects('postgres')

  async function opened(header = '', files: Files = {}) {
    const project = await open({
      ...eventsSource,
      'models/m/t.sql': dailyModel(eventsOfWindow, header),
      ...files,
    })
    await loadEvents(project)
    return project
  }

  const raising = (code: string) => (session: Session) =>
    session
      .query(`do $$ begin raise exception 'as told' using errcode = '${code}'; end $$`)
      .then(() => undefined)

  test.each([
    ['serialization_failure', '40001'],
    ['deadlock_detected', '40P01'],
    ['lock_not_available', '55P03'],
  ])('%s is retried', async (_, code) => {
    const project = await opened()
    let tries = 0
    const run = await project.run({
      partition: '2024-01-01',
      beforeCommit: async (session) => {
        tries += 1
        if (tries === 1) await raising(code)(session)
      },
    })
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect(run.events.filter((event) => event.type === 'task_retrying')).toMatchObject([
      { attempt: 2, error: { code: 'SL601' } },
    ])
    expect(await project.rows('select number, status from sluice.attempts order by number')).toEqual([
      [1, 'failed'],
      [2, 'succeeded'],
    ])
    expect(await project.rows(all)).toHaveLength(2)
  })

  test.each(['42601', '23505', '22012', '42501', '0A000'])('an error %s is not', async (code) => {
    const project = await opened()
    const run = await project.run({ partition: '2024-01-01', beforeCommit: raising(code) })
    expect(run.ended.failed).toEqual(['m.t@2024-01-01'])
    expect(run.delays).toEqual([])
  })

  test('retries wait longer each time, up to a limit, and end', async () => {
    const project = await opened(
      'retry: { attempts: 5, delay: 100ms, factor: 3, max_delay: 500ms, jitter: 0 }',
    )
    const run = await project.run({ partition: '2024-01-01', beforeCommit: raising('40001') })
    expect(run.delays).toEqual([100, 300, 500, 500])
    expect(run.ended.failed).toEqual(['m.t@2024-01-01'])
    expect(run.error).toMatchObject({ code: 'SL601', message: expect.stringContaining('as told') })
    expect(await project.value(`select count(*) from sluice.attempts where status = 'failed'`)).toBe(5)
  })

  test('a real deadlock is retried', async () => {
    const project = await opened('', { 'models/m/u.sql': table('select id from raw.events') })
    await project.run({ partition: '2024-01-01' })
    const client = await project.client()
    await client.query('begin')
    await client.query(`set local deadlock_timeout = '10min'`)
    await client.query('lock table m.t in exclusive mode')
    let other: Promise<unknown> = Promise.resolve()
    let tries = 0
    const run = await project.run({
      select: ['m.t'],
      partition: '2024-01-01',
      force: true,
      afterBegin: async (session) => {
        tries += 1
        if (tries > 1) return
        await session.query(`set local deadlock_timeout = '10ms'`)
        await session.query('lock table m.u in exclusive mode')
        other = client.query('lock table m.u in exclusive mode').then(() => client.query('commit'))
      },
    })
    await other
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect(tries).toBe(2)
    expect(run.delays).toHaveLength(1)
  })

  test('a connection that the server ends is retried on another one', async () => {
    const project = await opened()
    const client = await project.client()
    let tries = 0
    const run = await project.run({
      partition: '2024-01-01',
      beforeCommit: async (session) => {
        tries += 1
        if (tries > 1) return
        const [row] = await session.query('select pg_backend_pid() as pid')
        await client.query('select pg_terminate_backend($1, 5000)', [row?.pid])
      },
    })
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect(run.events.find((event) => event.type === 'task_retrying')).toMatchObject({
      error: { code: 'SL607' },
    })
    expect(await project.rows(all)).toHaveLength(2)
  })

  /** The ledger's ordering lock: a publisher that has done all its work waits for it in its last message. */
  const orderLock = '5142885012070517'

  async function untilWaiting(client: Awaited<ReturnType<TestProject['client']>>): Promise<number> {
    for (;;) {
      const { rows } = await client.query(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' limit 1`,
      )
      if (rows[0] !== undefined) return rows[0].pid
    }
  }

  test('a connection that dies during COMMIT is looked up before the retry', async () => {
    const project = await opened()
    const holder = await project.client()
    const watcher = await project.client()
    await holder.query(`select pg_advisory_lock(${orderLock})`)
    const running = project.run({ partition: '2024-01-01' })
    const pid = await untilWaiting(watcher)
    await watcher.query('select pg_terminate_backend($1, 5000)', [pid])
    await holder.query(`select pg_advisory_unlock(${orderLock})`)
    const run = await running
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect(run.delays).toHaveLength(1)
    expect(await project.rows(all)).toHaveLength(2)
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
  })

  test('readers see the old rows until the very commit', async () => {
    const project = await opened('', { 'models/m/u.sql': table('select id from raw.events') })
    await project.run({ partition: '2024-01-01' })
    await project.sql('delete from raw.events where id = 1')
    const holder = await project.client()
    const reader = await project.client()
    await holder.query(`select pg_advisory_lock(${orderLock})`)
    const running = project.run({ partition: '2024-01-01', force: true, threads: 1 })
    await untilWaiting(reader)
    expect((await reader.query('select * from m.t')).rowCount).toBe(2)
    expect((await reader.query('select * from m.u')).rowCount).toBe(4)
    await holder.query(`select pg_advisory_unlock(${orderLock})`)
    expect((await running).error).toBeUndefined()
    expect((await reader.query('select * from m.t')).rowCount).toBe(1)
    expect((await reader.query('select * from m.u')).rowCount).toBe(3)
  })

  test('a lease that is taken away while its publisher waits for a lock fences it off', async () => {
    const project = await opened()
    await project.run({ partition: '2024-01-01' })
    await project.sql('update raw.events set amount = 0')
    const thief = await project.client()
    const watcher = await project.client()
    const running = project.run({
      partition: '2024-01-01',
      force: true,
      afterBegin: async () => {
        await thief.query('begin')
        await thief.query('delete from sluice.leases')
      },
    })
    await untilWaiting(watcher)
    await thief.query('commit')
    const run = await running
    expect(run.error).toMatchObject({ code: 'SL622' })
    expect(await project.value('select sum(amount) from m.t')).toBe(30)
  })

  test('a live process elsewhere is waited for, and then its rows are not made again', async () => {
    const project = await opened()
    const adapter = await project.openAdapter()
    await project.sql(
      `insert into sluice.runs (id, command, target, status, worker, started_at, request) values ('far-run', 'run', 'dev', 'running', 'far', '2024-01-01', '{}')`,
      `insert into sluice.workers (id, run_id, host, pid, heartbeat_at) values ('far', 'far-run', 'elsewhere', 7, clock_timestamp())`,
      `insert into sluice.attempts (id, run_id, worker, model, partition_keys, number, status, started_at) values ('far-attempt', 'far-run', 'far', 'm.t', '["2024-01-01"]', 1, 'running', '2024-01-01')`,
      `insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at) values ('m.t', '2024-01-01', 'far-token', 'far', 'far-attempt', '2024-01-01')`,
    )
    let freed: Promise<void> | undefined
    const run = await project.run({
      partition: '2024-01-01',
      adapter,
      on: (event) => {
        if (event.type === 'task_waiting_for_lease') {
          expect(event.holder).toBe('far-run')
          freed ??= project.sql('delete from sluice.leases')
        }
      },
    })
    await freed
    expect(run.events.filter((event) => event.type === 'task_waiting_for_lease')).toHaveLength(1)
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01'])
  })
})

describe('execution on duckdb', () => {
  const open = projects('duckdb')

  test('a conflict with another writer is retried', async () => {
    const project = await open({ ...eventsSource, 'models/m/t.sql': dailyModel(eventsOfWindow) })
    await loadEvents(project)
    await project.run({ partition: '2024-01-01' })
    let tries = 0
    const run = await project.run({
      partition: '2024-01-01',
      force: true,
      afterBegin: async (session) => {
        tries += 1
        await session.query('select count(*) from m.t')
        if (tries === 1) await project.sql('delete from m.t')
      },
    })
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01'])
    expect(tries).toBe(2)
    expect(await project.value('select sum(amount) from m.t')).toBe(30)
  })
})
