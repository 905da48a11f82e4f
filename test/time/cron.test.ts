import { CronExpressionParser } from 'cron-parser'
import { describe, expect, test } from 'vitest'
import { boundariesOf } from '../../core/time/boundaries.ts'
import { cronGrain } from '../../core/time/cron-expression.ts'
import { boundariesBetween, layoutOf, partitionAt, partitionOf, shift } from '../../core/time/layout.ts'

const at = (text: string) => Date.parse(text)
const iso = (instant: number) => new Date(instant).toISOString().replace(/(:00)?\.000Z$/, 'Z')
const cut = (cron: string, timezone: string, start = '1990-01-01') =>
  layoutOf({
    grain: cronGrain(cron),
    timezone,
    firstDayOfWeek: 'monday',
    start,
    availableAfterMs: 0,
    ahead: 0,
  })

describe('a partition by a cron expression', () => {
  // Expression, zone, an instant, the key of its partition, when that begins and ends.
  test.each<[string, string, string, string, string, string]>([
    ['0 6 * * *', 'UTC', '2024-01-05T05:59Z', '2024-01-04T06', '2024-01-04T06:00Z', '2024-01-05T06:00Z'],
    ['0 6 * * *', 'UTC', '2024-01-05T06:00Z', '2024-01-05T06', '2024-01-05T06:00Z', '2024-01-06T06:00Z'],
    ['30 6 * * *', 'UTC', '2024-01-05T07:00Z', '2024-01-05T06:30', '2024-01-05T06:30Z', '2024-01-06T06:30Z'],
    ['0 0 * * *', 'UTC', '2024-01-05T07:00Z', '2024-01-05', '2024-01-05T00:00Z', '2024-01-06T00:00Z'],
    ['@daily', 'Asia/Kolkata', '2024-01-05T07:00Z', '2024-01-05', '2024-01-04T18:30Z', '2024-01-05T18:30Z'],
    ['@hourly', 'UTC', '2024-01-05T07:10Z', '2024-01-05T07', '2024-01-05T07:00Z', '2024-01-05T08:00Z'],
    ['@monthly', 'UTC', '2024-02-05T07:10Z', '2024-02-01', '2024-02-01T00:00Z', '2024-03-01T00:00Z'],
    ['0 6 * * 1-5', 'UTC', '2024-01-06T12:00Z', '2024-01-05T06', '2024-01-05T06:00Z', '2024-01-08T06:00Z'],
    ['0 0 * * 1', 'UTC', '2024-01-07T12:00Z', '2024-01-01', '2024-01-01T00:00Z', '2024-01-08T00:00Z'],
    ['0 0 * * 7', 'UTC', '2024-01-08T12:00Z', '2024-01-07', '2024-01-07T00:00Z', '2024-01-14T00:00Z'],
    ['0 0 1,15 * *', 'UTC', '2024-01-20T12:00Z', '2024-01-15', '2024-01-15T00:00Z', '2024-02-01T00:00Z'],
    ['0 0 L * *', 'UTC', '2024-02-29T12:00Z', '2024-02-29', '2024-02-29T00:00Z', '2024-03-31T00:00Z'],
    ['0 0 * * 5L', 'UTC', '2024-02-01T12:00Z', '2024-01-26', '2024-01-26T00:00Z', '2024-02-23T00:00Z'],
    ['0 0 * * 1#2', 'UTC', '2024-01-20T12:00Z', '2024-01-08', '2024-01-08T00:00Z', '2024-02-12T00:00Z'],
    ['0 0 13 * 5', 'UTC', '2024-09-10T12:00Z', '2024-09-06', '2024-09-06T00:00Z', '2024-09-13T00:00Z'],
    ['0 0 1 jan *', 'UTC', '2024-09-10T12:00Z', '2024-01-01', '2024-01-01T00:00Z', '2025-01-01T00:00Z'],
    ['0 12 29 2 *', 'UTC', '2025-01-01T00:00Z', '2024-02-29T12', '2024-02-29T12:00Z', '2028-02-29T12:00Z'],
    ['0 12 29 2 *', 'UTC', '2097-01-01T00:00Z', '2096-02-29T12', '2096-02-29T12:00Z', '2104-02-29T12:00Z'],
    [
      '*/20 * * * *',
      'UTC',
      '2024-01-05T07:50Z',
      '2024-01-05T07:40',
      '2024-01-05T07:40Z',
      '2024-01-05T08:00Z',
    ],
    // Days of 23 and 25 hours.
    [
      '0 6 * * *',
      'America/New_York',
      '2021-03-13T12:00Z',
      '2021-03-13T06',
      '2021-03-13T11:00Z',
      '2021-03-14T10:00Z',
    ],
    [
      '0 6 * * *',
      'America/New_York',
      '2021-11-06T12:00Z',
      '2021-11-06T06',
      '2021-11-06T10:00Z',
      '2021-11-07T11:00Z',
    ],
    [
      '0 6 * * 1-5',
      'America/New_York',
      '2021-11-07T12:00Z',
      '2021-11-05T06',
      '2021-11-05T10:00Z',
      '2021-11-08T11:00Z',
    ],
    // A skipped time comes as much later as the clock jumped.
    [
      '30 2 * * *',
      'America/New_York',
      '2021-03-14T12:00Z',
      '2021-03-14T03:30',
      '2021-03-14T07:30Z',
      '2021-03-15T06:30Z',
    ],
    [
      '0 2 * * *',
      'America/New_York',
      '2021-03-14T12:00Z',
      '2021-03-14T03',
      '2021-03-14T07:00Z',
      '2021-03-15T06:00Z',
    ],
    [
      '0 2,3 * * *',
      'America/New_York',
      '2021-03-14T12:00Z',
      '2021-03-14T03',
      '2021-03-14T07:00Z',
      '2021-03-15T06:00Z',
    ],
    [
      '0 0 * * *',
      'America/Santiago',
      '2022-09-11T12:00Z',
      '2022-09-11',
      '2022-09-11T04:00Z',
      '2022-09-12T03:00Z',
    ],
    [
      '0 2 * * *',
      'Australia/Lord_Howe',
      '2021-10-02T16:00Z',
      '2021-10-03T02',
      '2021-10-02T15:30Z',
      '2021-10-03T15:00Z',
    ],
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2021-10-02T16:00Z',
      '2021-10-03T02:45',
      '2021-10-02T15:45Z',
      '2021-10-03T15:15Z',
    ],
    // A repeated one comes once, the first time.
    [
      '30 1 * * *',
      'America/New_York',
      '2021-11-07T12:00Z',
      '2021-11-07T01:30',
      '2021-11-07T05:30Z',
      '2021-11-08T06:30Z',
    ],
    [
      '0 0 * * *',
      'America/Havana',
      '2021-11-07T12:00Z',
      '2021-11-07',
      '2021-11-07T04:00Z',
      '2021-11-08T05:00Z',
    ],
    [
      '*/30 1-2 * * *',
      'America/New_York',
      '2021-11-07T06:10Z',
      '2021-11-07T01:30',
      '2021-11-07T05:30Z',
      '2021-11-07T07:00Z',
    ],
    // But each time if it comes in every hour.
    [
      '0 * * * *',
      'America/New_York',
      '2021-11-07T06:10Z',
      '2021-11-07T01-05:00',
      '2021-11-07T06:00Z',
      '2021-11-07T07:00Z',
    ],
    [
      '*/30 * * * *',
      'America/New_York',
      '2021-11-07T06:40Z',
      '2021-11-07T01:30-05:00',
      '2021-11-07T06:30Z',
      '2021-11-07T07:00Z',
    ],
    [
      '*/15 * * * *',
      'Australia/Lord_Howe',
      '2021-04-03T15:00Z',
      '2021-04-04T01:30+10:30',
      '2021-04-03T15:00Z',
      '2021-04-03T15:15Z',
    ],
    // A skipped day is no day.
    [
      '0 6 * * *',
      'Pacific/Apia',
      '2011-12-30T12:00Z',
      '2011-12-29T06',
      '2011-12-29T16:00Z',
      '2011-12-30T16:00Z',
    ],
    [
      '0 6 * * 1-5',
      'Pacific/Apia',
      '2011-12-31T12:00Z',
      '2011-12-29T06',
      '2011-12-29T16:00Z',
      '2012-01-01T16:00Z',
    ],
  ])('%s in %s at %s is %s', (cron, zone, instant, key, start, end) => {
    const layout = cut(cron, zone)
    const found = partitionAt(layout, at(instant))!
    expect([found.key, iso(found.start), iso(found.end)]).toEqual([key, start, end])
    expect(partitionOf(layout, key)).toEqual(found)
    expect(shift(layout, shift(layout, found, 5), -5)).toEqual(found)
    expect(partitionAt(layout, found.end - 1)).toEqual(found)
    expect([...boundariesBetween(layout, found.start, found.end)]).toEqual([found.start, found.end])
  })

  test('has a history of a hundred thousand', () => {
    const layout = cut('*/15 * * * *', 'Europe/Berlin', '2020-01-01')
    const all = boundariesBetween(
      layout,
      layout.start,
      shift(layout, partitionAt(layout, layout.start)!, 100_000).start,
    )
    expect(all).toHaveLength(100_001)
    expect(all.every((start, index) => index === 0 || start > all[index - 1]!)).toBe(true)
    expect(all.at(-1)! - all[0]!).toBe(100_000 * 900_000)
  })
})

