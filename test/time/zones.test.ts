import { describe, expect, test } from 'vitest'
import type { Grain, GrainName, Layout, Weekday } from '../../core/time/grain.ts'
import { boundariesBetween, layoutOf, partitionAt, partitionOf, shift } from '../../core/time/layout.ts'
import { isZone, zoneName } from '../../core/time/zone.ts'

const cut = (
  timezone: string,
  grain: Grain,
  start = '0001-01-02',
  firstDayOfWeek: Weekday = 'monday',
): Layout => layoutOf({ grain, timezone, firstDayOfWeek, start, availableAfterMs: 0, ahead: 0 })

const at = (text: string) => Date.parse(text)
const iso = (instant: number) => new Date(instant).toISOString().replace(/(:00)?\.000Z$/, 'Z')

describe('a day of a zone', () => {
  // Zone, an instant, the key of its day, when that begins and ends, its length in hours.
  test.each<[string, string, string, string, string, number]>([
    ['America/New_York', '2021-01-05T12:00Z', '2021-01-05', '2021-01-05T05:00Z', '2021-01-06T05:00Z', 24],
    ['America/New_York', '2021-03-14T12:00Z', '2021-03-14', '2021-03-14T05:00Z', '2021-03-15T04:00Z', 23],
    ['America/New_York', '2021-03-14T04:59Z', '2021-03-13', '2021-03-13T05:00Z', '2021-03-14T05:00Z', 24],
    ['America/New_York', '2021-11-07T06:30Z', '2021-11-07', '2021-11-07T04:00Z', '2021-11-08T05:00Z', 25],
    ['America/New_York', '2021-11-08T04:59Z', '2021-11-07', '2021-11-07T04:00Z', '2021-11-08T05:00Z', 25],
    ['Europe/Berlin', '2021-03-28T10:00Z', '2021-03-28', '2021-03-27T23:00Z', '2021-03-28T22:00Z', 23],
    ['Europe/Berlin', '2021-10-31T10:00Z', '2021-10-31', '2021-10-30T22:00Z', '2021-10-31T23:00Z', 25],
    ['Europe/London', '2021-03-28T10:00Z', '2021-03-28', '2021-03-28T00:00Z', '2021-03-28T23:00Z', 23],
    ['Europe/Dublin', '2021-01-05T10:00Z', '2021-01-05', '2021-01-05T00:00Z', '2021-01-06T00:00Z', 24],
    ['Africa/Casablanca', '2021-04-11T12:00Z', '2021-04-11', '2021-04-10T23:00Z', '2021-04-12T00:00Z', 25],
    ['Australia/Sydney', '2021-10-03T00:00Z', '2021-10-03', '2021-10-02T14:00Z', '2021-10-03T13:00Z', 23],
    ['Australia/Sydney', '2021-04-04T00:00Z', '2021-04-04', '2021-04-03T13:00Z', '2021-04-04T14:00Z', 25],
    ['Pacific/Auckland', '2021-09-26T00:00Z', '2021-09-26', '2021-09-25T12:00Z', '2021-09-26T11:00Z', 23],
    // Half hours and quarters.
    ['Asia/Kolkata', '2024-01-05T00:00Z', '2024-01-05', '2024-01-04T18:30Z', '2024-01-05T18:30Z', 24],
    ['Asia/Kathmandu', '2024-01-05T00:00Z', '2024-01-05', '2024-01-04T18:15Z', '2024-01-05T18:15Z', 24],
    ['Asia/Kathmandu', '1986-01-01T00:00Z', '1986-01-01', '1985-12-31T18:30Z', '1986-01-01T18:15Z', 23.75],
    [
      'Australia/Lord_Howe',
      '2021-10-03T00:00Z',
      '2021-10-03',
      '2021-10-02T13:30Z',
      '2021-10-03T13:00Z',
      23.5,
    ],
    [
      'Australia/Lord_Howe',
      '2021-04-04T00:00Z',
      '2021-04-04',
      '2021-04-03T13:00Z',
      '2021-04-04T13:30Z',
      24.5,
    ],
    ['Pacific/Chatham', '2021-09-26T00:00Z', '2021-09-26', '2021-09-25T11:15Z', '2021-09-26T10:15Z', 23],
    ['America/St_Johns', '2021-03-14T12:00Z', '2021-03-14', '2021-03-14T03:30Z', '2021-03-15T02:30Z', 23],
    ['America/Caracas', '2016-05-01T12:00Z', '2016-05-01', '2016-05-01T04:30Z', '2016-05-02T04:00Z', 23.5],
    // The clock goes from 23:30 to midnight.
    ['Asia/Pyongyang', '2018-05-04T12:00Z', '2018-05-04', '2018-05-03T15:30Z', '2018-05-04T15:00Z', 23.5],
    ['Asia/Pyongyang', '2018-05-04T15:00Z', '2018-05-05', '2018-05-04T15:00Z', '2018-05-05T15:00Z', 24],
    // Midnight is skipped: the day begins at 01:00.
    ['America/Santiago', '2022-09-11T12:00Z', '2022-09-11', '2022-09-11T04:00Z', '2022-09-12T03:00Z', 23],
    ['America/Santiago', '2022-09-11T03:59Z', '2022-09-10', '2022-09-10T04:00Z', '2022-09-11T04:00Z', 24],
    ['America/Sao_Paulo', '2018-11-04T12:00Z', '2018-11-04', '2018-11-04T03:00Z', '2018-11-05T02:00Z', 23],
    ['America/Havana', '2021-03-14T12:00Z', '2021-03-14', '2021-03-14T05:00Z', '2021-03-15T04:00Z', 23],
    [
      'Africa/Monrovia',
      '1972-01-07T12:00Z',
      '1972-01-07',
      '1972-01-07T00:44:30Z',
      '1972-01-08T00:00Z',
      23.258333,
    ],
    // It goes from 23:30 to 00:30: the day begins half past.
    ['America/Toronto', '1919-03-31T12:00Z', '1919-03-31', '1919-03-31T04:30Z', '1919-04-01T04:00Z', 23.5],
    // The last hour of a day, or the first one, is repeated.
    ['America/Santiago', '2022-04-03T03:30Z', '2022-04-02', '2022-04-02T03:00Z', '2022-04-03T04:00Z', 25],
    ['America/Sao_Paulo', '2019-02-17T02:30Z', '2019-02-16', '2019-02-16T02:00Z', '2019-02-17T03:00Z', 25],
    ['America/Havana', '2021-11-07T05:30Z', '2021-11-07', '2021-11-07T04:00Z', '2021-11-08T05:00Z', 25],
    // Midnight is shown twice, as the clock goes from 00:01 to 23:01: the first one counts.
    ['America/St_Johns', '2006-10-29T02:30Z', '2006-10-29', '2006-10-29T02:30Z', '2006-10-30T03:30Z', 25],
    ['America/St_Johns', '2006-10-29T03:00Z', '2006-10-29', '2006-10-29T02:30Z', '2006-10-30T03:30Z', 25],
    // A day that never was.
    ['Pacific/Apia', '2011-12-30T09:59Z', '2011-12-29', '2011-12-29T10:00Z', '2011-12-30T10:00Z', 24],
    ['Pacific/Apia', '2011-12-30T10:00Z', '2011-12-31', '2011-12-30T10:00Z', '2011-12-31T10:00Z', 24],
    ['Pacific/Kwajalein', '1993-08-21T11:00Z', '1993-08-20', '1993-08-20T12:00Z', '1993-08-21T12:00Z', 24],
    ['Pacific/Kwajalein', '1993-08-21T12:00Z', '1993-08-22', '1993-08-21T12:00Z', '1993-08-22T12:00Z', 24],
    // A zone without changes, and local mean time before there were zones.
    ['Etc/GMT+5', '2024-07-05T12:00Z', '2024-07-05', '2024-07-05T05:00Z', '2024-07-06T05:00Z', 24],
    [
      'America/New_York',
      '1883-11-18T12:00Z',
      '1883-11-18',
      '1883-11-18T04:56:02Z',
      '1883-11-19T05:00Z',
      24.066111,
    ],
    ['UTC', '2021-03-14T12:00Z', '2021-03-14', '2021-03-14T00:00Z', '2021-03-15T00:00Z', 24],
  ])('of %s at %s is %s', (zone, instant, key, start, end, hours) => {
    const layout = cut(zone, 'day')
    const found = partitionAt(layout, at(instant))!
    expect([found.key, iso(found.start), iso(found.end)]).toEqual([key, start, end])
    expect((found.end - found.start) / 3_600_000).toBeCloseTo(hours, 5)
    expect(partitionOf(layout, key)).toEqual(found)
    expect(shift(layout, shift(layout, found, 1), -1)).toEqual(found)
    expect(shift(layout, shift(layout, found, -1), 1)).toEqual(found)
  })

  test('that the clock skipped is not counted', () => {
    const layout = cut('Pacific/Apia', 'day', '2011-12-01')
    const found = partitionOf(layout, '2011-12-28')!
    expect([1, 2, 3, 5].map((count) => shift(layout, found, count).key)).toEqual([
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
      '2012-01-03',
    ])
    expect(shift(layout, partitionOf(layout, '2012-01-02')!, -4).key).toBe('2011-12-28')
    expect(partitionOf(layout, '2011-12-30')).toBeUndefined()
    expect(boundariesBetween(layout, at('2011-12-27T12:00Z'), at('2012-01-02T10:00Z'))).toHaveLength(7)
  })
})

