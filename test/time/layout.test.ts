import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { boundariesOf } from '../../core/time/boundaries.ts'
import type { GrainName, Layout, Weekday } from '../../core/time/grain.ts'
import { overlaps } from '../../core/time/interval.ts'
import {
  dueAt,
  dueInterval,
  duePartitions,
  type LayoutConfig,
  latestDue,
  layoutOf,
  partitionAt,
  partitionOf,
  partitionsIn,
  partitionsOverlapping,
  shift,
  spanOf,
} from '../../core/time/layout.ts'
import { earliest, latest, parseInstant, parseRange, rangeOf } from '../../core/time/range.ts'

const grains: readonly GrainName[] = ['hour', 'day', 'week', 'month', 'quarter', 'year']
const weekdays: readonly Weekday[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
]
const hour = 3_600_000
const day = 24 * hour

const config = (fields: Partial<LayoutConfig>): LayoutConfig => ({
  grain: 'day',
  firstDayOfWeek: 'monday',
  start: '2001-01-01',
  availableAfterMs: 0,
  ahead: 0,
  ...fields,
})
const layout = (fields: Partial<LayoutConfig>): Layout => layoutOf(config(fields))
const keys = (partitions: readonly { readonly key: string }[]) => partitions.map((each) => each.key)

describe('the first partition starts at the first boundary at or after the start', () => {
  test.each<[Partial<LayoutConfig>, string]>([
    [{ grain: 'day', start: '2001-01-01' }, '2001-01-01'],
    [{ grain: 'day', start: '2001-01-01T00:00:01' }, '2001-01-02'],
    [{ grain: 'day', start: '2001-01-01T01:00+02:00' }, '2001-01-01'],
    [{ grain: 'hour', start: '2001-01-01T05:30' }, '2001-01-01T06'],
    [{ grain: 'week', start: '2001-01-01' }, '2001-W01'],
    [{ grain: 'week', start: '2001-01-02' }, '2001-W02'],
    [{ grain: 'week', start: '2021-01-01' }, '2021-W01'],
    [{ grain: 'week', start: '2020-12-28' }, '2020-W53'],
    [{ grain: 'week', start: '2001-01-01', firstDayOfWeek: 'sunday' }, '2001-01-07'],
    [{ grain: 'week', start: '2001-01-01', firstDayOfWeek: 'tuesday' }, '2001-01-02'],
    [{ grain: 'week', start: '2024-01-07', firstDayOfWeek: 'sunday' }, '2024-01-07'],
    [{ grain: 'month', start: '2001-01-01' }, '2001-01'],
    [{ grain: 'month', start: '2001-01-02' }, '2001-02'],
    [{ grain: 'month', start: '2001-12-02' }, '2002-01'],
    [{ grain: 'quarter', start: '2001-03-31' }, '2001-Q2'],
    [{ grain: 'quarter', start: '2001-11-30' }, '2002-Q1'],
    [{ grain: 'year', start: '2001' }, '2001'],
    [{ grain: 'year', start: '2001-01-01T00:00:01' }, '2002'],
  ])('%o: %s', (fields, expected) => {
    const made = layout(fields)
    expect(partitionAt(made, made.start)?.key).toBe(expected)
  })
})

describe('the last partition is the one that holds the end', () => {
  test.each<[Partial<LayoutConfig>, string]>([
    [{ grain: 'day', end: '2001-06-30' }, '2001-06-30'],
    [{ grain: 'day', end: '2001-06' }, '2001-06-30'],
    [{ grain: 'day', end: '2001' }, '2001-12-31'],
    [{ grain: 'hour', end: '2001-06-30' }, '2001-06-30T23'],
    [{ grain: 'week', end: '2001-06-30' }, '2001-W26'],
    [{ grain: 'week', end: '2001-W26' }, '2001-W26'],
    [{ grain: 'month', end: '2001-06-30' }, '2001-06'],
    [{ grain: 'month', end: '2001-06-15' }, '2001-06'],
    [{ grain: 'year', end: '2001-06-15' }, '2001'],
  ])('%o: %s', (fields, expected) => {
    const made = layout(fields)
    expect(partitionAt(made, made.end! - 1)?.key).toBe(expected)
    expect(partitionAt(made, made.end!)).toBeUndefined()
    expect(partitionAt(made, made.start - 1)).toBeUndefined()
  })
})

