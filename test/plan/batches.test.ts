import { describe, expect, test } from 'vitest'
import { type Known, type Nodes, planned, planOf } from './projects.ts'

const range = '2024-01-01..2024-01-06'
const chain: Nodes = { a: { by: 'day', batch: true }, b: { by: 'day', batch: true, reads: ['a'] } }

describe('batches', () => {
  test('adjacent partitions that may share a statement are one task, and so are those that read them', () => {
    expect(planned(chain, {}, { range })).toEqual([
      'run a@2024-01-01..2024-01-06: missing',
      'run b@2024-01-01..2024-01-06: missing after a@2024-01-01..2024-01-06',
    ])
  })

  test('a fresh partition parts a batch in two', () => {
    expect(planned(chain, { 'a@2024-01-03': { data: 1 } }, { range, select: ['a'] })).toEqual([
      'run a@2024-01-01..2024-01-02: missing',
      'run a@2024-01-04..2024-01-06: missing',
      'fresh a@2024-01-03',
    ])
  })

  test('partitions that run for different reasons are not mixed', () => {
    const known = { 'a@2024-01-01': { data: 1, code: 'old' }, 'a@2024-01-02': { data: 2, code: 'old' } }
    expect(planned(chain, known, { range: '2024-01-01..2024-01-04', select: ['a'] })).toEqual([
      'run a@2024-01-01..2024-01-02: stale by code',
      'run a@2024-01-03..2024-01-04: missing',
    ])
  })

  test('partitions that are stale by different partitions of one input are one task', () => {
    const known: Record<string, Known> = {}
    for (const day of [1, 2, 3]) {
      known[`a@2024-01-0${day}`] = { data: 10 + day }
      known[`b@2024-01-0${day}`] = { data: day, read: 0 }
    }
    expect(planned(chain, known, { range: '2024-01-01..2024-01-03', select: ['b'] })).toEqual([
      'run b@2024-01-01..2024-01-03: stale by input a',
    ])
  })

  test('the model says how many, and the command may ask for fewer', () => {
    const nodes: Nodes = { a: { by: 'day', batch: 4 } }
    expect(planned(nodes, {}, { range })).toEqual([
      'run a@2024-01-01..2024-01-04: missing',
      'run a@2024-01-05..2024-01-06: missing',
    ])
    expect(planned(nodes, {}, { range, batch: 3 })).toEqual([
      'run a@2024-01-01..2024-01-03: missing',
      'run a@2024-01-04..2024-01-06: missing',
    ])
    expect(planned(nodes, {}, { range: '2024-01-01..2024-01-02', batch: 1 })).toHaveLength(2)
  })

  test('what reads partitions that come one by one comes one by one too, as soon as its own are there', () => {
    const nodes: Nodes = { a: { by: 'day' }, b: { by: 'day', batch: true, reads: ['a'] } }
    expect(planned(nodes, {}, { range: '2024-01-01..2024-01-03' })).toEqual([
      'run a@2024-01-01: missing',
      'run a@2024-01-02: missing',
      'run a@2024-01-03: missing',
      'run b@2024-01-01: missing after a@2024-01-01',
      'run b@2024-01-02: missing after a@2024-01-02',
      'run b@2024-01-03: missing after a@2024-01-03',
    ])
  })

  test('held partitions with the same needs are told as one, with the command for all of them', () => {
    const plan = planOf(chain, {}, { range: '2024-01-01..2024-01-03', select: ['b'] })
    expect(plan.held).toMatchObject([
      {
        id: 'b@2024-01-01..2024-01-03',
        state: 'blocked',
        needs: [
          { upstream: 'a', partitions: ['2024-01-01', '2024-01-02', '2024-01-03'], because: 'missing' },
        ],
        next: 'run --select b --from 2024-01-01 --to 2024-01-03 --upstream build',
      },
    ])
  })

  test('of a range that reaches far beyond what is due only a stretch is told', () => {
    const { tasks, held } = planOf(
      { a: { by: 'hour' } },
      {},
      { range: '2024-01-20..9999', now: '2024-01-20T02:30:00Z' },
    )
    expect(tasks).toHaveLength(2)
    expect(held).toMatchObject([{ state: 'waiting', dueAt: '2024-01-20T03:00:00.000Z' }])
    expect(held[0]!.partitions.length).toBeLessThan(1000)
  })

  test('what is fresh is told in stretches', () => {
    const known: Record<string, Known> = {}
    for (const day of [1, 2, 4, 5, 6]) known[`a@2024-01-0${day}`] = { data: day }
    const { skipped } = planOf({ a: { by: 'day' } }, known, { range })
    expect(skipped.map(({ id, count }) => [id, count])).toEqual([
      ['a@2024-01-01..2024-01-02', 2],
      ['a@2024-01-04..2024-01-06', 3],
    ])
  })
})

