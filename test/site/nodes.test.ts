import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cronGrain } from '../../core/time/cron-expression.ts'
import { calendarOf, calendarsTo, cellOf } from '../../web/calendar/cells.ts'
import { civilOf } from '../../web/calendar/civil-key.ts'
import { partitionCommand, shellWord } from '../../web/calendar/command.ts'
import { moved } from '../../web/calendar/move.ts'
import { countStates } from '../../web/calendar/states.ts'
import { countText, durationText } from '../../web/components/quantity.ts'
import { buckets, stretches } from '../../web/plot/series.ts'
import { keyTicks, valueTicks } from '../../web/plot/ticks.ts'
import { sqlOf } from '../../web/sql/partition-sql.ts'
import { sqlPieces, templateMarks } from '../../web/sql/pieces.ts'
import { headerPieces, sourceParts } from '../../web/sql/source-parts.ts'
import { type HistoryRequest, historyOf, modelPage } from './nodes-fixture.ts'

function calendar(request: HistoryRequest) {
  const history = historyOf(request)
  return { history, calendar: calendarOf(history.keys, history.grain) }
}

function cells(of: ReturnType<typeof calendarOf>) {
  return of.blocks.flatMap((block) => block.rows.flatMap((row) => row.cells))
}

describe('calendar', () => {
  test('days stand in months, in the column of their weekday', () => {
    const { calendar: found } = calendar({ grain: 'day', from: '2001-01-01', to: '2001-03-02' })
    expect(found.shape).toBe('days')
    expect(found.blocks.map(({ title }) => title)).toEqual(['January 2001', 'February 2001', 'March 2001'])
    expect(found.blocks[1]!.rows[0]).toMatchObject({
      label: '1',
      cells: [{ name: '2001-02-01', column: 3 }, {}, {}, {}],
    })
    expect(found.blocks[1]!.rows[1]!.label).toBe('5')
  })

  test('days of many years share the cell of their month, which opens below', () => {
    const { history, calendar: found } = calendar({ grain: 'day', from: '2001-01-01', to: '2004-03-02' })
    expect(found.shape).toBe('months')
    expect(cells(found)[1]).toEqual({ first: 31, last: 58, column: 1, name: '2001-02' })
    const levels = calendarsTo(history.keys, history.grain, 40)
    expect(levels.map(({ shape }) => shape)).toEqual(['months', 'days'])
    expect(cellOf(levels[1]!, 40)).toMatchObject({ first: 40, last: 40, name: '2001-02-10' })
  })

  test('the repeated hour of a clock that goes back shares the cell of that hour; the skipped one has none', () => {
    const zone = { grain: 'hour', timezone: 'America/Chicago' } as const
    const back = calendar({ ...zone, from: '2021-11-07T05:00Z', to: '2021-11-08T06:00Z' })
    expect(back.history.keys).toHaveLength(25)
    expect(back.calendar.shape).toBe('hours')
    expect(cells(back.calendar)).toHaveLength(24)
    expect(cells(back.calendar)[1]).toEqual({ first: 1, last: 2, column: 1, name: '2021-11-07T01' })
    const levels = calendarsTo(back.history.keys, 'hour', 2)
    expect(levels.map(({ shape }) => shape)).toEqual(['hours', 'sequence'])
    const forth = calendar({ ...zone, from: '2021-03-14T06:00Z', to: '2021-03-15T05:00Z' })
    expect(cells(forth.calendar).map(({ column }) => column)).toEqual([
      0,
      1,
      ...Array.from({ length: 21 }, (_, at) => at + 3),
    ])
  })

  test('hours of weeks are shared by days, then by the hours of the chosen day', () => {
    const { history } = calendar({ grain: 'hour', from: '2021-10-01', to: '2021-12-01' })
    expect(calendarsTo(history.keys, 'hour', 700).map(({ shape }) => shape)).toEqual(['days', 'hours'])
  })

  test.each([
    ['week', 'weeks', '2001-W14', 1, 0],
    ['month', 'months', '2001-05', 0, 4],
    ['quarter', 'quarters', '2001-Q3', 0, 2],
    ['year', 'years', '2001', 0, 1],
  ] as const)('a %s has a place of its own', (grain, shape, key, row, column) => {
    const { history, calendar: found } = calendar({ grain, from: '2001-01-01', to: '2003-01-02' })
    expect(found.shape).toBe(shape)
    const cell = cellOf(found, history.keys.indexOf(key))!
    expect(cell).toMatchObject({ name: key, column })
    expect(found.blocks[0]!.rows[row]!.cells).toContain(cell)
  })

  test('weeks that begin on another day, and cron expressions, are placed by their civil start', () => {
    const weeks = calendar({ grain: 'week', firstDayOfWeek: 'sunday', from: '2001-01-07', to: '2001-06-01' })
    expect(weeks.calendar.shape).toBe('weeks')
    expect(cells(weeks.calendar)).toHaveLength(weeks.history.keys.length)
    const nights = calendar({ grain: cronGrain('30 2,14 * * *'), from: '2001-01-01', to: '2001-01-09' })
    expect(nights.calendar.shape).toBe('hours')
    const monthly = calendar({ grain: cronGrain('0 0 1 * *'), from: '2001-01-01', to: '2001-09-01' })
    expect(monthly.calendar.shape).toBe('months')
  })

  test('every partition is in exactly one cell, in order, for every grain and zone', () => {
    const grains = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
    const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns']
    fc.assert(
      fc.property(
        fc.constantFrom(...grains),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 1, max: 900 }),
        (grain, timezone, day, count) => {
          const lengths = { hour: 1, day: 24, week: 168, month: 730, quarter: 2190, year: 8760 }
          const start = day * 86_400_000
          const history = historyOf({
            grain,
            timezone,
            from: new Date(start).toISOString(),
            to: new Date(
              start + Math.min(count, 250_000 / lengths[grain]) * lengths[grain] * 3_600_000,
            ).toISOString(),
          })
          const found = cells(calendarOf(history.keys, grain))
          expect(
            found.flatMap(({ first, last }) =>
              Array.from({ length: last - first + 1 }, (_, at) => first + at),
            ),
          ).toEqual(history.keys.map((_, at) => at))
          for (const row of calendarOf(history.keys, grain).blocks.flatMap((block) => block.rows)) {
            const columns = row.cells.map(({ column }) => column)
            expect(columns).toEqual([...new Set(columns)].sort((a, b) => a - b))
          }
          expect(calendarsTo(history.keys, grain, history.keys.length - 1).length).toBeLessThanOrEqual(4)
        },
      ),
      { seed: 5, numRuns: 60 },
    )
  })

  test('keys that tell no time stand in a row', () => {
    expect(calendarOf(['<b>', 'x'], 'day')).toMatchObject({
      shape: 'sequence',
      blocks: [{ rows: [{ label: '<b>' }] }],
    })
    expect(civilOf('2021-11-07T01-06:00')).toEqual({ year: 2021, month: 11, day: 7, hour: 1 })
    expect(civilOf('2021-13')).toBeUndefined()
  })

  test('a shared cell counts its states, worst first', () => {
    expect(countStates(['fresh', 'stale', 'fresh', 'failed'], 0, 3)).toEqual([
      { state: 'failed', count: 1 },
      { state: 'stale', count: 1 },
      { state: 'fresh', count: 2 },
    ])
  })

  test('keys of the keyboard lead along time, columns, rows, months and to the ends', () => {
    const { calendar: found } = calendar({ grain: 'day', from: '2001-01-01', to: '2001-02-20' })
    const go = (from: number, key: string, ctrlKey = false) =>
      moved(found, cellOf(found, from)!, { key, ctrlKey })?.first
    expect([go(3, 'ArrowRight'), go(0, 'ArrowLeft'), go(3, 'ArrowDown'), go(10, 'ArrowUp')]).toEqual([
      4, 0, 10, 3,
    ])
    // From Wednesday, 31 January, to Wednesday, 7 February: the week in between has none in its own month.
    expect(go(30, 'ArrowDown')).toBe(37)
    expect([go(10, 'Home'), go(10, 'End'), go(10, 'Home', true), go(10, 'End', true)]).toEqual([7, 13, 0, 49])
    expect([go(10, 'PageDown'), go(40, 'PageUp'), go(10, 'x')]).toEqual([31, 0, undefined])
  })
})

