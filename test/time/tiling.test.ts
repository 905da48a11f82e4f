import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundariesOf } from '../../core/time/boundaries.ts'
import { cronGrain } from '../../core/time/cron-expression.ts'
import type { Grain, Layout } from '../../core/time/grain.ts'
import { contains, overlaps } from '../../core/time/interval.ts'
import {
  boundariesBetween,
  layoutOf,
  partitionAt,
  partitionOf,
  partitionsIn,
  partitionsOverlapping,
  shift,
} from '../../core/time/layout.ts'
import { rangeIn } from '../../core/time/requested-range.ts'

const grains: readonly Grain[] = ['hour', 'day', 'week', 'month', 'quarter', 'year']
const crons = [
  '0 6 * * 1-5',
  '30 2 * * *',
  '*/30 * * * *',
  '0 0 L * *',
  '15,45 */3 * * 0,3',
  '0 1,2,3 * * *',
  '0 * * * *',
].map(cronGrain)
const zones = [
  'UTC',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'America/Sao_Paulo',
  'Europe/London',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Asia/Pyongyang',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Pacific/Chatham',
]
const minute = 60_000
const day = 24 * 60 * minute

const made = fc
  .record({
    grain: fc.constantFrom(...grains, ...crons),
    timezone: fc.constantFrom(...zones),
    firstDayOfWeek: fc.constantFrom('monday', 'sunday', 'thursday'),
  })
  .map((fields): Layout => layoutOf({ ...fields, start: '1960', availableAfterMs: 0, ahead: 0 }))
/** Every clock change since 1970, and times far from any. */
const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2030, 0, 1) })
/** Near changes of the clock: their weeks in March, April, October and November, and the skipped days. */
const changing = fc
  .record({
    year: fc.integer({ min: 1972, max: 2026 }),
    month: fc.constantFrom(2, 3, 7, 8, 9, 10, 11),
    minutes: fc.integer({ min: 0, max: 31 * 24 * 60 }),
  })
  .map(({ year, month, minutes }) => Date.UTC(year, month, 1) + minutes * minute)
const anywhen = fc.oneof(instant, changing)
const seeded = { seed: 20110930, numRuns: 400 }

describe('in every zone, by every grain and cron expression', () => {
  test('the partition at an instant holds it, and its key leads back to it alone', () => {
    fc.assert(
      fc.property(made, anywhen, (layout, now) => {
        const partition = partitionAt(layout, now)!
        expect(partition.start <= now && now < partition.end).toBe(true)
        expect(partitionOf(layout, partition.key)).toEqual(partition)
        expect(partitionAt(layout, partition.start)).toEqual(partition)
        expect(partitionAt(layout, partition.end - 1)).toEqual(partition)
        const asked = rangeIn(layout, { from: partition.key, to: partition.key })
        expect(contains(asked, partition)).toBe(true)
      }),
      seeded,
    )
  })

  test('partitions tile time: adjacent, in order, never empty, keys distinct', () => {
    fc.assert(
      fc.property(made, anywhen, fc.integer({ min: 1, max: 90 }), (layout, now, days) => {
        const interval = { start: now, end: now + days * day }
        const found = partitionsOverlapping(layout, interval)
        expect(found[0]!.start <= interval.start && interval.end <= found.at(-1)!.end).toBe(true)
        for (const [index, partition] of found.entries()) {
          expect(partition.end).toBeGreaterThan(partition.start)
          if (index > 0) expect(partition.start).toBe(found[index - 1]!.end)
        }
        expect(new Set(found.map(({ key }) => key)).size).toBe(found.length)
        expect(partitionsIn(layout, interval)).toEqual(found.filter((each) => contains(interval, each)))
        const all = boundariesBetween(layout, interval.start, interval.end)
        expect([...all]).toEqual(
          found
            .map(({ start }) => start)
            .concat(found.at(-1)!.end)
            .filter((start) => start <= interval.end),
        )
      }),
      { ...seeded, numRuns: 120 },
    )
  })

  test('civil times go forward from one partition to the next, but where a clock goes back', () => {
    fc.assert(
      fc.property(made, anywhen, (layout, now) => {
        const cuts = boundariesOf(layout)
        const start = cuts.floor(now)
        const next = cuts.shift(start, 1)
        if (/[T].*[+-]/.test(cuts.key(start)) || /[T].*[+-]/.test(cuts.key(next))) return
        expect(cuts.civil(next)).toBeGreaterThan(cuts.civil(start))
      }),
      seeded,
    )
  })

  test('shifting there and back changes nothing, and so many steps are as many partitions', () => {
    fc.assert(
      fc.property(made, anywhen, fc.integer({ min: -150, max: 150 }), (layout, now, count) => {
        const partition = partitionAt(layout, now)!
        const other = shift(layout, partition, count)
        expect(shift(layout, other, -count)).toEqual(partition)
        let walked = partition
        for (let step = 0; step < Math.min(Math.abs(count), 20); step += 1)
          walked = shift(layout, walked, Math.sign(count))
        if (Math.abs(count) <= 20) expect(walked).toEqual(other)
        const [first, last] = [partition, other].sort((a, b) => a.start - b.start) as [
          typeof other,
          typeof other,
        ]
        expect(boundariesOf(layout).between(first.start, last.start)).toHaveLength(Math.abs(count) + 1)
      }),
      seeded,
    )
  })

  test('what overlaps an interval is what a walk through its minutes finds', () => {
    fc.assert(
      fc.property(made, changing, fc.integer({ min: 1, max: 2000 }), (layout, start, minutes) => {
        const cuts = boundariesOf(layout)
        const walked = new Set<number>()
        for (let at = 0; at < minutes; at += 1) walked.add(cuts.floor(start + at * minute))
        const found = partitionsOverlapping(layout, { start, end: start + minutes * minute })
        expect(found.map((each) => each.start)).toEqual([...walked])
      }),
      { ...seeded, numRuns: 150 },
    )
  })

  test('mapping to another layout and back agree', () => {
    fc.assert(
      fc.property(made, made, anywhen, (one, other, now) => {
        const partition = partitionAt(one, now)!
        if (partition.end - partition.start > 40 * day) return
        for (const read of partitionsOverlapping(other, partition)) {
          expect(overlaps(read, partition)).toBe(true)
          expect(partitionsOverlapping(one, read)).toContainEqual(partition)
        }
      }),
      { ...seeded, numRuns: 200 },
    )
  })
})
