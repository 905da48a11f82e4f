import { type Files, inWindow, model, type TestProject } from './project.ts'

const DAY_MS = 86_400_000

/** The key of the nth day of 2024. */
export function dateKey(nth: number): string {
  return new Date(Date.UTC(2024, 0, nth)).toISOString().slice(0, 10)
}

export function days(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => dateKey(index + 1))
}

/** A model of the events' days that runs in batches. */
export function numbersModel({
  sql = `select day, id, shop, amount from raw.events where ${inWindow}`,
  more = '',
  end = '2024-01-31',
}: {
  readonly sql?: string
  readonly more?: string
  readonly end?: string
} = {}): Files {
  const partition = `{ column: day, grain: day, start: 2024-01-01, end: ${end} }`
  return {
    'models/sources.yml': 'sources:\n  - name: raw.events\n  - name: raw.shops\n',
    'models/marts/numbers.sql': model(
      `materialized: incremental\npartition: ${partition}\nbatch: all\n${more}`,
      sql,
    ),
  }
}

/** Three events a day from 2024-01-01, of the shops a, b and c. The clock stands after the last of them. */
export async function eventsOfDays(project: TestProject, count: number): Promise<void> {
  project.now = Date.UTC(2024, 0, Math.max(32, count + 2)) + DAY_MS
  const rows = days(count).flatMap((day, index) =>
    ['a', 'b', 'c'].map(
      (shop, at) => `('${day}', ${index * 3 + at + 1}, '${shop}', ${(index * 7 + at) % 50})`,
    ),
  )
  await project.sql(
    'create schema raw',
    'create table raw.events (day date, id integer, shop text, amount integer)',
    `insert into raw.events values ${rows.join(', ')}`,
    'create table raw.shops (shop text)',
    `insert into raw.shops values ('a'), ('b'), ('c'), ('q')`,
  )
}
