import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const fixtures = resolve(import.meta.dirname, '../fixtures/tables')

/** The statements of `test/fixtures/tables` in a dialect. */
export function statements(dialect: 'duckdb' | 'postgres'): readonly string[] {
  const files = [dialect, 'tpch', 'tpcds'].flatMap((folder) =>
    readdirSync(join(fixtures, folder)).map((file) => join(fixtures, folder, file)),
  )
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split(/^-- case:.*\n/m)
      .map((text) => text.replace(/^-- tables:.*\n/m, '').trim())
      .filter((text) => text !== ''),
  )
}
