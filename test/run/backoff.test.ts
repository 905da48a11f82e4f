import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delayOf } from '../../core/run/run-task.ts'

const retry = { attempts: 9, delayMs: 100, factor: 2, maxDelayMs: 1_000, jitter: 0.2 }

test('the wait doubles, and chance moves it by its share', () => {
  expect([1, 2, 3].map((attempt) => delayOf(retry, attempt, 0.5))).toEqual([100, 200, 400])
  expect([0, 1].map((random) => delayOf(retry, 2, random))).toEqual([160, 240])
})

test('the limit comes after chance: no wait is ever longer', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const delay = delayOf(retry, attempt, random)
        expect(delay).toBeGreaterThan(0)
        expect(delay).toBeLessThanOrEqual(retry.maxDelayMs)
      },
    ),
    { seed: 1 },
  )
})
