import { describe, expect, test } from 'vitest'
import type { Adapter } from '../../core/adapter.ts'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, inWindow, projects } from './project.ts'

const upstream = dailyModel(eventsOfWindow)
const broken = dailyModel(eventsOfWindow, 'checks:\n  - expression: amount < 0')
const day = { partition: '2024-01-01' }

// Only where processes share a server can there be another run.
describe('inputs that another run changes after the plan on postgres', () => {
  const open = projects('postgres')

  async function opened() {
    const project = await open({
      ...eventsSource,
      'models/m/u.sql': upstream,
      'models/m/d.sql': dailyModel(
        `select day, sum(amount) as amount from m.u where ${inWindow} group by day`,
      ),
      'models/m/e.sql': dailyModel(`select day, amount from m.d where ${inWindow}`),
    })
    await loadEvents(project)
    await project.run({ select: ['m.u'], ...day })
    return project
  }

  test('and whose last attempt failed, block what reads them', async () => {
    const project = await opened()
    const execute = await project.prepareRun({ select: ['m.d', 'm.e'], ...day })
    await project.write({ 'models/m/u.sql': broken })
    expect((await project.run({ select: ['m.u'], force: true, ...day })).error?.code).toBe('SL620')
    const run = await execute()
    expect(run.status).toBe('failed')
    expect(run.events.filter((event) => event.type === 'task_blocked')).toMatchObject([
      { task: { id: 'm.d@2024-01-01' }, by: 'm.u@2024-01-01' },
      { task: { id: 'm.e@2024-01-01' }, by: 'm.d@2024-01-01' },
    ])
    expect(run.totals).toMatchObject({ succeeded: 0, failed: 0, blocked: 2 })
    expect(await project.partitions('m.d')).toEqual({})
    expect(await project.value('select count(*) from sluice.leases')).toBe(0)
    expect(await project.value(`select count(*) from sluice.attempts where status = 'running'`)).toBe(0)
  })

  test('and that are published anew, are read as they are now', async () => {
    const project = await opened()
    const execute = await project.prepareRun({ select: ['m.d'], ...day })
    await project.sql('update raw.events set amount = amount + 1')
    await project.run({ select: ['m.u'], force: true, ...day })
    expect((await execute()).ended.succeeded).toEqual(['m.d@2024-01-01'])
    expect(await project.value('select amount from m.d')).toBe(32)
    expect((await project.plan({ select: ['m.d'], ...day })).tasks).toEqual([])
  })

  test('and that were accepted, are read although they failed again', async () => {
    const project = await opened()
    await project.write({ 'models/m/u.sql': broken })
    const fail = () => project.run({ select: ['m.u'], force: true, ...day })
    await fail()
    const execute = await project.prepareRun({ select: ['m.d'], upstream: 'accept', ...day })
    await fail()
    expect((await execute()).ended.succeeded).toEqual(['m.d@2024-01-01'])
    expect(await project.value('select amount from m.d')).toBe(30)
  })

  test('and from which it made what was only planned for them, are news to what reads that', async () => {
    const project = await opened()
    await project.run(day)
    // Of u only the last attempt is wrong; d and e are planned because it is.
    await project.write({ 'models/m/u.sql': broken })
    await project.run({ select: ['m.u'], force: true, ...day })
    await project.write({ 'models/m/u.sql': upstream })
    await project.sql('update raw.events set amount = amount + 1')
    let isPublished = false
    let other: Promise<unknown> | undefined
    const own = await project.openAdapter()
    // Before the run claims d, another one has published it.
    const adapter: Adapter = new Proxy(own, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (name !== 'transaction') return typeof value === 'function' ? value.bind(target) : value
        return async (...all: Parameters<Adapter['transaction']>) => {
          if (isPublished) {
            other ??= project.run({ select: ['m.d'], ...day })
            await other
          }
          return target.transaction(...all)
        }
      },
    })
    const run = await project.run({
      ...day,
      adapter,
      threads: 1,
      on: (event) => {
        isPublished ||= event.type === 'task_succeeded' && event.task.model === 'm.u'
      },
    })
    expect(run.plan.tasks.map(({ reason }) => reason.kind)).toEqual([
      'failed',
      'upstream_planned',
      'upstream_planned',
    ])
    expect(run.ended).toMatchObject({
      succeeded: ['m.u@2024-01-01', 'm.e@2024-01-01'],
      skipped: ['m.d@2024-01-01'],
    })
    expect(await project.value('select amount from m.e')).toBe(32)
    expect((await project.plan(day)).tasks).toEqual([])
  })
})
