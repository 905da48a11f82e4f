import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createDatabase } from '../postgres-server.ts'
import { Child, type ChildEnd } from './child.ts'
import { judgeComplete } from './invariants.ts'
import { Oracle } from './oracle.ts'
import { days, range, writeSales } from './project.ts'
import { Random } from './random.ts'
import { duckdbSite, postgresSite, type Site, withClient } from './site.ts'

// Up to four processes at once, beside the other tests.
vi.setConfig({ testTimeout: 120_000 })

let oracle: Oracle
const sites: Site[] = []

beforeAll(async () => {
  oracle = await Oracle.open()
})
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close()
})
afterAll(() => oracle.close())

async function opened(opening: Promise<Site>, version = 1): Promise<Site> {
  const site = await opening
  sites.push(site)
  await writeSales(site.root, version, new Random(version))
  return site
}

const onPostgres = () => opened(postgresSite({ createDatabase }))

function start(site: Site, ...words: readonly string[]): Child {
  return new Child(site.root, ['run', ...range, ...words], site.environment)
}

function ids(ends: readonly ChildEnd[], type: string): string[] {
  return ends.flatMap((end) =>
    end.events
      .filter((event) => event.type === type)
      .flatMap((event) => {
        const { model, partitions } = event.task as { model: string; partitions: readonly unknown[] }
        // Of a batch, those that ended so.
        const ended = event.partitions as readonly { key: string }[]
        return partitions.length === 0 ? [model] : ended.map(({ key }) => `${model}@${key}`)
      }),
  )
}

/** Each of the partitions was published by exactly one of the processes, and the others waited for it, skipped it or came too late to plan it. */
function publishedOnce(ends: readonly ChildEnd[]): void {
  const published = ids(ends, 'task_succeeded').filter((id) => /^marts\..*@/.test(id))
  expect([...published].sort()).toEqual([...new Set(published)].sort())
  for (const model of ['lines', 'daily', 'shop_days', 'last_sold'])
    for (const day of days) expect(published).toContain(`marts.${model}@${day}`)
}

async function complete(site: Site, version = 1): Promise<void> {
  expect(await judgeComplete((await site.state())!, oracle, version)).toEqual([])
}

const failures = (ends: readonly ChildEnd[]) =>
  ends.map((end) => [end.code, end.stderr, ids([end], 'task_failed')])
const good = [0, '', []]

