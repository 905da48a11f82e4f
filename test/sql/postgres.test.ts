import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createPostgresParser } from '../../adapters/postgres/parser.ts'
import type { ParsedQuery } from '../../core/sql/parser.ts'
import { displayName, readCorpus, sortedOnce } from './corpus.ts'
import { type CteLanguage, printQuery, randomQuery, tablesRead } from './cte-queries.ts'

const parser = createPostgresParser()
afterAll(() => parser.close())

async function read(sql: string): Promise<ParsedQuery> {
  const [result] = await parser.parse([sql])
  if (!result?.ok) throw new Error(`${sql}: ${result?.error.message}`)
  return result.query
}

const tablesOf = async (sql: string): Promise<readonly string[]> =>
  sortedOnce((await read(sql)).tables.map((table) => displayName(table.parts)))

const folders = ['postgres', 'tpch', 'tpcds']
const cases = folders.flatMap((folder) => readCorpus(folder).map((each) => ({ ...each, folder })))

describe('table references are exact', () => {
  test('on at least 170 hard statements', () => {
    expect(cases.filter((each) => each.folder === 'postgres').length).toBeGreaterThanOrEqual(170)
  })

  test.each(cases)('$title', async ({ sql, tables }) => {
    expect(await tablesOf(sql)).toEqual([...tables].sort())
  })
})

describe('spans', () => {
  test.each(cases)('rename the tables of $title', async ({ sql }) => {
    const { tables, end } = await read(sql)
    let renamed = sql.slice(0, end)
    for (const { parts, start, end } of [...tables].reverse()) {
      renamed = `${renamed.slice(0, start)}"phys"."new ${parts.join('.').replaceAll('"', '')}"${renamed.slice(end)}`
    }
    const again = await read(renamed)
    expect(again.tables.map((table) => table.parts)).toEqual(
      tables.map(({ parts }) => ['phys', `new ${parts.join('.').replaceAll('"', '')}`]),
    )
    expect(again.tables.map((table) => table.alias)).toEqual(tables.map((table) => table.alias))
  })

  test('hold the dotted name, without the alias', async () => {
    const sql = `select 'é😀' from "S" /* 😀 */ . flights as f, ONLY (db.x.y) z -- é\n;`
    const { tables, end } = await read(sql)
    expect(tables.map((table) => sql.slice(table.start, table.end))).toEqual([
      '"S" /* 😀 */ . flights',
      'db.x.y',
    ])
    expect(tables.map(({ parts, quoted, alias }) => ({ parts, quoted, alias }))).toEqual([
      { parts: ['S', 'flights'], quoted: [true, false], alias: 'f' },
      { parts: ['db', 'x', 'y'], quoted: [false, false, false], alias: 'z' },
    ])
    expect(sql.slice(end)).toBe(' -- é\n;')
  })

  test('are not shifted by what stands before', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 30 }), async (noise) => {
        const quiet = noise
          .replace(/[\0\r\n\uD800-\uDFFF]/g, '')
          .replaceAll('*/', '')
          .replaceAll('/*', '')
        const sql = `select '${quiet.replaceAll("'", "''")}😀', /* ${quiet} */ 1 -- ${quiet}\nfrom s.t as x`
        const { tables } = await read(sql)
        expect(sql.slice(tables[0]!.start, tables[0]!.end)).toBe('s.t')
      }),
      { seed: 1, numRuns: 200 },
    ))

  test('of every occurrence, in the order of the text', async () => {
    const { tables } = await read('with a as (select * from t) select (select 1 from t) from t, a, u as t')
    expect(tables.map(({ parts, alias }) => [parts.join('.'), alias])).toEqual([
      ['t', undefined],
      ['t', undefined],
      ['t', undefined],
      ['u', 't'],
    ])
  })
})

