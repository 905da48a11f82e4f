import { describe, expect, test, vi } from 'vitest'
import type { RunTotals } from '../../core/events.ts'
import { Random } from '../crash/random.ts'
import {
  engines,
  inWindow,
  model,
  type Outcome,
  projects,
  type RunOptions,
  type TestProject,
} from './project.ts'

vi.setConfig({ testTimeout: 120_000 })

// Whatever happens to a run, each partition of its plan ends once, and what it says of itself adds up.

/** More by hand: `SLUICE_TOTALS_SEEDS=30 npx vitest run test/run/totals.test.ts`. */
const seeds = Array.from({ length: Number(process.env.SLUICE_TOTALS_SEEDS ?? 3) }, (_, index) => index + 1)

const DAYS = 14
const daily = '{ column: day, grain: day, start: 2024-01-01, end: 2024-01-14 }'
const weekly = '{ column: week, grain: week, start: 2024-01-01, end: 2024-01-14 }'
const toWeek = `cast(date_trunc('week', cast(day as timestamp)) as date)`

const files = {
  'models/sources.yml': 'sources:\n  - name: raw.events\n',
  'models/m/u.sql': model(
    `materialized: incremental
partition: ${daily}
batch: all
checks:
  - expression: amount >= 0
  - unique: { columns: [id], scope: table }
  - expression: { expression: amount < 40, severity: warn }`,
    `select day, id, amount, code from raw.events where ${inWindow}`,
  ),
  'models/m/d.sql': model(
    `materialized: incremental\npartition: ${daily}\nbatch: 5\nretry: { attempts: 2, delay: 1s }\nchecks:\n  - row_count: { min: 1 }`,
    `select day, sum(amount) as amount, sum(cast(code as integer)) as code from m.u where ${inWindow} group by day`,
  ),
  'models/m/e.sql': model(
    `materialized: incremental\nstrategy: merge\nunique_key: day\ndelete_missing: true\npartition: ${daily}\nbatch: all\ndata_hash: true`,
    `select day, amount from m.d where ${inWindow}`,
  ),
  'models/m/w.sql': model(
    `materialized: incremental\npartition: ${weekly}\nbatch: all`,
    `select ${toWeek} as week, sum(amount) as amount from m.e where day >= {{partition.start}} and day < {{partition.end}} group by 1`,
  ),
  'models/m/v.sql': model('materialized: view', 'select week, amount from m.w'),
  'models/m/t.sql': model('materialized: table', 'select sum(amount) as amount from m.v'),
  'checks/positive.sql':
    'select * from m.d where day >= {{partition.start}} and day < {{partition.end}} and code > 500',
}

const dayOf = (n: number) => `2024-01-${String(n + 1).padStart(2, '0')}`

/** New rows, some of which no model can take. */
async function change(project: TestProject, random: Random, isGood: boolean): Promise<void> {
  const rows: string[] = []
  for (let day = 0; day < DAYS; day++) {
    const bad = isGood
      ? ''
      : random.weighted({ none: 12, negative: 2, text: 2, double: 2, empty: 1, high: 1 })
    if (bad === 'empty') continue
    for (let n = 0; n < 3; n++) {
      const id = bad === 'double' ? 1 : day * 3 + n + 1
      const amount = bad === 'negative' && n === 1 ? -1 : random.below(50)
      const code = bad === 'text' && n === 2 ? 'seven' : bad === 'high' ? '400' : '7'
      rows.push(`('${dayOf(day)}', ${id}, ${amount}, '${code}')`)
    }
  }
  await project.sql('delete from raw.events', `insert into raw.events values ${rows.join(', ')}`)
}

const unitsOf = (partitions: readonly unknown[]) => Math.max(1, partitions.length)

