import { describe, expect, test } from 'vitest'
import { engines, model, projects } from './project.ts'

const view = (sql: string) => model('materialized: view', sql)
const table = (sql: string) => model('materialized: table', sql)

describe.each(engines)('a view whose SQL changed on %s', (engine) => {
  const open = projects(engine)

  async function changed() {
    const project = await open({
      'models/m/v.sql': view('select 1 as id'),
      'models/m/t.sql': table('select id from m.v'),
    })
    expect((await project.run()).error).toBeUndefined()
    await project.write({ 'models/m/v.sql': view('select 2 as id') })
    return project
  }

  test('blocks what reads it until it is built', async () => {
    const project = await changed()
    const alone = await project.run({ select: ['m.t'] })
    expect(alone.plan.held).toMatchObject([
      { model: 'm.t', state: 'blocked', needs: [{ upstream: 'm.v', because: 'stale' }] },
    ])
    expect(await project.rows('select id from m.t')).toEqual([[1]])
    await project.run({ select: ['m.v', 'm.t'] })
    expect(await project.rows('select id from m.t')).toEqual([[2]])
  })

  test('cannot be accepted as it is: the rows would not be what the SQL says', async () => {
    const project = await changed()
    const accepted = await project.run({ select: ['m.t'], upstream: 'accept' })
    expect(accepted.plan.held).toHaveLength(1)
    expect(await project.rows('select id from m.t')).toEqual([[1]])
  })

  test('is built first by --upstream build', async () => {
    const project = await changed()
    const built = await project.run({ select: ['m.t'], upstream: 'build' })
    expect(built.ended.succeeded).toEqual(['m.v', 'm.t'])
    expect(await project.rows('select id from m.t')).toEqual([[2]])
  })
})
