import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnKind, compareRows, type TextRow } from '../../core/unit-tests/compare.ts'

const plain = ['other', 'other'] as const
const compare = (expected: readonly TextRow[], actual: readonly TextRow[], isOrdered = false) =>
  compareRows(expected, actual, plain, isOrdered)

describe('rows are compared', () => {
  test('as multisets, or in their order', () => {
    const rows: readonly TextRow[] = [
      ['a', '1'],
      ['b', null],
      ['a', '1'],
    ]
    const shuffled = [rows[1]!, rows[0]!, rows[2]!]
    expect(compare(rows, shuffled)).toEqual([])
    expect(compare(rows, shuffled, true)).toEqual([
      { kind: 'moved', expected: ['a', '1'], from: 0, to: 1 },
      { kind: 'moved', expected: ['b', null], from: 1, to: 0 },
    ])
    expect(compare(rows, rows.slice(1))).toEqual([{ kind: 'missing', expected: ['a', '1'] }])
  })

  test('NULL is neither empty text nor the word', () => {
    for (const value of ['', 'null', 'NULL']) expect(compare([['a', null]], [['a', value]])).toHaveLength(1)
  })

  test('a row that is half like another is that one, changed', () => {
    expect(
      compare(
        [
          ['a', '1'],
          ['b', '2'],
        ],
        [
          ['b', '3'],
          ['c', '4'],
        ],
      ),
    ).toEqual([
      { kind: 'missing', expected: ['a', '1'] },
      { kind: 'changed', expected: ['b', '2'], actual: ['b', '3'], columns: [1] },
      { kind: 'unexpected', actual: ['c', '4'] },
    ])
  })

  test('floating-point numbers by 12 digits, decimals without trailing zeros', () => {
    const same = (kind: 'float' | 'decimal' | 'other', a: string, b: string) =>
      compareRows([[a]], [[b]], [kind], false).length === 0
    expect(same('float', '0.30000000000000004', '0.3')).toBe(true)
    expect(same('float', '-0', '0')).toBe(true)
    expect(same('float', '1e3', '1000')).toBe(true)
    expect(same('float', '0.3001', '0.3')).toBe(false)
    expect(same('float', 'NaN', 'Infinity')).toBe(false)
    expect(same('decimal', '2.50', '2.5')).toBe(true)
    expect(same('decimal', '100', '1')).toBe(false)
    expect(same('decimal', '2.00', '2')).toBe(true)
    expect(same('other', '2.50', '2.5')).toBe(false)
    expect([...['DOUBLE', 'real', 'DECIMAL(4,2)', 'numeric', 'BIGINT'].map(columnKind)]).toEqual([
      'float',
      'float',
      'decimal',
      'decimal',
      'other',
    ])
  })

  test('nothing differs exactly if the multisets are equal, and every row of both is accounted for once', () => {
    const cell = fc.constantFrom('a', 'b', null)
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 8 })
    fc.assert(
      fc.property(rows, rows, (expected, actual) => {
        const found = compare(expected, actual)
        const sorted = (all: readonly TextRow[]) => all.map((row) => JSON.stringify(row)).sort()
        expect(found.length === 0).toBe(sorted(expected).join() === sorted(actual).join())
        const lost = found.flatMap((each) => ('expected' in each ? [each.expected] : []))
        const gained = found.flatMap((each) => ('actual' in each ? [each.actual] : []))
        const kept = expected.length - lost.length
        expect(actual.length - gained.length).toBe(kept)
        const left = sorted(expected)
        for (const row of lost) left.splice(left.indexOf(JSON.stringify(row)), 1)
        expect(sorted([...left.map((row) => JSON.parse(row) as TextRow), ...gained])).toEqual(sorted(actual))
      }),
      { seed: 11, numRuns: 500 },
    )
  })
})
