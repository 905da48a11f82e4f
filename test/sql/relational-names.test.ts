import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import { createPostgresParser } from '../../adapters/postgres/parser.ts'
import { isChosen } from '../../core/sql/relational/column-choice.ts'
import type { From, Query, SelectItem } from '../../core/sql/relational/ir.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

// Names that the readers give to columns without an alias are those of the engine, or none.

function itemsOf(query: Query): readonly SelectItem[] {
  return query.body.kind === 'select' ? query.body.items : []
}

function fromOf(query: Query): From | undefined {
  return query.body.kind === 'select' ? query.body.from : undefined
}

describe('DuckDB', () => {
  const parser = createDuckdbParser()
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(
      'create table t(a int, "B c" int, d date, x text, n double, s struct(f int), xs int[])',
    )
  })
  afterAll(async () => {
    connection.closeSync()
    await parser.close()
  })

  async function read(sql: string): Promise<Query> {
    const [parsed] = await parser.parse([sql], new Set([0]))
    if (!parsed!.ok) throw new Error(parsed!.error.message)
    return parsed!.query.relational!.query
  }

  const expressions = [
    'a',
    't.a',
    'A',
    '"B c"',
    't.s.f',
    'count(*)',
    'count(a)',
    'count(distinct a)',
    'sum(t.a)',
    'max(a + 1)',
    'MIN(a)',
    'a + 1',
    'a * 2 - n',
    `x || 'it''s'`,
    'a = 1',
    `date_trunc('month', d)`,
    'upper(x)',
    'unnest(xs)',
    'sum(a) filter (where a > 1)',
    'sum(a) over ()',
    'a::text',
    'case when a = 1 then 2 end',
    'first(a)',
    '1',
    `'text'`,
    '1.50',
    '-a',
    'not a = 1',
    'sum("B c")',
    'arg_max(a, n)',
    'list(a order by n)',
    'round(n, 2)',
    '[a]',
    's.f + 1',
    'a is null',
    'abs(-1)',
    "string_agg(x, ',')",
  ]

  test.each(expressions)('%s', async (expression) => {
    const sql = `select ${expression} from t`
    let real: string
    try {
      real = (await connection.run(sql)).columnName(0)
    } catch (error) {
      throw new Error(`${sql}: ${(error as Error).message}`)
    }
    const [item] = itemsOf(await read(sql))
    const name = item?.kind === 'expression' ? item.name : undefined
    expect([real.toLowerCase(), undefined]).toContain(name?.key)
  })

  test('simple names are known', async () => {
    const query = await read('select count(*), sum(a), max(t.a), upper(x), a + 1 from t')
    expect(itemsOf(query).map((item) => item.kind === 'expression' && item.name?.text)).toEqual([
      'count_star()',
      'sum(a)',
      'max(t.a)',
      'upper(x)',
      '(a + 1)',
    ])
  })

  test.each([
    `pivot (select a, d, n from t) on a in (1, 2, null) using sum(n)`,
    `pivot (select a, d, n from t) on a in (1, 2) using sum(n), count(*), max(n) as m group by d`,
    `pivot (select a, x, n from t) on x in ('p', 'q''r', '') using sum(n) as total`,
    `select * from t pivot (sum(n) for a in (1 as one, 2) x in ('p', 'q') group by d)`,
    `select * from t pivot (sum(n), avg(n) for (a, x) in ((1, 'p'), (2, 'q')) group by d)`,
    `select * from t pivot (count(*) for d in (date '2020-01-31', date '0099-12-01') group by a)`,
    `select * from t pivot (count(*) for n in (1.50, -2.5, 100) group by a)`,
    `select * from t pivot (count(*) for x in (true, false) group by a)`,
  ])('columns of %s', async (sql) => {
    const real = (await connection.run(sql)).columnNames()
    const from = fromOf(await read(sql))
    const made = from?.kind === 'pivot' ? from.columns! : []
    expect(made.length).toBeGreaterThan(0)
    const tail = real.slice(real.length - made.length)
    expect(made.map((each) => each.name?.text)).toEqual(tail)
  })

  test.each([
    'unnest([1, 2])',
    'unnest([1, 2]) with ordinality',
    'generate_series(1, 2)',
    'range(3) as r',
    `json_each('{}')`,
    `json_tree('{}')`,
    `glob('*')`,
  ])('columns of %s', async (call) => {
    const real = (await connection.run(`from ${call}`)).columnNames()
    const from = fromOf(await read(`from ${call}`))
    expect(from?.kind === 'function' && from.columns?.map((each) => each.text)).toEqual(real)
  })

  const columns = ['a', 'ab', 'B', 'Ab_1', 'a.b', 'ä', 'x%y', 'longer name', '1st']
  test.each([
    `columns('a')`,
    `columns('^a')`,
    `columns('(?i)b$')`,
    `columns('[ab]+_\\d')`,
    `columns('.')`,
    `columns('\\.')`,
    `columns('^(a|B)$')`,
    `columns('^.$')`,
    `columns('\\bname')`,
    `columns('\\w+')`,
    `columns(['B', 'AB'])`,
    `columns(lambda c: c like 'a%')`,
    `columns(lambda c: c ilike 'a_')`,
    `columns(lambda c: c in ('a', 'B') or starts_with(c, 'x'))`,
    `columns(lambda c: not contains(c, 'a'))`,
    `columns(lambda c: lower(c) = 'b')`,
    `columns(lambda c: regexp_matches(c, '^[a-z]+$'))`,
    `columns(lambda c: c ^@ 'A')`,
    `columns([c for c in (*) if c <> 'a' and ends_with(c, 'b')])`,
    `* like 'a%'`,
    `* like 'x%y'`,
    `* not like '%a%'`,
    `* ilike 'A%'`,
    `* not ilike '%B'`,
    `* glob 'a*'`,
    `* glob '?'`,
    `* similar to '[a-z ]+'`,
    `* not similar to '.'`,
  ])('%s chooses what the engine chooses, or says that it cannot tell', async (chosen) => {
    await connection.run(
      `create or replace table c (${columns.map((each) => `"${each}" int`).join(', ')}, "zz" int)`,
    )
    const real = new Set((await connection.run(`select ${chosen} from c`)).columnNames())
    const [item] = itemsOf(await read(`select ${chosen} from c`))
    const choice = item?.kind === 'star' ? item.chosen : undefined
    expect(choice).toBeDefined()
    for (const each of [...columns, 'zz']) {
      const answer = isChosen(choice!, { text: each, key: each.toLowerCase() })
      expect([real.has(each), undefined], each).toContain(answer)
    }
  })
})

