import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameOf } from '../../core/diagnostics/frame.ts'
import { offsetAt, placeAt } from '../../core/diagnostics/place.ts'
import { closest, didYouMean } from '../../core/diagnostics/suggest.ts'

describe('places', () => {
  test('count lines and UTF-16 columns from 1, with either line break', () => {
    const text = 'ab\r\ncd\n🦆e\r\n'
    expect(placeAt('f', text, 0)).toEqual({ file: 'f', line: 1, column: 1 })
    expect(placeAt('f', text, 4, 6)).toEqual({ file: 'f', line: 2, column: 1, endLine: 2, endColumn: 3 })
    expect(placeAt('f', text, 9)).toEqual({ file: 'f', line: 3, column: 3 })
    expect(placeAt('f', text, text.length)).toEqual({ file: 'f', line: 4, column: 1 })
    expect(placeAt('f', text, 99)).toEqual({ file: 'f', line: 4, column: 1 })
    expect(placeAt('f', '', 0, 5)).toEqual({ file: 'f', line: 1, column: 1, endLine: 1, endColumn: 1 })
  })

  test('lead back to their offsets', () => {
    const piece = fc.constantFrom('a', '日', '🦆', '\n', '\r\n', '\t', ' ')
    fc.assert(
      fc.property(fc.array(piece), fc.nat(40), (pieces, at) => {
        const text = pieces.join('')
        const offset = Math.min(at, text.length)
        const { line, column } = placeAt('f', text, offset)
        const isInsideBreak = text[offset] === '\n' && text[offset - 1] === '\r'
        expect(offsetAt(text, line, column)).toBe(isInsideBreak ? offset - 1 : offset)
      }),
      { seed: 20260405 },
    )
  })

  test('beyond a line or the text stop at its end', () => {
    expect(offsetAt('ab\r\ncd', 1, 50)).toBe(2)
    expect(offsetAt('ab\r\ncd', 9, 1)).toBe(6)
  })
})

describe('frames', () => {
  const frame = (text: string, start: number, end?: number) => frameOf(text, placeAt('f', text, start, end))

  test('show the place underlined, with a line before and after', () => {
    const text = 'select 1\r\n\tfrom {{partition.strat}}\r\nwhere x\r\nand y'
    expect(frame(text, text.indexOf('part'), text.indexOf('}}')).split('\n')).toEqual([
      '  1 | select 1',
      '  2 |     from {{partition.strat}}',
      '    |            ^^^^^^^^^^^^^^^',
      '  3 | where x',
    ])
  })

  test('align below tabs, wide, combining and control characters', () => {
    const text = 'a\t日本\u0301🦆\u0007x'
    expect(frame(text, text.indexOf('x')).split('\n')).toEqual([
      '  1 | a   日本\u0301🦆 x',
      '    |            ^',
    ])
    expect(frame(text, text.indexOf('日'), text.indexOf('🦆')).split('\n')[1]).toBe('    |     ^^^^')
  })

  test('mark the end of a line, of the text and the first line of a longer place', () => {
    expect(frame('ab\ncd', 2).split('\n')).toEqual(['  1 | ab', '    |   ^', '  2 | cd'])
    expect(frame('ab\n', 3).split('\n')).toEqual(['  1 | ab', '  2 |', '    | ^'])
    expect(frame('', 0).split('\n')).toEqual(['  1 |', '    | ^'])
    expect(frame('abcd\nef', 1, 6).split('\n').slice(0, 2)).toEqual(['  1 | abcd', '    |  ^^^'])
  })

  test('cut long lines around the place', () => {
    const [line, carets] = frame(`${'x'.repeat(500)}BAD${'y'.repeat(500)}`, 500, 503).split('\n')
    expect(line!.length).toBeLessThan(112)
    expect(line!.slice(carets!.indexOf('^'), carets!.lastIndexOf('^') + 1)).toBe('BAD')
  })

  test('align line numbers of different length', () => {
    const text = 'x\n'.repeat(12)
    expect(frame(text, 18, 19).split('\n')).toEqual(['   9 | x', '  10 | x', '     | ^', '  11 | x'])
  })
})

describe('suggestions', () => {
  test('are near names, nearest first, at most three', () => {
    expect(closest('strat', ['start', 'end', 'key', 'stat'])).toEqual(['start', 'stat'])
    expect(closest('flihgts', ['airports', 'flights', 'flight'])).toEqual(['flights', 'flight'])
    expect(closest('aaaa', ['aaab', 'aaac', 'aaad', 'aaae'])).toEqual(['aaab', 'aaac', 'aaad'])
    expect(closest('Orders', ['orders', 'order'])).toEqual(['orders', 'order'])
  })

  test('know names that only lack their schema', () => {
    expect(closest('flights', ['staging.flights', 'marts.daily'])).toEqual(['staging.flights'])
    expect(closest('stagin.flights', ['staging.flights', 'raw.flights'])).toEqual([
      'staging.flights',
      'raw.flights',
    ])
  })

  test('are not made where nothing is near', () => {
    expect(closest('a', ['b', 'c'])).toEqual([])
    expect(closest('threshold', ['text', 'list'])).toEqual([])
    expect(didYouMean('x', [])).toBeUndefined()
    expect(didYouMean('strat', ['start', 'stat', 'stra'])).toBe('did you mean `start`, `stat` or `stra`?')
  })
})
