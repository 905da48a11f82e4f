import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { postgres } from '../../adapters/postgres/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { checkHeader, folderDefaults, modelHeader, seedEntry } from '../../core/config/schema/model.ts'
import { projectSettings, targetSchemas } from '../../core/config/schema/project.ts'
import { sourceEntry } from '../../core/config/schema/source.ts'
import { Ledger } from '../../core/ledger/ledger.ts'
import { ledgerMigrations } from '../../core/ledger/schema.ts'
import { signatures } from '../../core/template/builtins.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

const pages = resolve(import.meta.dirname, '../../docs')
const page = (name: string): string => readFileSync(join(pages, name), 'utf8')

/** The names that stand as code in a page. */
function codeIn(markdown: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [, code = ''] of markdown.matchAll(/`+([^`]+)`+/g)) {
    for (const [name] of code.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) names.add(name)
  }
  return names
}

describe('the reference is complete', () => {
  test.each([
    ['sluice.yml', projectSettings],
    ['DuckDB targets', targetSchemas.duckdb],
    ['Postgres targets', targetSchemas.postgres],
    ['headers of models', modelHeader],
    ['folders', folderDefaults],
    ['sources', sourceEntry],
    ['seeds', seedEntry],
  ])('configuration.md has every key of %s', (_, schema) => {
    const described = codeIn(page('configuration.md'))
    expect(Object.keys(schema.shape).filter((key) => !described.has(key))).toEqual([])
  })

  test('checks.md has every key of the header of a check', () => {
    const described = codeIn(page('checks.md'))
    expect(Object.keys(checkHeader.shape).filter((key) => !described.has(key))).toEqual([])
  })

  test('templates.md has every helper and block', () => {
    const described = codeIn(page('templates.md'))
    expect(Object.keys(signatures).filter((name) => !described.has(name))).toEqual([])
  })

  test('ledger.md has every table and column', () => {
    const described = codeIn(page('ledger.md'))
    const tables = ledgerMigrations.flatMap(({ createTables }) => createTables)
    const added = ledgerMigrations.flatMap(({ addColumns }) => addColumns.map(({ column }) => column))
    const names = [
      ...tables.map(({ name }) => name),
      ...[...tables.flatMap(({ columns }) => columns), ...added].map(({ name }) => name),
    ]
    expect(names.filter((name) => !described.has(name))).toEqual([])
  })
})

describe('the queries of ledger.md run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ledger-page-'))
  const queries = [...page('ledger.md').matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql)
  const options = { threads: 1, readOnly: false, applicationName: 'test' }
  let database: TestDatabase | undefined

  beforeAll(async () => {
    database = await createDatabase()
  })

  afterAll(async () => {
    await database?.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const base = { name: 'test', schema: {}, vars: {} }
  const engines: readonly (readonly [string, () => Promise<Adapter>])[] = [
    [
      'DuckDB',
      () => {
        const path = join(folder, 'test.duckdb')
        return duckdb.open({ ...base, adapter: 'duckdb', path, settings: {}, readOnly: false }, options)
      },
    ],
    ['Postgres', () => postgres.open({ ...base, adapter: 'postgres', url: database!.url }, options)],
  ]

  test.each(engines)('on %s', async (_, open) => {
    const adapter = await open()
    try {
      await new Ledger(adapter, () => new Date(0)).prepare()
      expect(queries.length).toBeGreaterThan(3)
      for (const query of queries) {
        const rows = await adapter.session((session) => session.query(query.replace(/;\s*$/, '')))
        expect(rows).toEqual([])
      }
    } finally {
      await adapter.close()
    }
  })
})