describe('Postgres', () => {
  const parser = createPostgresParser()
  let database: TestDatabase
  let client: Client
  beforeAll(async () => {
    database = await createDatabase()
    client = new Client({ connectionString: database.url })
    await client.connect()
    await client.query('create table t(a int, "B" int, d date, x text, xs int[], j jsonb, m xml)')
  })
  afterAll(async () => {
    await client.end()
    await database.drop()
    await parser.close()
  })

  async function read(sql: string): Promise<Query> {
    const [parsed] = await parser.parse([sql], new Set([0]))
    if (!parsed!.ok) throw new Error(parsed!.error.message)
    return parsed!.query.relational!.query
  }

  test.each([
    'a',
    't.a',
    '"B"',
    '(t).d',
    'xs[1]',
    'count(*)',
    'pg_catalog.upper(x)',
    'a + 1',
    'a::text',
    'a::text::varchar',
    `'x'::text`,
    `date '2020-01-01'`,
    `interval '1 day'`,
    `'{1}'::int8[]`,
    'cast(a + 1 as numeric(10, 2))',
    'case when a = 1 then d end',
    'case when a = 1 then 2 else a end',
    'case when a = 1 then 2 else 3 end',
    'coalesce(a, 1)',
    'nullif(a, 1)',
    'greatest(a, 1)',
    'least(a, 1)',
    'array[a]',
    'array(select 1)',
    'row(a, 1)',
    '(a, 1)',
    'exists (select 1)',
    '(select a)',
    '(select a + 1)',
    '(select count(*) from t)',
    '(values (1))',
    '(select 1 as one union select 2)',
    'a in (select 1)',
    'a in (1, 2)',
    'a is null',
    'not a = 1',
    'true',
    'null',
    '1',
    `'x'`,
    'current_date',
    'current_timestamp(2)',
    'current_user',
    'extract(year from d)',
    `d at time zone 'UTC'`,
    'trim(x)',
    'substring(x from 1)',
    'position(x in x)',
    'overlay(x placing x from 1)',
    'x collate "C"',
    'sum(a) over ()',
    `j -> 'a'`,
    `(jsonb_each(j)).key`,
    `json_object('a': a)`,
    'json_array(a)',
    'json_arrayagg(a)',
    'json_objectagg(x: a)',
    `json_value(j, '$')`,
    `json_query(j, '$')`,
    `json_exists(j, '$')`,
    'json_scalar(a)',
    `json('{}')`,
    'json_serialize(j)',
    'x is json',
    'xmlelement(name q)',
    'xmlforest(a)',
    'xmlconcat(m, m)',
    'xmlserialize(content m as text)',
    'grouping(a)',
    'x like x',
    'a between 1 and 2',
    '- a',
    '@ a',
  ])('%s', async (expression) => {
    const grouped = expression.startsWith('grouping') ? ' group by a' : ''
    const sql = `select ${expression} from t${grouped}`
    let real: string
    try {
      real = (await client.query(sql)).fields[0]!.name
    } catch (error) {
      throw new Error(`${sql}: ${(error as Error).message}`)
    }
    const [item] = itemsOf(await read(sql))
    expect(item?.kind === 'expression' && item.name?.text).toBe(real)
  })

  test.each([
    'unnest(array[1])',
    'unnest(array[1]) as e',
    'unnest(array[1], array[2])',
    'unnest(array[1]) with ordinality',
    'generate_series(1, 2) as g',
    `jsonb_each('{}')`,
    `jsonb_each('{}') as e`,
    `json_array_elements('[]') as e`,
    `jsonb_object_keys('{}') as k`,
    `jsonb_to_record('{}') as r(a int, b text)`,
    `rows from (jsonb_to_record('{}') as (a int), generate_series(1, 2)) as r`,
    `upper('x')`,
    `upper('x') as u`,
    `regexp_split_to_table('a b', ' ')`,
    `string_to_table('a b', ' ') as p`,
    `json_table(jsonb '[]', '$' columns (n for ordinality, a int path '$.a', nested path '$.b' columns (b text, c int exists path '$.c'))) as q`,
    `xmltable('/r' passing xml '<r/>' columns a int path 'a', n for ordinality) as q`,
    'pg_timezone_names()',
  ])('columns of %s', async (call) => {
    const real = (await client.query(`select * from ${call}`)).fields.map((field) => field.name)
    const from = fromOf(await read(`select * from ${call}`))
    const columns = from?.kind === 'function' || from?.kind === 'computed' ? from.columns : undefined
    expect([real, undefined]).toContainEqual(columns?.map((each) => each.text))
  })
})
