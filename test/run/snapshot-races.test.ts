import { describe, expect, test } from 'vitest'
import { engines, projects, type TestProject } from './project.ts'
import { byValues, endOf, history, show, snapshotOf } from './snapshot-source.ts'

const state = 'id, name, city, valid_from, valid_to'
const files = snapshotOf(byValues('deletes: close'))

async function twoDays(project: TestProject): Promise<void> {
  await show(project, ["1, 'Ada', 'Paris'", "2, 'Bob', 'Bern'"])
  endOf(project, '2024-01-01')
  await project.run()
  await show(project, ["1, 'Ada', 'Rome'"])
  endOf(project, '2024-01-02')
}

const afterwards = [
  '1 Ada Paris 2024-01-02 2024-01-03',
  '1 Ada Rome 2024-01-03 -',
  '2 Bob Bern 2024-01-02 2024-01-03',
]

describe.each(engines)('a snapshot that dies on %s', (engine) => {
  const open = projects(engine)

  test('leaves the history as it was, wherever it is struck, and the next run records the interval once', async () => {
    const project = await open(files)
    await twoDays(project)
    const before = await history(project, state)
    const struck = await project.run({
      beforeCommit: async () => {
        throw new Error('struck')
      },
    })
    expect(struck.ended.failed).toEqual(['snap.customers@2024-01-02'])
    expect(await history(project, state)).toEqual(before)
    expect((await project.run()).error).toBeUndefined()
    expect(await history(project, state)).toEqual(afterwards)
    // And when an interval is undone and redone.
    await show(project, ["1, 'Ada', 'Oslo'"])
    await project.run({
      force: true,
      beforeCommit: async () => {
        throw new Error('struck')
      },
    })
    expect(await history(project, state)).toEqual(afterwards)
  })

  test('is not recorded after a newer interval, whatever was planned', async () => {
    const project = await open(files)
    await twoDays(project)
    const old = await project.prepareRun()
    endOf(project, '2024-01-03')
    expect((await project.run()).error).toBeUndefined()
    const recorded = await history(project, state)
    expect((await old()).error).toMatchObject({ code: 'SL692' })
    expect(await history(project, state)).toEqual(recorded)
  })
})

describe('a snapshot beside other processes on postgres', () => {
  const open = projects('postgres')

  test('records an interval once, however many run it', async () => {
    const project = await open(files)
    await twoDays(project)
    const others = await Promise.all([project.openAdapter(), project.openAdapter()])
    const runs = await Promise.all(
      [undefined, ...others].map((adapter) => project.prepareRun(adapter ? { adapter } : {})),
    )
    const outcomes = await Promise.all(runs.map((execute) => execute()))
    expect(outcomes.flatMap(({ errors }) => errors)).toEqual([])
    expect(outcomes.flatMap(({ ended }) => ended.succeeded)).toEqual(['snap.customers@2024-01-02'])
    expect(await history(project, state)).toEqual(afterwards)
  })

  test('writes nothing once its lease is taken away', async () => {
    const project = await open(files)
    await twoDays(project)
    const before = await history(project, state)
    const thief = await project.client()
    const run = await project.run({
      afterBegin: async () => {
        await thief.query('delete from sluice.leases')
      },
    })
    expect(run.error).toMatchObject({ code: 'SL622' })
    expect(await history(project, state)).toEqual(before)
  })

  test('is all or nothing for a reader, and for the server that loses its client', async () => {
    const project = await open(files)
    await twoDays(project)
    const before = await history(project, state)
    const reader = await project.openAdapter()
    const killer = await project.client()
    const seen: unknown[] = []
    let strikes = 0
    const run = await project.run({
      beforeCommit: async (session) => {
        seen.push(await project.query('select count(*) as n from snap.customers', reader))
        strikes += 1
        if (strikes > 1) return
        const [row] = await session.query('select pg_backend_pid() as pid')
        await killer.query('select pg_terminate_backend($1)', [row!.pid])
      },
    })
    // A lost connection is tried again.
    expect(run.error).toBeUndefined()
    expect(seen).toEqual([[{ n: 2 }], [{ n: 2 }]])
    expect(before).toHaveLength(2)
    expect(await history(project, state)).toEqual(afterwards)
  })
})
