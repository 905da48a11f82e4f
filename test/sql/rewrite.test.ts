import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import type { TableReference } from '../../core/sql/parser.ts'
import { type Physical, type Rewritten, rewriteReferences } from '../../core/sql/rewrite.ts'

const parser = createDuckdbParser()
let instance: DuckDBInstance
let connection: DuckDBConnection
const duckdb = {
  fold: (name: string) => name.toLowerCase(),
  quote: (name: string) => `"${name.replaceAll('"', '""')}"`,
}

/** Physical relations: schemas with a prefix, one renamed table, one that is a function call. */
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
  for (const statement of [
    'create schema dev_s',
    'create schema dev_a',
    'create schema dev_b',
    "create table dev_s.t as select 1 as x, 'one' as y, {'x': 7} as st",
    "create table dev_s.old as select 2 as x, 'two' as y",
    'create table dev_a.t as select 3 as x',
    'create table dev_b.t as select 4 as x',
  ]) {
    await connection.run(statement)
  }
})
afterAll(async () => {
  connection.closeSync()
  instance.closeSync()
  await parser.close()
})

function physical({ parts }: TableReference): Physical | undefined {
  const [schema, table] = parts.map((part) => part.toLowerCase())
  if (schema === 'f') return { sql: "json_each('[1, 6]')" }
  if (table === 'renamed') return { sql: '"dev_s"."old"', name: 'old' }
  if (table === undefined) return undefined
  return { sql: `"dev_${schema}"."${table}"`, name: table }
}

async function rewrite(sql: string): Promise<Rewritten> {
  const [result] = await parser.parse([sql])
  if (!result?.ok) throw new Error(result?.error.message)
  return rewriteReferences(sql, result.query, physical, duckdb)
}

async function rows(sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(sql)).getRowsJson()
}

test.each([
  [
    'the name alone where nothing else is needed',
    'select t.x, y from s.t',
    'select t.x, y from "dev_s"."t"',
    [[1, 'one']],
  ],
  ['an alias stays', 'select q.x from s.t q', 'select q.x from "dev_s"."t" q', [[1]]],
  ['a quoted alias without a blank', 'select q.x from s.t"q"', 'select q.x from "dev_s"."t" "q"', [[1]]],
  [
    'another last name gets the logical one as an alias',
    'select renamed.x from s.renamed',
    'select renamed.x from "dev_s"."old" as "renamed"',
    [[2]],
  ],
  [
    'a whole row',
    'select renamed from s.renamed',
    'select renamed from "dev_s"."old" as "renamed"',
    [[{ x: 2, y: 'two' }]],
  ],
  [
    'a call always gets one',
    'select count(*), max(t.value) from f.t',
    'select count(*), max(t.value) from json_each(\'[1, 6]\') as "t"',
    [['2', '6']],
  ],
  [
    'columns that name the relation in full',
    "select s.t.x, s.t.st.x from s.t where s.t.y = 'one'",
    'select "dev_s"."t".x, "dev_s"."t".st.x from "dev_s"."t" where "dev_s"."t".y = \'one\'',
    [[1, 7]],
  ],
  [
    'case is kept, and folds',
    'select S.T.x, t.y from S.T',
    'select "dev_s"."t".x, t.y from "dev_s"."t"',
    [[1, 'one']],
  ],
  ['one last name twice', 'select * from a.t, b.t', 'select * from "dev_a"."t", "dev_b"."t"', [[3, 4]]],
  [
    'one last name twice with full columns',
    'select b.t.x, a.t.x from a.t, b.t',
    'select "dev_b"."t".x, "dev_a"."t".x from "dev_a"."t", "dev_b"."t"',
    [[4, 3]],
  ],
  [
    'one last name twice in two queries',
    'select a.t.x from a.t union all select b.t.x from b.t order by all',
    'select "dev_a"."t".x from "dev_a"."t" union all select "dev_b"."t".x from "dev_b"."t" order by all',
    [[3], [4]],
  ],
  [
    'the same table in two scopes',
    'select s.t.x from s.t where x in (select x from s.t where s.t.x = 1)',
    'select "dev_s"."t".x from "dev_s"."t" where x in (select x from "dev_s"."t" where "dev_s"."t".x = 1)',
    [[1]],
  ],
  [
    'a correlated column',
    'select (select max(x) from a.t where s.t.x < a.t.x) from s.t',
    'select (select max(x) from "dev_a"."t" where "dev_s"."t".x < "dev_a"."t".x) from "dev_s"."t"',
    [[3]],
  ],
  [
    'full columns of a relation that needs an alias',
    'select s.renamed.x, renamed.y from s.renamed',
    'select "renamed".x, renamed.y from "dev_s"."old" as "renamed"',
    [[2, 'two']],
  ],
  [
    'a correlated full column of a call whose last name is taken in the subquery',
    'select (select max(x) from a.t where f.t.value < a.t.x) from f.t limit 1',
    'select (select max(x) from "dev_a"."t" where "f.t".value < "dev_a"."t".x) from json_each(\'[1, 6]\') as "f.t" limit 1',
    [[3]],
  ],
  [
    'TABLESAMPLE comes after the alias',
    'select renamed.x from s.renamed tablesample 100%',
    'select renamed.x from "dev_s"."old" as "renamed" tablesample 100%',
    [[2]],
  ],
  ['TABLE', 'table s.t', 'table "dev_s"."t"', [[1, 'one', { x: 7 }]]],
  ['TABLE that needs an alias', 'TABLE s.renamed', 'select * from "dev_s"."old" as "renamed"', [[2, 'two']]],
  [
    'DESCRIBE that needs an alias',
    'select column_name from (describe s.renamed)',
    'select column_name from (describe select * from "dev_s"."old" as "renamed")',
    [['x'], ['y']],
  ],
  [
    'no blanks',
    'select"s"."t".x from"s"."t"where"s".t.x=1',
    'select"dev_s"."t".x from"dev_s"."t"where"dev_s"."t".x=1',
    [[1]],
  ],
  [
    'a call where a quoted name was',
    'select max(value)from"f".q',
    'select max(value)from json_each(\'[1, 6]\') as "q"',
    [['6']],
  ],
  [
    'EXCLUDE',
    'select * exclude (s.t.st) from s.t',
    'select * exclude ("dev_s"."t".st) from "dev_s"."t"',
    [[1, 'one']],
  ],
  [
    'comments and layout',
    '/* s.t */ select x -- s.t\n\tfrom /**/ s /* in */ . t\n; -- end',
    '/* s.t */ select x -- s.t\n\tfrom /**/ "dev_s"."t"\n; -- end',
    [[1]],
  ],
  [
    'PIVOT',
    "pivot s.renamed on y in ('two') using max(x)",
    'pivot "dev_s"."old" as "renamed" on y in (\'two\') using max(x)',
    [[2]],
  ],
])('%s', async (_, sql, expected, found) => {
  const rewritten = await rewrite(sql)
  expect(rewritten.text).toBe(expected)
  expect(await rows(rewritten.text)).toEqual(found)
})

