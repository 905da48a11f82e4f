import { describe, expect, it } from 'vitest'
import type { Plan } from '../../core/plan/plan.ts'
import { dailyModel, engines, model, projects, type TestProject } from './project.ts'

const source = (more: string) => `sources:\n  - name: raw.events\n    ${more}\n`

const daily = 'partition: { column: day, grain: day, start: 2024-01-01, end: 2024-01-31 }'

const copies = dailyModel(
  'select day, n from raw.events where day >= {{partition.start}} and day < {{partition.end}}',
)

async function loaded(project: TestProject): Promise<TestProject> {
  await project.sql(
    'create schema raw',
    'create table raw.events (day date, n integer, loaded_at timestamp)',
    `insert into raw.events values ('2024-01-17', 1, '2024-01-18 01:00:00'), ('2024-01-18', 2, '2024-01-19 01:00:00'),
('2024-01-19', 3, '2024-01-20 00:00:00')`,
  )
  return project
}

/** Ids of what would run, each with why. */
function reasons(plan: Plan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    plan.tasks.map(({ id, reason }) => [id, reason.kind === 'stale' ? reason.cause : reason.kind]),
  )
}

const days = { from: '2024-01-17', to: '2024-01-19' }

for (const engine of engines) {
  describe(`sources on ${engine}`, () => {
    const open = projects(engine)

    it('a source without partitions that changed concerns the newest partition; older ones have drifted', async () => {
      const project = await loaded(
        await open({ 'models/s.yml': source('observe: { column: loaded_at }'), 'models/a.sql': copies }),
      )
      expect((await project.run(days)).status).toBe('succeeded')
      expect(reasons(await project.plan(days))).toEqual({})
      await project.sql(`insert into raw.events values ('2024-01-17', 4, '2024-01-20 02:00:00')`)
      expect(reasons(await project.plan(days))).toEqual({
        'a@2024-01-19': { kind: 'input', upstream: 'raw.events' },
      })
      const run = await project.run(days)
      expect(run.ended.succeeded).toEqual(['a@2024-01-19'])
      expect(reasons(await project.plan(days))).toEqual({})
    })
  })
}
