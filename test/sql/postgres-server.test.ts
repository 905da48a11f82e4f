import fc from 'fast-check'
import { Client, DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPostgresParser } from '../../adapters/postgres/parser.ts'
import { harmlessTableFunctions } from '../../adapters/postgres/parser-rules.ts'
import { setReturningFunctions, volatileFunctions } from '../../adapters/postgres/volatile-functions.ts'
import type { ParsedQuery } from '../../core/sql/parser.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { type CteLanguage, printQuery, randomQuery } from './cte-queries.ts'

// The real server is the judge of what the parser claims about Postgres.

const parser = createPostgresParser()
let database: TestDatabase
let client: Client

beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query('create table a as select 1 as x; create table b as table a; create table c as table a')
})

afterAll(async () => {
  await client.end()
  await database.drop()
  await parser.close()
})

async function read(sql: string): Promise<ParsedQuery> {
  const [result] = await parser.parse([sql])
  if (!result?.ok) throw new Error(`${sql}: ${result?.error.message}`)
  return result.query
}

describe('the snapshot of functions', () => {
  const named = async (condition: string): Promise<readonly string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `select distinct p.proname as name from pg_catalog.pg_proc p
       where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f', 'a', 'w') and ${condition}
         and p.prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'language_handler'::regtype)
         and not ('internal'::regtype = any (p.proargtypes))`,
    )
    return rows.map((row) => row.name).sort()
  }

  test('has every volatile function of the server', async () => {
    expect([...volatileFunctions].sort()).toEqual(await named(`p.provolatile = 'v'`))
  })

  test('has every set-returning function of the server', async () => {
    expect([...setReturningFunctions].sort()).toEqual(await named('p.proretset'))
  })

  test('holds no harmless table function that is volatile or unknown', async () => {
    const known = new Set(await named('true'))
    const inGrammar = ['json_table', 'xmltable']
    for (const name of harmlessTableFunctions) {
      expect(volatileFunctions.has(name), name).toBe(false)
      if (!inGrammar.includes(name)) expect(known.has(name), name).toBe(true)
    }
  })
})

describe('output columns are named as the server names them', () => {
  test.each([
    `select 1, 'a', null, true, x, a.x, a.x as y, (a).x, a."x" from a`,
    'select -x, x + 1, x || null, not true, x is null, x in (1), x between 1 and 2, x = any (array[1]) from a',
    'select x::text, cast(x as numeric), 1::int, (x + 1)::bigint, now()::date, null::json, true::bool from a',
    `select 'a'::char(3), '1'::pg_catalog.int4, interval '1 day', date '2001-01-01', timestamp with time zone '2001-01-01'`,
    'select count(*), max(x), pg_catalog.abs(1), coalesce(max(x), 1), nullif(1, 2), greatest(1, 2), least(1, 2) from a',
    'select case when true then 1 else x end, case when true then x end, case when true then x else x + 1 end from a',
    'select case when true then 1 else max(x) end, case when true then 1 else x::text::int end from a group by x',
    'select array[1, 2], array(select 1), row(1, 2), exists (select 1), (select 1), (select 1 as q), (select x from a)',
    'select (select max(x) from a), (select y from (select 1 as y) z), x in (select 1) from a',
    'select (array[1, 2])[1], (array[1])[1:1], (select array[1] as q)[1]',
    'select current_date, current_time, current_time(1), current_timestamp, localtime, localtimestamp(2), current_user, user, session_user, current_role, current_catalog, current_schema',
    `select extract(year from now()), position('a' in 'b'), substring('abc' from 1), trim('a'), overlay('a' placing 'b' from 1), now() at time zone 'UTC'`,
    `select xmlelement(name a), xmlforest(1 as a), xmlconcat(null), xmlpi(name a), xmlroot('<a/>'::xml, version '1.0'), xmlserialize(document '<a/>'::xml as text)`,
    `select json_object('a': 1), json_array(1), json_array(select 1), json_objectagg('a': 1), json_arrayagg(1), json('1'), json_scalar(1), json_serialize('1')`,
    `select json_value('{}', '$.a'), json_query('{}', '$'), json_exists('{}', '$'), '{"a":1}'::jsonb -> 'a', ('{"a":1}'::jsonb)['a']`,
    `select 'a' collate "C", x collate "C" from (select 'a'::text as x) z`,
    'select sum(x) over (), rank() over w, count(*) filter (where true) over () from a window w as (order by x)',
    'select grouping(x), x from a group by rollup (x)',
    'values (1, 2), (3, 4)',
    'select 1 as a union select 2 as b',
    '(select x as p from a) union all (select x as q from a) order by 1',
    'with z as (select 1 as y) select y, (select y from z) from z',
    'select (z.r).x from (select a as r from a) z',
    'select x as "Mixed Case", x "é", x select_ from a',
    `select like_escape('a', 'b'), 'a' like 'b' escape 'c', 'a' similar to 'b', 'a' is normalized, normalize('a')`,
    `select int4(1), 1 operator(pg_catalog.+) 2, (date '2001-01-01', date '2001-01-02') overlaps (date '2001-01-01', date '2001-01-02')`,
  ])('%s', async (sql) => {
    const { fields: described } = await client.query({ text: sql, rowMode: 'array' })
    const fields = described.map((field) => field.name)
    expect((await read(sql)).columns).toEqual(fields.filter((field) => field !== '?column?'))
  })

  test('a star stands for what it hides', async () => {
    expect((await read('select *, a.*, x, (a).* from a')).columns).toEqual(['*', '*', 'x', '*'])
    expect((await read('table a')).columns).toEqual(['*'])
  })
})

describe('a syntax error has the place that the server gives', () => {
  test.each([
    'select from from t',
    `select 'é😀', € from from x`,
    `select '😀' as "😀" form t where`,
    'select * from t where x in (1, 2',
    `select 'abc`,
    `select "é`,
    'select 1 /* é',
    'select * from "" x',
    `select $$ é`,
    'select 1 1x',
    `select e'\\u00'`,
    'select * frm t',
    'with a as (select 1), select 2',
    'select * from t order',
    `-- é😀\nselect 1 +* from t)`,
  ])('%j', async (sql) => {
    const [result] = await parser.parse([sql])
    const failure = await client.query(sql).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!(failure instanceof DatabaseError) || result!.ok) throw new Error('one of the two took it')
    expect(result!.error.message).toBe(failure.message)
    const points = [...sql].slice(0, Number(failure.position) - 1).join('').length
    expect(result!.error.offset).toBe(points)
  })
})

const language: CteLanguage = { recursive: 'all', plain: 'earlier', hasRecursiveWord: true, schema: 'public' }

test('random nestings of CTEs read the tables that the server binds them to', async () => {
  let bound = 0
  await fc.assert(
    fc.asyncProperty(randomQuery, async (query) => {
      const sql = printQuery(query, language)
      const created = await client.query(`create or replace temp view probe as ${sql}`).then(
        () => true,
        // Not every recursion is one that the server can run.
        () => false,
      )
      if (!created) return
      bound++
      const { rows } = await client.query<{ name: string }>(
        `select distinct c.relname as name from pg_rewrite r
         join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
         join pg_class c on c.oid = d.refobjid and c.relkind = 'r'
         where r.ev_class = 'probe'::regclass`,
      )
      const read = (await parser.parse([sql]))[0]!
      const names = read.ok ? read.query.tables.map((table) => table.parts.at(-1)!) : []
      expect([...new Set(names)].sort(), sql).toEqual(rows.map((row) => row.name).sort())
    }),
    { seed: 4, numRuns: 450 },
  )
  expect(bound).toBeGreaterThan(100)
})
