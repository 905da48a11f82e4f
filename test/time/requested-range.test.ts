import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { cronGrain } from '../../core/time/cron-expression.ts'
import type { Grain, Weekday } from '../../core/time/grain.ts'
import { contains } from '../../core/time/interval.ts'
import { layoutOf, partitionsOverlapping } from '../../core/time/layout.ts'
import { earliest, latest } from '../../core/time/range.ts'
import { checkRange, rangeIn } from '../../core/time/requested-range.ts'

const at = (text: string) => Date.parse(text)
const iso = (instant: number) => new Date(instant).toISOString().replace(/(:00)?\.000Z$/, 'Z')
const cut = (timezone: string, grain: Grain, firstDayOfWeek: Weekday = 'monday') =>
  layoutOf({ grain, timezone, firstDayOfWeek, start: '1990', availableAfterMs: 0, ahead: 0 })
const workdays = cronGrain('0 6 * * 1-5')

/** The keys that lie within the range, and those that it only overlaps. */
function asked(layout: ReturnType<typeof cut>, from: string, to = from) {
  const range = rangeIn(layout, { from, to })
  const found = partitionsOverlapping(layout, range)
  const keys = (within: boolean) =>
    found.filter((each) => contains(range, each) === within).map(({ key }) => key)
  return { requested: keys(true), touched: keys(false) }
}

describe('a range means civil time in the zone of each model', () => {
  test.each<[string, Grain, string, string, string, string]>([
    ['America/New_York', 'day', '2024-01-05', '2024-01-05', '2024-01-05T05:00Z', '2024-01-06T05:00Z'],
    ['UTC', 'day', '2024-01-05', '2024-01-05', '2024-01-05T00:00Z', '2024-01-06T00:00Z'],
    ['Asia/Kolkata', 'hour', '2024-01-05', '2024-01-05', '2024-01-04T18:30Z', '2024-01-05T18:30Z'],
    ['America/New_York', 'day', '2021-03-14', '2021-03-14', '2021-03-14T05:00Z', '2021-03-15T04:00Z'],
    ['America/New_York', 'month', '2021', '2021-03', '2021-01-01T05:00Z', '2021-04-01T04:00Z'],
    ['America/New_York', 'week', '2021-W10', '2021-W10', '2021-03-08T05:00Z', '2021-03-15T04:00Z'],
    ['America/New_York', 'hour', '2021-11-07T01', '2021-11-07T01', '2021-11-07T05:00Z', '2021-11-07T07:00Z'],
    [
      'America/New_York',
      'hour',
      '2021-11-07T01',
      '2021-11-07T01-04:00',
      '2021-11-07T05:00Z',
      '2021-11-07T06:00Z',
    ],
    [
      'America/New_York',
      'hour',
      '2021-11-07T01-05:00',
      '2021-11-07T01-05:00',
      '2021-11-07T06:00Z',
      '2021-11-07T07:00Z',
    ],
    [
      'America/New_York',
      'hour',
      '2021-11-07T01-05:00',
      '2021-11-07T02',
      '2021-11-07T06:00Z',
      '2021-11-07T08:00Z',
    ],
    ['UTC', 'hour', '2021-11-07T01-05:00', '2021-11-07T01-05:00', '2021-11-07T06:00Z', '2021-11-07T07:00Z'],
    ['UTC', 'hour', '2021-11-07T01Z', '2021-11-07T01Z', '2021-11-07T01:00Z', '2021-11-07T02:00Z'],
    [
      'America/New_York',
      'hour',
      '2021-11-07T01:30',
      '2021-11-07T01:30',
      '2021-11-07T05:30Z',
      '2021-11-07T06:31Z',
    ],
    ['America/New_York', 'hour', '2021-03-14T02', '2021-03-14T02', '2021-03-14T07:00Z', '2021-03-14T07:00Z'],
    [
      'Australia/Lord_Howe',
      'hour',
      '2021-04-04T01',
      '2021-04-04T01',
      '2021-04-03T14:00Z',
      '2021-04-03T15:30Z',
    ],
    [
      'Australia/Lord_Howe',
      'hour',
      '2021-04-04T01+10:30',
      '2021-04-04T01+10:30',
      '2021-04-03T15:00Z',
      '2021-04-03T15:30Z',
    ],
    ['America/Santiago', 'hour', '2022-04-02T23', '2022-04-02T23', '2022-04-03T02:00Z', '2022-04-03T04:00Z'],
    ['America/Santiago', 'day', '2022-09-11', '2022-09-11', '2022-09-11T04:00Z', '2022-09-12T03:00Z'],
    ['Pacific/Apia', 'day', '2011-12-30', '2011-12-30', '2011-12-30T10:00Z', '2011-12-30T10:00Z'],
    ['Pacific/Apia', 'day', '2011-12-29', '2011-12-31', '2011-12-29T10:00Z', '2011-12-31T10:00Z'],
  ])('%s, %o: %s to %s', (zone, grain, from, to, start, end) => {
    const range = rangeIn(cut(zone, grain), { from, to })
    expect([iso(range.start), iso(range.end)]).toEqual([start, end])
  })

  test('and is unbounded where an end is left out', () => {
    const layout = cut('America/New_York', 'day')
    expect(rangeIn(layout, {})).toEqual({ start: earliest, end: latest })
    expect(rangeIn(layout, { from: '2024' })).toEqual({ start: at('2024-01-01T05:00Z'), end: latest })
    expect(rangeIn(layout, { to: '2023' })).toEqual({ start: earliest, end: at('2024-01-01T05:00Z') })
  })
})

