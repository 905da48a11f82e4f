import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { columnsOf } from '../../cli/reporters/columns.ts'
import { liveLines } from '../../cli/reporters/live.ts'
import { plainReporter } from '../../cli/reporters/plain.ts'
import { Progress } from '../../cli/reporters/progress.ts'
import { scrolledLines } from '../../cli/reporters/scrolled.ts'
import { terminalReporter } from '../../cli/reporters/terminal.ts'
import { displayWidth } from '../../cli/terminal/width.ts'
import type { RunEvent } from '../../core/events.ts'
import { days, failedCheck, mixedRun, of, planOf, task, totals } from './events.ts'
import { memoryTerminal, plainStyle, screenOf } from './screen.ts'

const size = { columns: 80, rows: 24 }

function progressAfter(events: readonly RunEvent[], number: number): Progress {
  const progress = new Progress()
  for (const [at, event] of events.slice(0, number).entries()) progress.apply(event, at * 1_000)
  return progress
}

describe('plain lines', () => {
  test('a run is told as one line a task, its failure in full, then a summary that names the next command', () => {
    const terminal = memoryTerminal()
    const reporter = plainReporter(terminal, false)
    for (const event of mixedRun()) reporter.on(event)
    expect(terminal.outText()).toBe(`Running 5 tasks on dev
✓ staging.carriers                             view      9 ms
✓ staging.flights        2001-01-05     16,432 rows     84 ms
↻ marts.daily_by_origin  2001-01-05           again            attempt 2 in 250 ms: the connection was lost
✓ marts.daily_by_origin  2001-01-05        212 rows     1.2 s  unchanged
  ⚠ check row_count_min_300: 212 rows, at least 300 expected
✗ marts.daily_by_route   2001-01-05          failed     57 ms  SL900 check not_null_origin does not hold: 123 rows
▪ marts.busiest                             blocked            marts.daily_by_route failed

Published  3 relations, 2 partitions, 16,644 rows, 1 unchanged
Failed     marts.daily_by_route 2001-01-05
Blocked    marts.busiest: marts.daily_by_route failed
Waiting    marts.weekly 2001-W01: marts.daily_by_origin 2001-01-06 … 2001-01-07 (2) is missing
Next       sluice run --select marts.daily_by_route+ --partition 2001-01-05
           sluice run --select marts.weekly+ --partition 2001-W01

✗ 3 succeeded, 1 failed, 1 blocked, 1 waiting in 3.4 s (run 01HF8)
`)
    expect(terminal.errText()).toBe(`
error[SL900] check not_null_origin does not hold: 123 rows
   in marts.daily_by_route 2001-01-05
  --> models/marts/daily_by_route.sql:7:5
 hint the partition was rolled back; readers still see the previous version
 next sluice run --select marts.daily_by_route+ --partition 2001-01-05
 rows not_null_origin
      flight_date  origin  delay
      2001-01-05   NULL    12
      2001-01-05   NULL    -3
      … of 123 failing rows

`)
  })

  test('quiet leaves failures and one line for the result', () => {
    const terminal = memoryTerminal()
    const reporter = plainReporter(terminal, true)
    for (const event of mixedRun()) reporter.on(event)
    expect(terminal.outText()).toBe('✗ 3 succeeded, 1 failed, 1 blocked, 1 waiting in 3.4 s (run 01HF8)\n')
    expect(terminal.errText()).toContain('check not_null_origin does not hold')
  })

  test('a run with nothing to do says so', () => {
    const terminal = memoryTerminal()
    const reporter = plainReporter(terminal, false)
    reporter.on({ type: 'run_started', at: '', run: '1', target: 'dev', plan: planOf([]) })
    reporter.on({
      type: 'run_finished',
      at: '',
      run: '1',
      status: 'succeeded',
      totals: totals({}),
      elapsedMs: 3,
      next: [],
    })
    expect(terminal.outText()).toBe('✓ nothing to do in 3 ms (run 1)\n')
  })

  test('a run that was interrupted says how to go on', () => {
    const terminal = memoryTerminal()
    const reporter = plainReporter(terminal, false)
    const tasks = [task('staging.flights', days('2001-01-01', 1))]
    reporter.on({ type: 'run_started', at: '', run: '1', target: 'dev', plan: planOf(tasks) })
    reporter.on({ type: 'task_canceled', at: '', ...of(tasks[0]!) })
    const end = { type: 'run_finished', at: '', run: '1', elapsedMs: 3, next: [] } as const
    reporter.on({ ...end, status: 'canceled', totals: totals({ canceled: 1 }) })
    expect(terminal.outText()).toContain('The same command goes on where this one stopped')
  })
})

