import { describe, expect, test } from 'vitest'
import { type Adapter, CommitUnknownError, type Transaction } from '../../core/adapter.ts'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, engines, model, projects, type TestProject } from './project.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)
const day = { partition: '2024-01-01' }

/** The adapter, with a test's own work before statements of the ledger that begin with a text. */
function before(adapter: Adapter, text: string, work: (transaction: Transaction) => Promise<void>): Adapter {
  const transaction: Adapter['transaction'] = (inner, signal) =>
    adapter.transaction(async (opened) => {
      const execute = opened.execute.bind(opened)
      const query = opened.query.bind(opened)
      opened.execute = async (sql, params) => {
        if (sql.startsWith(text)) await work(opened)
        return execute(sql, params)
      }
      opened.query = async (sql, params) => {
        if (sql.startsWith(text)) await work(opened)
        return query(sql, params)
      }
      return inner(opened)
    }, signal)
  return Object.assign(Object.create(adapter) as Adapter, { transaction })
}

async function isClean(project: TestProject): Promise<void> {
  for (const left of [
    'leases',
    'workers',
    `attempts where status = 'running'`,
    `runs where status = 'running'`,
  ])
    expect(await project.value(`select count(*) from sluice.${left}`)).toBe(0)
}

describe.each(engines)('a ledger that refuses an attempt on %s', (engine) => {
  const open = projects(engine)

  test('does not hide why the task failed, nor stop the others', async () => {
    const project = await open({
      'models/m/bad.sql': table('select 1 as id', 'checks: [{ expression: id = 2 }]'),
      'models/m/good.sql': table('select 1 as id'),
      'models/m/last.sql': table('select id from m.good'),
    })
    // What an attempt that failed says first.
    const first =
      engine === 'duckdb' ? 'select status from sluice.attempts' : 'delete from sluice.leases where token'
    const adapter = before(project.adapter, first, async (transaction) => {
      await transaction.query('select nothing from nowhere')
    })
    const run = await project.run({ adapter, threads: 1 })
    expect(run.ended).toMatchObject({ failed: ['m.bad'], succeeded: ['m.good', 'm.last'] })
    expect(run.error).toMatchObject({ code: 'SL620', model: 'm.bad' })
    expect(run.error?.hint).toMatch(
      /stood there before\. This could not be recorded in the ledger: .*nowhere/s,
    )
    expect(await project.rows('select status from sluice.runs')).toEqual([['failed']])
    await isClean(project)
    const again = await project.run({ select: ['m.bad'] })
    expect(again.plan.tasks[0]?.reason.kind).toBe('failed')
  })

  test('a fault of the program ends the run, which says so and holds nothing', async () => {
    const project = await open({ 'models/m/t.sql': table('select 1 as id') })
    const fault = new TypeError('as told')
    const run = project.run({
      on: (event) => {
        if (event.type === 'task_started') throw fault
      },
    })
    await expect(run).rejects.toBe(fault)
    expect(await project.rows('select status from sluice.runs')).toEqual([['failed']])
    await isClean(project)
  })
})

describe('a connection on postgres', () => {
  const open = projects('postgres')

  async function opened() {
    const project = await open({
      ...eventsSource,
      'models/m/t.sql': dailyModel(eventsOfWindow),
      'models/m/u.sql': dailyModel(
        `select day from m.t where day >= {{partition.start}} and day < {{partition.end}}`,
      ),
    })
    await loadEvents(project)
    return project
  }

  test('that is lost while a lease is given back, costs a retry and no more', async () => {
    const project = await opened()
    await project.run({ select: ['m.t'], ...day })
    const client = await project.client()
    let losses = 0
    const adapter = before(project.adapter, 'delete from sluice.attempts', async (transaction) => {
      losses += 1
      if (losses > 1) return
      const [row] = await transaction.query('select pg_backend_pid() as pid')
      await client.query('select pg_terminate_backend($1, 5000)', [row?.pid])
    })
    const execute = await project.prepareRun({ adapter, force: true, ...day })
    await project.run({ select: ['m.t'], force: true, ...day })
    const run = await execute()
    expect(losses).toBe(1)
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01', 'm.u@2024-01-01'])
    expect(run.events.filter((event) => event.type === 'task_retrying')).toMatchObject([
      { attempt: 2, error: { code: 'SL607' } },
    ])
    await isClean(project)
  })

  test('whose COMMIT takes place after it was given up, has published', async () => {
    const project = await opened()
    let letGo = (): void => {}
    const released = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let committing: Promise<unknown> | undefined
    const transaction: Adapter['transaction'] = (work, signal) => {
      // The one after the publisher records what became of it; it meets the publisher's locks.
      if (committing !== undefined) letGo()
      return new Promise((resolve, reject) => {
        const end = project.adapter.transaction(async (inner) => {
          let publishes = false
          const commitWith = inner.commitWith.bind(inner)
          inner.commitWith = (statements) => {
            publishes = statements.some(({ sql }) => sql.startsWith('insert into sluice.partitions'))
            commitWith(statements)
          }
          const value = await work(inner)
          if (publishes && committing === undefined) {
            committing = end
            reject(new CommitUnknownError())
            await released
          }
          return value
        }, signal)
        end.then(resolve, reject)
      })
    }
    const adapter = Object.assign(Object.create(project.adapter) as Adapter, { transaction })
    const run = await project.run({ adapter, ...day })
    await committing
    expect(run.ended.succeeded).toEqual(['m.t@2024-01-01', 'm.u@2024-01-01'])
    expect(run.delays).toEqual([])
    expect(await project.rows('select model, status from sluice.attempts order by model')).toEqual([
      ['m.t', 'succeeded'],
      ['m.u', 'succeeded'],
    ])
    expect((await project.partitions('m.t'))['2024-01-01']).toMatchObject({ last_status: 'succeeded' })
    await isClean(project)
  })
})
