import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capturedText, parseCaptured } from '../../core/config/captured.ts'

const column = fc.record({
  name: fc.oneof(
    fc.constantFrom('id', 'Total Sum', 'no', 'a: b', 'ü', '"', "'", ' x ', '1', 'a#b'),
    fc.string({ minLength: 1, unit: 'binary' }),
  ),
  type: fc.constantFrom(
    'BIGINT',
    'DECIMAL(10,2)',
    "ENUM('a', 'b: c')",
    'STRUCT("a b" INTEGER, c VARCHAR[])',
    'timestamp with time zone',
  ),
  constraint: fc.constantFrom(
    {},
    { isNotNull: true as const },
    { isNotNull: true as const, isKey: true as const },
  ),
})

test('whatever columns are called, the file says them', () => {
  fc.assert(
    fc.property(fc.array(column, { maxLength: 6 }), (columns) => {
      const written = columns.map(({ name, type, constraint }) => ({ name, type, ...constraint }))
      const text = capturedText(new Map([['duckdb', new Map([['raw.x', { columns: written }]])]]))
      const { dialects, problems } = parseCaptured(text)
      expect(problems).toEqual([])
      expect(dialects.get('duckdb')?.get('raw.x')?.columns).toEqual(written)
    }),
    { seed: 7, numRuns: 300 },
  )
})
