import type { CheckOutcome } from '../../core/checks/check.ts'
import type { RunEvent, RunTotals } from '../../core/events.ts'
import type { HeldTask, Plan, PlannedTask } from '../../core/plan/plan.ts'
import type { Partition } from '../../core/time/interval.ts'

const dayMs = 86_400_000

/** The partition of a day. */
export function day(key: string): Partition {
  const start = Date.parse(`${key}T00:00:00Z`)
  return { key, start, end: start + dayMs }
}

/** `days` partitions from a day on. */
export function days(first: string, number: number): readonly Partition[] {
  const start = Date.parse(`${first}T00:00:00Z`)
  return Array.from({ length: number }, (_, at) =>
    day(new Date(start + at * dayMs).toISOString().slice(0, 10)),
  )
}

export function task(
  model: string,
  partitions: readonly Partition[] = [],
  more: Partial<PlannedTask> = {},
): PlannedTask {
  return {
    id: [model, partitions[0]?.key].filter(Boolean).join('@'),
    model,
    kind: 'model',
    materialization: partitions.length > 0 ? 'incremental' : 'table',
    partitions,
    reason: { kind: 'missing' },
    after: [],
    fullRefresh: false,
    accepted: [],
    outside: [],
    ...more,
  }
}

export function planOf(tasks: readonly PlannedTask[], held: readonly HeldTask[] = []): Plan {
  return { tasks, held, skipped: [], ledgerSeq: 0 }
}

export function failedCheck(model: string, more: Partial<CheckOutcome> = {}): CheckOutcome {
  return {
    name: 'not_null_origin',
    kind: 'not_null',
    severity: 'error',
    model,
    passed: false,
    failing: 123,
    sample: [
      { flight_date: '2001-01-05', origin: null, delay: 12 },
      { flight_date: '2001-01-05', origin: null, delay: -3 },
    ],
    ...more,
  }
}

const at = '2001-01-06T06:00:00.000Z'

/** What an event of a task is about: all of it, or some of its partitions. */
export function of(about: PlannedTask, partitions = about.partitions) {
  return { task: about, partitions }
}

/** The events of a run that succeeds, fails, retries, warns, blocks and waits. */
export function mixedRun(): readonly RunEvent[] {
  const key = day('2001-01-05')
  const view = task('staging.carriers', [], { materialization: 'view' })
  const flights = task('staging.flights', [key])
  const origins = task('marts.daily_by_origin', [key], { after: [flights.id] })
  const routes = task('marts.daily_by_route', [key], { after: [flights.id] })
  const busiest = task('marts.busiest', [], { after: [routes.id] })
  const weekly: HeldTask = {
    id: 'marts.weekly@2001-W01',
    model: 'marts.weekly',
    kind: 'model',
    partitions: [{ key: '2001-W01', start: day('2001-01-01').start, end: day('2001-01-08').start }],
    state: 'waiting',
    needs: [
      { upstream: 'marts.daily_by_origin', partitions: ['2001-01-06', '2001-01-07'], because: 'missing' },
    ],
    next: 'run --select marts.weekly+ --partition 2001-W01',
  }
  const plan = planOf([view, flights, origins, routes, busiest], [weekly])
  return [
    { type: 'run_started', at, run: '01HF8', target: 'dev', plan },
    { type: 'task_started', at, ...of(view), attempt: 1 },
    { type: 'task_started', at, ...of(flights), attempt: 1 },
    { type: 'task_succeeded', at, ...of(view), published: { rows: 0, changed: true }, elapsedMs: 9 },
    { type: 'task_succeeded', at, ...of(flights), published: { rows: 16_432, changed: true }, elapsedMs: 84 },
    { type: 'task_started', at, ...of(origins), attempt: 1 },
    { type: 'task_started', at, ...of(routes), attempt: 1 },
    {
      type: 'task_retrying',
      at,
      ...of(origins),
      attempt: 2,
      delayMs: 250,
      error: { code: 'SL900', severity: 'error', message: 'the connection was lost' },
    },
    { type: 'task_started', at, ...of(origins), attempt: 2 },
    {
      type: 'check_finished',
      at,
      ...of(origins),
      check: failedCheck('marts.daily_by_origin', {
        name: 'row_count_min_300',
        kind: 'row_count',
        severity: 'warn',
        failing: 212,
        expected: { min: 300 },
        sample: [],
      }),
    },
    {
      type: 'task_succeeded',
      at,
      ...of(origins),
      published: { rows: 212, changed: false },
      elapsedMs: 1_240,
    },
    { type: 'check_finished', at, ...of(routes), check: failedCheck('marts.daily_by_route') },
    {
      type: 'task_failed',
      at,
      ...of(routes),
      elapsedMs: 57,
      error: {
        code: 'SL900',
        severity: 'error',
        message: 'check not_null_origin does not hold: 123 rows',
        place: { file: 'models/marts/daily_by_route.sql', line: 7, column: 5 },
        hint: 'the partition was rolled back; readers still see the previous version',
        next: 'run --select marts.daily_by_route+ --partition 2001-01-05',
      },
    },
    { type: 'task_blocked', at, ...of(busiest), by: routes.id, because: 'marts.daily_by_route failed' },
    {
      type: 'run_finished',
      at,
      run: '01HF8',
      status: 'failed',
      totals: totals({ succeeded: 3, failed: 1, blocked: 1, waiting: 1 }),
      elapsedMs: 3_420,
      next: ['run --select marts.daily_by_route+ --partition 2001-01-05'],
    },
  ]
}

export function totals(more: Partial<RunTotals>): RunTotals {
  return { succeeded: 0, failed: 0, blocked: 0, waiting: 0, skipped: 0, canceled: 0, ...more }
}