describe('is cut where cron-parser comes next:', () => {
  const expressions = [
    '0 6 * * 1-5',
    '30 2 * * *',
    '0 2,3 * * *',
    '30 1 * * *',
    '*/30 1-2 * * *',
    '0 0-23 * * *',
    '0 */6 * * *',
    '45 1,13 1,15 * *',
    '0 0 L * *',
    '0 3 * * 1#2',
    '0 22 * * 5L',
    '0 0 1 * 1',
    '5 0 * feb,oct *',
    '@weekly',
    '*/7 3 * * 0',
    '0 0 * * 0',
  ]
  /** Where clocks go forward or back by an hour: jumps by less it does not see. */
  const changes: readonly (readonly [string, string])[] = [
    ['UTC', '2012-02-29T00:00Z'],
    ['America/New_York', '2021-03-14T07:00Z'],
    ['America/New_York', '2021-11-07T06:00Z'],
    ['Europe/London', '2021-10-31T01:00Z'],
    ['Australia/Sydney', '2021-10-02T16:00Z'],
    ['Australia/Sydney', '2021-04-03T16:00Z'],
    ['America/Santiago', '2022-09-11T04:00Z'],
    ['America/Santiago', '2022-04-03T03:00Z'],
    ['Africa/Casablanca', '2021-04-11T02:00Z'],
    ['Asia/Kathmandu', '2021-01-01T18:15Z'],
  ]
  const day = 86_400_000

  test.each(expressions)('%s', (expression) => {
    const grain = cronGrain(expression)
    const days = grain.times.length > 2 ? 2 : 16
    for (const [tz, change] of changes) {
      const [first, last] = [at(change) - days * day, at(change) + days * day]
      const parser = CronExpressionParser.parse(expression, { tz, currentDate: new Date(first) })
      const theirs: number[] = []
      for (let next = parser.next().getTime(); next < last; next = parser.next().getTime()) theirs.push(next)
      const cuts = boundariesOf({ grain, firstDayOfWeek: 'monday', timezone: tz })
      const ours = [...cuts.between(cuts.floor(first), cuts.floor(last - 1))].filter((each) => each > first)
      expect([tz, ours.map(iso)]).toEqual([tz, theirs.map(iso)])
    }
  })
})

describe('a text that is no cron expression', () => {
  test.each([
    ['0 6 * *', 'it has 4 fields instead of 5'],
    ['0 0 6 * * *', 'it has 6 fields instead of 5'],
    ['@reboot', 'it has 1 field instead of 5'],
    ['60 * * * *', 'constraint error, got value 60 expected range 0-59'],
    ['0 24 * * *', 'constraint error, got value 24 expected range 0-23'],
    ['0 0 31 2 *', 'no month has such a day'],
    ['0 0 15W * *', 'invalid characters, got value: 15W'],
    ['H H * * *', '"H" stands for a random value'],
    ['0 0 5-1 * *', 'invalid range: 5-1, min(5) > max(1)'],
  ])('%s: %s', (text, message) => {
    expect(() => cronGrain(text)).toThrow(message)
  })
})
