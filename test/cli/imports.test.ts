import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../..')
let copy: string

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'sluice-imports-'))
  for (const each of [
    'core',
    'adapters',
    'cli',
    'package.json',
    'tsconfig.json',
    '.dependency-cruiser.cjs',
  ]) {
    cpSync(join(repository, each), join(copy, each), { recursive: true })
  }
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
})

afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** Violations by rule, as the check prints them. */
function violations(folder: string): { readonly status: number | null; readonly found: readonly string[] } {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(repository, 'scripts/check-imports.mjs'), folder],
    { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  )
  return {
    status,
    found: [...stdout.matchAll(/error ([\w-]+): (\S+)/g)].map(([, rule, file]) => `${rule} ${file}`),
  }
}

test('every import of the project goes the right way', () => {
  expect(violations(repository)).toEqual({ status: 0, found: [] })
}, 60_000)

test('a deliberate violation of each rule is found', () => {
  const plant = (file: string, imported: string) =>
    writeFileSync(join(copy, file), `import * as planted from '${imported}'\nexport const use = planted\n`)
  plant('core/planted-cli.ts', '../cli/exit.ts')
  plant('core/planted-adapter.ts', '../adapters/duckdb/parser.ts')
  plant('core/planted-driver.ts', 'pg')
  plant('core/planted-duckdb.ts', '@duckdb/node-api')
  plant('core/planted-commander.ts', 'commander')
  plant('core/planted-process.ts', 'node:process')
  plant('adapters/postgres/planted-cli.ts', '../../cli/exit.ts')
  plant('adapters/postgres/planted-sibling.ts', '../duckdb/parser.ts')
  plant('cli/planted-development.ts', 'fast-check')
  plant('cli/planted-cycle.ts', './planted-cycle-back.ts')
  plant('cli/planted-cycle-back.ts', './planted-cycle.ts')
  const { status, found } = violations(copy)
  expect(status).toBe(1)
  // A cycle is reported at either of its ends.
  const planted = found.filter((each) => each.includes('planted')).map((each) => each.replace('-back', ''))
  expect(planted.sort()).toEqual([
    'adapters-import-only-core adapters/postgres/planted-cli.ts',
    'adapters-never-import-each-other adapters/postgres/planted-sibling.ts',
    'core-does-not-import-process-or-console core/planted-process.ts',
    'core-has-no-drivers core/planted-commander.ts',
    'core-has-no-drivers core/planted-driver.ts',
    'core-has-no-drivers core/planted-duckdb.ts',
    'core-imports-only-core core/planted-adapter.ts',
    'core-imports-only-core core/planted-cli.ts',
    'development-packages-stay-in-development cli/planted-development.ts',
    'no-cycles cli/planted-cycle.ts',
  ])
}, 60_000)
