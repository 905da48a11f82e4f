import pico from 'picocolors'
import { expect, test } from 'vitest'
import { type Cell, type CellState, calendarLines } from '../../cli/status-calendar.ts'
import { displayWidth } from '../../cli/terminal/width.ts'
import { type LayoutConfig, layoutOf, partitionsIn } from '../../core/time/layout.ts'
import { type RequestedRange, rangeIn } from '../../core/time/requested-range.ts'

const plain = pico.createColors(false)

function drawn(
  config: Partial<LayoutConfig>,
  range: RequestedRange,
  states: readonly CellState[] = ['fresh'],
  width = 80,
  mostLines = 40,
): readonly string[] {
  const layout = layoutOf({
    grain: 'day',
    firstDayOfWeek: 'monday',
    start: '2019-01-01',
    availableAfterMs: 0,
    ahead: 0,
    ...config,
  })
  const cells = partitionsIn(layout, rangeIn(layout, range)).map(
    ({ start }, at): Cell => ({ start, state: states[at % states.length]! }),
  )
  return calendarLines({ model: 'm', layout, cells, width, mostLines }, plain)
}

test('days stand in a line a month, each at its place', () => {
  expect(
    drawn({}, { from: '2024-01-30', to: '2024-02-02' }, ['fresh', 'stale', 'missing', 'failed']),
  ).toEqual([
    'm by day',
    '         1       5         10        15        20        25        30',
    '2024-01                                                            ■ ▲',
    '2024-02  · ✗',
    '■ 1 fresh  ▲ 1 stale  · 1 missing  ✗ 1 failed',
  ])
})

test('hours stand in a line a day of the zone; a day of the clock change has one less or one more', () => {
  const zone = { grain: 'hour' as const, timezone: 'America/New_York', start: '2021-01-01' }
  const spring = drawn(zone, { from: '2021-03-14', to: '2021-03-14' })
  expect(spring[0]).toBe('m by hour, America/New_York')
  expect(spring[2]).toBe(`2021-03-14  ■ ■   ${Array(21).fill('■').join(' ')}`)
  const autumn = drawn(zone, { from: '2021-11-07', to: '2021-11-07' })
  expect(autumn[2]).toBe(`2021-11-07  ${Array(25).fill('■').join(' ')}`)
})

test('weeks, months, quarters and years stand in lines of a year or a decade', () => {
  expect(
    drawn({ grain: 'week' }, { from: '2020-W52', to: '2021-W02' }, ['fresh', 'missing']).slice(1, 5),
  ).toEqual([
    '      1        10        20        30        40        50',
    `2020  ${' '.repeat(51)}■·`,
    '2021  ■·',
    '■ 2 fresh  · 2 missing',
  ])
  expect(drawn({ grain: 'month' }, { from: '2023-11', to: '2024-02' })[2]).toBe(`2023  ${' '.repeat(20)}■ ■`)
  expect(drawn({ grain: 'quarter' }, { from: '2023-Q4', to: '2024-Q1' }).slice(2, 4)).toEqual([
    '2023        ■',
    '2024  ■',
  ])
  expect(drawn({ grain: 'year' }, { from: '2019', to: '2021' }).slice(2, 4)).toEqual([
    '2010s                    ■',
    '2020s  ■ ■',
  ])
})

test('weeks that do not begin on Monday are counted within their year', () => {
  const lines = drawn({ grain: 'week', firstDayOfWeek: 'sunday' }, { from: '2023-12-31', to: '2024-01-13' })
  expect(lines.slice(2, 4)).toEqual([`2023  ${' '.repeat(52)}■`, '2024  ■'])
})

test('a narrow terminal gets narrower cells, and lines that go on', () => {
  const range = { from: '2024-01', to: '2024-01' }
  const narrow = drawn({}, range, ['fresh'], 42)
  expect(narrow[2]).toBe(`2024-01  ${'■'.repeat(31)}`)
  const tiny = drawn({}, range, ['fresh'], 20)
  expect(tiny.slice(1, -1)).toEqual([
    `2024-01  ${'■'.repeat(11)}`,
    `         ${'■'.repeat(11)}`,
    `         ${'■'.repeat(9)}`,
  ])
  for (const line of [...narrow.slice(0, -1)]) expect(displayWidth(line)).toBeLessThanOrEqual(42)
})

test('of a long history the newest lines are drawn', () => {
  const lines = drawn({}, { from: '2020-01', to: '2024-12' }, ['fresh'], 80, 3)
  expect(lines[2]).toBe('… 57 earlier lines; --from shows them')
  expect(lines.slice(3, 6).map((line) => line.slice(0, 7))).toEqual(['2024-10', '2024-11', '2024-12'])
})

test('states have colours where there are any', () => {
  const layout = layoutOf({
    grain: 'day',
    firstDayOfWeek: 'monday',
    start: '2024-01-01',
    availableAfterMs: 0,
    ahead: 0,
  })
  const [, , line] = calendarLines(
    { model: 'm', layout, cells: [{ start: layout.start, state: 'stale' }], width: 80, mostLines: 9 },
    pico.createColors(true),
  )
  expect(line).toContain('\u001b[33m▲\u001b[39m')
})