test('a reference that the resolver does not know stays', async () => {
  expect((await rewrite('select 1 from unknown, s.t')).text).toBe('select 1 from unknown, "dev_s"."t"')
})

test('every offset outside a replacement maps to the same character', async () => {
  const sql = "select 'ä😀', s.t.x, renamed.y from s.t, s.renamed where s.t.x > 0"
  const { text, map } = await rewrite(sql)
  for (const piece of ["'ä😀'", 'renamed.y', 'where', '> 0']) {
    for (let index = 0; index < piece.length; index++) {
      expect(map(text.indexOf(piece) + index)).toBe(sql.indexOf(piece) + index)
    }
  }
  for (const inside of ['"dev_s"."old"', '"old"', 'as "renamed"']) {
    expect(map(text.indexOf(inside))).toBe(sql.indexOf('s.renamed'))
  }
  expect(map(text.length)).toBe(sql.length)
})

test("an engine's error position maps back to the place in the user's text", async () => {
  const sql = 'select s.t.x, nope\nfrom s.t'
  const { text, map } = await rewrite(sql)
  const failure = await connection
    .run(`set errors_as_json = true`)
    .then(() => connection.run(text))
    .catch(String)
  const position = Number(/"position":"(\d+)"/.exec(String(failure))?.[1])
  expect(sql.slice(map(position)).startsWith('nope')).toBe(true)
})

test('an engine that folds to lower case gets the folded alias', async () => {
  const sql = 'select Flights.x from s.Flights, s."Days"'
  const [result] = await parser.parse([sql])
  if (!result?.ok) throw new Error('no query')
  const postgres = {
    fold: (name: string, quoted: boolean) => (quoted ? name : name.toLowerCase()),
    quote: duckdb.quote,
  }
  const rewritten = rewriteReferences(
    sql,
    result.query,
    ({ parts }) => ({ sql: `p.x_${parts[1]}`, name: 'x' }),
    postgres,
  )
  expect(rewritten.text).toBe('select Flights.x from p.x_Flights as "flights", p.x_Days as "Days"')
})
