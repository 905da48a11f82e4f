import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { findFiles } from '../../core/sources/files.ts'

let root: string
let adapter: Adapter

const names = [
  'a.csv',
  'b.csv',
  'ab.csv',
  'a1.csv',
  'a(1)+{x}.csv',
  'data.d/c.csv',
  'data.d/deep/er/c.csv',
  'data.d/deep/c.txt',
  'y=2023/m=1/x.csv',
  'y=2024/m=1/x.csv',
  'y=2024/m=10/x.csv',
  'ä ö.csv',
]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sluice-files-'))
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), 'x\n1\n')
  }
  const target = {
    name: 'test',
    adapter: 'duckdb',
    path: ':memory:',
    schema: {},
    vars: {},
    settings: {},
    readOnly: false,
  } as const
  adapter = await duckdb.open(target, { threads: 1, readOnly: false, applicationName: 'test' })
})

afterAll(async () => {
  await adapter.close()
  rmSync(root, { recursive: true, force: true })
})

const found = async (pattern: string) =>
  (await findFiles(join(root, pattern))).map(({ path }) => path.slice(root.length + 1))

it.each([
  'a.csv',
  '*.csv',
  '?.csv',
  'a?.csv',
  '[ab].csv',
  '[a-b].csv',
  '[!a].csv',
  '[^a].csv',
  'a[0-9].csv',
  'data.d/*',
  'data.d/**',
  '**/c.csv',
  'data.d/**/*.csv',
  '**/*.csv',
  'y=*/m=1/*.csv',
  'y=2024/**/x.csv',
  '*/m=?/x.csv',
  'nothing/*.csv',
  'a.csv/*',
  'ä*.csv',
])('%s names the files that DuckDB reads', async (pattern) => {
  const rows = await adapter.session((session) =>
    session.query(`select file from glob(${adapter.dialect.literal(join(root, pattern))})`),
  )
  const read = rows.map((row) => String(row.file).slice(root.length + 1)).sort()
  expect([...(await found(pattern))].sort()).toEqual(read)
})

it('a name with characters that mean something in expressions is taken as it is', async () => {
  expect(await found('a(1)+{x}.csv')).toEqual(['a(1)+{x}.csv'])
  expect(await found('a(*)+{?}.csv')).toEqual(['a(1)+{x}.csv'])
})

it('folders are no files; what a link leads to is the file', async () => {
  symlinkSync(join(root, 'a.csv'), join(root, 'link.csv'))
  const [file] = await findFiles(join(root, 'link.csv'))
  expect(file).toMatchObject({ size: 4n })
  rmSync(join(root, 'link.csv'))
  expect(await found('data.d')).toEqual([])
})
