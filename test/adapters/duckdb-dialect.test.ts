import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import type { Adapter, Column } from '../../core/adapter.ts'
import { closeTargets, duckdbTarget, explained, openTarget, temporaryFolder } from './duckdb-target.ts'

const folder = await temporaryFolder()
/** Before anything was opened. */
const nativeModuleIsLoaded =
  process.platform === 'linux' && readFileSync('/proc/self/maps', 'utf8').includes('duckdb.node')
const { dialect } = duckdb
let adapter: Adapter

beforeAll(async () => {
  adapter = await openTarget(duckdbTarget(join(folder, 'd.duckdb')))
})
afterAll(closeTargets)

it('needs no native module for its texts', () => {
  expect(nativeModuleIsLoaded).toBe(false)
})

it('reads files with options, from paths with any characters', async () => {
  const inside = join(folder, `it's a "folder"`)
  await mkdir(inside)
  await writeFile(join(inside, 'a.csv'), 'n|t\n1|x\n2|y\n')
  await writeFile(join(inside, 'a.json'), '[{"n": 1, "t": "x"}]')
  const rows = (text: string) =>
    adapter.session((session) => session.query(`select n, t from ${text} order by n`))
  await adapter.session((session) =>
    session.execute(
      `copy (select 1 as n, 'x' as t) to ${dialect.literal(join(inside, 'a.parquet'))} (format parquet)`,
    ),
  )
  expect(
    await rows(
      dialect.readFiles(join(inside, 'a.csv'), 'csv', { delim: '|', header: true, all_varchar: false }),
    ),
  ).toEqual([
    { n: 1, t: 'x' },
    { n: 2, t: 'y' },
  ])
  expect(await rows(dialect.readFiles(join(inside, 'a.json'), 'json', {}))).toEqual([{ n: 1, t: 'x' }])
  expect(await rows(dialect.readFiles(join(inside, 'a.parquet'), 'parquet', { filename: false }))).toEqual([
    { n: 1, t: 'x' },
  ])
  expect(() => dialect.readFiles('x', 'xml', {})).toThrow('xml')
})

it('names types so that a table can be made of them, and the table has the same', async () => {
  const query = `select 1 as i, 1.5 as d, 1::decimal(10, 2) as e, 'x' as s, date '2024-01-01' as day, now() as tz, now()::timestamp as ts,
    now()::timestamp_ns as ns, [1, 2] as list, {'a b': [1], 'c': 'x'} as struct, map {'a': 1} as map, 'a'::enum('a', 'b''c') as enum,
    1::hugeint as huge, 1::utinyint as tiny, uuid() as id, blob 'x' as bytes, interval 1 day as span, time '10:00' as t, '{}'::json as j,
    [1, 2]::integer[2] as arr, 1::union(n integer, s varchar) as u, '101'::bit as bits, null as nothing, 1.5::float as f, true as b`
  const relation = { schema: 'main', name: 'Types of "all"' }
  const [described, plain, made] = await adapter.session(
    async (session): Promise<(readonly Column[] | undefined)[]> => {
      const columns = await adapter.catalog.describe(session, query)
      await session.execute(dialect.createTable(relation, columns))
      const target = dialect.relation(relation)
      await session.execute(
        dialect.insertByName(
          target,
          columns.map((column) => column.name),
          query,
        ).sql,
      )
      return [
        columns,
        await adapter.catalog.describe(session, 'select 1 as i, 1.5 as d'),
        await adapter.catalog.columns(session, relation),
      ]
    },
  )
  expect(made).toEqual(described)
  expect(plain).toEqual([
    { name: 'i', type: 'INTEGER' },
    { name: 'd', type: 'DECIMAL(2,1)' },
  ])
  const partitionTypes = made
    ?.map((column) => [column.name, dialect.columnType(column.type)])
    .filter(([, type]) => type !== undefined)
  expect(Object.fromEntries(partitionTypes ?? [])).toEqual({
    i: 'integer',
    s: 'text',
    day: 'date',
    tz: 'timestamptz',
    ts: 'timestamp',
    ns: 'timestamp',
    huge: 'integer',
    tiny: 'integer',
    nothing: 'integer',
  })
  expect(made?.filter((column) => !dialect.comparable(column.type)).map((column) => column.name)).toEqual([
    'span',
    'f',
  ])
})

