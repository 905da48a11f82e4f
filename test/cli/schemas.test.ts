import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { eventJson } from '../../cli/json/event.ts'
import { planLinesJson } from '../../cli/json/plan.ts'
import { schemas } from '../../cli/schemas/schemas.ts'
import { jsonLine } from '../../cli/text/json.ts'
import { mixedRun } from './events.ts'

const bin = resolve(import.meta.dirname, '../../bin/sluice.cjs')
let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-schemas-'))
  sluice('init', 'shop')
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

function sluice(...words: readonly string[]) {
  const inProject = words[0] === 'init' || words[0] === 'parse' ? [] : ['--project', 'shop']
  return spawnSync(process.execPath, [bin, ...words, ...inProject], { cwd: root, encoding: 'utf8' })
}

/** Every line, checked; fails with what the schema says of the first line that does not fit. */
function valid<T>(schema: z.ZodType<T>, text: string): readonly T[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => schema.parse(JSON.parse(line)))
}

test('a new project and all that is printed of it fit the published schemas', () => {
  expect(valid(schemas.ls, sluice('ls', '-o', 'json').stdout)).toHaveLength(5)
  sluice('compile')
  const manifest = schemas.manifest.parse(
    JSON.parse(readFileSync(join(root, 'shop/target/manifest.json'), 'utf8')),
  )
  expect(manifest.nodes.map((node) => node.name)).toContain('marts.daily_sales')
  expect(valid(schemas.status, sluice('status', '-o', 'json').stdout)).toHaveLength(4)
  const range = ['--from', '2024-01-01', '--to', '2024-01-07']
  expect(valid(schemas.plan, sluice('plan', ...range, '-o', 'json').stdout)).toHaveLength(4)
  const events = valid(schemas.event, sluice('run', ...range, '-o', 'json').stdout)
  expect(events.at(-1)).toMatchObject({
    type: 'run_finished',
    status: 'succeeded',
    totals: { succeeded: 10 },
  })
  const run = schemas.run.parse(JSON.parse(readFileSync(join(root, 'shop/target/run.json'), 'utf8')))
  expect(run.tasks).toHaveLength(4)
  expect(
    valid(schemas.plan, sluice('plan', ...range, '-o', 'json').stdout).map((line) => line.state),
  ).toEqual(Array.from({ length: 4 }, () => 'skipped'))
  expect(valid(schemas.status, sluice('status', '-o', 'json').stdout).at(-1)).toMatchObject({
    name: 'marts.daily_sales',
    partitions: { due: 7, fresh: 7 },
  })
  expect(valid(schemas.check, sluice('check', '-o', 'json').stdout).every((check) => check.passed)).toBe(true)
}, 60_000)

test('what the ledger answers fits its schemas', () => {
  sluice('run', '--from', '2024-01-01', '--to', '2024-01-07')
  const why = ['--select', 'marts.daily_sales', '--partition', '2024-01-02', '--reason', 'to see it']
  expect(valid(schemas.marks, sluice('invalidate', ...why, '-o', 'json').stdout)).toHaveLength(1)
  expect(valid(schemas.runs, sluice('runs', '-o', 'json').stdout).length).toBeGreaterThan(0)
  expect(valid(schemas['run-details'], sluice('runs', 'show', '-o', 'json').stdout)).toHaveLength(1)
  expect(valid(schemas.event, sluice('runs', 'show', '--log', '-o', 'json').stdout).length).toBeGreaterThan(0)
  expect(
    valid(schemas.partitions, sluice('partitions', 'marts.daily_sales', '-o', 'json').stdout).map(
      (each) => each.state,
    ),
  ).toEqual(['fresh', 'stale', 'fresh', 'fresh', 'fresh', 'fresh', 'fresh'])
  const entries = sluice('history', 'marts.daily_sales', '2024-01-02', '-o', 'json').stdout
  expect(valid(schemas.history, entries).map((each) => each.kind)).toEqual(['invalidate', 'published'])
  expect(valid(schemas.verify, sluice('status', '--verify', '-o', 'json').stdout)).toEqual([])
}, 60_000)

test('mistakes are diagnostics of the published schema', () => {
  const { stderr, status } = sluice('run', '--select', 'nothing', '-o', 'json')
  expect(status).toBe(2)
  expect(valid(schemas.diagnostic, stderr)[0]!.code).toBe('SL420')
})

test('every kind of event and of plan line fits its schema', () => {
  const events = mixedRun()
  valid(schemas.event, events.map((event) => jsonLine(eventJson(event))).join(''))
  const [started] = events
  if (started?.type !== 'run_started') throw new Error('a run begins with its start')
  valid(schemas.plan, planLinesJson(started.plan).map(jsonLine).join(''))
})

test('what parse prints fits its schema', () => {
  const { stdout } = spawnSync(process.execPath, [bin, 'parse', '-'], {
    encoding: 'utf8',
    input: 'select * from a.b join "c d" on true',
  })
  expect(valid(schemas.parse, stdout)[0]!.tables.map((table) => table.parts)).toEqual([['a', 'b'], ['c d']])
})