describe('what a backfill asks for', () => {
  const known: Readonly<Record<string, Known>> = {
    'a@2024-01-01': { data: 1 },
    'a@2024-01-02': { data: 2, code: 'old' },
    'a@2024-01-03': { data: 3, status: 'failed' },
    'a@2024-01-04': { status: 'failed' },
  }
  const nodes: Nodes = { a: { by: 'day' } }
  const only = (...states: readonly ('missing' | 'failed' | 'stale')[]) =>
    planOf(nodes, known, { range: '2024-01-01..2024-01-05', only: new Set(states) }).tasks.map(
      (task) => task.partitions[0]!.key,
    )

  test('only what is missing, failed or stale runs, as asked', () => {
    expect(only('missing')).toEqual(['2024-01-05'])
    expect(only('failed')).toEqual(['2024-01-03', '2024-01-04'])
    expect(only('stale')).toEqual(['2024-01-02'])
    expect(only('missing', 'failed', 'stale')).toHaveLength(4)
  })

  test('what is built upstream is what that needs, asked for or not', () => {
    const pair: Nodes = { u: { by: 'day' }, d: { by: 'day', reads: ['u'] } }
    const asked = { range: '2024-01-01..2024-01-02', only: new Set(['missing'] as const) }
    const old = { 'u@2024-01-01': { data: 1, code: 'old' }, 'u@2024-01-02': { data: 2, code: 'old' } }
    const half = { ...old, 'd@2024-01-01': { data: 3 } }
    const needed = ['run u@2024-01-02: stale by code', 'run d@2024-01-02: missing after u@2024-01-02']
    expect(planned(pair, half, { ...asked, select: ['d'], upstream: 'build' })).toEqual(needed)
    expect(planned(pair, half, { ...asked, upstream: 'build' })).toEqual(needed)
    expect(planned(pair, half, asked)).toEqual(['blocked d@2024-01-02: u 2024-01-02 stale'])
  })

  test('a range beyond what is due is told of each model by its own grain, however far it reaches', () => {
    const grains: Nodes = { h: { by: 'hour' }, y: { by: 'year', reads: ['h'], start: '2020-01-01' } }
    const plan = planOf(grains, {}, { range: '2024-01-19..9999', upstream: 'build' })
    const waiting = plan.held.flatMap(({ model, state, partitions }) =>
      state === 'waiting' ? [[model, partitions.length]] : [],
    )
    expect(plan.tasks).toHaveLength(24)
    expect(waiting).toEqual([
      ['h', 400],
      ['y', 400],
    ])
  })

  test('the whole history is all that is due', () => {
    const { tasks } = planOf(nodes, {}, { history: true, now: '2024-01-04T12:00:00Z' })
    expect(tasks.map(({ id }) => id)).toEqual(['a@2024-01-01', 'a@2024-01-02', 'a@2024-01-03'])
  })

  test('the newest come first if asked for, but what reads itself keeps its order', () => {
    const order = 'newest' as const
    const range = '2024-01-01..2024-01-03'
    expect(planned(nodes, {}, { range, order })).toEqual([
      'run a@2024-01-03: missing',
      'run a@2024-01-02: missing',
      'run a@2024-01-01: missing',
    ])
    expect(planned({ a: { by: 'day', readsItself: true } }, {}, { range, order })[0]).toBe(
      'run a@2024-01-01: missing',
    )
  })

  test('what an earlier run left is all that runs', () => {
    const units = new Map([['a', new Set(['2024-01-02'])]])
    expect(planned(chain, {}, { range, units })).toEqual(['run a@2024-01-02: missing'])
  })
})

describe('a model that reads itself', () => {
  const nodes: Nodes = { a: { by: 'day', readsItself: true } }

  test('needs the partition before, but for its first', () => {
    expect(planned(nodes, {}, { range: '2024-01-01' })).toEqual(['run a@2024-01-01: missing'])
    expect(planned(nodes, {}, { range: '2024-01-03' })).toEqual([
      'blocked a@2024-01-03: a 2024-01-02 missing',
    ])
  })

  test('gets the earlier ones built if asked, back to what is as it should be', () => {
    expect(
      planned(nodes, { 'a@2024-01-01': { data: 1 } }, { range: '2024-01-04', upstream: 'build' }),
    ).toEqual([
      'run a@2024-01-02: missing',
      'run a@2024-01-03: missing after a@2024-01-02',
      'run a@2024-01-04: missing after a@2024-01-03',
    ])
  })

  test('is stale when any earlier partition changed after it was read, though the one before did not', () => {
    const known = {
      'a@2024-01-01': { data: 9, read: 0 },
      'a@2024-01-02': { data: 2, read: 10 },
      'a@2024-01-03': { data: 3, read: 3 },
    }
    expect(planned(nodes, known, { range: '2024-01-03' })).toEqual([
      'run a@2024-01-03: stale by input a@2024-01-01',
    ])
  })
})
