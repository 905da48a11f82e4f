import type { Files, TestProject } from './project.ts'
import { model } from './project.ts'

/** A source `raw.customers`, and a snapshot of it. */
export function snapshotOf(
  header: string,
  sql = 'select id, name, city from raw.customers',
  more: Files = {},
): Files {
  return {
    'models/sources.yml': 'sources:\n  - name: raw.customers\n',
    'models/snap/customers.sql': model(`materialized: snapshot\nunique_key: [id]\n${header}`, sql),
    ...more,
  }
}

export const daily = 'partition: { grain: day, start: 2024-01-01 }'
export const byValues = (more = '') =>
  `${daily}\nsnapshot: { strategy: check${more === '' ? '' : `, ${more}`} }`

/** Gives the source a new state: rows of `id, name, city`. */
export async function show(project: TestProject, rows: readonly string[]): Promise<void> {
  await project.sql(
    'create schema if not exists raw',
    'create table if not exists raw.customers (id integer, name text, city text)',
    'delete from raw.customers',
    ...(rows.length === 0
      ? []
      : [`insert into raw.customers values ${rows.map((row) => `(${row})`).join(', ')}`]),
  )
}

/** The same with a time of change, as a timestamp. */
export async function showTimed(project: TestProject, rows: readonly string[]): Promise<void> {
  await project.sql(
    'create schema if not exists raw',
    'create table if not exists raw.customers (id integer, name text, updated_at timestamp)',
    'delete from raw.customers',
    ...(rows.length === 0
      ? []
      : [`insert into raw.customers values ${rows.map((row) => `(${row})`).join(', ')}`]),
  )
}

/** Sets the clock so that this day is the latest that is due. */
export function endOf(project: TestProject, day: string): void {
  project.now = Date.parse(`${day}T00:00:00Z`) + 24 * 3_600_000 + 60_000
}

/** Midnights lose their time. */
export async function history(project: TestProject, columns: string): Promise<readonly string[]> {
  const rows = await project.rows(`select ${columns} from snap.customers order by id, valid_from`)
  return rows.map((row) =>
    row
      .map((value) => (value === null ? '-' : String(value).replace(/[T ]00:00:00(\.000)?Z?$/, '')))
      .join(' '),
  )
}
