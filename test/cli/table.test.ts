import { expect, test } from 'vitest'
import { tableLines } from '../../cli/terminal/table.ts'

const columns = [
  { title: 'RELATION', shrinks: true },
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