describe('a longer unit of a zone', () => {
  test.each<[string, GrainName, Weekday, string, string, string, string]>([
    [
      'America/New_York',
      'week',
      'monday',
      '2021-03-10T12:00Z',
      '2021-W10',
      '2021-03-08T05:00Z',
      '2021-03-15T04:00Z',
    ],
    [
      'America/New_York',
      'week',
      'sunday',
      '2021-11-08T12:00Z',
      '2021-11-07',
      '2021-11-07T04:00Z',
      '2021-11-14T05:00Z',
    ],
    [
      'America/New_York',
      'month',
      'monday',
      '2021-03-31T12:00Z',
      '2021-03',
      '2021-03-01T05:00Z',
      '2021-04-01T04:00Z',
    ],
    [
      'America/New_York',
      'month',
      'monday',
      '2021-11-01T04:00Z',
      '2021-11',
      '2021-11-01T04:00Z',
      '2021-12-01T05:00Z',
    ],
    [
      'America/New_York',
      'quarter',
      'monday',
      '2021-03-31T12:00Z',
      '2021-Q1',
      '2021-01-01T05:00Z',
      '2021-04-01T04:00Z',
    ],
    [
      'America/New_York',
      'year',
      'monday',
      '2022-01-01T04:59Z',
      '2021',
      '2021-01-01T05:00Z',
      '2022-01-01T05:00Z',
    ],
    [
      'Australia/Sydney',
      'year',
      'monday',
      '2020-12-31T13:00Z',
      '2021',
      '2020-12-31T13:00Z',
      '2021-12-31T13:00Z',
    ],
    [
      'Australia/Sydney',
      'week',
      'sunday',
      '2021-04-05T00:00Z',
      '2021-04-04',
      '2021-04-03T13:00Z',
      '2021-04-10T14:00Z',
    ],
    [
      'Asia/Kolkata',
      'month',
      'monday',
      '2024-02-15T00:00Z',
      '2024-02',
      '2024-01-31T18:30Z',
      '2024-02-29T18:30Z',
    ],
    [
      'Asia/Kathmandu',
      'quarter',
      'monday',
      '1986-02-01T00:00Z',
      '1986-Q1',
      '1985-12-31T18:30Z',
      '1986-03-31T18:15Z',
    ],
    [
      'Pacific/Apia',
      'week',
      'monday',
      '2011-12-30T12:00Z',
      '2011-W52',
      '2011-12-26T10:00Z',
      '2012-01-01T10:00Z',
    ],
    [
      'Pacific/Apia',
      'month',
      'monday',
      '2011-12-30T12:00Z',
      '2011-12',
      '2011-12-01T10:00Z',
      '2011-12-31T10:00Z',
    ],
    [
      'America/Santiago',
      'week',
      'sunday',
      '2022-09-12T12:00Z',
      '2022-09-11',
      '2022-09-11T04:00Z',
      '2022-09-18T03:00Z',
    ],
    [
      'America/St_Johns',
      'week',
      'sunday',
      '2006-10-29T03:00Z',
      '2006-10-29',
      '2006-10-29T02:30Z',
      '2006-11-05T03:30Z',
    ],
  ])('%s, %s from %s: %s is in %s', (zone, grain, firstDay, instant, key, start, end) => {
    const layout = cut(zone, grain, '0001-01-09', firstDay)
    const found = partitionAt(layout, at(instant))!
    expect([found.key, iso(found.start), iso(found.end)]).toEqual([key, start, end])
    expect(partitionOf(layout, key)).toEqual(found)
    expect(shift(layout, shift(layout, found, 3), -3)).toEqual(found)
  })
})

