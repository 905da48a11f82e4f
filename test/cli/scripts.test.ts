import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { replay } from './script.ts'

const repository = resolve(import.meta.dirname, '../..')
const folder = join(import.meta.dirname, 'scripts')

beforeAll(() => {
  if (!existsSync(join(repository, 'dist/sluice.cjs'))) {
    execFileSync(process.execPath, [join(repository, 'scripts/build.mjs')])
  }
})

// SLUICE_UPDATE_SCRIPTS=1 writes what is printed now into the scripts: read the difference before you commit it.
test.each(readdirSync(folder).filter((file) => file.endsWith('.txt')))(
  '%s',
  (file) => {
    const path = join(folder, file)
    const script = readFileSync(path, 'utf8')
    const real = replay(script)
    if (process.env.SLUICE_UPDATE_SCRIPTS === '1') writeFileSync(path, real)
    else expect(real).toBe(script)
  },
  120_000,
)