describe('the live region', () => {
  test('has a line for each running task, with its note, and the state of the whole', () => {
    const events = mixedRun()
    const progress = progressAfter(events, 8)
    const columns = columnsOf(progress.plan, size.columns)
    expect(liveLines(progress, 9_500, columns, size, plainStyle)).toEqual([
      '⠇ marts.daily_by_origin  2001-01-05                     4.5 s  attempt 2 in 0.…',
      '⠇ marts.daily_by_route   2001-01-05                     3.5 s',
      '━━━━━━━━──────────── 2/5 · 9.5 s',
    ])
  })

  test('is never wider or taller than the terminal', () => {
    const tasks = days('2001-01-01', 40).map((day) => task('marts.飛行機の遅延を毎日集計する長い名前', [day]))
    const progress = new Progress()
    progress.apply({ type: 'run_started', at: '', run: '1', target: 'dev', plan: planOf(tasks) }, 0)
    for (const each of tasks) progress.apply({ type: 'task_started', at: '', ...of(each), attempt: 1 }, 0)
    for (const columns of [10, 20, 37, 80, 200]) {
      for (const rows of [1, 2, 5, 24]) {
        const lines = liveLines(
          progress,
          100,
          columnsOf(progress.plan, columns),
          { columns, rows },
          plainStyle,
        )
        expect(lines.length).toBeLessThanOrEqual(Math.max(3, rows - 1))
        for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns)
      }
    }
  })

  test('a model with many partitions leaves one line behind, and its failures', () => {
    const tasks = days('2001-01-01', 10).map((day) => task('staging.flights', [day]))
    const progress = new Progress()
    progress.apply({ type: 'run_started', at: '', run: '1', target: 'dev', plan: planOf(tasks) }, 0)
    const columns = columnsOf(progress.plan, 100)
    const lines = tasks.flatMap((each, at) => {
      progress.apply({ type: 'task_started', at: '', ...of(each), attempt: 1 }, at * 100)
      const finished = progress.apply(
        at === 3
          ? {
              type: 'task_failed',
              at: '',
              ...of(each),
              elapsedMs: 5,
              error: { code: 'SL900', severity: 'error', message: 'no' },
            }
          : {
              type: 'task_succeeded',
              at: '',
              ...of(each),
              published: { rows: 1_000, changed: true },
              elapsedMs: 50,
            },
        at * 100 + 50,
      )
      return scrolledLines(progress, finished!, columns, plainStyle)
    })
    expect(lines).toEqual([
      '✗ staging.flights  2001-01-04                            failed      5 ms  SL900 no',
      '! staging.flights  2001-01-01 … 2001-01-10 (9)       9,000 rows    950 ms  9 of 10 partitions',
    ])
  })

  test('of a model with many partitions a warning names the model, and what never ran is canceled', () => {
    const flights = days('2001-01-01', 10).map((day) => task('staging.flights', [day]))
    const later = days('2001-01-01', 10).map((day) => task('marts.daily', [day]))
    const progress = new Progress()
    const all = [...flights, ...later]
    progress.apply({ type: 'run_started', at: '', run: '1', target: 'dev', plan: planOf(all) }, 0)
    const columns = columnsOf(progress.plan, 100)
    const check = {
      ...failedCheck('staging.flights', { name: 'delay', severity: 'warn', failing: 2 }),
      partition: '2001-01-01',
    }
    const published = { rows: 1, changed: true }
    progress.apply({ type: 'check_finished', at: '', ...of(flights[0]!), check }, 1)
    const events: readonly RunEvent[] = [
      { type: 'task_succeeded', at: '', ...of(flights[0]!), published, elapsedMs: 5 },
      ...later.map((each) => ({ type: 'task_canceled' as const, at: '', ...of(each) })),
    ]
    const lines = events.flatMap((event) =>
      scrolledLines(progress, progress.apply(event, 9)!, columns, plainStyle),
    )
    expect(lines.map((line) => line.trimEnd())).toEqual([
      '⚠ staging.flights  check delay: 2 failing rows in 2001-01-01',
      expect.stringMatching(/^▪ marts.daily +canceled$/),
    ])
  })

  test('a screen shows finished lines above, nothing of the region at the end, and the cursor', () => {
    const terminal = memoryTerminal({ columns: 80, rows: 24 })
    const reporter = terminalReporter(terminal, false)
    for (const event of mixedRun()) {
      reporter.on(event)
      terminal.resize(80)
    }
    reporter.close()
    const screen = screenOf(terminal.outText())
    expect(screen.isCursorShown).toBe(true)
    expect(screen.lines.slice(0, 3)).toEqual([
      'Running 5 tasks on dev',
      '✓ staging.carriers                             view      9 ms',
      '✓ staging.flights        2001-01-05     16,432 rows     84 ms',
    ])
    expect(screen.lines.join('\n')).not.toContain('━')
    expect(screen.lines.at(-1)).toBe('✗ 3 succeeded, 1 failed, 1 blocked, 1 waiting in 3.4 s (run 01HF8)')
    expect(stripVTControlCharacters(terminal.errText())).toContain('… of 123 failing rows')
  })

  test('a new attempt is judged by its own checks', () => {
    const one = task('staging.flights')
    const progress = new Progress()
    progress.apply({ type: 'run_started', at: '', run: '1', target: 'dev', plan: planOf([one]) }, 0)
    progress.apply({ type: 'check_finished', at: '', ...of(one), check: failedCheck('staging.flights') }, 1)
    progress.apply({ type: 'task_started', at: '', ...of(one), attempt: 2 }, 2)
    const finished = progress.apply(
      { type: 'task_succeeded', at: '', ...of(one), published: { rows: 1, changed: true }, elapsedMs: 1 },
      3,
    )
    expect(finished?.failedChecks).toEqual([])
  })
})
