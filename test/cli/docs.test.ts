import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { generatedDocs } from '../../scripts/generated-docs.ts'

const repository = resolve(import.meta.dirname, '../..')

// After a change: node scripts/run-ts.mjs scripts/generate-docs.ts
test.each(Object.entries(generatedDocs()))('%s is what its sources say', (path, text) => {
  expect(readFileSync(join(repository, path), 'utf8')).toBe(text)
})
