import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EngineName, engines, type Files, model, projects, type TestProject } from './project.ts'
import { byTime, byValues, Collected, type Seen, type SourceRow, type Version } from './snapshot-oracle.ts'
import { daily, endOf } from './snapshot-source.ts'

/** One run: of a day so many days after the one before (0: the same day again), with what the source shows then. */
interface Step {
  readonly days: number
  readonly rows: readonly SourceRow[]
}

const row = (id: number) =>
  fc.record({
    id: fc.constant(id),
    name: fc.constantFrom('a', 'b', null),
    city: fc.constantFrom('x', null),
    at: fc.nat(16).map((half) => half * 12),
  })
const rows = fc
  .tuple(...[1, 2, 3].map((id) => fc.option(row(id), { freq: 3, nil: undefined })))
  .map((found) => found.filter((each) => each !== undefined))
const steps = fc.array(fc.record({ days: fc.constantFrom(0, 1, 1, 1, 2), rows }), {
  minLength: 4,
  maxLength: 8,
})

const columns = 'id, name, city, updated_at'
const all = `select ${columns} from raw.states`
const snapshots: Readonly<Record<string, string>> = {
  values: `${daily}\nsnapshot: { strategy: check, columns: [name, city] }`,
  values_close: `${daily}\nsnapshot: { strategy: check, deletes: close }`,
  values_row: `${daily}\nsnapshot: { strategy: check, columns: [name], deletes: new_row }`,
  times_close: `${daily}\nsnapshot: { strategy: timestamp, updated_at: updated_at, deletes: close }`,
  times_row: `${daily}\nsnapshot: { strategy: timestamp, updated_at: updated_at, deletes: new_row }`,
  times_days: `${daily}\nsnapshot: { strategy: timestamp, updated_at: updated_at }`,
  times: 'snapshot: { strategy: timestamp, updated_at: updated_at }',
}

const files: Files = {
  'models/sources.yml': 'sources:\n  - name: raw.states\n',
  ...Object.fromEntries(
    Object.entries(snapshots).map(([name, header]) => [
      `models/snap/${name}.sql`,
      model(`materialized: snapshot\nunique_key: id\n${header}`, all),
    ]),
  ),
}

const first = Date.parse('2024-01-01T00:00:00Z')
const hour = 3_600_000
const instant = (hours: number) => new Date(first + hours * hour).toISOString().slice(0, 19).replace('T', ' ')
const text = (value: string | null) => (value === null ? 'null' : `'${value}'`)

async function show(project: TestProject, shown: readonly SourceRow[]): Promise<void> {
  const values = shown.map(
    ({ id, name, city, at }) => `(${id}, ${text(name)}, ${text(city)}, '${instant(at)}')`,
  )
  await project.sql(
    'create schema if not exists raw',
    'create table if not exists raw.states (id integer, name text, city text, updated_at timestamp)',
    'delete from raw.states',
    ...(values.length === 0 ? [] : [`insert into raw.states values ${values.join(', ')}`]),
  )
}

function line(version: Version): string {
  const { id, name, city, at, from, to, isDeleted } = version
  return [id, name, city, instant(at), instant(from), to === null ? null : instant(to), isDeleted].join(' ')
}

async function standing(project: TestProject, name: string): Promise<readonly string[]> {
  const deleted = name.endsWith('_row') ? 'is_deleted' : 'false'
  const found = await project.query(
    `select ${columns}, valid_from, valid_to, ${deleted} as is_deleted from snap.${name} order by id, valid_from`,
  )
  const when = (value: unknown) =>
    value === null ? null : (value as Date).toISOString().slice(0, 19).replace('T', ' ')
  return found.map((each) =>
    [
      each.id,
      each.name,
      each.city,
      when(each.updated_at),
      when(each.valid_from),
      when(each.valid_to),
      each.is_deleted,
    ].join(' '),
  )
}

async function holds(open: (files: Files) => Promise<TestProject>, taken: readonly Step[]): Promise<void> {
  const project = await open(files)
  const seen: Seen[] = []
  const times = new Collected()
  const days = new Collected()
  let day = 0
  for (const [index, step] of taken.entries()) {
    const isAgain = index > 0 && step.days === 0
    day += Math.max(step.days, index === 0 ? 1 : 0)
    await show(project, step.rows)
    endOf(project, instant(day * 24).slice(0, 10))
    const outcome = await project.run({ force: true })
    expect(outcome.error).toBeUndefined()
    if (isAgain) seen.pop()
    seen.push({ asOf: (day + 1) * 24, rows: step.rows })
    times.show(step.rows, 0)
    days.show(step.rows, day)
  }
  const whole = (a: SourceRow, b: SourceRow) => a.name === b.name && a.city === b.city
  const expected: Readonly<Record<string, readonly Version[]>> = {
    values: byValues(seen, 'ignore', whole),
    values_close: byValues(seen, 'close', (a, b) => whole(a, b) && a.at === b.at),
    values_row: byValues(seen, 'new_row', (a, b) => a.name === b.name),
    times_close: byTime(seen, 'close'),
    times_row: byTime(seen, 'new_row'),
    times_days: days.history(),
    times: times.history(),
  }
  for (const [name, versions] of Object.entries(expected))
    expect([name, ...(await standing(project, name))]).toEqual([name, ...versions.map(line)])
  // Once more with the same rows: nothing changes, and it is known.
  const before = await versionsOf(project)
  const again = await project.run({ force: true })
  expect(again.error).toBeUndefined()
  expect(await versionsOf(project)).toEqual(before)
  for (const [name, versions] of Object.entries(expected))
    expect([name, ...(await standing(project, name))]).toEqual([name, ...versions.map(line)])
  await project.close()
}

function versionsOf(project: TestProject) {
  return project.rows(
    'select model, partition_key, data_seq from sluice.partitions where data_seq is not null order by 1, 2',
  )
}

const cases: Readonly<Record<EngineName, number>> = {
  duckdb: Number(process.env.SLUICE_SNAPSHOT_CASES ?? 8),
  postgres: Number(process.env.SLUICE_SNAPSHOT_CASES ?? 3),
}

describe.each(engines)('histories of random sources on %s', (engine) => {
  const open = projects(engine)

  it('are those that one would write by hand, whatever runs again', async () => {
    await fc.assert(
      fc.asyncProperty(steps, (taken) => holds(open, taken)),
      { seed: 20240105, numRuns: cases[engine], endOnFailure: true },
    )
  }, 300_000)
})
