import type {
  CatalogPage,
  HomePage,
  PageData,
  RunLine,
  RunPage,
  RunTask,
  SearchIndex,
} from '../../core/docs/api.ts'
import { allHostile } from './xss-corpus.ts'

/** The site's common pages, small, empty, large and hostile, as the command line would make them. */

const begun = Date.parse('2001-01-11T06:00:00Z')

const runLine: RunLine = {
  id: 'run1',
  command: 'run',
  status: 'failed',
  startedAt: at(0),
  finishedAt: at(100),
  elapsedMs: 100_000,
  user: 'ann',
  counts: [
    { status: 'succeeded', count: 2 },
    { status: 'failed', count: 1 },
    { status: 'timed_out', count: 1 },
  ],
}

function at(seconds: number): string {
  return new Date(begun + seconds * 1000).toISOString()
}

function task(name: string, from: number, to: number, more: Partial<RunTask> = {}): RunTask {
  return {
    node: { kind: 'model', name },
    isKnown: true,
    partitions: ['2001-01-01', '2001-01-05'],
    partitionCount: 5,
    status: 'succeeded',
    rows: 12_345,
    attempts: [
      { number: 1, status: 'failed', startedAt: at(from), finishedAt: at(from + 1), elapsedMs: 1000 },
      {
        number: 2,
        status: 'succeeded',
        startedAt: at(from + 2),
        finishedAt: at(to),
        elapsedMs: (to - from - 2) * 1000,
      },
    ],
    checks: [{ name: 'not_null(id)', severity: 'error', status: 'passed', run: 'run1' }],
    ...more,
  }
}

const run: RunPage = {
  ...runLine,
  kind: 'run',
  target: 'dev',
  host: 'box',
  parent: 'run0',
  request: 'run --select marts.daily',
  next: 'retry run1',
  moreAttempts: 7,
  tasks: [
    task('staging.flights', 0, 30),
    task('marts.daily', 30, 60),
    task('marts.daily', 35, 70),
    task('gone', 60, 70, { isKnown: false }),
    task('marts.ratio', 70, 100, {
      status: 'failed',
      attempts: [{ number: 1, status: 'failed', startedAt: at(70), finishedAt: at(100), elapsedMs: 30_000 }],
      error: {
        code: 'SL701',
        message: 'division by zero',
        hint: 'Guard the divisor.',
        next: 'run --select marts.ratio',
        path: 'models/marts/ratio.sql',
        line: 12,
        column: 3,
        statement: 'select 1 / 0 as ratio',
      },
      checks: [
        {
          name: 'row_count',
          severity: 'error',
          status: 'failed',
          run: 'run1',
          failures: 2,
          partition: '2001-01-01',
          sample: { columns: ['id', allHostile], rows: [['1', allHostile]] },
        },
      ],
    }),
  ],
}

const largeRun: RunPage = {
  ...run,
  id: 'large',
  tasks: Array.from({ length: 2000 }, (_, index) =>
    task(`marts.model_${index % 4}`, index * 0.05, index * 0.05 + 4, {
      ...(index % 20 === 3 ? { status: 'failed', error: { message: `it failed, ${index}` } } : {}),
    }),
  ),
}

const evilTask = task(allHostile, 0, 30, {
  isKnown: false,
  status: allHostile,
  partitions: [allHostile],
  error: {
    code: allHostile,
    message: allHostile,
    hint: allHostile,
    next: allHostile,
    path: allHostile,
    statement: allHostile,
  },
  checks: [{ name: allHostile, severity: 'warn', status: 'warned', run: allHostile, message: allHostile }],
})

const evilRun: RunPage = {
  ...run,
  id: 'evil',
  command: allHostile,
  user: allHostile,
  host: allHostile,
  parent: allHostile,
  request: allHostile,
  next: allHostile,
  counts: [{ status: allHostile, count: 3 }],
  tasks: [evilTask],
}

const nodes: CatalogPage['nodes'] = Array.from({ length: 5000 }, (_, index) => ({
  kind: 'model',
  materialization: 'table',
  name: index === 4321 ? allHostile : `marts.model_${index}`,
  state: index % 7 === 0 ? 'stale' : 'fresh',
  tags: index % 3 === 0 ? ['daily', allHostile] : [],
  owner: 'Ann',
  summary: `What number ${index} says`,
  checks: index % 5,
  failing: index % 50 === 0 ? 1 : 0,
  warning: 0,
  columns: 12,
  rows: index * 1000,
}))

const home: HomePage = {
  kind: 'home',
  counts: [
    { kind: 'model', count: 3 },
    { kind: 'source', count: 1 },
  ],
  states: [
    { state: 'fresh', count: 2 },
    { state: 'failed', count: 1 },
    { state: 'late', count: 1 },
    { state: 'none', count: 0 },
  ],
  attention: [
    {
      node: { kind: 'model', name: 'marts.ratio' },
      why: 'failed',
      severity: 'error',
      message: 'division by zero',
      partitions: 3,
      since: at(0),
      run: 'run1',
      next: 'run --select marts.ratio',
    },
    {
      node: { kind: 'check', name: allHostile },
      why: 'check',
      severity: 'warning',
      message: allHostile,
      next: allHostile,
    },
  ],
  runs: [runLine],
  coverage: {
    models: 3,
    withChecks: 2,
    withDescription: 3,
    withOwner: 0,
    withContract: 1,
    columns: 20,
    columnsDescribed: 7,
    unchecked: ['marts.ratio'],
    undescribed: [{ model: allHostile, missing: 2, of: 9 }],
  },
  exposures: [{ ...nodes[4321]!, kind: 'exposure', name: 'wall', summary: allHostile }],
}

export const shellPages: readonly PageData[] = [
  home,
  { kind: 'catalog', nodes },
  { kind: 'runs', runs: [runLine], older: 3 },
  run,
  largeRun,
  evilRun,
]

export const emptyHome: HomePage = { ...home, states: [], attention: [], runs: [], exposures: [] }

export const searchIndex: SearchIndex = {
  entries: [
    { kind: 'model', name: 'marts.daily', tags: [], columns: ['flight_date', 'mean_delay'], summary: 'Days' },
    { kind: 'source', name: 'raw.flights', tags: [], columns: ['delay'] },
    { kind: 'model', name: allHostile, tags: [allHostile], columns: [allHostile], summary: allHostile },
  ],
}
