import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'

const bin = resolve(import.meta.dirname, '../../bin/sluice.cjs')
let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-interrupt-'))
  spawnSync(process.execPath, [bin, 'init', root])
  writeFileSync(
    join(root, 'models/marts/slow.sql'),
    '/*---\nmaterialized: table\n---*/\nselect sum(hash(a.range + b.range)) as total from range(10000000) as a, range(10000000) as b\n',
  )
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Starts the slow model and sends the signal when it runs; resolves with how the process ended and its events. */
async function interrupted(signal: NodeJS.Signals) {
  const child = spawn(
    process.execPath,
    [bin, 'run', '--project', root, '--select', 'marts.slow', '-o', 'json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<number | null>((done) => child.on('exit', done))
  const events: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const { type } = JSON.parse(line) as { readonly type: string }
    events.push(type)
    if (type === 'task_started') child.kill(signal)
  }
  return { code: await ended, events }
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s cancels the statement in the engine, rolls back and exits with %i',
  async (signal, expected) => {
    const { code, events } = await interrupted(signal)
    expect(events).toEqual(['run_started', 'task_started', 'task_canceled', 'run_finished'])
    expect(code).toBe(expected)
    const { stdout } = spawnSync(
      process.execPath,
      [bin, 'status', '--project', root, '--select', 'marts.slow', '-o', 'json'],
      {
        encoding: 'utf8',
      },
    )
    expect(JSON.parse(stdout).partitions).toMatchObject({ missing: 1, running: 0, failed: 0 })
  },
  60_000,
)

test('a reader that goes away is not an error', () => {
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', `set -o pipefail; for i in 1 2 3 4 5; do "$0" "$1" --help | true; done`, process.execPath, bin],
    {
      encoding: 'utf8',
    },
  )
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})
