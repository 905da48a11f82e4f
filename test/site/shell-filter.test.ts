import { expect, test } from 'vitest'
import type { SearchIndex } from '../../core/docs/api.ts'
import { ageInWords } from '../../web/components/instant.tsx'
import { pieces, searcher } from '../../web/components/search-match.ts'
import {
  type CatalogRow,
  everything,
  filtered,
  filterFromHash,
  hashOfFilter,
} from '../../web/pages/catalog-filter.ts'

const entry = (
  name: string,
  columns: readonly string[] = [],
  summary = '',
): SearchIndex['entries'][number] => ({
  kind: 'model',
  name,
  columns,
  summary,
  tags: [],
})

const search = searcher({
  entries: [
    entry('marts.daily_by_origin', ['flight_date', 'mean_delay'], 'How late flights are'),
    entry('staging.flights', ['flight_date', 'delay']),
    entry('staging.größen', ['straße']),
    entry('__proto__', ['constructor']),
  ],
})

const found = (text: string): readonly string[] =>
  search(text, 10).map(({ name, column }) => (column === undefined ? name : `${name}.${column}`))

test('search finds names by parts of them, words in any order, with a slip and by first letters', () => {
  expect(found('origin')).toContain('marts.daily_by_origin')
  expect(found('origin daily')[0]).toBe('marts.daily_by_origin')
  expect(found('daliy')[0]).toBe('marts.daily_by_origin')
  expect(found('dlyorg')[0]).toBe('marts.daily_by_origin')
})

test('search finds columns, columns of a relation, what is said, and names of any letters', () => {
  expect(found('mean_delay')[0]).toBe('marts.daily_by_origin.mean_delay')
  expect(found('staging.flights.delay')).toContain('staging.flights.delay')
  expect(found('late')).toContain('marts.daily_by_origin')
  expect(found('größen')[0]).toBe('staging.größen')
  expect(found('straße')[0]).toBe('staging.größen.straße')
  expect(found('__')).toContain('__proto__')
  expect(found('__proto__')[0]).toBe('__proto__')
})

test.each(['', '   ', '\\', '(', '[a-', '.*', '-', "'", 'zzzzzzzz'])(
  'search answers %j without a mistake',
  (text) => {
    expect(Array.isArray(found(text))).toBe(true)
  },
)

test('what matches is cut out of the text, every other piece', () => {
  expect(pieces('daily_by', [0, 5, 6, 8])).toEqual(['', 'daily', '_', 'by', ''])
})

const row = (name: string, more: Partial<CatalogRow> = {}): CatalogRow => ({
  kind: 'model',
  name,
  state: 'fresh',
  tags: [],
  checks: 0,
  failing: 0,
  warning: 0,
  ...more,
})

const rows = [
  row('c', { rows: 5, state: 'stale' }),
  row('a', { tags: ['x'] }),
  row('B', { rows: 7, kind: 'seed' }),
]
const names = (hash: string): readonly string[] =>
  filtered(rows, filterFromHash(hash)).map(({ name }) => name)

test('relations are filtered and sorted by what the hash says; what is unknown stands last both ways', () => {
  expect(names('')).toEqual(['c', 'a', 'B'])
  expect(names('#state=stale')).toEqual(['c'])
  expect(names('#kind=seed')).toEqual(['B'])
  expect(names('#tag=x')).toEqual(['a'])
  expect(names('#sort=name')).toEqual(['a', 'B', 'c'])
  expect(names('#sort=rows')).toEqual(['c', 'B', 'a'])
  expect(names('#sort=-rows')).toEqual(['B', 'c', 'a'])
  expect(names('#sort=state')[0]).toBe('c')
  expect(names('#kind=nonsense&sort=constructor&state=__proto__')).toEqual(['c', 'a', 'B'])
})

test('a filter survives its hash, whatever is in it', () => {
  const filter = {
    text: 'a & b #1 %',
    kind: 'model',
    state: 'late',
    tag: '<x>&=',
    sort: 'rows',
    isDescending: true,
  } as const
  expect(filterFromHash(hashOfFilter(filter))).toEqual(filter)
  expect(hashOfFilter(everything)).toBe('')
})

test('an age is said in its largest unit', () => {
  const ages = [0, 59_999, 60_000, 7_200_000, 86_400_000, 26 * 365.25 * 86_400_000, -7_200_000, Number.NaN]
  expect(ages.map(ageInWords)).toEqual([
    'just now',
    'just now',
    '1 minute ago',
    '2 hours ago',
    '1 day ago',
    '26 years ago',
    'in 2 hours',
    'just now',
  ])
})
