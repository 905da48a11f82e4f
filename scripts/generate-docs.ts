// Writes the pages that are made from code. Run: node scripts/run-ts.mjs scripts/generate-docs.ts
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { generatedDocs } from './generated-docs.ts'

for (const [path, text] of Object.entries(generatedDocs())) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
