import { describe, expect, test } from 'vitest'
import { columnsOf } from '../../cli/reporters/columns.ts'
import { liveLines } from '../../cli/reporters/live.ts'
import { plainReporter } from '../../cli/reporters/plain.ts'
import { Progress } from '../../cli/reporters/progress.ts'
import { Throughput } from '../../cli/reporters/throughput.ts'
import { displayWidth } from '../../cli/terminal/width.ts'
import type { RunEvent } from '../../core/events.ts'
import type { PlannedTask } from '../../core/plan/plan.ts'
import { days, planOf, task, totals } from './events.ts'
import { memoryTerminal, plainStyle } from './screen.ts'

const at = ''
const flights = days('2001-01-01', 150).map((day) => task('staging.flights', [day]))
const daily = days('2001-01-01', 150).map((day) =>
  task('marts.daily', [day], { after: [`staging.flights@${day.key}`] }),
)

function succeeded(of: PlannedTask): RunEvent {
  const published = { rows: 10, changed: true }
  return { type: 'task_succeeded', at, task: of, partitions: of.partitions, published, elapsedMs: 5 }
}

function failed(of: PlannedTask): RunEvent {
  const error = { code: 'SL601', severity: 'error', message: 'no' } as const
  return { type: 'task_failed', at, task: of, partitions: of.partitions, error, elapsedMs: 5 }
}

function blocked(of: PlannedTask, by: PlannedTask): RunEvent {
  return {
    type: 'task_blocked',
    at,
    task: of,
    partitions: of.partitions,
    by: by.id,
    because: `${by.id} failed`,
  }
}

/** Of 150 days the first 25 fail, and block what reads them. */
function events(): readonly RunEvent[] {
  const all: RunEvent[] = [
    { type: 'run_started', at, run: '01HF8', target: 'dev', plan: planOf([...flights, ...daily]) },
  ]
  for (const [day, each] of flights.entries()) {
    const reads = daily[day]!
    if (day < 25) all.push(failed(each), blocked(reads, each))
    else all.push(succeeded(each), succeeded(reads))
  }
  const counts = totals({ succeeded: 250, failed: 25, blocked: 25 })
  all.push({
    type: 'run_finished',
    at,
    run: '01HF8',
    status: 'failed',
    totals: counts,
    elapsedMs: 300_000,
    next: [],
  })
  return all
}

describe('a long run in a log', () => {
  test('is told by its failures, its models and how far it is, not by every task', () => {
    const terminal = memoryTerminal()
    let now = 0
    const reporter = plainReporter(terminal, false, () => now)
    for (const event of events()) {
      reporter.on(event)
      now += 1_000
    }
    const lines = terminal.outText().split('\n')
    expect(lines.filter((line) => line.startsWith('✗ staging.flights'))).toHaveLength(25)
    expect(lines.filter((line) => line.startsWith('▪'))).toEqual([])
    expect(lines.filter((line) => line.startsWith('✓'))).toEqual([])
    const steps = lines.filter((line) => /^ {2}\d+\/300 /.test(line))
    expect(steps.length).toBeGreaterThan(10)
    expect(steps.length).toBeLessThan(30)
    expect(steps.at(-1)).toMatch(
      /^ {2}\d+\/300 · 25 failed · 25 blocked · [\d.]+ s left · \d+\/min · 4m \d\ds$/,
    )
    expect(lines.slice(-14)).toEqual([
      '! staging.flights  2001-01-26 … 2001-05-30 (125)      1,250 rows    4m 59s  125 of 150 partitions',
      '! marts.daily      2001-01-26 … 2001-05-30 (125)      1,250 rows    5m 00s  125 of 150 partitions',
      '',
      'MODEL             PUBLISHED  FAILED  BLOCKED   ROWS  TIME',
      'staging.flights  125 of 150      25           1,250',
      'marts.daily      125 of 150               25  1,250',
      '',
      'Published  2 relations, 250 partitions, 2,500 rows',
      'Failed     staging.flights 2001-01-01 … 2001-01-25 (25)',
      'Blocked    marts.daily 2001-01-01 … 2001-01-25 (25): staging.flights failed',
      'Next       sluice retry 01HF8',
      '',
      '✗ 250 succeeded, 25 failed, 25 blocked in 5m 00s (run 01HF8)',
      '',
    ])
  })

  test('tells the first failures of a model in full, and where the others are', () => {
    const terminal = memoryTerminal()
    const reporter = plainReporter(terminal, false)
    for (const event of events()) reporter.on(event)
    expect(terminal.errText().match(/error\[SL601\]/g)).toHaveLength(20)
    expect(terminal.errText()).toContain('… and 5 more failures of staging.flights: sluice runs show 01HF8')
  })

  test('that was stopped says why', () => {
    const terminal = memoryTerminal()
    const reporter = plainReporter(terminal, true)
    reporter.on({ type: 'run_started', at, run: '01HF8', target: 'dev', plan: planOf(flights) })
    const reason = {
      code: 'SL630',
      severity: 'error',
      message: 'the run took longer than its timeout of 2h',
    } as const
    const end = { type: 'run_finished', at, run: '01HF8', elapsedMs: 1, next: ['resume 01HF8'] } as const
    reporter.on({ ...end, status: 'failed', reason, totals: totals({ canceled: 150 }) })
    expect(terminal.errText().trim()).toBe('error[SL630] the run took longer than its timeout of 2h')
    expect(terminal.outText()).toBe('✗ 150 canceled in 1 ms (run 01HF8)\n')
  })
})