describe('processes on one Postgres database', () => {
  test('two that begin at once leave one correct state, and each partition is published by one of them', async () => {
    const site = await onPostgres()
    const ends = await Promise.all([start(site), start(site)].map((child) => child.end()))
    expect(failures(ends)).toEqual([good, good])
    publishedOnce(ends)
    await complete(site)
  })

  test('four over the same partitions leave one correct state', async () => {
    const site = await onPostgres()
    const children = Array.from({ length: 4 }, () => start(site, '--threads', '2'))
    const ends = await Promise.all(children.map((child) => child.end()))
    expect(failures(ends)).toEqual([good, good, good, good])
    publishedOnce(ends)
    await complete(site)
  })

  test('who finds a partition taken waits, says for whom, and skips what the other has published', async () => {
    const site = await onPostgres()
    await buildOnce(site)
    await writeSales(site.root, 2, new Random(2))
    await withClient(site.environment.DATABASE_URL!, async (client) => {
      // Whoever is to write the table waits for this reader, with its lease in hand.
      await client.query('begin')
      await client.query('lock table marts.lines in share mode')
      const first = start(site)
      await first.until((event) => isTask(event, 'task_started', 'marts.lines'))
      const second = start(site)
      await second.until((event) => isTask(event, 'task_waiting_for_lease', 'marts.lines'))
      await client.query('commit')
      const ends = await Promise.all([first.end(), second.end()])
      expect(failures(ends)).toEqual([good, good])
      const holders = ends[1]!.events.filter((event) => event.type === 'task_waiting_for_lease')
      expect(holders.map((event) => event.holder)).toContain(runOf(ends[0]!))
      expect(ids([ends[1]!], 'task_skipped').some((id) => id.startsWith('marts.lines@'))).toBe(true)
      publishedOnce(ends)
    })
    await complete(site, 2)
  })

  test('the partitions of a process that is killed with leases in hand are taken over by the others', async () => {
    const site = await onPostgres()
    const victim = start(site, '--threads', '4')
    await victim.until((event) => isTask(event, 'task_started', 'marts.'))
    const others = [start(site), start(site), start(site)]
    victim.strike('SIGKILL')
    const ends = await Promise.all(others.map((child) => child.end()))
    await victim.end()
    expect(failures(ends)).toEqual([good, good, good])
    const state = (await site.state())!
    expect(await judgeComplete(state, oracle, 1)).toEqual([])
    expect(state.ledger.runs.map((run) => run.status).filter((status) => status === 'crashed')).toHaveLength(
      1,
    )
  })

  test('a machine that fell silent is taken over when its heartbeat is old, and does no harm when it wakes up', async () => {
    const site = await onPostgres()
    const sleeper = start(site)
    await sleeper.until((event) => isTask(event, 'task_started', 'marts.'))
    sleeper.strike('SIGSTOP')
    await withClient(site.environment.DATABASE_URL!, async (client) => {
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name = 'sluice'`)
      await client.query(
        `update sluice.workers set host = 'elsewhere', heartbeat_at = heartbeat_at - interval '1 minute'`,
      )
    })
    const other = await start(site).end()
    expect(failures([other])).toEqual([good])
    const taken = (await site.state())!
    expect(await judgeComplete(taken, oracle, 1)).toEqual([])
    expect(taken.ledger.runs.map((run) => run.status).sort()).toEqual(['crashed', 'succeeded'])
    sleeper.strike('SIGCONT')
    const woken = await sleeper.end()
    expect(
      ids([woken], 'task_succeeded').filter((id) => ids([other], 'task_succeeded').includes(id)),
    ).toEqual([])
    await complete(site)
  })

  test('a run whose end cannot be recorded at once tries again', async () => {
    const site = await onPostgres()
    await buildOnce(site)
    await writeSales(site.root, 2, new Random(2))
    await withClient(site.environment.DATABASE_URL!, async (client) => {
      const child = start(site)
      await child.until((event) => event.type === 'run_started')
      await client.query('begin')
      // Only the end of a run writes this table now.
      await client.query('lock table sluice.runs in exclusive mode')
      const waiter = `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
and query like '%update sluice.runs%'`
      await untilThereIs(site, waiter)
      await client.query(`select pg_terminate_backend(pid) from (${waiter}) as w`)
      await client.query('commit')
      expect(failures([await child.end()])).toEqual([good])
    })
    const state = (await site.state())!
    expect(await judgeComplete(state, oracle, 2)).toEqual([])
    expect(state.ledger.runs.map((run) => run.status)).toEqual(['succeeded', 'succeeded'])
  })

  test('Ctrl-C ends the wait for a dead process whose server side still holds its lease', async () => {
    const site = await onPostgres()
    await buildOnce(site)
    await withClient(site.environment.DATABASE_URL!, async (client) => {
      await client.query(`insert into sluice.workers (id, run_id, host, pid, heartbeat_at)
select 'dead', max(id), 'elsewhere', 1, now() - interval '1 hour' from sluice.runs`)
      await client.query(`insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at)
values ('marts.lines', '2024-01-01', 'token', 'dead', 'attempt', now())`)
      await client.query('begin')
      await client.query('select * from sluice.leases for update')
      const child = start(site)
      await untilThereIs(
        site,
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      child.strike('SIGINT')
      const end = await child.end()
      expect([end.code, end.events]).toEqual([130, []])
    })
    expect(failures([await start(site).end()])).toEqual([good])
    expect((await site.state())!.ledger.workers).toEqual([])
  })
})

describe('processes on one DuckDB file', () => {
  test('the second is told who has the file, and the first is unharmed', async () => {
    const site = await opened(duckdbSite())
    const first = start(site)
    await first.until((event) => event.type === 'run_started')
    first.strike('SIGSTOP')
    const second = await start(site).end()
    first.strike('SIGCONT')
    // It has the file, and does not answer.
    expect(second.stderr).toMatch(/SL501|SL546/)
    expect(second.stderr).toContain(String(first.process.pid))
    expect(second.code).toBe(1)
    expect(second.events).toEqual([])
    expect(failures([await first.end()])).toEqual([good])
    await complete(site)
  })
})

/** Asks until the query has a row. */
function untilThereIs(site: Site, query: string): Promise<void> {
  return withClient(site.environment.DATABASE_URL!, async (client) => {
    while ((await client.query(query)).rows.length === 0);
  })
}

async function buildOnce(site: Site): Promise<void> {
  expect(failures([await start(site).end()])).toEqual([good])
  await complete(site)
}

function isTask(
  event: { readonly type: string; readonly task?: unknown },
  type: string,
  name: string,
): boolean {
  return event.type === type && (event.task as { id: string }).id.startsWith(name)
}

function runOf(end: ChildEnd): unknown {
  return end.events.find((event) => event.type === 'run_started')?.run
}