describe('hours of a zone', () => {
  test.each<[string, string, string, readonly (readonly [string, string])[]]>([
    [
      'America/New_York',
      'one is skipped',
      '2021-03-14T05:00Z',
      [
        ['2021-03-14T00', '05:00'],
        ['2021-03-14T01', '06:00'],
        ['2021-03-14T03', '07:00'],
        ['2021-03-14T04', '08:00'],
      ],
    ],
    [
      'America/New_York',
      'one is repeated',
      '2021-11-07T04:00Z',
      [
        ['2021-11-07T00', '04:00'],
        ['2021-11-07T01', '05:00'],
        ['2021-11-07T01-05:00', '06:00'],
        ['2021-11-07T02', '07:00'],
      ],
    ],
    [
      'America/Chicago',
      'one is repeated',
      '2021-11-07T06:00Z',
      [
        ['2021-11-07T01', '06:00'],
        ['2021-11-07T01-06:00', '07:00'],
        ['2021-11-07T02', '08:00'],
      ],
    ],
    [
      'Europe/London',
      'one is repeated in UTC',
      '2021-10-31T00:00Z',
      [
        ['2021-10-31T01', '00:00'],
        ['2021-10-31T01+00:00', '01:00'],
        ['2021-10-31T02', '02:00'],
      ],
    ],
    [
      'Australia/Sydney',
      'one is repeated in April',
      '2021-04-03T15:00Z',
      [
        ['2021-04-04T02', '15:00'],
        ['2021-04-04T02+10:00', '16:00'],
        ['2021-04-04T03', '17:00'],
      ],
    ],
    [
      'Asia/Kolkata',
      'they begin half past',
      '2024-01-05T07:30Z',
      [
        ['2024-01-05T13', '07:30'],
        ['2024-01-05T14', '08:30'],
      ],
    ],
    [
      'Australia/Lord_Howe',
      'half of one is skipped',
      '2021-10-02T14:30Z',
      [
        ['2021-10-03T01', '14:30'],
        ['2021-10-03T02', '15:30'],
        ['2021-10-03T03', '16:00'],
        ['2021-10-03T04', '17:00'],
      ],
    ],
    [
      'Australia/Lord_Howe',
      'half of one is repeated',
      '2021-04-03T14:00Z',
      [
        ['2021-04-04T01', '14:00'],
        ['2021-04-04T01+10:30', '15:00'],
        ['2021-04-04T02', '15:30'],
        ['2021-04-04T03', '16:30'],
      ],
    ],
    [
      'Asia/Kathmandu',
      'a quarter of one is skipped',
      '1985-12-31T17:30Z',
      [
        ['1985-12-31T23', '17:30'],
        ['1986-01-01T00', '18:30'],
        ['1986-01-01T01', '19:15'],
      ],
    ],
    [
      'America/Santiago',
      'the last one of a day is repeated',
      '2022-04-03T02:00Z',
      [
        ['2022-04-02T23', '02:00'],
        ['2022-04-02T23-04:00', '03:00'],
        ['2022-04-03T00', '04:00'],
      ],
    ],
    [
      'America/Santiago',
      'the first one of a day is skipped',
      '2022-09-11T03:00Z',
      [
        ['2022-09-10T23', '03:00'],
        ['2022-09-11T01', '04:00'],
      ],
    ],
    [
      'America/St_Johns',
      'the clock goes back across midnight',
      '2006-10-29T01:30Z',
      [
        ['2006-10-28T23', '01:30'],
        ['2006-10-29T00', '02:30'],
        ['2006-10-28T23-03:30', '02:31'],
        ['2006-10-29T00-03:30', '03:30'],
        ['2006-10-29T01', '04:30'],
      ],
    ],
    [
      'Pacific/Apia',
      'a day is skipped',
      '2011-12-30T09:00Z',
      [
        ['2011-12-29T23', '09:00'],
        ['2011-12-31T00', '10:00'],
      ],
    ],
    [
      'America/New_York',
      'standard time begins',
      '1883-11-18T15:56:02Z',
      [
        ['1883-11-18T11', '15:56:02'],
        ['1883-11-18T12', '16:56:02'],
        ['1883-11-18T12-05:00', '17:00'],
        ['1883-11-18T13', '18:00'],
      ],
    ],
  ])('%s: %s', (zone, _, from, expected) => {
    const layout = cut(zone, 'hour')
    const found = expected.map((__, count) => shift(layout, partitionAt(layout, at(from))!, count))
    const hours = found.map(({ key, start }) => [key, iso(start).slice(11, -1)])
    expect(hours).toEqual(expected)
    for (const partition of found) {
      expect(partitionOf(layout, partition.key)).toEqual(partition)
      expect(partitionAt(layout, partition.start)).toEqual(partition)
      expect(partitionAt(layout, partition.end - 1)).toEqual(partition)
    }
    expect([...boundariesBetween(layout, found[0]!.start, found.at(-1)!.start)]).toEqual(
      found.map(({ start }) => start),
    )
  })

  test('across thirty years are as many as time has', () => {
    const layout = cut('America/New_York', 'hour', '1995-01-01')
    const first = partitionOf(layout, '1995-01-01T00')!
    const last = shift(layout, first, 30 * 8766)
    expect((last.start - first.start) / 3_600_000).toBe(30 * 8766)
    expect(shift(layout, last, -30 * 8766)).toEqual(first)
    expect(boundariesBetween(layout, first.start, last.start)).toHaveLength(30 * 8766 + 1)
  })
})

