import { describe, expect, test, vi } from 'vitest'
import { ledgerMark } from '../../cli/docs/facts/ledger-mark.ts'
import { readFacts } from '../../cli/docs/read-facts.ts'
import { dailyModel, engines, inWindow, model, projects } from '../run/project.ts'
import { factsOf, workspaceOf } from './facts-project.ts'

const source = { 'models/raw.yml': 'sources:\n  - name: raw.events\n' }
const daily = dailyModel(`select day, n from raw.events where ${inWindow}`)
const events = `create schema raw; create table raw.events as select cast('2024-01-01' as date) + i as day, i as n from generate_series(0, 30) as g(i)`

async function withEvents(project: { sql(...statements: readonly string[]): Promise<void> }) {
  await project.sql(...events.split('; ').map((each) => eventsFor(each)))
}

/** The same text on both engines: a series is a table of \`bigint\` on one of them. */
function eventsFor(statement: string): string {
  return statement.replace('+ i as day', '+ cast(i as integer) as day')
}

for (const engine of engines) {
  describe(engine, () => {
    const open = projects(engine)

    test('a ledger without a run: everything that is due is missing, and nothing is told of runs', async () => {
      const project = await open({ ...source, 'models/marts/daily.sql': daily })
      const facts = await factsOf(project)
      expect(facts.without).toBeUndefined()
      expect(facts.stateOf('marts.daily')).toEqual({ state: 'missing', partition: '2024-01-19' })
      expect(facts.stateOf('raw.events')).toEqual({ state: 'unknown' })
      expect(facts.partitionsOf('marts.daily')).toMatchObject({ grain: 'day', timezone: 'UTC' })
      expect(facts.partitionsOf('marts.daily')?.keys).toHaveLength(19)
      expect(facts.runs).toEqual([])
      expect(facts.attention).toMatchObject([
        {
          node: { kind: 'model', name: 'marts.daily' },
          why: 'missing',
          partitions: 19,
          next: 'run --select marts.daily',
        },
      ])
    })

    test('partitions have version, run, rows, a share of the batch’s time and counts of checks', async () => {
      const project = await open({
        ...source,
        'models/marts/daily.sql': dailyModel(
          `select day, n from raw.events where ${inWindow}`,
          'checks:\n  - not_null: n\n  - row_count: { min: 1 }',
        ),
      })
      await withEvents(project)
      await project.run({ from: '2024-01-18', to: '2024-01-19' })
      const facts = await factsOf(project)
      const history = facts.partitionsOf('marts.daily')!
      expect(history.states.slice(-3)).toEqual(['missing', 'fresh', 'fresh'])
      expect(history.rows.slice(-3)).toEqual([null, 1, 1])
      expect(history.versions.slice(-3)).toEqual([null, expect.any(Number), expect.any(Number)])
      expect(history.durationsMs.slice(-3)).toEqual([null, expect.any(Number), expect.any(Number)])
      expect(history.publishedAt.at(-1)).toBe(project.now)
      expect(history.checks.at(-1)).toEqual({ passed: 2, failed: 0, warned: 0 })
      expect(history.runIds).toEqual([facts.runs[0]!.id])
      expect(history.runs.slice(-3)).toEqual([null, 0, 0])
      expect(facts.stateOf('marts.daily')).toEqual({ state: 'fresh', partition: '2024-01-19' })
      expect(facts.rowsOf('marts.daily')).toBe(2)
      expect([...facts.checksOf('marts.daily').values()].map(({ status }) => status)).toEqual([
        'passed',
        'passed',
      ])
    })

    test('a mix of states: stale with its reason, failed with its error, blocked, missing and fresh', async () => {
      const project = await open({
        ...source,
        'models/marts/daily.sql': daily,
        'models/marts/other.sql': dailyModel(
          `select day, cast('x' || cast(n as text) as integer) as one from marts.daily where ${inWindow}`,
        ),
        'models/marts/last.sql': dailyModel(`select day, one from marts.other where ${inWindow}`),
        'models/marts/again.sql': dailyModel(`select day, n from marts.daily where ${inWindow}`),
      })
      await withEvents(project)
      await project.run({ select: ['marts.daily', 'marts.again'], from: '2024-01-01', to: '2024-01-19' })
      await project.sql(`update raw.events set n = 100 where day = cast('2024-01-15' as date)`)
      await project.run({ select: ['marts.daily'], partition: '2024-01-15', force: true })
      const failed = await project.run({ select: ['marts.other'], partition: '2024-01-19' })
      expect(failed.status).toBe('failed')
      const facts = await factsOf(project)
      const again = facts.partitionsOf('marts.again')!
      const at = again.keys.indexOf('2024-01-15')
      expect(again.states[at]).toBe('stale')
      expect(again.reasonTexts[again.reasons[at]!]).toMatch(
        /^input marts.daily 2024-01-15 was republished by run id-/,
      )
      expect(facts.stateOf('marts.other')).toEqual({ state: 'failed', partition: '2024-01-19' })
      expect(facts.stateOf('marts.last')).toEqual({ state: 'blocked', partition: '2024-01-19' })
      const other = facts.partitionsOf('marts.other')!
      expect(other.reasonTexts[other.reasons.at(-1)!]).toMatch(/^failed in run id-\d+: SL60\d /)
      expect(facts.attention[0]).toMatchObject({
        why: 'failed',
        node: { name: 'marts.other' },
        next: `retry ${facts.runs[0]!.id}`,
      })
      expect(facts.attention.map(({ why }) => why)).toContain('stale')
      const page = facts.run(facts.runs[0]!.id)!
      expect(page).toMatchObject({ kind: 'run', status: 'failed', target: 'dev', next: `retry ${page.id}` })
      expect(page.tasks[0]).toMatchObject({
        node: { kind: 'model', name: 'marts.other' },
        isKnown: true,
        partitions: ['2024-01-19'],
        partitionCount: 1,
        status: 'failed',
        attempts: [{ number: 1, status: 'failed' }],
        error: { code: expect.stringMatching(/^SL6/), path: 'models/marts/other.sql' },
      })
      expect(page.tasks[0]!.error!.statement).toContain('2024-01-19')
    })

    test('tables, views and seeds tell what is published of them', async () => {
      const project = await open({
        'seeds/ref/colors.csv': 'id,name\n1,red\n2,blue\n',
        'models/marts/colors.sql': model(
          'materialized: table\nfreshness: { warn: 1h, fail: 2h }',
          'select id from ref.colors',
        ),
        'models/marts/shown.sql': model('materialized: view', 'select id from marts.colors'),
      })
      await project.run()
      const facts = await factsOf(project)
      expect(facts.publishedOf('marts.colors')).toMatchObject({
        state: 'fresh',
        rows: 2,
        run: facts.runs[0]!.id,
        version: expect.any(Number),
      })
      expect(facts.publishedOf('marts.shown')).toMatchObject({ state: 'fresh' })
      expect(facts.publishedOf('ref.colors')).toMatchObject({ rows: 2 })
      expect(facts.publishedOf('marts.shown')).not.toHaveProperty('rows')
      expect(facts.partitionsOf('marts.colors')).toBeUndefined()
      project.now += 3 * 3_600_000
      const later = await factsOf(project)
      expect(later.stateOf('marts.colors')).toEqual({ state: 'late' })
      expect(later.freshnessOf('marts.colors')).toMatchObject({ state: 'fail', ageMs: 3 * 3_600_000 })
      expect(later.attention).toMatchObject([
        { why: 'late', severity: 'error', message: 'its data is 3h old, which is > 2h' },
      ])
    })

    test('failing rows are told only if they are asked for, and never of columns that opted out', async () => {
      const project = await open({
        'models/marts/people.sql': model(
          'materialized: table\ncolumns:\n  - { name: mail, sample: false }\nchecks:\n  - { accepted_values: { column: kind, values: [a] }, severity: warn }\n  - { minimum: { column: age, min: 18 }, severity: warn }',
          `select 17 as age, 'odd-kind' as kind, 'someone@secret.example' as mail`,
        ),
      })
      const { status } = await project.run()
      expect(status).toBe('succeeded')
      const without = await factsOf(project)
      expect(JSON.stringify([...without.checksOf('marts.people')])).not.toMatch(/odd-kind|secret|17/)
      expect(JSON.stringify([without.run(without.runs[0]!.id), without.attention])).not.toMatch(
        /odd-kind|secret|is 17/,
      )
      expect(without.attention.map(({ why, severity }) => [why, severity])).toEqual([
        ['check', 'warning'],
        ['check', 'warning'],
      ])
      const withSamples = await factsOf(project, { withSamples: true })
      const shown = [...withSamples.checksOf('marts.people').values()].find(
        ({ sample }) => sample !== undefined,
      )
      expect(shown?.sample).toEqual({ columns: ['age', 'kind'], rows: [['17', 'odd-kind']] })
      expect(shown).toMatchObject({ status: 'warned', failures: 1 })
    })

    test('checks of the project’s own tell their outcomes, newest first', async () => {
      const project = await open({
        ...source,
        'models/marts/daily.sql': daily,
        'models/marts/other.sql': model('materialized: table', 'select 1 as one'),
        'checks/none_large.sql': 'select d.n from marts.daily as d cross join marts.other where d.n > 5',
      })
      await withEvents(project)
      await project.run({ partition: '2024-01-02' })
      await project.run({ partition: '2024-01-19' })
      const facts = await factsOf(project)
      expect(facts.resultsOf('checks.none_large').map(({ status }) => status)).toEqual(['failed', 'passed'])
      expect(facts.stateOf('checks.none_large')).toEqual({ state: 'failed' })
      expect(facts.attention.find(({ node }) => node.kind === 'check')).toMatchObject({ why: 'failed' })
    })

    test('a try that went well after another one is one task with both', async () => {
      const project = await open({
        'models/marts/one.sql': model('materialized: table\nretry: { attempts: 3 }', 'select 1 as one'),
      })
      let failures = 0
      await project.run({
        afterBegin: async (session) => {
          if (failures++ === 0)
            await session.query(
              engine === 'postgres' ? `do $$ begin raise exception sqlstate '40001'; end $$` : 'select 1',
            )
        },
      })
      const facts = await factsOf(project)
      const [task] = facts.run(facts.runs[0]!.id)!.tasks
      expect(task!.status).toBe('succeeded')
      expect(task!.attempts.map(({ number, status }) => [number, status])).toEqual(
        engine === 'postgres'
          ? [
              [1, 'failed'],
              [2, 'succeeded'],
            ]
          : [[1, 'succeeded']],
      )
    })

    test('hours are told like days, and what is older than the newest 1,500 partitions is counted by state', async () => {
      const project = await open({
        'models/marts/hourly.sql': model(
          'materialized: incremental\npartition: { column: at, grain: hour, start: 2023-10-01 }',
          'select {{partition.start}} as at',
        ),
      })
      await project.run({ from: '2023-10-01', to: '2023-10-02' })
      const facts = await factsOf(project)
      const history = facts.partitionsOf('marts.hourly')!
      const hours = (Date.parse('2024-01-20') - Date.parse('2023-10-01')) / 3_600_000
      expect(history.keys).toHaveLength(1500)
      expect(history.keys.at(-1)).toBe('2024-01-19T23')
      expect(history.older).toEqual({
        from: '2023-10-01T00',
        states: [
          { state: 'fresh', count: 48 },
          { state: 'missing', count: hours - 1500 - 48 },
        ],
      })
    })

    test('while a run is at work its partitions are running, and so is the run', {
      timeout: 40_000,
    }, async () => {
      const project = await open({ ...source, 'models/marts/daily.sql': daily })
      await withEvents(project)
      const before = await ledgerMark(await workspaceOf(project), () => project.now)
      const seen: unknown[] = []
      await project.run({
        partition: '2024-01-19',
        beforeCommit: async () => {
          // Where leases are in memory, others are told of those that last.
          await vi.waitFor(
            async () => expect((await factsOf(project)).stateOf('marts.daily').state).toBe('running'),
            { timeout: 20_000, interval: 50 },
          )
          const facts = await factsOf(project)
          const mark = await ledgerMark(await workspaceOf(project), () => project.now)
          seen.push(facts.stateOf('marts.daily').state, facts.runs[0]!.counts, mark !== before)
        },
      })
      expect(seen).toEqual(['running', [{ status: 'running', count: 1 }], true])
      const after = await ledgerMark(await workspaceOf(project), () => project.now)
      expect(after).not.toBe(before)
      expect(await ledgerMark(await workspaceOf(project), () => project.now)).toBe(after)
    })
  })
}

test('a server that does not answer is a reason that names neither it nor who asked', async () => {
  const project = await projectsOnce()
  const workspace = await workspaceOf(project)
  const { postgres } = await import('../../adapters/postgres/index.ts')
  const connect = () =>
    postgres.open(
      { name: 'dev', adapter: 'postgres', url: 'postgres://someone:hidden@127.0.0.1:1/nothing' } as never,
      { threads: 1, readOnly: true, applicationName: 'sluice-test' },
    )
  const facts = await readFacts({ ...workspace, connect }, { now: () => project.now }, { withSamples: false })
  expect(facts.without).toMatch(/^the ledger of dev could not be read: .* \(SL530\)$/)
  expect(facts.without).not.toMatch(/someone|hidden|127/)
  expect(await ledgerMark({ ...workspace, connect })).toBeUndefined()
})

test('a database without a ledger says that nothing was run', async () => {
  const project = await projectsOnce()
  await project.sql('drop schema sluice cascade')
  expect((await factsOf(project)).without).toBe('nothing has been run on dev yet')
})

const openOne = projects('duckdb')

function projectsOnce() {
  return openOne({ 'models/marts/one.sql': model('materialized: table', 'select 1 as one') })
}
