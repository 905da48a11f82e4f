import { describe, expect, test } from 'vitest'
import { dailyModel, engines, inWindow, projects, type TestProject } from './project.ts'

const sources = 'sources:\n  - name: raw.events\n'
const events = `select day, id, amount from raw.events where ${inWindow}`

/** Three days of events, from 2024-01-01. */
export async function loadEvents(project: TestProject): Promise<void> {
  await project.sql(
    'create schema raw',
    'create table raw.events (day date, id integer, amount integer)',
    `insert into raw.events values
('2024-01-01', 1, 10), ('2024-01-01', 2, 20), ('2024-01-02', 3, 30), ('2024-01-03', 4, 40)`,
  )
}

describe.each(engines)('an incremental model on %s', (engine) => {
  const open = projects(engine)

  async function opened(files: Record<string, string>): Promise<TestProject> {
    const project = await open({ 'models/sources.yml': sources, ...files })
    await loadEvents(project)
    return project
  }

  test('a partition has the same rows after one run and after two', async () => {
    const project = await opened({ 'models/marts/events.sql': dailyModel(events) })
    const first = await project.run({ partition: '2024-01-01' })
    expect(first.ended.succeeded).toEqual(['marts.events@2024-01-01'])
    const rows = await project.rows('select day, id, amount from marts.events order by id')
    expect(rows).toEqual([
      ['2024-01-01', 1, 10],
      ['2024-01-01', 2, 20],
    ])
    const second = await project.run({ partition: '2024-01-01', force: true })
    expect(second.ended.succeeded).toEqual(['marts.events@2024-01-01'])
    expect(await project.rows('select day, id, amount from marts.events order by id')).toEqual(rows)
  })
})