describe('start and end of a history are civil time', () => {
  test.each<[string, GrainName, string, string | undefined, string, string | undefined]>([
    ['America/New_York', 'day', '2021-01-05', undefined, '2021-01-05T05:00Z', undefined],
    ['America/New_York', 'day', '2021-01-05T00:30', undefined, '2021-01-06T05:00Z', undefined],
    ['America/New_York', 'day', '2021-01-05T00:00Z', undefined, '2021-01-05T05:00Z', undefined],
    ['America/New_York', 'day', '2021-01-05', '2021-03-14', '2021-01-05T05:00Z', '2021-03-15T04:00Z'],
    ['America/New_York', 'day', '2021', '2021', '2021-01-01T05:00Z', '2022-01-01T05:00Z'],
    ['America/New_York', 'hour', '2021-11-07T01', '2021-11-07T01', '2021-11-07T05:00Z', '2021-11-07T07:00Z'],
    [
      'America/New_York',
      'hour',
      '2021-11-07T01-05:00',
      '2021-11-07T01',
      '2021-11-07T06:00Z',
      '2021-11-07T07:00Z',
    ],
    ['America/New_York', 'hour', '2021-11-07T01', '2021-11-07T00', '2021-11-07T05:00Z', 'refused'],
    ['Asia/Kolkata', 'month', '2021-02', '2021-02', '2021-01-31T18:30Z', '2021-02-28T18:30Z'],
    ['Pacific/Apia', 'day', '2011-12-30', '2012-01', '2011-12-30T10:00Z', '2012-01-31T10:00Z'],
    ['Pacific/Apia', 'day', '2011-12-30', '2011-12-30', '2011-12-30T10:00Z', 'refused'],
    ['America/Santiago', 'day', '2022-09-11', '2022-09-11', '2022-09-11T04:00Z', '2022-09-12T03:00Z'],
  ])('%s, %s: %s to %s', (timezone, grain, start, end, from, to) => {
    const config = {
      grain,
      timezone,
      firstDayOfWeek: 'monday',
      start,
      availableAfterMs: 0,
      ahead: 0,
    } as const
    const made = () => layoutOf(end === undefined ? config : { ...config, end })
    if (to === 'refused') return expect(made).toThrow()
    const layout = made()
    expect(iso(layout.start)).toBe(from)
    expect(layout.end === undefined ? undefined : iso(layout.end)).toBe(to)
  })
})

describe('the name of a zone', () => {
  test.each([
    ['America/New_York', 'America/New_York'],
    ['america/new_york', 'America/New_York'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['US/Eastern', 'US/Eastern'],
    ['utc', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'UTC'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['+05:30', undefined],
    ['CEST', undefined],
    ['America/New York', undefined],
    ['', undefined],
  ])('%j is %s', (written, name) => {
    expect(zoneName(written)).toBe(name)
    expect(isZone(written)).toBe(name !== undefined)
  })
})
