import { describe, expect, test } from 'vitest'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { engines, model, projects } from './project.ts'

const header = `materialized: incremental
partition: { column: day, grain: day, start: 2024-01-01, end: 2024-01-31, ahead: 1 }`

describe.each(engines)('a partition that ends while it is published on %s', (engine) => {
  const open = projects(engine)

  test('was read before its end, and runs again', async () => {
    const project = await open({ ...eventsSource, 'models/m/t.sql': model(header, eventsOfWindow) })
    await loadEvents(project)
    project.now = Date.parse('2024-01-02T23:59:59Z')
    const first = await project.run({
      partition: '2024-01-02',
      afterBegin: async (session) => {
        const execute = session.execute.bind(session)
        session.execute = (sql, params) => {
          if (/^insert into \S*t\S* \(/.test(sql)) project.now = Date.parse('2024-01-03T00:00:01Z')
          return execute(sql, params)
        }
      },
    })
    expect(first.ended.succeeded).toEqual(['m.t@2024-01-02'])
    expect(project.now).toBe(Date.parse('2024-01-03T00:00:01Z'))
    const again = await project.run({ partition: '2024-01-02' })
    expect(again.plan.tasks[0]?.reason).toEqual({ kind: 'stale', cause: { kind: 'early' } })
    expect((await project.run({ partition: '2024-01-02' })).ended.succeeded).toEqual([])
  })
})
