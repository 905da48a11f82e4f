import { expect, test } from 'vitest'
import type { CheckOutcome } from '../../core/checks/check.ts'
import type { CompiledNode } from '../../core/compile/compiled.ts'
import type { RunEvent } from '../../core/events.ts'
import { buildGraph } from '../../core/graph/graph.ts'
import type { QueryLineage, Role } from '../../core/lineage/lineage.ts'
import type { RunFacts } from '../../core/openlineage/facts.ts'
import { OpenLineageRun } from '../../core/openlineage/run-events.ts'
import type { PlannedTask } from '../../core/plan/plan.ts'
import { mistakesOf, unfinished } from './schemas.ts'

const day = (key: string) => ({ key, start: Date.parse(key), end: Date.parse(key) + 86_400_000 })
const days = ['2024-01-01', '2024-01-02', '2024-01-03'].map(day)

const daily = {
  kind: 'model',
  name: 'marts.daily',
  path: 'models/marts/daily.sql',
  tags: [],
  description: 'By day',
  upstream: ['raw'],
  relation: { schema: 'marts', name: 'daily' },
  columns: [{ name: 'Day', description: 'in UTC', sample: true }],
  checks: [{ kind: 'not_null', name: 'not_null(day)', columns: ['day'], severity: 'error' }],
  config: { owner: 'Sales' },
} as unknown as CompiledNode
const raw = {
  kind: 'source',
  name: 'raw',
  path: 'x.yml',
  tags: [],
  upstream: [],
  sql: '"raw"',
  columns: [],
  checks: [],
}

const role = (column: string, each: Role) => ({ relation: 'raw', column, role: each })
const lineage: QueryLineage = {
  columns: [
    { column: 'day', sources: [role('at', 'transformed')] },
    { column: 'revenue', sources: [role('amount', 'aggregated'), role('at', 'group')] },
    {
      column: 'customer',
      sources: [role('customer', 'copied'), { ...role('x', 'copied'), relation: 'unknown' }],
    },
  ],
  rows: [role('at', 'filter'), role('at', 'group'), role('id', 'join'), role('id', 'order')],
  unresolved: [],
  reads: ['raw'],
}

const facts: RunFacts = {
  project: {
    nodes: new Map([
      ['raw', raw as unknown as CompiledNode],
      ['marts.daily', daily],
    ]),
    graph: buildGraph([]),
  } as unknown as RunFacts['project'],
  command: 'backfill',
  namespace: 'shop/dev',
  producer: 'urn:sluice:1',
  version: '1',
  space: { namespace: 'postgres://db:5432', database: 'shop', defaultSchema: 'public', root: '/p' },
  parent: {
    job: { namespace: 'airflow', name: 'nightly.sluice' },
    runId: '0190a1b2-0000-7000-8000-000000000000',
  },
  engine: { name: 'postgres', version: '18.1' },
  columnsOf: (name) => (name === 'raw' ? undefined : [{ name: 'day', type: 'date' }]),
  lineageOf: async () => lineage,
  sqlOf: async (_task, partitions) => `select ${partitions.length}`,
  locationOf: (path) => ({
    type: 'git',
    url: `https://example.com/${path}`,
    repoUrl: 'r',
    path,
    version: 'abc',
  }),
}

const task = (partitions = days): PlannedTask => ({
  id: 'marts.daily@x',
  model: 'marts.daily',
  kind: 'model',
  materialization: 'incremental',
  partitions,
  reason: { kind: 'missing' },
  after: [],
  fullRefresh: false,
  accepted: [],
  outside: [],
})

