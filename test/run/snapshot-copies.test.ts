import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { engines, type Files, model, projects, type TestProject } from './project.ts'
import { byValues, type SourceRow } from './snapshot-oracle.ts'
import { endOf, byValues as header } from './snapshot-source.ts'

const files: Files = {
  'models/sources.yml': 'sources:\n  - name: raw.copies\n',
  'models/snap/customers.sql': model(
    `materialized: snapshot\nunique_key: id\n${header('deletes: close')}`,
    'select id, name, city from raw.copies where copied_on = {{partition.start}}',
  ),
}
const days = ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'] as const

async function copy(project: TestProject, day: string, rows: readonly SourceRow[]): Promise<void> {
  await project.sql(
    'create schema if not exists raw',
    'create table if not exists raw.copies (copied_on date, id integer, name text, city text)',
    `delete from raw.copies where copied_on = '${day}'`,
    ...rows.map(
      ({ id, name, city }) => `insert into raw.copies values ('${day}', ${id}, '${name}', '${city}')`,
    ),
  )
}

async function standing(project: TestProject): Promise<readonly string[]> {
  const rows = await project.query(
    'select id, name, city, valid_from, valid_to, deleted_at is not null as gone from snap.customers order by id, valid_from',
  )
  const date = (value: unknown) => (value === null ? null : (value as Date).toISOString().slice(0, 10))
  return rows.map((row) => `${row.id} ${row.name} ${row.city} ${date(row.valid_from)} ${date(row.valid_to)}`)
}

function expected(copies: readonly (readonly SourceRow[])[]): readonly string[] {
  const seen = copies.map((rows, index) => ({ asOf: index + 1, rows }))
  const date = (day: number) => `2024-01-0${day + 1}`
  return byValues(seen, 'close', (a, b) => a.name === b.name && a.city === b.city).map(
    ({ id, name, city, from, to }) => `${id} ${name} ${city} ${date(from)} ${to === null ? null : date(to)}`,
  )
}

const rowOf = (id: number) =>
  fc.record({
    id: fc.constant(id),
    name: fc.constantFrom('a', 'b'),
    city: fc.constantFrom('x', 'y'),
    at: fc.constant(0),
  })
const state = fc
  .tuple(rowOf(1), rowOf(2), rowOf(3), fc.nat(7))
  .map(([a, b, c, which]) => [a, b, c].filter((_, index) => (which >> index) % 2 === 1))

describe.each(engines)('a snapshot of copies that are kept, on %s', (engine) => {
  const open = projects(engine)

  it('has the history of the copies, however it was made: day by day, at once, again, anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(state, state, state, state, state),
        state,
        fc.nat(3),
        fc.nat(4),
        async (copies, other, pause, replaced) => {
          const project = await open(files)
          for (const [index, day] of days.entries()) await copy(project, day, copies[index]!)
          endOf(project, days[pause]!)
          expect((await project.run({ request: { history: true } })).error).toBeUndefined()
          expect(await standing(project)).toEqual(expected(copies.slice(0, pause + 1)))
          endOf(project, days[4])
          expect((await project.run({ request: { history: true }, threads: 4 })).error).toBeUndefined()
          expect(await standing(project)).toEqual(expected(copies))
          expect((await project.run({ force: true })).error).toBeUndefined()
          expect(await standing(project)).toEqual(expected(copies))
          // Another copy of some day: only a rebuild of the whole history sees it, and does so at once.
          await copy(project, days[replaced]!, other)
          const anew = await project.run({ fullRefresh: true, request: { losesHistory: true } })
          expect(anew.error).toBeUndefined()
          expect(await standing(project)).toEqual(
            expected(copies.map((rows, index) => (index === replaced ? other : rows))),
          )
          const rows = Object.values(await project.partitions('snap.customers')).map((each) =>
            Number(each.rows),
          )
          expect(rows.reduce((sum, each) => sum + each, 0)).toBe((await standing(project)).length)
          await project.close()
        },
      ),
      { seed: 20240106, numRuns: engine === 'duckdb' ? 8 : 3, endOnFailure: true },
    )
  }, 240_000)

  it('does not go on over a day that failed', async () => {
    const project = await open(files)
    const ada = { id: 1, name: 'a', city: 'x', at: 0 }
    await copy(project, days[0], [ada])
    await copy(project, days[1], [ada, ada])
    await copy(project, days[2], [{ ...ada, city: 'y' }])
    endOf(project, days[2])
    const failed = await project.run({ request: { history: true } })
    expect(failed.ended).toMatchObject({
      succeeded: ['snap.customers@2024-01-01'],
      failed: ['snap.customers@2024-01-02'],
      blocked: ['snap.customers@2024-01-03'],
    })
    const next = await project.run()
    expect(next.ended.blocked).toEqual(['snap.customers@2024-01-03'])
    await copy(project, days[1], [ada])
    const mended = await project.run({ request: { history: true } })
    expect(mended.error).toBeUndefined()
    expect(await standing(project)).toEqual(['1 a x 2024-01-02 2024-01-04', '1 a y 2024-01-04 null'])
  })

  it('is all or nothing when it is made anew', async () => {
    const project = await open(files)
    const ada = { id: 1, name: 'a', city: 'x', at: 0 }
    for (const day of days) await copy(project, day, [ada])
    endOf(project, days[4])
    await project.run({ request: { history: true } })
    const before = await standing(project)
    await copy(project, days[3], [ada, ada])
    const failed = await project.run({ fullRefresh: true, request: { losesHistory: true } })
    expect(failed.error).toMatchObject({ code: 'SL612', partition: '2024-01-04' })
    expect(await standing(project)).toEqual(before)
    expect(Object.keys(await project.partitions('snap.customers'))).toEqual([...days])
  })
})
