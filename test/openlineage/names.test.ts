import { expect, test } from 'vitest'
import { spaceOf } from '../../cli/openlineage/dataset-space.ts'
import { asDestination, destinationOf } from '../../cli/openlineage/destination.ts'
import { webAddressOf } from '../../cli/openlineage/source-location.ts'
import type { CompiledSource } from '../../core/compile/compiled.ts'
import { datasetOf, datasetOfPath } from '../../core/openlineage/datasets.ts'
import { openLineageRunId } from '../../core/openlineage/run-id.ts'

const space = { namespace: 'postgres://db:5432', database: 'shop', defaultSchema: 'public', root: '/p' }
const source = (sql: string) => ({ kind: 'source', name: 'raw.x', sql }) as CompiledSource

test.each([
  ['"orders"', 'postgres://db:5432', 'shop.public.orders'],
  ['"raw"."orders"', 'postgres://db:5432', 'shop.raw.orders'],
  ['raw.orders', 'postgres://db:5432', 'shop.raw.orders'],
  ['"other"."ra.w"."or""ders"', 'postgres://db:5432', 'other.ra.w.or"ders'],
  ["read_csv('/data/o''neil.csv', header = true)", 'file', "/data/o'neil.csv"],
  ["read_parquet('data/*.parquet')", 'file', '/p/data/*.parquet'],
  ["read_parquet('s3://bucket/a/*.parquet?s3_secret_access_key=x')", 's3://bucket', 'a/*.parquet'],
  ["read_json('https://u:p@example.com:8443/x.json#y')", 'https://example.com:8443', 'x.json'],
])('the source %s is %s, %s', (sql, namespace, name) => {
  expect(datasetOf(space, source(sql))).toEqual({ namespace, name })
})

test('files are named by their absolute path, on Windows too', () => {
  expect(datasetOfPath('/p', 'file:///data/x.csv')).toEqual({ namespace: 'file', name: '/data/x.csv' })
  expect(datasetOfPath('/p', 'C:\\data\\x.csv')).toEqual({ namespace: 'file', name: 'C:\\data\\x.csv' })
})

test('of a server only host, port and database are said', () => {
  const base = { name: 'prod', schema: {}, vars: {} }
  const of = (url: string, database?: string) =>
    spaceOf(
      { ...base, adapter: 'postgres', url, ...(database === undefined ? {} : { database }) },
      '/p',
      'public',
    )
  expect(of('postgres://ada:secret@db.example.com/shop?sslmode=require&password=x')).toEqual({
    ...{ namespace: 'postgres://db.example.com:5432', database: 'shop' },
    ...{ defaultSchema: 'public', root: '/p' },
  })
  expect(of('postgresql://db:6000/shop', 'other')).toMatchObject({
    namespace: 'postgres://db:6000',
    database: 'other',
  })
})

test('a database in a file is named by the file', () => {
  const target = { name: 'dev', schema: {}, vars: {}, settings: {}, readOnly: false }
  const of = (path: string) => spaceOf({ ...target, adapter: 'duckdb', path }, '/p', 'main')
  expect(of('/p/shop.v2.duckdb')).toMatchObject({
    namespace: 'duckdb:///p/shop.v2.duckdb',
    database: 'shop.v2',
  })
  expect(of(':memory:')).toMatchObject({ namespace: 'duckdb://:memory:', database: 'memory' })
})

test.each([
  ['git@github.com:team/shop.git', 'https://github.com/team/shop'],
  ['ssh://git@gitlab.example.com:2222/team/sub/shop.git', 'https://gitlab.example.com/team/sub/shop'],
  ['https://user:token@github.com/team/shop.git/', 'https://github.com/team/shop'],
  ['http://git.example.com:8080/shop', 'https://git.example.com:8080/shop'],
  ['/srv/git/shop.git', undefined],
  ['file:///srv/git/shop.git', undefined],
  ['backup:shop.git', undefined],
])('the remote %s is shown at %s', (remote, web) => {
  expect(webAddressOf(remote)).toBe(web)
})

test('a destination is a file or an address, which ends as the clients of OpenLineage end it', () => {
  expect(destinationOf('events.jsonl', '/work')).toEqual({ kind: 'file', path: '/work/events.jsonl' })
  expect(destinationOf('http://localhost:5000', '/')).toEqual({
    kind: 'http',
    url: 'http://localhost:5000/api/v1/lineage',
  })
  expect(destinationOf('https://x.example/custom?a=b', '/')).toEqual({
    kind: 'http',
    url: 'https://x.example/custom?a=b',
  })
})

test.each(['', 'ftp://x', 'kafka://x:9092/t', 'http://user:secret@x', 'http://'])(
  'the destination "%s" is refused',
  (text) => {
    expect(() => asDestination(text)).toThrow(/^(must|is no)/)
  },
)

test('ids of runs are UUIDs of version 5, the same for the same run and others for others', () => {
  const id = openLineageRunId('run', '0mwu2pml3-063d17c8')
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(openLineageRunId('run', '0mwu2pml3-063d17c8')).toBe(id)
  expect(openLineageRunId('run', '0mwu2pml3-063d17c9')).not.toBe(id)
})