let second = 0
const at = () => new Date(Date.UTC(2024, 1, 1, 0, 0, second++)).toISOString()
const about = (partitions = days) => ({ at: at(), task: task(), partitions })
const error = { code: 'SL640', severity: 'error', message: 'it broke' } as const
const outcome = (passed: boolean, name = 'not_null(day)'): CheckOutcome => ({
  ...{
    name,
    kind: 'not_null',
    severity: 'error',
    model: 'marts.daily',
    passed,
    failing: passed ? 0 : 3,
    sample: [{ day: 'secret' }],
  },
})
const started = (): RunEvent => ({
  type: 'run_started',
  at: at(),
  run: 'r1',
  target: 'dev',
  plan: { tasks: [], held: [], skipped: [], ledgerSeq: 0 },
})
const finished = (status: 'succeeded' | 'failed' | 'canceled'): RunEvent => ({
  ...{ type: 'run_finished', at: at(), run: 'r1', status, elapsedMs: 1, next: [] },
  totals: { succeeded: 0, failed: 0, blocked: 0, waiting: 0, skipped: 0, canceled: 0 },
})

async function told(...events: readonly RunEvent[]) {
  const run = new OpenLineageRun(facts)
  const all = []
  for (const event of events) all.push(...(await run.of(event)))
  for (const event of all) expect(mistakesOf(event)).toEqual([])
  return all
}

const short = (events: Awaited<ReturnType<typeof told>>) =>
  events.map(({ eventType, job, run }) => {
    const { nominalTime, errorMessage } = run.facets
    const when = nominalTime === undefined ? '' : ` ${String(nominalTime.nominalStartTime).slice(0, 10)}`
    return `${eventType} ${job.name}${when}${errorMessage === undefined ? '' : ` (${errorMessage.message})`}`
  })

test('an attempt that is published, with all that is known of it', async () => {
  const events = await told(
    started(),
    { type: 'task_started', ...about(), attempt: 1 },
    { type: 'check_finished', ...about(days.slice(0, 1)), check: outcome(true) },
    { type: 'task_succeeded', ...about(), published: { rows: 7, changed: true }, elapsedMs: 1 },
    finished('succeeded'),
  )
  expect(short(events)).toEqual([
    'START sluice backfill',
    'START marts.daily 2024-01-01',
    'START marts.daily.checks 2024-01-01',
    'COMPLETE marts.daily.checks 2024-01-01',
    'COMPLETE marts.daily 2024-01-01',
    'COMPLETE sluice backfill',
  ])
  expect(unfinished(events)).toEqual([])
  const [run, , , checks, done] = events
  expect(run!.run.facets.parent).toMatchObject({ run: { runId: facts.parent!.runId } })
  expect(done!.run.facets.parent).toMatchObject({
    run: { runId: run!.run.runId },
    job: { namespace: 'shop/dev', name: 'sluice backfill' },
    root: { job: { namespace: 'airflow', name: 'nightly.sluice' } },
  })
  expect(done!.run.facets.nominalTime).toMatchObject({
    nominalStartTime: '2024-01-01T00:00:00.000Z',
    nominalEndTime: '2024-01-04T00:00:00.000Z',
  })
  expect(done!.job.facets).toMatchObject({
    sql: { query: 'select 3' },
    jobType: { processingType: 'BATCH', integration: 'SLUICE', jobType: 'MODEL' },
    documentation: { description: 'By day' },
    ownership: { owners: [{ name: 'Sales', type: 'OWNER' }] },
    sourceCodeLocation: { url: 'https://example.com/models/marts/daily.sql' },
  })
  expect(done!.inputs).toEqual([{ namespace: 'postgres://db:5432', name: 'shop.public.raw', facets: {} }])
  const [output] = done!.outputs
  expect(output).toMatchObject({
    name: 'shop.marts.daily',
    facets: { schema: { fields: [{ name: 'day', type: 'date', description: 'in UTC' }] } },
    outputFacets: { outputStatistics: { rowCount: 7 } },
  })
  expect(checks!.inputs[0]!.inputFacets).toMatchObject({
    dataQualityAssertions: { assertions: [{ assertion: 'not_null', success: true, column: 'day' }] },
  })
  expect(JSON.stringify(events)).not.toContain('secret')
})

