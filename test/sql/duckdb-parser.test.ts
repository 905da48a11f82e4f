import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import { volatileFunctions } from '../../adapters/duckdb/parser-volatile.ts'
import type { ParsedQuery, ParseResult } from '../../core/sql/parser.ts'
import { refusalDiagnostics } from '../../core/sql/refusals.ts'

const parser = createDuckdbParser()
afterAll(() => parser.close())

async function parse(sql: string): Promise<ParsedQuery> {
  const [result] = await parser.parse([sql])
  if (!result?.ok) throw new Error(`${result?.error.message} in ${sql}`)
  return result.query
}

async function error(sql: string): Promise<Extract<ParseResult, { ok: false }>['error']> {
  const [result] = await parser.parse([sql])
  if (!result || result.ok) throw new Error(`no error in ${sql}`)
  return result.error
}

async function refusals(sql: string): Promise<readonly string[]> {
  const query = await parse(sql)
  return query.refusals.map(({ kind, what, start }) => `${kind} ${what} ${start}`)
}

describe('what is no query is refused by what it is', () => {
  test.each([
    ['insert into t select 1', 'writes INSERT 0'],
    ['/* x */ DELETE from t', 'writes DELETE 8'],
    ['create table x as select 1', 'writes CREATE 0'],
    ["copy t to 'x.csv'", 'writes COPY 0'],
    ['with a as (select 1) insert into t select * from a', 'writes INSERT 21'],
    ['with a as (select 1) update t set x = 1', 'writes UPDATE 21'],
    ['with a as (insert into t select 1 returning *) select * from a', 'writes INSERT 11'],
    ['with a as materialized (delete from t) select * from a', 'writes DELETE 24'],
    ['explain select 1', 'not_a_query EXPLAIN 0'],
    ['pragma version', 'not_a_query PRAGMA 0'],
    ['set threads = 1', 'not_a_query SET 0'],
    ["attach 'x.db'", 'not_a_query ATTACH 0'],
    ['call foo()', 'not_a_query CALL 0'],
    ['select 1; select 2', 'several_statements SELECT 10'],
    ['select 1; drop table t;', 'several_statements DROP 10'],
    ["select ';' /* ; */; -- ;\n from t", 'several_statements FROM 26'],
    ['', 'empty nothing 0'],
    ['  -- only a comment', 'empty nothing 0'],
    [';', 'empty nothing 0'],
    ['select 1 into t', 'select_into SELECT INTO 9'],
    ['select * from t for update', 'locking a locking clause 16'],
    ['show tables', 'hidden_dependency SHOW tables 0'],
  ])('%s', async (sql, refusal) => {
    expect(await refusals(sql)).toEqual([refusal])
  })
})

describe('functions', () => {
  test.each([
    ['select random(), uuid() from t', ['volatile_function random 7', 'volatile_function uuid 17']],
    ["select nextval('s')", ['volatile_function nextval 7']],
    [
      'select RANDOM() from t order by main.random()',
      ['volatile_function random 7', 'volatile_function main.random 32'],
    ],
    [
      "select current_setting('threads'), getenv('HOME')",
      ['volatile_function current_setting 7', 'volatile_function getenv 35'],
    ],
    ["from query('select 1')", ['hidden_dependency query 5']],
    ["from query_table('t')", ['hidden_dependency query_table 5']],
    ['select now(), current_date, today()', []],
    ["select error('no')", []],
    ["from read_csv('x.csv')", ['table_function read_csv 5']],
    ["select content from read_text('x')", ['table_function read_text 20']],
    ["from glob('*')", ['table_function glob 5']],
    ['from duckdb_tables()', ['table_function duckdb_tables 5']],
    ['from checkpoint()', ['table_function checkpoint 5']],
    ['from range(3), unnest([1]), generate_series(1, 2), repeat(1, 2)', []],
    ['select count(*) over (order by random())', ['volatile_function random 31']],
    ["from 'x.csv', 'y.parquet' y", ['file_reference x.csv 5', 'file_reference y.parquet 14']],
  ])('%s', async (sql, expected) => {
    expect(await refusals(sql)).toEqual(expected)
  })

  test('calls are reported with kind and place, operators are not', async () => {
    const { functions } = await parse("select 'ä', SUM(x) + lower(y) from t, range(3) where a || b like 'x'")
    expect(functions).toEqual([
      { name: 'sum', kind: 'scalar', start: 12 },
      { name: 'lower', kind: 'scalar', start: 21 },
      { name: 'range', kind: 'table', start: 38 },
    ])
  })

  test('the list of volatile functions is what the engine says', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const found = await connection.runAndReadAll(
      "select distinct function_name from duckdb_functions() where stability = 'VOLATILE' order by 1",
    )
    connection.closeSync()
    instance.closeSync()
    expect([...volatileFunctions]).toEqual(found.getRows().map(([name]) => name))
  })
})

