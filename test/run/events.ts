import { type Files, inWindow, type TestProject } from './project.ts'

/** A source with three days of events from 2024-01-01, and the SQL that loads it. */
export const eventsSource: Files = { 'models/sources.yml': 'sources:\n  - name: raw.events\n' }

export const eventsOfWindow = `select day, id, amount from raw.events where ${inWindow}`

export async function loadEvents(project: TestProject): Promise<void> {
  await project.sql(
    'create schema raw',
    'create table raw.events (day date, id integer, amount integer)',
    `insert into raw.events values
('2024-01-01', 1, 10), ('2024-01-01', 2, 20), ('2024-01-02', 3, 30), ('2024-01-03', 4, 40)`,
  )
}
