import { describe, expect, test } from 'vitest'
import { engines, model, projects } from './project.ts'

describe.each(engines)('a partition column of text on %s', (engine) => {
  const open = projects(engine)
  const daysAs = (format: string) =>
    model(
      `materialized: incremental\npartition: { column: { name: day, type: text, format: ${format} }, grain: day, start: 2024-01-01, end: 2024-01-02 }`,
      'select cast({{partition.start}} as varchar) as day, 1 as n',
    )

  test('that is written in another way asks for a rebuild, and no row stands in the table twice', async () => {
    const project = await open({ 'models/m.sql': daysAs('YYYY-MM-DD') })
    const days = { from: '2024-01-01', to: '2024-01-02' }
    await project.run(days)
    await project.write({ 'models/m.sql': daysAs('YYYYMMDD') })
    const run = await project.run({ ...days, force: true })
    expect(run.plan.held).toMatchObject([{ partitions: [{}, {}], needs: [{ because: 'layout' }] }])
    const table = engine === 'duckdb' ? 'main.m' : 'public.m'
    expect(await project.rows(`select day from ${table} order by day`)).toEqual([
      ['2024-01-01'],
      ['2024-01-02'],
    ])
    await project.run({ ...days, fullRefresh: true })
    expect(await project.rows(`select day from ${table} order by day`)).toEqual([['20240101'], ['20240102']])
  })
})