describe('errors', () => {
  test.each([
    ['select from where', 'syntax error at or near "where"', 12],
    ["select 'äöü😀', (select from where", 'syntax error at or near "where"', 27 + 2],
    ["select '😀😀', (select", 'syntax error at end of input', 22],
    ["select 'abc", 'unterminated quoted string at or near "\'abc"', 7],
    ["/* 😀 */ select 'ab", 'unterminated quoted string at or near "\'ab"', 16],
    ['select * frm t x y', 'syntax error at or near "t"', 13],
    ['pivot t on x using sum(y)', expect.stringContaining('must list its values'), 0],
    ['with q as (from t) pivot q on x using sum(y)', expect.stringContaining('must list its values'), 19],
    [' ; select 1', 'a query does not begin with a semicolon', 1],
    ['select 1 \0 from t', 'the text has a NUL character', 9],
  ])('%s', async (sql, message, offset) => {
    const found = await error(sql)
    expect(found.message).toEqual(message)
    expect(sql.slice(found.offset)).toBe(sql.slice(offset))
  })

  test('a name with four parts says so', async () => {
    expect((await error('from a.b.c.d')).message).toContain('at most three parts')
  })

  test('nesting that is too deep is an error of that text only', async () => {
    const deep = `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`
    const long = `select 1 ${'+ 1 '.repeat(5_000)}`
    const unions = `select 1 from t${' union all select 1 from t'.repeat(9_000)}`
    const results = await parser.parse(['from t', deep, long, unions, 'from u'])
    expect(results.map((result) => result.ok)).toEqual([true, false, false, expect.any(Boolean), true])
  })
})

describe('qualified columns', () => {
  const spans = async (sql: string) => {
    const { qualifiedColumns } = await parse(sql)
    return qualifiedColumns.map(({ start, end, parts }) => `${parts.join('.')}: ${sql.slice(start, end)}`)
  }

  test.each([
    ['select s.t.x from s.t', ['s.t: s.']],
    ['select S.T.x from s.t', ['S.T: S.']],
    ['select "s" . "t".x from s.t', ['s.t: "s" . ']],
    ['select c.s.t.x from c.s.t', ['c.s.t: c.s.']],
    ['select s.t.x.y.z from s.t', ['s.t: s.']],
    ['select s.t.x from s.t as q', []],
    ['select t.a.b from s.t', []],
    ['select s.t from s.t', []],
    ['select s.t.x from (select 1 as t) s', []],
    ['select s.t.x from s.t, (select 1) s', ['s.t: s.']],
    ['select (select s.t.x) from s.t', ['s.t: s.']],
    ['select (select s.t.x from (select 1) s) from s.t', []],
    ['select * from u, lateral (select s.t.x) l, s.t', ['s.t: s.']],
    ['select * from s.t join u on s.t.x = u.x', ['s.t: s.']],
    ['select s.t.x from u where y in (select y from s.t)', []],
    ['with s as (select 1 as t) select s.t.x from s', []],
    ['select * exclude (s.t.x) from s.t', ['s.t: s.']],
    ['select * exclude (x), * exclude (s.t.x) from s.t', ['s.t: s.']],
    ['select sum(s.t.x) over (order by s.t.y) from s.t group by s.t.z', ['s.t: s.', 's.t: s.', 's.t: s.']],
  ])('%s', async (sql, expected) => {
    expect(await spans(sql)).toEqual(expected)
  })

  test('each says which reference it names', async () => {
    const { qualifiedColumns, tables } = await parse('select a.t.x, b.t.x from a.t, b.t')
    expect(qualifiedColumns.map((column) => column.reference)).toEqual(tables.map((table) => table.start))
    expect(tables.map((table) => table.ambiguous)).toEqual([true, true])
  })
})

