import { expect, test } from 'vitest'
import { type TableColumn, tableLines } from '../../cli/terminal/table.ts'

const columns: readonly TableColumn[] = [
  { title: 'RELATION', shrinks: 'middle' },
  { title: 'HOW', isOptional: true },
  { title: 'STATE' },
  { title: 'PUBLISHED', isOptional: true },
]
const rows = [['marts.daily_by_origin', 'incremental', '1 fresh, 180 missing', '2001-01-05 06:00:00']]

test.each([
  [100, 'marts.daily_by_origin  incremental  1 fresh, 180 missing  2001-01-05 06:00:00'],
  [60, 'marts.daily_by_origin  incremental  1 fresh, 180 missing'],
  [55, 'marts.dail…by_origin  incremental  1 fresh, 180 missing'],
  [45, 'marts.daily_by_origin  1 fresh, 180 missing'],
  [30, 'mart…gin  1 fresh, 180 missing'],
])('a table of %i cells leaves columns out before names become unreadable', (width, line) => {
  const lines = tableLines(columns, rows, { width })
  expect(lines[1]).toBe(line)
  expect(lines[0]!.includes('PUBLISHED')).toBe(line.includes('06:00'))
})

test.each([
  [80, 'marts.daily_by_origin  180 fresh, 1 stale (staging.flights is stale, as…  39,949'],
  [60, 'marts.daily_by_origin  180 fresh, 1 stale (staging.…  39,949'],
])('a sentence in a table of %i cells keeps its beginning, and the line fits', (width, line) => {
  const wide: readonly TableColumn[] = [
    { title: 'RELATION', shrinks: 'middle', readable: 24 },
    { title: 'STATE', shrinks: 'end', readable: 40 },
    { title: 'ROWS', align: 'right' },
  ]
  const state = '180 fresh, 1 stale (staging.flights is stale, as its code changed)'
  const [, shown] = tableLines(wide, [['marts.daily_by_origin', state, '39,949']], { width })
  expect(shown).toBe(line)
  expect(shown!.length).toBeLessThanOrEqual(width)
})
