import { expect, test } from 'vitest'
import type { Check } from '../../core/checks/check.ts'
import { checkText, ownCheckText } from '../../core/docs/check-text.ts'

const base = { name: 'c', severity: 'error' } as const
const lookback = { last: 7, weekday: false, minHistory: 3 } as const
const more = { operator: '>', value: 0.01, unit: 'share' } as const
const table = { scope: 'table' } as const
const partition = { scope: 'partition' } as const

test.each<readonly [string, Check]>([
  ['a is never NULL', { ...base, kind: 'not_null', columns: ['a'] }],
  ['a, b and c are never NULL', { ...base, kind: 'not_null', columns: ['a', 'b', 'c'] }],
  [
    'a is never NULL, where b > 1; an error if > 1%',
    { ...base, kind: 'not_null', columns: ['a'], where: 'b\n  > 1', errorIf: more },
  ],
  [
    'each value of a is there once within a partition',
    { ...base, kind: 'unique', columns: ['a'], ...partition },
  ],
  [
    'each combination of a and b is there once in the whole table',
    { ...base, kind: 'unique', columns: ['a', 'b'], ...table },
  ],
  ["a is one of 'x', 2, true", { ...base, kind: 'accepted_values', column: 'a', values: ['x', 2, true] }],
  [
    'a is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more',
    { ...base, kind: 'accepted_values', column: 'a', values: Array.from({ length: 14 }, (_, at) => at + 1) },
  ],
  ['each a is there as id of t', { ...base, kind: 'relationships', column: 'a', to: 't', field: 'id' }],
  ['the number of rows is at least 1', { ...base, kind: 'row_count', min: 1 }],
  ['the number of rows is from 1 to 5', { ...base, kind: 'row_count', min: 1, max: 5 }],
  ['the number of rows is exactly 5', { ...base, kind: 'row_count', min: 5, max: 5 }],
  [
    'the number of rows is within limits; a warning if > 10',
    { ...base, kind: 'row_count', warnIf: { operator: '>', value: 10, unit: 'number' } },
  ],
  ['a > 1 for every row', { ...base, kind: 'expression', expression: 'a\n> 1' }],
  [
    'the share of NULLs in a is at most 12.5%',
    { ...base, kind: 'null_share', column: 'a', max: 0.125, ...partition },
  ],
  [
    'the mean of a is at least 2 in the whole table',
    { ...base, kind: 'mean', column: 'a', min: 2, ...table },
  ],
  ['the largest a is at most 9', { ...base, kind: 'maximum', column: 'a', max: 9, ...partition }],
  [
    'the number of distinct values of a is at most 9',
    { ...base, kind: 'distinct_count', column: 'a', max: 9, ...partition },
  ],
  [
    'the 95% quantile of a is at most 9',
    { ...base, kind: 'quantile', column: 'a', q: 0.95, max: 9, ...partition },
  ],
  [
    'there are at most 50% fewer and at most 200% more rows than in the median of the last 7',
    { ...base, kind: 'volume', against: 'median', drop: 0.5, rise: 2, ...lookback },
  ],
  [
    'there are at most 50% fewer or more rows than in the previous one',
    {
      ...base,
      kind: 'volume',
      against: 'previous',
      drop: 0.5,
      rise: 0.5,
      last: 1,
      weekday: false,
      minHistory: 1,
    },
  ],
  [
    'the number of rows is at most 3 standard deviations from the mean of the last 7 of the same weekday',
    { ...base, kind: 'z_score', max: 3, ...lookback, weekday: true },
  ],
  [
    'count(*) and sum(x) (there sum(y)) is the same as in t for each day, there where z, give or take 0.5%',
    {
      ...base,
      kind: 'reconcile',
      with: 't',
      by: [{ ours: 'day', theirs: 'day' }],
      compare: [
        { ours: 'count(*)', theirs: 'count(*)' },
        { ours: 'sum(x)', theirs: 'sum(y)' },
      ],
      withWhere: 'z',
      tolerance: { value: 0.005, unit: 'share' },
    },
  ],
  [
    'the macro checks/positive selects no row (column: a, limits: [1,2])',
    { ...base, kind: 'macro', macro: 'positive', arguments: { column: 'a', limits: [1, 2] } },
  ],
])('%s', (text, check) => {
  expect(checkText(check)).toBe(text)
})

test("what a check of the project's own demands depends on its limits", () => {
  expect(ownCheckText({})).toBe('its query selects no row')
  expect(ownCheckText({ errorIf: { operator: '>', value: 3, unit: 'number' } })).toBe(
    'the number of rows that its query selects is within limits; an error if > 3',
  )
})
