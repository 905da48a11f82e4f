import { expect, test } from 'vitest'
import type { RunTask } from '../../core/docs/api.ts'
import { barsOfTask, timeLineOf } from '../../web/pages/time-line.ts'

const begun = Date.parse('2001-01-01T00:00:00Z')

/** Tries as pairs of seconds since the run began; one without an end still runs. */
function task(
  name: string,
  tries: readonly (readonly [from: number, to?: number])[],
  status = 'succeeded',
): RunTask {
  return {
    node: { kind: 'model', name },
    isKnown: true,
    partitions: [],
    partitionCount: 0,
    status,
    checks: [],
    attempts: tries.map(([from, to], index) => ({
      number: index + 1,
      status: index < tries.length - 1 ? 'failed' : status,
      startedAt: at(from),
      ...(to === undefined ? {} : { finishedAt: at(to), elapsedMs: (to - from) * 1000 }),
    })),
  }
}

function at(seconds: number): string {
  return new Date(begun + seconds * 1000).toISOString()
}

function lineOf(tasks: readonly RunTask[], finished?: number) {
  const run = { startedAt: at(0), tasks, ...(finished === undefined ? {} : { finishedAt: at(finished) }) }
  return timeLineOf(run, begun + 100_000)
}

test('a try stands where it was in time, a retry behind it in the same lane', () => {
  const [row] = lineOf(
    [
      task('a', [
        [10, 20],
        [50, 100],
      ]),
    ],
    100,
  ).rows
  expect(row?.lanes).toBe(1)
  expect(row?.bars).toEqual([
    { from: 0.1, length: 0.1, lane: 0, status: 'failed', count: 1, isRetry: false },
    { from: 0.5, length: 0.5, lane: 0, status: 'succeeded', count: 1, isRetry: true },
  ])
})

test('what runs at the same time has lanes of its own, and a lane that is free is taken again', () => {
  const { rows } = lineOf(
    [task('a', [[0, 50]]), task('a', [[10, 30]]), task('a', [[30, 60]]), task('b', [[0, 100]])],
    100,
  )
  expect(rows.map(({ key, lanes }) => [key, lanes])).toEqual([
    ['model a', 2],
    ['model b', 1],
  ])
  expect(rows[0]?.bars.map(({ lane }) => lane)).toEqual([0, 1, 1])
})

test('what still runs ends with the line', () => {
  const line = lineOf([task('a', [[40]], 'running')])
  expect(line.end).toBe(begun + 100_000)
  expect(line.rows[0]?.bars[0]).toMatchObject({ from: 0.4, length: 0.6 })
})

test('a run of no length has places all the same', () => {
  const line = lineOf([task('a', [[0, 0]])], 0)
  expect(line.rows[0]?.bars[0]).toMatchObject({ from: 0, length: 0 })
  expect(line.ticks.every((tick) => Number.isFinite(tick.at))).toBe(true)
})

test('a try that began before the run did, by another clock, is not left of the line', () => {
  const line = lineOf([task('a', [[-5, 5]])], 10)
  expect(line.rows[0]?.bars[0]).toMatchObject({ from: 0 })
})

test('thousands of short tries become few bars that stand for all of them', () => {
  const tasks = Array.from({ length: 2000 }, (_, index) => task('a', [[index * 0.5, index * 0.5 + 0.4]]))
  const [row] = lineOf(tasks, 1000).rows
  expect(row?.bars.length).toBeLessThan(700)
  expect(row?.bars.reduce((sum, { count }) => sum + count, 0)).toBe(2000)
})

test('a failure among thousands keeps a bar of its own', () => {
  const tasks = Array.from({ length: 2000 }, (_, index) =>
    task('a', [[index * 0.5, index * 0.5 + 0.4]], index === 777 ? 'failed' : 'succeeded'),
  )
  const failed = lineOf(tasks, 1000).rows[0]?.bars.filter(({ status }) => status === 'failed')
  expect(failed).toHaveLength(1)
  expect(failed?.[0]?.from).toBeCloseTo(777 / 2000, 3)
})

test.each([
  [0.004, 1],
  [1, 200],
  [59, 10_000],
  [3_600, 600_000],
  [86_400 * 3, 43_200_000],
])('a line of %d s has a tick each %d ms', (seconds, step) => {
  const { ticks } = lineOf([task('a', [[0, seconds]])], seconds)
  expect(ticks[1]?.ms).toBe(step)
  expect(ticks.length).toBeLessThanOrEqual(7)
})

test('the bars of one task agree with those of its row', () => {
  const only = task('a', [[10, 20]])
  const line = lineOf([only], 100)
  expect(barsOfTask(only, line).bars).toEqual(line.rows[0]?.bars)
})
