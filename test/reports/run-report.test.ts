import { expect, test } from 'vitest'
import { junitReport } from '../../cli/reports/junit.ts'
import { RunReport } from '../../cli/reports/run-report.ts'
import type { CompiledProject } from '../../core/compile/compiled.ts'
import type { RunEvent } from '../../core/events.ts'
import type { PlannedTask } from '../../core/plan/plan.ts'
import { elementsOf } from './xml.ts'

const at = '2024-01-02T00:00:00.000Z'
const task: PlannedTask = {
  id: 'marts.a',
  model: 'marts.a',
  kind: 'model',
  materialization: 'table',
  partitions: [],
  reason: { kind: 'missing' },
  after: [],
  fullRefresh: false,
  accepted: [],
  outside: [],
}
const none = { succeeded: 0, failed: 0, blocked: 0, waiting: 0, skipped: 0, canceled: 0 }
const project = { nodes: new Map() } as unknown as CompiledProject

function reportOf(isGood: boolean, ...events: readonly RunEvent[]) {
  const report = new RunReport('run', project)
  const plan = { tasks: [task], held: [], skipped: [], ledgerSeq: 0 }
  report.on({ type: 'run_started', at, run: 'r', target: 'dev', plan })
  for (const event of events) report.on(event)
  return report.content(isGood)
}

test('a run that somebody stopped has failed, though none of its tasks did', () => {
  const report = reportOf(
    false,
    { type: 'task_canceled', at, task, partitions: [] },
    {
      type: 'run_finished',
      at,
      run: 'r',
      status: 'canceled',
      totals: { ...none, canceled: 1 },
      elapsedMs: 1,
      next: [],
    },
  )
  expect(report.outcome).toBe('failed')
  expect(report.diagnostics.map(({ code }) => code)).toEqual(['SL931'])
  const elements = elementsOf(junitReport(report, (file) => file))
  expect(elements.filter(({ name }) => name === 'failure')).toHaveLength(1)
  expect(elements.filter(({ name }) => name === 'skipped')).toHaveLength(1)
})

test('a warning of a check is told of a task that was published', () => {
  const check = {
    name: 'is_large',
    kind: 'expression',
    severity: 'warn',
    model: 'marts.a',
    passed: false,
    failing: 2,
    sample: [{ secret: 'row' }],
  } as const
  const report = reportOf(
    true,
    { type: 'task_started', at, task, partitions: [], attempt: 1 },
    { type: 'check_finished', at, task, partitions: [], check },
    {
      type: 'task_succeeded',
      at,
      task,
      partitions: [],
      published: { rows: 3, changed: true },
      elapsedMs: 5,
    },
    {
      type: 'run_finished',
      at,
      run: 'r',
      status: 'succeeded',
      totals: { ...none, succeeded: 1 },
      elapsedMs: 6,
      next: [],
    },
  )
  expect(report).toMatchObject({ outcome: 'passed', summary: '1 succeeded.' })
  expect(report.cases).toMatchObject([{ name: 'marts.a', outcome: 'passed', durationMs: 5 }])
  expect(report.diagnostics).toMatchObject([{ code: 'SL932', severity: 'warning', model: 'marts.a' }])
  expect(JSON.stringify(report)).not.toContain('secret')
})