describe('a key or the beginning of one asks for partitions, and touches what it only overlaps', () => {
  const sundays = cut('America/New_York', 'week', 'sunday')
  const cron = cut('America/New_York', workdays)
  test.each<[ReturnType<typeof cut>, string, string, readonly string[], readonly string[]]>([
    [cut('America/New_York', 'week'), '2021-03-10', '2021-03-10', [], ['2021-W10']],
    [cut('America/New_York', 'week'), '2021-W10', '2021-W10', ['2021-W10'], []],
    [cut('America/New_York', 'month'), '2021-03-10', '2021-04', ['2021-04'], ['2021-03']],
    [
      cut('America/New_York', 'hour'),
      '2021-11-07T01',
      '2021-11-07T01',
      ['2021-11-07T01', '2021-11-07T01-05:00'],
      [],
    ],
    [
      cut('America/New_York', 'hour'),
      '2021-11-07T01-05:00',
      '2021-11-07T01-05:00',
      ['2021-11-07T01-05:00'],
      [],
    ],
    [cut('America/New_York', 'hour'), '2021-11-07T01-04:00', '2021-11-07T01-04:00', ['2021-11-07T01'], []],
    [cut('America/New_York', 'hour'), '2021-03-14T02', '2021-03-14T02', [], []],
    [cut('America/New_York', 'month'), '2021-03-14T02', '2021-03-14T02', [], []],
    [cut('Pacific/Apia', 'day'), '2011-12-30', '2011-12-30', [], []],
    // Weeks from Sunday are named by their first day: that day means the week, another one touches it.
    [sundays, '2021-03-07', '2021-03-07', ['2021-03-07'], []],
    [sundays, '2021-03-08', '2021-03-08', [], ['2021-03-07']],
    [sundays, '2021-02', '2021-02', ['2021-02-07', '2021-02-14', '2021-02-21', '2021-02-28'], ['2021-01-31']],
    // So are partitions by a cron expression.
    [cron, '2021-11-05T06', '2021-11-05T06', ['2021-11-05T06'], []],
    [cron, '2021-11-05', '2021-11-05', ['2021-11-05T06'], ['2021-11-04T06']],
    [cron, '2021-11-06', '2021-11-06', [], ['2021-11-05T06']],
    [cron, '2021-11-05', '2021-11-08', ['2021-11-05T06', '2021-11-08T06'], ['2021-11-04T06']],
    [cron, '2021-11-05T07', '2021-11-05T07', [], ['2021-11-05T06']],
    [
      cut('America/New_York', cronGrain('*/30 * * * *')),
      '2021-11-07T01:30-05:00',
      '2021-11-07T01:30-05:00',
      ['2021-11-07T01:30-05:00'],
      [],
    ],
  ])('%o: %s to %s', (layout, from, to, requested, touched) => {
    expect(asked(layout, from, to)).toEqual({ requested, touched })
  })
})

describe('a range that no model could read is refused at once', () => {
  test.each([
    ['2024-02-30', undefined, 'SL401'],
    ['2024-01-05T24', undefined, 'SL401'],
    ['2024-01-05T13:60', undefined, 'SL401'],
    [undefined, 'yesterday', 'SL402'],
    ['2024-01-05T13+25', '2024', 'SL401'],
    ['2024-01-05', '2024-01-04', 'SL403'],
    ['2021-11-07T01-05:00', '2021-11-07T00-05:00', 'SL403'],
    ['2024-01-05T13:30', '2024-01-05T13:00', 'SL403'],
  ])('%s to %s: %s', (from, to, code) => {
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    expect(() => checkRange(range)).toThrow(SluiceError)
    try {
      checkRange(range)
    } catch (error) {
      expect((error as SluiceError).diagnostics[0]?.code).toBe(code)
    }
  })

  test('but not where it depends on the zone', () => {
    const range = { from: '2021-11-07T01-05:00', to: '2021-11-07T00' }
    checkRange(range)
    expect(() => rangeIn(cut('America/New_York', 'hour'), range)).toThrow('ends before it begins')
    expect(() => rangeIn(cut('Pacific/Honolulu', 'hour'), range)).not.toThrow()
  })
})
