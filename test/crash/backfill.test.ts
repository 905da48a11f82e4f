import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createDatabase } from '../postgres-server.ts'
import { backfillRounds } from './backfill-rounds.ts'
import { Child, type ChildEnd } from './child.ts'
import { judgeComplete, judgeQuiet } from './invariants.ts'
import { Oracle } from './oracle.ts'
import { range, writeSales } from './project.ts'
import { Random } from './random.ts'
import { duckdbSite, postgresSite, type Site, withClient } from './site.ts'

// A few rounds; `node scripts/crash.mjs --backfill 50` runs more, with other seeds.
vi.setConfig({ testTimeout: 240_000 })

let oracle: Oracle
const sites: Site[] = []
const openings = [
  ['DuckDB', duckdbSite],
  ['Postgres', () => postgresSite({ createDatabase })],
] as const

beforeAll(async () => {
  oracle = await Oracle.open()
})
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close()
})
afterAll(() => oracle.close())

async function opened(open: () => Promise<Site>): Promise<Site> {
  const site = await open()
  sites.push(site)
  await writeSales(site.root, 1, new Random(1))
  return site
}

function start(site: Site, ...words: readonly string[]): Child {
  return new Child(site.root, words, site.environment)
}

const backfill = ['backfill', ...range, '--threads', '2']

/** Ids of the tasks that a plan or a run has. */
const plannedIds = (end: ChildEnd) =>
  end.events.flatMap((event) => {
    if (event.type === 'run_started')
      return (event.plan as { tasks: { id: string }[] }).tasks.map(({ id }) => id)
    return event.state === 'planned' ? [String(event.id)] : []
  })

test.each([
  ['DuckDB', duckdbSite, 4],
  ['Postgres', () => postgresSite({ createDatabase }), 5],
] as const)(
  'backfills on %s that are killed, canceled or met by others are gone on with and lose nothing',
  async (_, open, rounds) => {
    const site = await open()
    const figures = await backfillRounds(site, oracle, { seed: 11, rounds })
    expect(figures).toMatchObject({ rounds, wrong: 0 })
    await site.close()
  },
)

describe.each(openings)('a backfill on %s', (_, open) => {
  test('is what its dry run said, also after a kill', async () => {
    const site = await opened(open)
    const dry = await start(site, ...backfill, '--dry-run').end()
    const victim = start(site, ...backfill)
    let seen = 0
    await victim.until((event) => event.type === 'task_succeeded' && seen++ === 4)
    victim.strike('SIGKILL')
    const killed = await victim.end()
    expect(plannedIds(dry)).toEqual(plannedIds(killed))
    expect(plannedIds(dry).length).toBeGreaterThan(8)
    const dryResume = await start(site, 'resume', '--dry-run').end()
    const dryAgain = await start(site, ...backfill, '--dry-run').end()
    const again = await start(site, ...backfill).end()
    expect([...plannedIds(dryAgain)].sort()).toEqual([...plannedIds(again)].sort())
    expect(plannedIds(dryResume).length).toBeGreaterThan(0)
    expect(again.code).toBe(0)
    expect(await judgeComplete((await site.state())!, oracle, 1)).toEqual([])
  })

  test('that Ctrl-C ends leaves nothing half done and says how it is gone on with', async () => {
    const site = await opened(open)
    const child = start(site, ...backfill)
    let seen = 0
    await child.until((event) => event.type === 'task_started' && seen++ === 5)
    child.strike('SIGINT')
    const end = await child.end()
    expect(end.code).toBe(130)
    const finished = end.events.at(-1) as
      | { type: string; status: string; run: string; next: string[] }
      | undefined
    expect(finished).toMatchObject({ type: 'run_finished', status: 'canceled' })
    expect(finished?.next[0]).toBe(`resume ${finished?.run}`)
    expect(await judgeQuiet((await site.state())!, oracle)).toEqual([])
    expect((await start(site, 'resume', finished!.run.slice(0, -2)).end()).code).toBe(0)
    expect(await judgeComplete((await site.state())!, oracle, 1)).toEqual([])
  })

  test('that takes longer than `run: { timeout }` is stopped, fails, and can be gone on with', async () => {
    const site = await opened(open)
    expect((await start(site, ...backfill).end()).code).toBe(0)
    const path = join(site.root, 'models/marts/slow.sql')
    await writeFile(
      path,
      '/*---\nmaterialized: table\n---*/\nselect count(*) as n from sales a, sales b, sales c, sales d where a.id + b.id + c.id + d.id < -1\n',
    )
    const end = await start(site, 'run', '--select', 'marts.slow', '--timeout', '300ms').end()
    expect(end.code).toBe(1)
    expect(end.events.at(-1)).toMatchObject({
      status: 'failed',
      reason: { code: 'SL630' },
      totals: { canceled: 1 },
    })
    await rm(path)
    expect(await judgeComplete((await site.state())!, oracle, 1)).toEqual([])
  })
})

describe('on a server', () => {
  test('a second Ctrl-C ends a process whose server does not answer', async () => {
    const site = await opened(() => postgresSite({ createDatabase }))
    expect((await start(site, ...backfill).end()).code).toBe(0)
    await writeSales(site.root, 2, new Random(2))
    const url = site.environment.DATABASE_URL!
    // What a transaction has seen of other sessions once, it sees to its end: somebody else looks.
    const look = (sql: string) => withClient(url, async (client) => (await client.query(sql)).rows)
    await withClient(url, async (client) => {
      await client.query('begin')
      await client.query('lock table marts.lines in share mode')
      const child = start(site, ...backfill)
      const held = await untilThereIs(() =>
        look(
          `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        ),
      )
      // The server's side stands still: it hears of no cancel.
      const pids = held.map((row: { pid: number }) => row.pid)
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      try {
        child.strike('SIGINT')
        await untilThereIs(() =>
          look(
            `select 1 from pg_stat_activity where query like 'select pg_cancel_backend%' and pid <> pg_backend_pid()`,
          ),
        )
        child.strike('SIGINT')
        const end = await child.end()
        expect(end.code).toBe(130)
        expect(end.events.some((event) => event.type === 'run_finished')).toBe(false)
      } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT')
      }
      await client.query('commit')
    })
    expect((await start(site, 'resume').end()).code).toBe(0)
    expect(await judgeComplete((await site.state())!, oracle, 2)).toEqual([])
  })
})

/** Asks until there are rows. */
async function untilThereIs<Row>(ask: () => Promise<Row[]>): Promise<Row[]> {
  for (;;) {
    const rows = await ask()
    if (rows.length > 0) return rows
  }
}
