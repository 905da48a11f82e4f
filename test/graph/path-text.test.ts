import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileName, normalizedPath, withoutEnding } from '../../core/graph/path-text.ts'

const path = fc
  .array(fc.constantFrom('a', 'b.sql', '.', '..', '', '.c', 'd.', 'e.f.g'), { maxLength: 7 })
  .map((parts) => parts.join('/'))

test('paths mean what they mean to Node', () => {
  fc.assert(
    fc.property(path, (text) => {
      expect(normalizedPath(text)).toBe(posix.normalize(text))
      expect(fileName(text)).toBe(posix.basename(text))
      if (!/(^|\/)\.\.?\/*$/.test(text)) expect(withoutEnding(fileName(text))).toBe(posix.parse(text).name)
    }),
    { seed: 5, numRuns: 3000 },
  )
})