function judge(run: Outcome): void {
  const counts: Record<string, number> = {}
  const ended = new Map<string, number>()
  for (const event of run.events) {
    const kind = /^task_(succeeded|failed|blocked|skipped|canceled)$/.exec(event.type)?.[1]
    if (kind === undefined || !('task' in event)) continue
    counts[kind] = (counts[kind] ?? 0) + unitsOf(event.partitions)
    for (const key of event.partitions.length === 0 ? ['all'] : event.partitions.map((each) => each.key)) {
      const id = `${event.task.model} ${key}`
      ended.set(id, (ended.get(id) ?? 0) + 1)
    }
  }
  const planned = run.plan.tasks.flatMap((task) =>
    (task.partitions.length === 0 ? ['all'] : task.partitions.map(({ key }) => key)).map(
      (key) => `${task.model} ${key}`,
    ),
  )
  expect([...ended.keys()].sort()).toEqual([...planned].sort())
  expect([...ended.values()].every((times) => times === 1)).toBe(true)
  const held = (state: string) =>
    run.plan.held.reduce((sum, each) => sum + (each.state === state ? unitsOf(each.partitions) : 0), 0)
  const skipped = run.plan.skipped.reduce((sum, { count }) => sum + count, 0)
  const wanted: RunTotals = {
    succeeded: counts.succeeded ?? 0,
    failed: counts.failed ?? 0,
    blocked: (counts.blocked ?? 0) + held('blocked'),
    skipped: (counts.skipped ?? 0) + skipped,
    canceled: counts.canceled ?? 0,
    waiting: held('waiting'),
  }
  expect(run.totals).toEqual(wanted)
  const { failed, blocked, canceled } = run.totals
  expect(run.status).toBe(canceled > 0 ? 'canceled' : failed + blocked > 0 ? 'failed' : 'succeeded')
}

async function judgeLedger(project: TestProject, run: Outcome): Promise<void> {
  for (const left of [
    'leases',
    'workers',
    `attempts where status = 'running'`,
    `runs where status = 'running'`,
  ])
    expect(await project.value(`select count(*) from sluice.${left}`), left).toBe(0)
  if (run.plan.tasks.length === 0) return
  const totals = await project.value(`select totals from sluice.runs where id = '${run.run}'`)
  expect(JSON.parse(String(totals))).toMatchObject(run.totals)
  // What failed last is what the ledger calls failed; what was published has its rows.
  for (const event of run.events) {
    if (event.type !== 'task_failed' && event.type !== 'task_succeeded') continue
    if (event.partitions.length === 0) continue
    const records = await project.partitions(event.task.model)
    for (const { key } of event.partitions)
      expect(records[key]?.last_status, `${event.task.model} ${key}`).toBe(
        event.type === 'task_failed' ? 'failed' : 'succeeded',
      )
  }
  for (const [name, column] of [
    ['u', 'day'],
    ['d', 'day'],
    ['e', 'day'],
  ] as const)
    expect(
      await project.rows(
        `select p.partition_key, p.rows from sluice.partitions p where p.model = 'm.${name}' and p.data_seq is not null and p.rows <> (select count(*) from m.${name} as r where cast(r.${column} as varchar) = p.partition_key)`,
      ),
    ).toEqual([])
}

describe.each(engines)('runs of batches with all kinds of mishaps on %s', (engine) => {
  const open = projects(engine)

  test.each(seeds)('add up, and end well when the data is good (seed %i)', async (seed) => {
    const random = new Random(seed * 1000 + 7)
    const project = await open(files)
    await project.sql(
      'create schema raw',
      'create table raw.events (day date, id integer, amount integer, code text)',
    )
    await change(project, random, true)
    judge(await project.run({ from: dayOf(0), to: dayOf(0) }))
    for (let round = 0; round < 6; round++) {
      await change(project, random, false)
      const stop = new AbortController()
      let left = random.below(3) === 0 ? random.below(25) : Number.POSITIVE_INFINITY
      const options: RunOptions = {
        from: dayOf(random.below(5)),
        to: dayOf(9 + random.below(5)),
        force: random.below(2) === 0,
        threads: 1 + random.below(3),
        upstream: (['block', 'build', 'accept'] as const)[random.below(3)]!,
        signal: stop.signal,
        ...(engine === 'postgres' && {
          beforeCommit: async (session) => {
            if (random.below(8) === 0) await session.query('select pg_terminate_backend(pg_backend_pid())')
          },
        }),
        on: () => {
          left -= 1
          if (left <= 0) stop.abort()
        },
      }
      const run = await project.run(options)
      judge(run)
      await judgeLedger(project, run)
    }
    await change(project, random, true)
    const all = { from: dayOf(0), to: dayOf(DAYS - 1), force: true }
    const last = await project.run(all)
    expect(last.error).toBeUndefined()
    judge(last)
    expect(await project.rows('select day, cast(amount as integer) from m.e order by 1')).toEqual(
      await project.rows('select day, cast(sum(amount) as integer) from raw.events group by day order by 1'),
    )
    expect(await project.rows('select week, cast(amount as integer) from m.w order by 1')).toEqual(
      await project.rows(
        `select ${toWeek}, cast(sum(amount) as integer) from raw.events group by 1 order by 1`,
      ),
    )
    expect(await project.value('select cast(amount as integer) from m.t')).toEqual(
      await project.value('select cast(sum(amount) as integer) from raw.events'),
    )
    expect((await project.plan({ ...all, force: false })).tasks).toEqual([])
  })
})
