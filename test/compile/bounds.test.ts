import { describe, expect, test } from 'vitest'
import { duckdbDialect } from '../../adapters/duckdb/dialect.ts'
import { postgresDialect } from '../../adapters/postgres/dialect.ts'
import type { Clock } from '../../core/compile/clock.ts'
import { symbolText, type Window } from '../../core/compile/symbols.ts'
import type { ColumnType } from '../../core/config/project.ts'
import { cronGrain } from '../../core/time/cron-expression.ts'
import type { Grain } from '../../core/time/grain.ts'
import { layoutOf, partitionOf } from '../../core/time/layout.ts'

const clock = (timezone: string, grain: Grain, isLocal: boolean): Clock => ({
  cut: { grain, timezone, firstDayOfWeek: 'monday' },
  isLocal,
})

function windowOf({ cut, isLocal }: Clock, key: string, columnType: ColumnType, format?: string): Window {
  const layout = layoutOf({ ...cut, start: '2000', availableAfterMs: 0, ahead: 0 })
  return {
    partition: partitionOf(layout, key)!,
    columnType,
    ...(format === undefined ? {} : { format }),
    clock: { cut, isLocal },
    reads: new Map(),
  }
}

describe('bounds are literals of what the column holds', () => {
  // Zone, grain, clock, key, type and format, start and end as DuckDB reads them.
  test.each<[string, Grain, 'utc' | 'local', string, ColumnType, string | undefined, string, string]>([
    [
      'America/New_York',
      'day',
      'utc',
      '2021-03-14',
      'timestamptz',
      undefined,
      `TIMESTAMPTZ '2021-03-14 05:00:00+00'`,
      `TIMESTAMPTZ '2021-03-15 04:00:00+00'`,
    ],
    [
      'America/New_York',
      'day',
      'utc',
      '2021-03-14',
      'timestamp',
      undefined,
      `TIMESTAMP '2021-03-14 05:00:00'`,
      `TIMESTAMP '2021-03-15 04:00:00'`,
    ],
    [
      'America/New_York',
      'day',
      'local',
      '2021-03-14',
      'timestamp',
      undefined,
      `TIMESTAMP '2021-03-14 00:00:00'`,
      `TIMESTAMP '2021-03-15 00:00:00'`,
    ],
    [
      'America/New_York',
      'day',
      'utc',
      '2021-03-14',
      'date',
      undefined,
      `DATE '2021-03-14'`,
      `DATE '2021-03-15'`,
    ],
    ['America/New_York', 'day', 'local', '2021-03-14', 'text', 'YYYY-MM-DD', `'2021-03-14'`, `'2021-03-15'`],
    ['America/New_York', 'day', 'local', '2021-03-14', 'integer', 'YYYYMMDD', '20210314', '20210315'],
    [
      'America/New_York',
      'day',
      'utc',
      '2021-03-14',
      'text',
      'YYYY-MM-DDTHH',
      `'2021-03-14T05'`,
      `'2021-03-15T04'`,
    ],
    ['America/New_York', 'month', 'local', '2021-11', 'integer', 'YYYYMM', '202111', '202112'],
    [
      'America/New_York',
      'hour',
      'utc',
      '2021-11-07T01-05:00',
      'timestamptz',
      undefined,
      `TIMESTAMPTZ '2021-11-07 06:00:00+00'`,
      `TIMESTAMPTZ '2021-11-07 07:00:00+00'`,
    ],
    [
      'Asia/Kolkata',
      'hour',
      'local',
      '2024-01-05T13',
      'timestamp',
      undefined,
      `TIMESTAMP '2024-01-05 13:00:00'`,
      `TIMESTAMP '2024-01-05 14:00:00'`,
    ],
    [
      'Asia/Kolkata',
      'day',
      'utc',
      '2024-01-05',
      'timestamp',
      undefined,
      `TIMESTAMP '2024-01-04 18:30:00'`,
      `TIMESTAMP '2024-01-05 18:30:00'`,
    ],
    ['Australia/Sydney', 'year', 'utc', '2021', 'date', undefined, `DATE '2021-01-01'`, `DATE '2022-01-01'`],
    // Midnight is skipped, but not the date, nor what a truncated timestamp shows.
    [
      'America/Santiago',
      'day',
      'utc',
      '2022-09-11',
      'date',
      undefined,
      `DATE '2022-09-11'`,
      `DATE '2022-09-12'`,
    ],
    [
      'America/Santiago',
      'day',
      'local',
      '2022-09-11',
      'timestamp',
      undefined,
      `TIMESTAMP '2022-09-11 00:00:00'`,
      `TIMESTAMP '2022-09-12 00:00:00'`,
    ],
    [
      'America/Santiago',
      'day',
      'utc',
      '2022-09-11',
      'timestamptz',
      undefined,
      `TIMESTAMPTZ '2022-09-11 04:00:00+00'`,
      `TIMESTAMPTZ '2022-09-12 03:00:00+00'`,
    ],
    ['Pacific/Apia', 'day', 'utc', '2011-12-29', 'date', undefined, `DATE '2011-12-29'`, `DATE '2011-12-31'`],
    [
      'America/New_York',
      cronGrain('0 6 * * 1-5'),
      'local',
      '2021-11-05T06',
      'timestamp',
      undefined,
      `TIMESTAMP '2021-11-05 06:00:00'`,
      `TIMESTAMP '2021-11-08 06:00:00'`,
    ],
    [
      'America/New_York',
      cronGrain('0 0 * * 1'),
      'utc',
      '2021-11-01',
      'date',
      undefined,
      `DATE '2021-11-01'`,
      `DATE '2021-11-08'`,
    ],
  ])('%s, %o, %s clock: %s as %s %s', (zone, grain, shown, key, type, format, start, end) => {
    const window = windowOf(clock(zone, grain, shown === 'local'), key, type, format)
    expect([
      symbolText(duckdbDialect, 'partition.start', window),
      symbolText(duckdbDialect, 'partition.end', window),
    ]).toEqual([start, end])
    const postgres = (literal: string) =>
      literal.replace(/^[A-Z]+/, (word) => word.toLowerCase()).replace(/^'/, "text '")
    expect(symbolText(postgresDialect, 'partition.start', window)).toBe(postgres(start))
    expect(symbolText(postgresDialect, 'partition.end', window)).toBe(postgres(end))
  })
})

describe('casts of a bound', () => {
  test.each<['utc' | 'local', string, string]>([
    ['utc', 'partition.start.date', `DATE '2021-03-14'`],
    ['utc', 'partition.start.timestamp', `TIMESTAMP '2021-03-14 05:00:00'`],
    ['local', 'partition.start.timestamp', `TIMESTAMP '2021-03-14 00:00:00'`],
    ['local', 'partition.end.timestamptz', `TIMESTAMPTZ '2021-03-15 04:00:00+00'`],
    ['utc', 'partition.key', `'2021-03-14'`],
    ['utc', 'partition.timezone', `'America/New_York'`],
  ])('with a %s clock, %s is %s', (shown, symbol, expected) => {
    const window = windowOf(clock('America/New_York', 'day', shown === 'local'), '2021-03-14', 'date')
    expect(symbolText(duckdbDialect, symbol, window)).toBe(expected)
  })

  test('an end that a date cannot show is rounded up, so that no row before it is lost', () => {
    const window = windowOf(clock('UTC', 'hour', false), '2024-01-05T13', 'timestamp')
    expect(symbolText(duckdbDialect, 'partition.start.date', window)).toBe(`DATE '2024-01-05'`)
    expect(symbolText(duckdbDialect, 'partition.end.date', window)).toBe(`DATE '2024-01-06'`)
  })
})

describe('bounds of what is read', () => {
  const newYork = windowOf(clock('America/New_York', 'day', false), '2021-03-14', 'date')
  const read = { start: Date.parse('2021-03-13T00:00Z'), end: newYork.partition.end }
  const reads = (upstream: Clock): Window => ({
    ...newYork,
    reads: new Map([['staging.events', read]]),
    readClocks: new Map([['staging.events', upstream]]),
  })

  test.each<[string, Clock, ColumnType, string | undefined, string, string]>([
    ['dates of UTC', clock('UTC', 'day', false), 'date', undefined, `DATE '2021-03-13'`, `DATE '2021-03-16'`],
    [
      'dates of New York',
      clock('America/New_York', 'day', false),
      'date',
      undefined,
      `DATE '2021-03-12'`,
      `DATE '2021-03-15'`,
    ],
    [
      'a local clock',
      clock('America/New_York', 'day', true),
      'timestamp',
      undefined,
      `TIMESTAMP '2021-03-12 19:00:00'`,
      `TIMESTAMP '2021-03-15 00:00:00'`,
    ],
    ['months as text', clock('UTC', 'month', false), 'text', 'YYYY-MM', `'2021-03'`, `'2021-04'`],
    [
      'instants',
      clock('UTC', 'day', false),
      'timestamptz',
      undefined,
      `TIMESTAMPTZ '2021-03-13 00:00:00+00'`,
      `TIMESTAMPTZ '2021-03-15 04:00:00+00'`,
    ],
  ])('are written as the upstream shows time: %s', (_, upstream, columnType, format, start, end) => {
    const window = { ...reads(upstream), columnType, ...(format === undefined ? {} : { format }) }
    expect(symbolText(duckdbDialect, 'reads.staging.events.start', window)).toBe(start)
    expect(symbolText(duckdbDialect, 'reads.staging.events.end', window)).toBe(end)
  })
})
