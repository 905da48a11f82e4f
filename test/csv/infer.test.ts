import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvType, inferCsv } from '../../core/csv/infer.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'

const typeOf = (...values: readonly string[]): CsvType =>
  inferCsv(`v,x\n${values.map((value) => `${value},1`).join('\n')}\n`, ',', 's.csv').columns[0]!.type

describe('types', () => {
  const cases: readonly (readonly [CsvType, readonly string[]])[] = [
    ['boolean', ['true', 'FALSE', '']],
    ['text', ['true', 'yes']],
    ['text', ['t', 'f']],
    ['bigint', ['0', '-12', '9223372036854775807', '-9223372036854775808']],
    ['text', ['9223372036854775808']],
    ['text', ['007']],
    ['text', ['+49']],
    ['text', ['1', ' 2']],
    ['text', ['1_000']],
    ['double', ['1', '2.5', '-.5', '3.', '1e10', '-1.5E-3']],
    ['double', ['-0']],
    ['text', ['9007199254740993', '0.5']],
    ['text', ['1e999']],
    ['text', ['NaN']],
    ['text', ['00.5']],
    ['date', ['2024-02-29', '0001-01-01', '9999-12-31']],
    ['text', ['2023-02-29']],
    ['text', ['2024-1-5']],
    ['text', ['0000-01-01']],
    ['text', ['01/02/2024']],
    ['timestamp', ['2024-01-01 10:00', '2024-01-01T10:00:59.123456', '2024-01-01']],
    ['text', ['2024-01-01 24:00']],
    ['text', ['2024-01-01 10:00:00.1234567']],
    ['timestamptz', ['2024-01-01 10:00Z', '2024-01-01T10:00:00+05:30', '2024-01-01T10:00:00-08']],
    ['text', ['2024-01-01 10:00Z', '2024-01-01 10:00']],
    ['text', ['2024-01-01', '1']],
    ['text', ['true', '1']],
    ['text', ['', '']],
  ]
  it.each(cases)('%s: %j', (expected, values) => {
    expect(typeOf(...values)).toBe(expected)
  })
})

describe('reading', () => {
  it('gives back what RFC 4180 wrote, whatever the characters, delimiters and line ends', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '"', '""', ',', '\r\n', '\r', '\n', ';', ' x '),
    )
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 4 })
          .chain((width) =>
            fc
              .array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 0, maxLength: 6 })
              .map((rows) => ({ width, rows })),
          ),
        fc.constantFrom(',', ';', '\t', '|', '||'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        ({ width, rows }, delimiter, newline, endsWithNewline) => {
          const header = Array.from({ length: width }, (_, at) => `c${at}`)
          const line = (cells: readonly string[]) =>
            cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(delimiter)
          const text = `\ufeff${[header, ...rows].map(line).join(newline)}${endsWithNewline ? newline : ''}`
          const table = inferCsv(text, delimiter, 's.csv')
          expect(table.header).toEqual(header)
          expect(table.rows).toEqual(rows.map((cells) => cells.map((each) => (each === '' ? null : each))))
        },
      ),
      { seed: 4180, numRuns: 300 },
    )
  })

  it('takes fields without quotes, blank lines and empty last fields', () => {
    const table = inferCsv('a , b\n1,\n\n"",x y\n,', ',', 's.csv')
    expect(table.header).toEqual(['a', 'b'])
    expect(table.rows).toEqual([
      ['1', null],
      [null, 'x y'],
      [null, null],
    ])
  })

  const mistakes: readonly (readonly [string, number, string])[] = [
    ['', 1, 'empty'],
    ['a,b\n1,2\n\n"x\ny",2,3\n', 4, '3 fields'],
    ['a,b\n1\n', 2, '1 field,'],
    ['a\n"x', 2, 'not closed'],
    ['a\n"x"y\n', 2, 'closing quote'],
    ['a,a\n', 1, 'two columns are named "a"'],
    ['a,A\n', 1, 'only in case'],
    ['a,,b\n', 1, 'column 2 has no name'],
  ]
  it.each(mistakes)('refuses %j', (text, line, message) => {
    try {
      inferCsv(text, ',', 'seeds/s.csv')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(SluiceError)
      expect((error as SluiceError).diagnostics[0]).toMatchObject({
        code: 'SL520',
        message: expect.stringContaining(message),
        place: { file: 'seeds/s.csv', line },
      })
    }
  })
})