describe('a long run on a terminal', () => {
  function progressOf(number: number): Progress {
    const progress = new Progress()
    for (const [index, event] of events().slice(0, number).entries()) progress.apply(event, index * 1_000)
    for (const each of [flights[140]!, daily[139]!])
      progress.apply(
        { type: 'task_started', at, task: each, partitions: each.partitions, attempt: 1 },
        100_000,
      )
    return progress
  }

  test('has a line a model with its counts, and how long it may still take', () => {
    const progress = progressOf(101)
    const columns = columnsOf(progress.plan, 90)
    expect(liveLines(progress, 102_000, columns, { columns: 90, rows: 24 }, plainStyle)).toEqual([
      expect.stringMatching(/^. staging\.flights {2}2001-05-21/),
      expect.stringMatching(/^. marts\.daily {6}2001-05-20/),
      '  staging.flights  ━━━━──────── 50/150 · 1 running · 25 failed',
      '  marts.daily      ━━━━──────── 50/150 · 1 running · 25 blocked',
      '━━━━━━────────────── 100/300 · 25 failed · 25 blocked · 3m 49s left · 52/min · 1m 42s',
    ])
  })

  test('says the most important things first where there is little room', () => {
    const progress = progressOf(101)
    const columns = columnsOf(progress.plan, 44)
    const lines = liveLines(progress, 102_000, columns, { columns: 44, rows: 12 }, plainStyle)
    for (const line of lines) expect(displayWidth(line)).toBeLessThan(44)
    expect(lines.slice(-3)).toEqual([
      '  staging…lights  50/150 · 1 running · 25 …',
      '  marts.daily     50/150 · 1 running · 25 …',
      '━━────── 100/300 · 25 failed · 25 blocked …',
    ])
  })
})

describe('throughput', () => {
  test('is what the recent past says', () => {
    const throughput = new Throughput(0)
    for (let second = 1; second <= 100; second++) throughput.ended(1, second * 1_000)
    expect(throughput.perMinute(100_000)).toBeCloseTo(60, 0)
    // Ten times as fast since: soon nothing is left of the slow past.
    for (let tenth = 1; tenth <= 700; tenth++) throughput.ended(1, 100_000 + tenth * 100)
    expect(throughput.perMinute(170_000)).toBeCloseTo(600, -1)
    expect(throughput.remainingMs(100, 170_000)).toBeCloseTo(10_000, -3)
  })

  test('of a few long partitions reaches back to as many as tell something', () => {
    const throughput = new Throughput(0)
    for (let hour = 1; hour <= 10; hour++) throughput.ended(1, hour * 3_600_000)
    expect(throughput.remainingMs(2, 10 * 3_600_000)).toBeCloseTo(7_200_000)
  })

  test('is not known at the beginning, and forgets what it no longer needs', () => {
    const throughput = new Throughput(0)
    expect(throughput.perMinute(60_000)).toBeUndefined()
    for (let number = 0; number < 50_000; number++) throughput.ended(2, number * 100)
    expect(throughput.perMinute(50_000 * 100)).toBeCloseTo(1_200, -1)
  })
})