describe('commands', () => {
  test('what is wrong decides what to type, and names are quoted for the shell', () => {
    expect(partitionCommand('marts.a', '2001-01-05', 'stale')?.text).toBe(
      'run --select marts.a --partition 2001-01-05',
    )
    expect(partitionCommand('marts.a', '2001-01-05', 'blocked')?.text).toMatch(/ --upstream build$/)
    expect(partitionCommand('marts.a', '2001-01-05', 'fresh')).toBeUndefined()
    expect(shellWord("it's $(rm)")).toBe("'it'\\''s $(rm)'")
  })
})

describe('SQL', () => {
  const tricky = fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '$',
      '$$',
      '--',
      '/*',
      '*/',
      '{{',
      '}}',
      '{{{',
      '}}}',
      '\n',
      ' ',
      'select',
      'a',
      '1',
      'E',
      '\\',
      '(',
      '😀',
      '<b>',
    ),
    maxLength: 60,
  })

  test('no character is lost or moved, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(tricky, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        const whole = (pieces: readonly { readonly text: string }[]) =>
          pieces.map((piece) => piece.text).join('')
        expect(whole(sqlPieces(text))).toBe(text)
        expect(whole(sqlPieces(text, templateMarks(text)))).toBe(text)
        const { header, body } = sourceParts(text)
        expect(header + body).toBe(text)
        expect(whole(headerPieces(text))).toBe(text)
      }),
      { seed: 5, numRuns: 2000 },
    )
  })

  test('keywords, functions, both kinds of quotes, comments and templates are told apart', () => {
    const text = `select count(*), "a""b" /* x */ from {{ it's }} where b = $t$'$t$ -- no`
    expect(sqlPieces(text, templateMarks(text)).filter(({ kind }) => kind !== 'plain')).toEqual([
      { kind: 'keyword', text: 'select' },
      { kind: 'function', text: 'count' },
      { kind: 'quoted', text: '"a""b"' },
      { kind: 'comment', text: '/* x */' },
      { kind: 'keyword', text: 'from' },
      { kind: 'template', text: "{{ it's }}" },
      { kind: 'keyword', text: 'where' },
      { kind: 'string', text: "$t$'$t$" },
      { kind: 'comment', text: '-- no' },
    ])
  })

  test('the text for a partition has its literals, and says where they stand', () => {
    const { sql } = modelPage()
    const found = sqlOf(sql, '2001-01-05')!
    expect(found.text).toContain(
      "where flight_date >= DATE '2001-01-05'\n  and flight_date < DATE '2001-01-06'",
    )
    expect(found.marks.map(({ start, end }) => found.text.slice(start, end))).toEqual([
      "DATE '2001-01-05'",
      "DATE '2001-01-06'",
    ])
    expect(sqlOf(sql, '1999-01-01')).toBeUndefined()
    expect(sqlOf({ ...sql, partitions: [{ key: 'a', text: 'select 1' }] }, 'a')).toEqual({
      text: 'select 1',
      marks: [],
    })
    expect(sqlOf({ source: '', compiled: [], symbols: [], partitions: [] }, undefined)).toBeUndefined()
  })
})