test('column lineage by our roles: what makes a value is direct, what decides rows is indirect and said once', async () => {
  const events = await told(started(), { type: 'task_started', ...about(), attempt: 1 })
  const { fields, dataset } = events[1]!.outputs[0]!.facets!.columnLineage as unknown as {
    fields: Record<
      string,
      { inputFields: { field: string; transformations: { type: string; subtype: string }[] }[] }
    >
    dataset: { field: string; transformations: { type: string; subtype: string }[] }[]
  }
  const said = (list: typeof dataset) =>
    list.map(
      ({ field, transformations }) =>
        `${field} ${transformations.map((each) => `${each.type}/${each.subtype}`).join(' ')}`,
    )
  expect(
    Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, said(each.inputFields)])),
  ).toEqual({
    day: ['at DIRECT/TRANSFORMATION'],
    revenue: ['amount DIRECT/AGGREGATION', 'at INDIRECT/GROUP_BY'],
    customer: ['customer DIRECT/IDENTITY'],
  })
  expect(said(dataset)).toEqual(['at INDIRECT/FILTER INDIRECT/GROUP_BY', 'id INDIRECT/JOIN INDIRECT/SORT'])
})

test('each attempt is a run of its own: one that is retried failed, one that is split too', async () => {
  const events = await told(
    started(),
    { type: 'task_started', ...about(), attempt: 1 },
    { type: 'task_retrying', ...about(), attempt: 2, delayMs: 1, error },
    { type: 'task_started', ...about(), attempt: 2 },
    { type: 'check_finished', ...about(days.slice(1, 2)), check: outcome(false) },
    { type: 'task_split', ...about(), into: [days.slice(0, 1), days.slice(2)], error },
    { type: 'task_failed', ...about(days.slice(1, 2)), error, elapsedMs: 1 },
    { type: 'task_started', ...about(days.slice(0, 1)), attempt: 3 },
    { type: 'task_started', ...about(days.slice(2)), attempt: 3 },
    { type: 'task_succeeded', ...about(days.slice(2)), published: { rows: 1, changed: true }, elapsedMs: 1 },
    {
      type: 'task_succeeded',
      ...about(days.slice(0, 1)),
      published: { rows: 1, changed: true },
      elapsedMs: 1,
    },
    finished('failed'),
  )
  expect(short(events).slice(1)).toEqual([
    'START marts.daily 2024-01-01',
    'FAIL marts.daily 2024-01-01 (SL640: it broke)',
    'START marts.daily 2024-01-01',
    'START marts.daily.checks 2024-01-01',
    'FAIL marts.daily.checks 2024-01-01',
    'FAIL marts.daily 2024-01-01 (SL640: it broke)',
    'START marts.daily 2024-01-01',
    'START marts.daily 2024-01-03',
    'COMPLETE marts.daily 2024-01-03',
    'COMPLETE marts.daily 2024-01-01',
    'FAIL sluice backfill',
  ])
  expect(unfinished(events)).toEqual([])
})

test('what is canceled is aborted, with what had begun; of what never began nothing is told', async () => {
  const events = await told(
    started(),
    { type: 'task_blocked', ...about(days.slice(0, 1)), by: 'x', because: 'y' },
    { type: 'task_started', ...about(days.slice(1, 2)), attempt: 1 },
    { type: 'task_started', ...about(days.slice(2)), attempt: 1 },
    { type: 'task_canceled', ...about(days.slice(1, 2)) },
    finished('canceled'),
  )
  expect(short(events).slice(1)).toEqual([
    'START marts.daily 2024-01-02',
    'START marts.daily 2024-01-03',
    'ABORT marts.daily 2024-01-02',
    'ABORT marts.daily 2024-01-03',
    'ABORT sluice backfill',
  ])
  expect(unfinished(events)).toEqual([])
})