test('every bad date of a layout is reported at once, with its model and place', () => {
  const place = { file: 'models/a.sql', line: 3, column: 9 }
  const origin = { model: 'a', place }
  let caught: unknown
  try {
    layoutOf(config({ start: '2001-02-30', end: '2001-W54' }), origin)
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(SluiceError)
  expect((caught as SluiceError).diagnostics).toMatchObject([
    { code: 'SL401', ...origin },
    { code: 'SL401', ...origin },
  ])
})

test('an end before the start is refused', () => {
  expect(() => layout({ start: '2001-02-01', end: '2001-01-31' })).toThrow(/SL404: .*holds no day/)
  expect(() => layout({ grain: 'month', start: '2001-01-02', end: '2001-01' })).toThrow(/SL404/)
})

describe('partitions of an interval', () => {
  const days = layout({ grain: 'day', end: '2001-06-30' })
  const weeks = layout({ grain: 'week', end: '2001-06-30' })
  test.each<[string, Layout, string, string, string[], string[]]>([
    ['a day', days, '2001-01-05', '2001-01-05', ['2001-01-05'], ['2001-01-05']],
    ['the week around a day', weeks, '2001-01-05', '2001-01-05', [], ['2001-W01']],
    ['a whole week', weeks, '2001-01-01', '2001-01-07', ['2001-W01'], ['2001-W01']],
    ['over two weeks', weeks, '2001-01-07', '2001-01-14', ['2001-W02'], ['2001-W01', '2001-W02']],
    ['before the start', days, '2000', '2000', [], []],
    ['across the start', days, '2000-12-30', '2001-01-01', ['2001-01-01'], ['2001-01-01']],
    ['across the end', days, '2001-06-30', '2001-07-02', ['2001-06-30'], ['2001-06-30']],
    ['after the end', days, '2001-07', '2001-08', [], []],
    ['a part of a day', days, '2001-01-05T03', '2001-01-05T04', [], ['2001-01-05']],
  ])('%s', (_, made, from, to, within, overlapping) => {
    expect(keys(partitionsIn(made, rangeOf(from, to)))).toEqual(within)
    expect(keys(partitionsOverlapping(made, rangeOf(from, to)))).toEqual(overlapping)
  })

  test('an unbounded range of a bounded history is the whole history', () => {
    expect(partitionsIn(days, rangeOf(undefined, undefined))).toHaveLength(181)
    expect(partitionsOverlapping(weeks, rangeOf(undefined, undefined))).toHaveLength(26)
  })

  test('an open history ends with the last year that a key can name', () => {
    const years = partitionsIn(layout({ grain: 'year', start: '9990' }), rangeOf(undefined, undefined))
    expect(years.at(-1)?.key).toBe('9999')
  })
})

describe('a partition is due', () => {
  const at = parseInstant
  test.each<[string, Partial<LayoutConfig>, string, string | undefined]>([
    ['not before its end', {}, '2001-01-01T23:59:59', undefined],
    ['at its end', {}, '2001-01-02', '2001-01-01'],
    ['the newest, much later', {}, '2001-01-05T12:00', '2001-01-04'],
    ['not before it is available', { availableAfterMs: 3 * hour }, '2001-01-05T02:59:59', '2001-01-03'],
    ['once it is available', { availableAfterMs: 3 * hour }, '2001-01-05T03:00', '2001-01-04'],
    ['one ahead', { ahead: 1 }, '2001-01-05T12:00', '2001-01-05'],
    ['one ahead, on the first day', { ahead: 1 }, '2001-01-01', '2001-01-01'],
    ['one ahead, before the first day', { ahead: 1 }, '2000-12-31', undefined],
    ['ahead and delayed', { ahead: 2, availableAfterMs: hour }, '2001-01-05T00:59', '2001-01-05'],
    ['never after the end', { end: '2001-06-30' }, '2020-01-01', '2001-06-30'],
    ['by month', { grain: 'month' }, '2001-03-31T23:59', '2001-02'],
    ['by month, one ahead', { grain: 'month', ahead: 1 }, '2001-03-31T23:59', '2001-03'],
  ])('%s', (_, fields, now, newest) => {
    const made = layout(fields)
    expect(latestDue(made, at(now))?.key).toBe(newest)
    expect(duePartitions(made, at(now)).at(-1)?.key).toBe(newest)
    for (const partition of duePartitions(made, at(now))) {
      expect(dueAt(made, partition)).toBeLessThanOrEqual(at(now))
    }
  })
})

describe('shift', () => {
  test.each<[Partial<LayoutConfig>, string, number, string]>([
    [{}, '2001-03-01', -1, '2001-02-28'],
    [{}, '2024-03-01', -1, '2024-02-29'],
    [{}, '2001-12-31', 1, '2002-01-01'],
    [{}, '2001-01-01', -1, '2000-12-31'],
    [{ grain: 'hour' }, '2001-12-31T23', 1, '2002-01-01T00'],
    [{ grain: 'week', start: '2020-01-06' }, '2020-W53', 1, '2021-W01'],
    [{ grain: 'week' }, '2001-W01', -1, '2000-W52'],
    [{ grain: 'month' }, '2001-12', 1, '2002-01'],
    [{ grain: 'month' }, '2001-03', -15, '1999-12'],
    [{ grain: 'quarter' }, '2001-Q4', 1, '2002-Q1'],
    [{ grain: 'year' }, '2001', -1, '2000'],
  ])('%o: %s by %i is %s', (fields, from, count, expected) => {
    const made = layout(fields)
    expect(shift(made, partitionOf(made, from)!, count).key).toBe(expected)
  })
})

test('a key that the layout does not have names no partition', () => {
  const days = layout({ end: '2001-06-30' })
  expect(partitionOf(days, '2001-07-01')).toBeUndefined()
  expect(partitionOf(days, '2001-01')).toBeUndefined()
  expect(partitionOf(days, '2001-02-30')).toBeUndefined()
  expect(partitionOf(layout({ grain: 'week', firstDayOfWeek: 'sunday' }), '2001-W02')).toBeUndefined()
})

test('the span of partitions reaches from the first to the last; nothing has no span', () => {
  expect(spanOf(partitionsIn(layout({}), rangeOf('2001-01', '2001-01')))).toEqual(
    rangeOf('2001-01', '2001-01'),
  )
  expect(() => spanOf([])).toThrow()
})

describe('for every grain, anywhere in time', () => {
  const seeded = { seed: 20010105, numRuns: 300 }
  const cut = fc.record({ grain: fc.constantFrom(...grains), firstDayOfWeek: fc.constantFrom(...weekdays) })
  const instant = fc.integer({ min: parseInstant('0002-01-01'), max: parseInstant('9998-01-01') })
  const open = (fields: { grain: GrainName; firstDayOfWeek: Weekday }): Layout => ({
    ...fields,
    timezone: 'UTC',
    start: layout({ ...fields, start: '0001' }).start,
    availableAfterMs: 0,
    ahead: 0,
  })

  test('the partition at an instant holds it, and its key leads back to it', () => {
    fc.assert(
      fc.property(cut, instant, (fields, now) => {
        const made = open(fields)
        const partition = partitionAt(made, now)!
        expect(partition.start <= now && now < partition.end).toBe(true)
        expect(partitionOf(made, partition.key)).toEqual(partition)
        expect(boundariesOf(fields).key(partition.start)).toBe(partition.key)
        const range = parseRange(partition.key)
        expect(range.start).toBe(partition.start)
        if (fields.grain !== 'week' || fields.firstDayOfWeek === 'monday') {
          expect(range).toEqual({
            kind: fields.grain,
            start: partition.start,
            end: partition.end,
            isInstant: false,
          })
        }
      }),
      seeded,
    )
  })

  test('partitions tile time: adjacent, sorted, each once, their keys distinct', () => {
    fc.assert(
      fc.property(cut, instant, fc.integer({ min: 1, max: 400 }), (fields, now, days) => {
        const made = open(fields)
        const interval = { start: now, end: Math.min(now + days * day, latest) }
        const found = partitionsOverlapping(made, interval)
        expect(found[0]!.start <= interval.start && interval.end <= found.at(-1)!.end).toBe(true)
        for (const [index, partition] of found.entries()) {
          expect(partition.end).toBeGreaterThan(partition.start)
          if (index > 0) expect(partition.start).toBe(found[index - 1]!.end)
          expect(overlaps(partition, interval)).toBe(true)
        }
        expect(new Set(keys(found)).size).toBe(found.length)
        const within = found.filter((each) => each.start >= interval.start && each.end <= interval.end)
        expect(partitionsIn(made, interval)).toEqual(within)
      }),
      { ...seeded, numRuns: 150 },
    )
  })

  test('shifting there and back changes nothing, and one step is the neighbour', () => {
    fc.assert(
      fc.property(cut, instant, fc.integer({ min: -1000, max: 1000 }), (fields, now, count) => {
        const made = open(fields)
        const partition = partitionAt(made, now)!
        expect(shift(made, shift(made, partition, count), -count)).toEqual(partition)
        expect(shift(made, partition, 1).start).toBe(partition.end)
      }),
      seeded,
    )
  })

  test('dates agree with the platform', () => {
    fc.assert(
      fc.property(instant, (now) => {
        const text = new Date(now).toISOString()
        expect(partitionAt(open({ grain: 'day', firstDayOfWeek: 'monday' }), now)!.key).toBe(
          text.slice(0, 10),
        )
        expect(partitionAt(open({ grain: 'hour', firstDayOfWeek: 'monday' }), now)!.key).toBe(
          text.slice(0, 13),
        )
        expect(partitionAt(open({ grain: 'month', firstDayOfWeek: 'monday' }), now)!.key).toBe(
          text.slice(0, 7),
        )
      }),
      seeded,
    )
  })

  test('a partition is due exactly when it lies in the due interval', () => {
    const waits = fc.record({ availableAfterMs: fc.integer({ min: 0, max: 40 * day }), ahead: fc.nat(3) })
    fc.assert(
      fc.property(cut, waits, instant, fc.integer({ min: -5, max: 5 }), (fields, wait, now, step) => {
        const made = { ...open(fields), ...wait }
        const partition = shift(made, partitionAt(made, now)!, step)
        if (partition.start < earliest + 400 * day) return
        const due = dueInterval(made, now)
        expect(due !== undefined && partition.end <= due.end).toBe(dueAt(made, partition) <= now)
      }),
      seeded,
    )
  })
})

test('a million partitions are listed without trouble', () => {
  const hours = partitionsIn(layout({ grain: 'hour', start: '1900' }), rangeOf('1900', '2020'))
  expect(hours).toHaveLength((parseInstant('2021') - parseInstant('1900')) / hour)
  expect(hours.at(-1)?.key).toBe('2020-12-31T23')
})