describe('the end of the query', () => {
  test.each([
    ['select 1', ''],
    ['select 1  \n', '  \n'],
    ['select 1;', ';'],
    ['select 1 ; ;', ' ; ;'],
    ['select 1 -- ; done', ' -- ; done'],
    ['select 1 -- a\n-- b\n', ' -- a\n-- b\n'],
    ['select 1 /* ; */ ; -- x', ' /* ; */ ; -- x'],
    ["select '--' ", ' '],
    ["select '*/'", ''],
    ['select "a--b" from t -- é😀', ' -- é😀'],
    ['/* é */ select 1 -- x', ' -- x'],
  ])('%j', async (sql, rest) => {
    expect(sql.slice((await read(sql)).end)).toBe(rest)
  })
})

describe('qualified columns', () => {
  const prefixes = async (sql: string): Promise<readonly string[]> =>
    (await read(sql)).qualifiedColumns.map((column) => sql.slice(column.start, column.end))

  test.each([
    ['select staging.flights.origin from staging.flights', ['staging.']],
    ['select staging . /* x */ flights.* from staging.flights', ['staging . /* x */ ']],
    ['select db.s.t.x, s.t.x from db.s.t', ['db.s.']],
    ['select "S".t.x from "S".t', ['"S".']],
    ['select S.T.x from s.t', ['S.']],
    ['select s.t.x from s.t as t', []],
    ['select flights.origin from staging.flights', []],
    ['select (staging.flights).origin from staging.flights', []],
    ['select (s.t.addr).city from s.t', ['s.']],
    ['select 1 from s.t where exists (select 1 from u where u.x = s.t.x)', ['s.']],
    ['select 1 from s.t, lateral (select s.t.x) z', ['s.']],
    ['select 1 from s.t join s.u on s.t.x = s.u.x group by s.t.y order by s.u.z', ['s.', 's.', 's.', 's.']],
    ['with t as (select 1 as x) select s.t.x from t', []],
    ['select s.t.x from (select * from s.t) z', []],
    ['select s.t.x from s.t union all select s.t.y from s.u', ['s.']],
  ])('%s', async (sql, expected) => {
    expect(await prefixes(sql)).toEqual(expected)
  })
})

describe('functions', () => {
  test('are told apart by where they stand', async () => {
    const { functions } = await read(
      'select Count(*), s.F(x), extract(year from d), current_date from generate_series(1, abs(2)) g, rows from (unnest(xs), s.tf(1)) r',
    )
    expect(functions.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'count scalar',
      's.f scalar',
      'extract scalar',
      'current_date scalar',
      'generate_series table',
      'abs scalar',
      'unnest table',
      's.tf table',
    ])
  })

  test('have the position of their name', async () => {
    const sql = `select 'é', max(x) from unnest(y) u`
    const { functions } = await read(sql)
    expect(functions.map((call) => sql.slice(call.start, call.start + 3))).toEqual(['max', 'unn'])
  })
})

