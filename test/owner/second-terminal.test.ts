import { access } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { requestCancel } from '../../cli/owner/cancel.ts'
import { connectTo } from '../../cli/owner/connect.ts'
import { OwnerRefused } from '../../cli/owner/connection.ts'
import { Seat } from '../../cli/owner/seat.ts'
import type { Adapter } from '../../core/adapter.ts'
import { OwnerProject } from './owner-project.ts'

const opened: OwnerProject[] = []
const adapters: Adapter[] = []

async function open(): Promise<OwnerProject> {
  const project = await OwnerProject.open()
  opened.push(project)
  return project
}

/** Connects as a command that only reads does. */
async function connected({ target, environment }: OwnerProject): Promise<Adapter> {
  const options = { threads: 1, readOnly: true, applicationName: 'test' }
  const seat = new Seat('test')
  const note = () => undefined
  const adapter = await connectTo({ factory: duckdb, target, options, environment, seat, note })
  adapters.push(adapter)
  return adapter
}

afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()))
  await Promise.all(opened.splice(0).map((project) => project.close()))
})

test('commands that only read work from a second terminal while a run goes on', async () => {
  const project = await open()
  const { child, run } = await project.running()
  expect(await project.json('show', 'fast')).toEqual([0, 1, 2].map((id) => ({ id, day: '2024-01-05' })))
  expect((await project.json('plan')).filter((line) => 'reason' in line)).toMatchObject([{ model: 'slow' }])
  expect((await project.json('run', '--dry-run')).filter((line) => 'reason' in line)).toMatchObject([
    { model: 'slow' },
  ])
  expect(await project.json('check')).toMatchObject([{ model: 'fast', passed: true }])
  expect(await project.json('show', 'fast', '--compiled', '--limit', '1')).toHaveLength(1)
  expect(await project.json('runs')).toMatchObject([{ id: run, status: 'running' }])
  // What lasts is told a moment after it has begun.
  let running: unknown
  do {
    const lines = await project.json('status')
    expect(lines).toMatchObject([
      { name: 'fast', rows: 3, partitions: { fresh: 1 } },
      { name: 'slow', partitions: { missing: 1 } },
    ])
    running = (lines[1]!.partitions as { running: unknown }).running
  } while (running === 0)
  expect(running).toBe(1)
  expect(child.hasEnded).toBe(false)
})

test('a second run is refused, and told who is in the way', async () => {
  const project = await open()
  const { child, run } = await project.running()
  const second = await project.sluice('run')
  expect(second.code).toBe(1)
  expect(second.err).toContain('error[SL545] owned.duckdb is in use by run')
  expect(second.err).toContain(run)
  expect(second.err).toContain(`\`sluice run\`, process ${child.process.pid}`)
  expect(second.err).toContain(`sluice cancel ${run}`)
  expect(child.hasEnded).toBe(false)
})

test('a run that is canceled through its socket rolls back and ends as by Ctrl-C', async () => {
  const project = await open()
  const { child, run } = await project.running()
  const workspace = { owner: () => project.owner() }
  const pid = child.process.pid
  expect(await requestCancel(workspace, 'another')).toMatchObject({ kind: 'other', owner: { pid } })
  expect(await requestCancel(workspace, run)).toMatchObject({ kind: 'canceled', owner: { run: { id: run } } })
  const { code, events } = await child.end()
  expect(code).toBe(130)
  expect(events.at(-1)).toMatchObject({ type: 'run_finished', status: 'canceled' })
  expect(await project.json('runs')).toMatchObject([{ id: run, status: 'canceled' }])
  expect((await project.sluice('show', 'slow')).err).toContain('SL910')
  expect(await project.json('show', 'fast', '--limit', '1')).toHaveLength(1)
  for (const path of await project.socketPaths()) await expect(access(path)).rejects.toThrow('ENOENT')
})

test('whoever comes after an owner that was killed reads by itself, or takes its place', async () => {
  const project = await open()
  const first = await project.running()
  first.child.strike('SIGKILL')
  await first.child.end()
  const [path] = await project.socketPaths()
  await access(path!)
  expect(await project.json('show', 'fast', '--limit', '1')).toHaveLength(1)
  const second = await project.running()
  const owner = await project.owner()
  expect(owner.info).toMatchObject({ pid: second.child.process.pid, run: { id: second.run } })
  owner.close()
  const runs = await project.json('runs')
  expect(runs.map(({ id, status }) => [id, status])).toEqual([
    [second.run, 'running'],
    [first.run, 'crashed'],
  ])
})

test('a command that reads goes on by itself when the owner ends', async () => {
  const project = await open()
  const { child } = await project.running()
  const adapter = await connected(project)
  const count = () => adapter.session((session) => session.query('select count(*) as n from fast'))
  expect(await count()).toEqual([{ n: 3 }])
  const seen = await adapter.session(async (session) => {
    const before = await session.query('select 1 as n')
    child.strike('SIGKILL')
    await child.end()
    return [before, await session.query('select max(id) as n from fast')]
  })
  expect(seen).toEqual([[{ n: 1 }], [{ n: 2 }]])
  expect(await count()).toEqual([{ n: 3 }])
})

test('an owner that was stopped is named, and is not waited for', async () => {
  const project = await open()
  const { child } = await project.running()
  child.strike('SIGSTOP')
  const { code, err } = await project.sluice('status')
  expect(code).toBe(1)
  expect(err).toContain('error[SL546]')
  expect(err).toContain(`process ${child.process.pid}`)
})

test('nothing can be changed through the socket', async () => {
  const project = await open()
  const { run } = await project.running()
  const statements = [
    'drop table fast',
    'insert into fast select 9, current_date',
    'insert into fast select 9, current_date returning id',
    'create temp table t as select 1',
    'set threads = 1',
    'select 1; drop table fast',
    `select nextval('sluice.change_seq')`,
    'explain analyze delete from fast',
    'commit',
    `copy fast to '${project.root}/fast.csv'`,
    'pragma disable_optimizer',
    `attach '${project.root}/other.duckdb'`,
    'checkpoint',
    'call pragma_version()',
    '',
  ]
  const owner = await project.owner()
  for (const sql of statements) {
    await expect(owner.query(sql, []), sql).rejects.toBeInstanceOf(OwnerRefused)
    await expect(owner.readNumbers(sql, ['number']), sql).rejects.toBeInstanceOf(OwnerRefused)
  }
  await expect(owner.readNumbers('select 1) as t(c0); drop table fast; --', ['number'])).rejects.toThrow()
  expect(await owner.query('select count(*) as n from fast', [])).toEqual([{ n: 3 }])
  owner.close()
  const adapter = await connected(project)
  const refused = {
    diagnostics: [{ code: 'SL545', message: expect.stringContaining(run), next: `cancel ${run}` }],
  }
  await expect(adapter.transaction(async () => 1)).rejects.toMatchObject(refused)
  await expect(adapter.session((session) => session.execute('drop table fast'))).rejects.toMatchObject(
    refused,
  )
  await expect(adapter.migrate([])).rejects.toMatchObject(refused)
})