describe('plots', () => {
  test.each([
    [0, 'rows', ['0', '1']],
    [3, 'rows', ['0', '1', '2', '3']],
    [950, 'rows', ['0', '500', '1k']],
    [2_400_000, 'rows', ['0', '1M', '2M', '3M']],
    [95, 'ms', ['0', '50 ms', '100 ms']],
    [100_000, 'ms', ['0', '1 min', '2 min']],
    [7_000_000, 'ms', ['0', '1 h', '2 h']],
  ] as const)('%d %s are read at round values', (max, unit, labels) => {
    expect(valueTicks(max, 3, unit).map(({ label }) => label)).toEqual(labels)
  })

  test('the axis always reaches the highest value, with few marks', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.constantFrom('rows', 'ms'),
        (max, unit) => {
          const ticks = valueTicks(max, 3, unit as 'rows' | 'ms')
          expect(ticks.at(-1)!.at).toBeGreaterThanOrEqual(max * (1 - 1e-6))
          expect(ticks.length).toBeLessThanOrEqual(5)
          expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length)
        },
      ),
      { seed: 5, numRuns: 500 },
    )
  })

  test('partitions are marked where months or years begin, never too many', () => {
    const { keys } = historyOf({ grain: 'day', from: '2001-01-01', to: '2001-05-20' })
    expect(keyTicks(keys, 6).map(({ label }) => label)).toEqual([
      '2001-01',
      '2001-02',
      '2001-03',
      '2001-04',
      '2001-05',
    ])
    const long = historyOf({ grain: 'day', from: '1990-01-01', to: '2020-05-20' }).keys
    expect(keyTicks(long, 6).map(({ label }) => label)).toEqual(['1990', '2000', '2010', '2020'])
    expect(keyTicks(['2001'], 6)).toEqual([{ at: 0, label: '2001' }])
    expect(keyTicks([], 6)).toEqual([])
  })

  test('a missing value is a gap, also where many are taken together', () => {
    expect(stretches([1, 2, null, 4]).map((points) => points.map(({ at }) => at))).toEqual([[0, 1], [3]])
    expect(buckets([1, 3, null, null, 4, null], 2)).toEqual([
      [{ at: 0.5, least: 1, most: 3, mean: 2 }],
      [{ at: 4.5, least: 4, most: 4, mean: 4 }],
    ])
  })

  test('numbers and durations are the same text everywhere', () => {
    expect([countText(1234567), countText(999), countText(12345.67), countText(-1234)]).toEqual([
      '1,234,567',
      '999',
      '12,345.7',
      '-1,234',
    ])
    expect([
      durationText(0),
      durationText(1234),
      durationText(185_000),
      durationText(8_000_000),
      durationText(400_000_000),
    ]).toEqual(['0 ms', '1.2 s', '3m 05s', '2h 13m', '4d 15h'])
  })
})