describe('refusals', () => {
  const met = async (sql: string): Promise<readonly string[]> =>
    (await read(sql)).refusals.map(
      ({ kind, what, start }) => `${kind} ${what} @${sql.slice(start, start + 6)}`,
    )

  test.each([
    ['', ['empty  @']],
    ['-- nothing\n;', ['empty  @-- not']],
    ['select 1; select 2', ['several_statements SELECT @select']],
    ['select 1;;  ;', []],
    ['insert into t select 1', ['not_a_query INSERT @insert']],
    [' /* x */ create table t as select 1', ['not_a_query CREATE TABLE AS @create']],
    ['explain select 1', ['not_a_query EXPLAIN @explai']],
    ['set x = 1', ['not_a_query SET @set x ']],
    ['copy t to program $$rm$$', ['not_a_query COPY @copy t']],
    ['with d as (delete from t returning *) select * from d', ['writes DELETE @d as (']],
    [
      'select * from (with i as (insert into t values (1) returning *) select * from i) z',
      ['writes INSERT @i as ('],
    ],
    [
      'with m as (merge into t using u on true when matched then delete returning *) table m',
      ['writes MERGE @m as ('],
    ],
    ['select * into fresh from t', ['select_into fresh @fresh ']],
    ['select * from t for update', ['locking FOR UPDATE @for up']],
    ['select * from t for no key update of t', ['locking FOR NO @for no']],
    ['select * from (select substring(x for 2) from t for share) z', ['locking FOR SHARE @for sh']],
    [
      `select query_to_xml('select * from secret', true, true, '')`,
      ['hidden_dependency query_to_xml @query_'],
    ],
    [`select table_to_xml('secret', true, true, '')`, ['hidden_dependency table_to_xml @table_']],
    [`select schema_to_xml('s', true, true, '')`, ['hidden_dependency schema_to_xml @schema']],
    [`select database_to_xml(true, true, '')`, ['hidden_dependency database_to_xml @databa']],
    [`select cursor_to_xml('c', 1, true, true, '')`, ['hidden_dependency cursor_to_xml @cursor']],
    [`select * from dblink('dbname=x', 'select 1') as t(a int)`, ['hidden_dependency dblink @dblink']],
    [`select * from ext.dblink_send_query('x', 'y')`, ['hidden_dependency ext.dblink_send_query @ext.db']],
    [`select * from ts_stat('select x from secret')`, ['hidden_dependency ts_stat @ts_sta']],
    [`select ts_rewrite('a'::tsquery, 'select t, s from secret')`, ['hidden_dependency ts_rewrite @ts_rew']],
    [`select ts_rewrite('a'::tsquery, 'b'::tsquery, 'c'::tsquery)`, []],
    [`select * from crosstab('select 1') as c(a int)`, ['hidden_dependency crosstab @crosst']],
    ['select random()', ['volatile_function random @random']],
    ['select pg_catalog.random()', ['volatile_function random @pg_cat']],
    ['select RANDOM()', ['volatile_function random @RANDOM']],
    ['select s.random()', []],
    ['select "Random"()', []],
    [
      'select clock_timestamp(), gen_random_uuid()',
      ['volatile_function clock_timestamp @clock_', 'volatile_function gen_random_uuid @gen_ra'],
    ],
    [
      `select nextval('s'), setval('s', 1)`,
      ['volatile_function nextval @nextva', 'volatile_function setval @setval'],
    ],
    [`select pg_read_file('/etc/passwd')`, ['volatile_function pg_read_file @pg_rea']],
    [`select * from pg_ls_dir('/')`, ['volatile_function pg_ls_dir @pg_ls_']],
    [
      `select current_setting('x'), set_config('x', 'y', false)`,
      ['volatile_function current_setting @curren', 'volatile_function set_config @set_co'],
    ],
    ['select pg_sleep(1)', ['volatile_function pg_sleep @pg_sle']],
    [
      'select pg_advisory_lock(1), pg_advisory_unlock_all()',
      ['volatile_function pg_advisory_lock @pg_adv', 'volatile_function pg_advisory_unlock_all @pg_adv'],
    ],
    [
      'select lo_export(1, $$/tmp/x$$), lo_get(1)',
      ['volatile_function lo_export @lo_exp', 'volatile_function lo_get @lo_get'],
    ],
    [
      'select pg_cancel_backend(1), pg_terminate_backend(2)',
      ['volatile_function pg_cancel_backend @pg_can', 'volatile_function pg_terminate_backend @pg_ter'],
    ],
    ['select * from t order by (select random())', ['volatile_function random @random']],
    ['select now(), current_date, abs(1), count(*), my.own(1)', []],
    ['select * from my.own(1)', ['table_function my.own @my.own']],
    ['select * from own(1)', ['table_function own @own(1)']],
    ['select * from pg_show_all_settings()', ['table_function pg_show_all_settings @pg_sho']],
    ['select pg_show_all_settings()', ['table_function pg_show_all_settings @pg_sho']],
    ['select * from my.unnest(1)', ['table_function my.unnest @my.unn']],
    ['select * from generate_series(1, 2), unnest(xs), json_each(j), jsonb_to_recordset(k) as r(a int)', []],
    [`select * from xmltable('/x' passing d columns a int), json_table(j, '$' columns (b int))`, []],
    [
      `select * from regexp_matches('a', 'b'), regexp_split_to_table('a', 'b'), string_to_table('a', 'b')`,
      [],
    ],
  ])('%s', async (sql, expected) => {
    expect(await met(sql)).toEqual(expected)
  })
})

