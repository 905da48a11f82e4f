import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logPath, RunLog, readRunLog } from '../../cli/run-log.ts'
import { mixedRun } from './events.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-log-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function logged(): string {
  const events = mixedRun()
  const log = new RunLog(root)
  for (const event of events) log.on(event)
  log.close()
  const [started] = events
  if (started?.type !== 'run_started') throw new Error('a run begins with its start')
  return started.run
}

test('every event of a run is a line of its log', () => {
  const run = logged()
  expect(readRunLog(root, run)?.map((event) => event.type)).toEqual(mixedRun().map((event) => event.type))
})

test('a log that cannot be written stops no run', () => {
  writeFileSync(join(root, '.sluice'), 'a file where a folder should be')
  expect(readRunLog(root, logged())).toBeUndefined()
})

test('the newest hundred logs are kept', () => {
  mkdirSync(join(root, '.sluice', 'runs'), { recursive: true })
  for (let at = 0; at < 120; at++)
    writeFileSync(logPath(root, `0000${String(at).padStart(5, '0')}-00000000`), '')
  const run = logged()
  expect(readdirSync(join(root, '.sluice', 'runs'))).toHaveLength(100)
  expect(existsSync(logPath(root, run))).toBe(true)
  expect(existsSync(logPath(root, '000000020-00000000'))).toBe(false)
})

test('the torn last line of a killed run is left out', () => {
  const run = logged()
  const whole = readRunLog(root, run)!.length
  writeFileSync(logPath(root, run), '{"type":"run_fin', { flag: 'a' })
  expect(readRunLog(root, run)).toHaveLength(whole)
})