describe('output columns', () => {
  test.each([
    ['select a, t.b, c as d, e: f, "G h", count(*), count(*) as n from t', ['a', 'b', 'd', 'e', 'G h', 'n']],
    ['from t', ['*']],
    ['select t.*, columns(*), x from t', ['*', '*', 'x']],
    ['values (1, 2)', ['col0', 'col1']],
    ['select a from t union all select b from u', ['a']],
    ['select a, b from t union by name select B, c from u', ['a', 'b', 'c']],
    ['with q as (select 1) (select a from t)', ['a']],
    ['select s.field.inner from t', ['inner']],
  ])('%s', async (sql, columns) => {
    expect((await parse(sql)).columns).toEqual(columns)
  })
})

describe('the normalized text', () => {
  const normalized = async (sql: string) => (await parse(sql)).normalized

  test('does not depend on comments, layout, keyword case or positions', async () => {
    const one = await normalized('select a, b from s.t where x = \'"query_location":12\' -- c')
    const other = await normalized('\n/* ä */ SELECT a,\n b FROM s . t  WHERE x=\'"query_location":12\';')
    expect(other).toBe(one)
  })

  test.each([
    ["select 'a'", "select 'b'"],
    ['select a from t', 'select b from t'],
    ['select 1 from t', 'select 1 from u'],
    ['select 1 limit 1', 'select 1 limit 2'],
    [`select ',"query_location":1'`, `select ',"query_location":2'`],
    [`select '{"query_location":1}'`, `select '{"query_location":2}'`],
    [`select 1 as "x"",""query_location"":1"`, `select 1 as "x"",""query_location"":2"`],
    ['select 1e999', 'select -1e999'],
  ])('%s differs from %s', async (one, other) => {
    expect(await normalized(one)).not.toBe(await normalized(other))
  })
})

test('infinite numbers in the tree do not break it', async () => {
  const { tables } = await parse(`select 1e999, -1e999, '"value":Infinity' from t`)
  expect(tables).toHaveLength(1)
})

test('the query ends after its last token', async () => {
  const sql = 'select 1 from t ; -- done'
  expect((await parse(sql)).end).toBe('select 1 from t'.length)
})

test('many texts keep their order, bad ones between good ones', async () => {
  const texts = Array.from({ length: 1200 }, (_, n) =>
    n % 7 === 0 ? `select from ${n}` : `select 1 from t${n}`,
  )
  const results = await parser.parse(texts)
  for (const [n, result] of results.entries()) {
    if (n % 7 === 0) expect(result.ok).toBe(false)
    else expect(result).toMatchObject({ ok: true, query: { tables: [{ parts: [`t${n}`] }] } })
  }
})

test('two calls at once do not disturb each other', async () => {
  const [first, second] = await Promise.all([parser.parse(['from a', 'from b']), parser.parse(['from c'])])
  expect([...first!, ...second!].map((result) => result.ok && result.query.tables[0]!.parts[0])).toEqual([
    'a',
    'b',
    'c',
  ])
})

test('refusals become diagnostics with place and hint, the allow-list applied', async () => {
  const query = await parse("select random(), uuid() from read_csv('x.csv'), 'y.csv', query('select 1')")
  const locate = (offset: number) => ({ place: { file: 'm.sql', line: 1, column: offset + 1 } })
  const codes = (allowFunctions: readonly string[], allowFiles: boolean) =>
    refusalDiagnostics(query, { allowFunctions, allowFiles }, locate).map(
      (each) => `${each.code} ${each.place?.column}`,
    )
  expect(codes([], false)).toEqual(['SL306 8', 'SL306 18', 'SL307 30', 'SL308 49', 'SL305 58'])
  expect(codes(['RANDOM', 'read_csv', 'query'], true)).toEqual(['SL306 18', 'SL305 58'])
  const [written] = refusalDiagnostics(
    await parse('insert into t select 1'),
    { allowFunctions: [], allowFiles: false },
    locate,
  )
  expect(written?.message).toBe('a model is one SELECT and only reads; this is an INSERT')
  expect(written?.hint).toContain('SELECT')
})