describe('the normalised text', () => {
  const normal = async (sql: string): Promise<string> => (await read(sql)).normalized

  test.each([
    ['select a, b from t where x in (1, 2)', 'SELECT a ,\n b /* c */ FROM t -- d\n WHERE x IN(1,2) ;'],
    ['select array[1, 2]', 'select   array [ 1,2 ]'],
    ['select a from t', 'select "a" from "t"'],
    ['select cast(a as int)', 'select cast( a AS integer)'],
    ['with x as (select 1) select * from x', 'WITH x AS (SELECT 1) SELECT * FROM x'],
    ['select json_arrayagg(a), json_object(b: c)', 'select  json_arrayagg( a ),  json_object( b : c )'],
    ['select 1', '/* lead */ select 1 -- tail'],
  ])('is equal: %s', async (one, other) => {
    expect(await normal(one)).toBe(await normal(other))
  })

  test.each([
    ['select 1', 'select 2'],
    ['select a', 'select a as b'],
    [`select '"location":5'`, `select '"location":6'`],
    [`select '{"stmt_len":5}'`, `select '{"stmt_len":6}'`],
    [`select ',"location":5'`, `select ''`],
    [`select 1 as "location"`, `select 1 as "stmt_location"`],
    [`select 'x","location":1'`, `select 'x","location":2'`],
    [`select '\\","location":1'`, `select '\\","location":2'`],
    ['select a, b', 'select b, a'],
    ['select * from t', 'select * from only t'],
    ['select 1.0', 'select 1.00'],
    [`select 'A'`, `select 'a'`],
    ['select a from t limit 1', 'select a from t offset 1'],
    ['select count(a)', 'select count(distinct a)'],
  ])('differs: %s', async (one, other) => {
    expect(await normal(one)).not.toBe(await normal(other))
  })

  test('does not change with layout, comments or keyword case in the corpus', async () => {
    for (const { sql, title } of cases) {
      const spaced = `/* ; */\n ${sql.replace(/^(select|with|table|values)\b/i, (word) => word.toUpperCase())}\n-- end`
      expect(await normal(spaced), title).toBe(await normal(sql))
    }
  })
})

describe('texts that are no SQL', () => {
  test.each([
    ['select from from t', 'syntax error at or near "from"', 12],
    [`select 'é😀', € from from x`, 'syntax error at or near "from"', 21],
    ['select (1', 'syntax error at end of input', 9],
    [`select 'abc`, `unterminated quoted string at or near "'abc"`, 7],
    ['selec 1', 'syntax error at or near "selec"', 0],
    ['select "a\0b"', 'a NUL character cannot stand in SQL', 9],
    ['select * qualify x', 'syntax error at or near "qualify"', 9],
  ])('%j', async (sql, message, offset) => {
    const [result] = await parser.parse([sql])
    expect(result).toEqual({ ok: false, error: { message, offset } })
  })

  test('do not spoil their neighbours', async () => {
    const deep = `select ${'1+'.repeat(50_000)}1`
    const results = await parser.parse([
      'select 1 from a',
      'select (',
      deep,
      'select 1 from b',
      deep,
      'select 1 from c',
    ])
    expect(results.map((each) => each.ok && each.query.tables.map((table) => table.parts[0]))).toEqual([
      ['a'],
      false,
      false,
      ['b'],
      false,
      ['c'],
    ])
    expect(results[2]).toEqual({ ok: false, error: { message: 'the query is nested too deeply' } })
  })

  test('never throw', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        const [result] = await parser.parse([`select ${text}`])
        expect(typeof result!.ok).toBe('boolean')
      }),
      { seed: 2, numRuns: 500 },
    ))
})

const language: CteLanguage = { recursive: 'all', plain: 'earlier', hasRecursiveWord: true, schema: 'public' }

test('random nestings of CTEs read the tables that the rules of scope say', () =>
  fc.assert(
    fc.asyncProperty(randomQuery, async (query) => {
      const sql = printQuery(query, language)
      expect(await tablesOf(sql), sql).toEqual(tablesRead(query, language))
    }),
    { seed: 3, numRuns: 1000 },
  ))