it('tells tables from views also where views are broken or have a column named rowid', async () => {
  await adapter.session(async (session) => {
    for (const sql of [
      'create table kt (a integer)',
      'create table kr ("RowId" integer)',
      'create view kv as select a from kt',
      'create view kw as select *, rowid from kt',
      'create table gone (a integer)',
      'create view kb as select a from gone',
      'drop table gone',
      'create table shrunk (a integer, b integer)',
      'create view kc as select b from shrunk',
      'alter table shrunk drop column b',
    ]) {
      await session.execute(sql)
    }
    const kind = (name: string) => adapter.catalog.kind(session, { schema: 'MAIN', name })
    expect(await Promise.all(['KT', 'kr', 'kv', 'KW', 'kb', 'kc', 'gone'].map(kind))).toEqual([
      'table',
      'table',
      'view',
      'view',
      'view',
      'view',
      undefined,
    ])
    expect(await adapter.catalog.columns(session, { schema: 'main', name: 'kb' })).toEqual([])
    expect(await adapter.catalog.columns(session, { schema: 'nowhere', name: 'kb' })).toBeUndefined()
  })
})

it('changes indexed columns in one transaction once our indexes are dropped', async () => {
  const relation = { schema: 'main', name: 'Indexed "one"' }
  const table = dialect.relation(relation)
  await adapter.session(async (session) => {
    await session.execute(
      `create table ${table} as select i as a, 'x' as b, i as c, 1 as d from range(10) r(i)`,
    )
    await session.execute(dialect.createIndex(relation, 'sluice_one', ['a'], true))
    await session.execute(dialect.createIndex(relation, 'sluice_two', ['c', 'b'], false))
    await session.execute(dialect.comment(relation, 'table', `it's mine`))
    await session.execute(`comment on column ${table}.a is 'the key'`)
    await session.execute(`create view over_indexed as select max(a) as a, count(*) as n from ${table}`)
    expect(await adapter.catalog.indexes(session, relation)).toEqual(['sluice_one', 'sluice_two'])
    await session.execute(dialect.addColumn(relation, { name: 'e', type: 'INTEGER' }))
  })
  await adapter.transaction(async (transaction) => {
    for (const index of await adapter.catalog.indexes(transaction, relation)) {
      await transaction.execute(dialect.dropIndex(relation, index))
    }
    await transaction.execute(dialect.alterColumnType(relation, { name: 'a', type: 'VARCHAR' }))
    await transaction.execute(dialect.alterColumnType(relation, { name: 'd', type: 'DECIMAL(10,2)' }))
    await transaction.execute(dialect.dropColumn(relation, 'b'))
    await transaction.execute(dialect.dropColumn(relation, 'c'))
    await transaction.execute(dialect.createIndex(relation, 'sluice_one', ['a'], true))
    await transaction.execute(`delete from ${table} where a >= $1`, ['5'])
    await transaction.execute(dialect.insertByName(table, ['a'], `select '5' as a`).sql)
  })
  await adapter.session(async (session) => {
    expect(await session.query('select a, n from over_indexed')).toEqual([{ a: '5', n: 6 }])
    expect(await adapter.catalog.columns(session, relation)).toEqual([
      { name: 'a', type: 'VARCHAR' },
      { name: 'd', type: 'DECIMAL(10,2)' },
      { name: 'e', type: 'INTEGER' },
    ])
    expect(await adapter.catalog.indexes(session, relation)).toEqual(['sluice_one'])
    expect(
      await session.query(
        `select comment from duckdb_tables() where table_name = 'Indexed "one"' union all select comment from duckdb_columns() where table_name = 'Indexed "one"' and column_name = 'a'`,
      ),
    ).toEqual([{ comment: `it's mine` }, { comment: 'the key' }])
    await expect(session.execute(`insert into ${table} (a) values ('5')`)).rejects.toThrow('Duplicate key')
  })
})

it('does not change an indexed column where an index or a constraint of somebody else would be lost', async () => {
  const relation = { schema: 'main', name: 'foreign_index' }
  await adapter.session(async (session) => {
    await session.execute('create table foreign_index (a integer, b integer not null)')
    await session.execute(dialect.createIndex(relation, 'sluice_a', ['a'], false))
  })
  const change = adapter.transaction(async (transaction) => {
    await transaction.execute(dialect.dropIndex(relation, 'sluice_a'))
    await transaction.execute(dialect.dropColumn(relation, 'a'))
  })
  expect((await explained(adapter, change)).message).toContain('an index depends on it')
  await adapter.session(async (session) => {
    expect(await adapter.catalog.indexes(session, relation)).toEqual(['sluice_a'])
    expect(await adapter.catalog.columns(session, relation)).toHaveLength(2)
  })
})

it('makes a view of a query that ends in a comment', async () => {
  const { sql } = dialect.createOrReplaceView(
    { schema: 'main', name: 'commented' },
    'select 1 as a -- the end',
  )
  await adapter.session((session) => session.execute(sql))
  expect(await adapter.session((session) => session.query('select a from commented'))).toEqual([{ a: 1 }])
})
