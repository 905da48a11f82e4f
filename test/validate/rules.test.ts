import { afterAll, describe, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { postgres } from '../../adapters/postgres/index.ts'
import { lintQuery } from '../../core/validate/query-lint.ts'

const factories = { duckdb, postgres } as const

describe.each(['duckdb', 'postgres'] as const)('rules for SQL on %s', (engine) => {
  const parser = factories[engine].parser()
  afterAll(() => parser.close())

  /** What is found, as `rule: what`, in the order of the text. */
  async function found(sql: string): Promise<readonly string[]> {
    const [result] = await parser.parse([sql], new Set([0]))
    if (!result?.ok || result.query.relational === undefined) throw new Error(`not parsed: ${sql}`)
    const findings = lintQuery(result.query.relational)
    for (const { start } of findings) expect(start).toBeLessThan(sql.length)
    return findings.map(({ rule, what }) => `${rule}: ${what}`)
  }

  test.each([
    'select a.x, b.y from a join b on a.id = b.id',
    'with c as (select x, y from s.t) select * from c',
    'select * from (select x from t) as s',
    'with c as (select * from s.t), d as (select x from c) select * from d',
    'with c(x) as (select y from s.t) select c.* from c',
    'select id, a.x from a join b using (id)',
    'select x from a, unnest(a.xs) as x',
    'select a.x, (select max(y) from c) as m from a join b on a.id = b.id',
    'select a.x as n, count(*) from a join b on a.id = b.id group by n order by n',
    'select a.x from a join b on a.id = b.id order by x',
    'select x from t order by x limit 3',
    'select count(*) from t limit 1',
    'select 1 as one limit 1',
    'select x from t where exists (select 1 from u limit 1)',
    'select x from t limit 0',
    'select distinct on (x) x from t',
    'select distinct on (x) x, y from t order by x, y',
    'select row_number() over (order by x) from t',
    'select sum(x) over (partition by y) from t',
    'select x from t where x is null or x is not distinct from null',
    'select case when x is null then 1 end from t',
    'select x from t where x in (1, null)',
    'select a.x from a join b on a.id = b.id and a.x = a.y',
    'values (1), (2)',
    'select x from a union all select y from b',
  ])('find nothing in %s', async (sql) => {
    expect(await found(sql)).toEqual([])
  })

  test.each([
    ['select * from s.t', ['select_star: s.t']],
    ['select t.* from s.t as t', ['select_star: s.t']],
    ['with c as (select * from s.t) select * from c', ['select_star: s.t']],
    ['select x from a union all select * from b', ['select_star: b']],
    ['select * from (select * from t) as s', ['select_star: t']],
    [
      'select x, b.y from a join b on a.id = b.id where z > 1',
      ['unqualified_column: x', 'unqualified_column: z'],
    ],
    ['select a.x from a join b on a.id = b.id and y', ['unqualified_column: y']],
    ['select upper(x) as x from a, b', ['unqualified_column: x']],
    ['select x from t limit 3', ['arbitrary_rows: LIMIT']],
    ['select x from (select y as x from t limit 3) as s order by x', ['arbitrary_rows: LIMIT']],
    ['select x, count(*) from t group by x limit 3', ['arbitrary_rows: LIMIT']],
    ['select distinct on (x) x, y from t', ['arbitrary_rows: DISTINCT ON']],
    ['select row_number() over (partition by x) from t', ['arbitrary_rows: row_number()']],
    ['select lag(y) over () from t', ['arbitrary_rows: lag()']],
    ['select x from t where x = null', ['null_comparison: `= null`']],
    ['select x from t where x <> null', ['null_comparison: `<> null`']],
    ['select x from t where x not in (1, null)', ['null_comparison: `not in` a list with NULL']],
    ['select a.x from a join b on a.id = a.id', ['self_comparison: a.id']],
  ] as const)('find in %s %j', async (sql, expected) => {
    expect(await found(sql)).toEqual(expected)
  })
})

test.each(['duckdb', 'postgres'] as const)('CASE that compares with NULL is found on %s', async (engine) => {
  const parser = factories[engine].parser()
  const [result] = await parser.parse(['select case x when null then 1 else 2 end from t'], new Set([0]))
  const findings = result?.ok ? lintQuery(result.query.relational!) : []
  expect(findings.map(({ rule }) => rule)).toEqual(['null_comparison'])
  await parser.close()
})

test('on DuckDB a star that leaves columns out, or chooses them by a pattern, is one all the same', async () => {
  const parser = duckdb.parser()
  const found = async (sql: string) => {
    const [result] = await parser.parse([sql], new Set([0]))
    return result?.ok ? lintQuery(result.query.relational!).map(({ rule }) => rule) : []
  }
  expect(await found('select * exclude (x) from t')).toEqual(['select_star'])
  expect(await found("select columns('a.*') from t")).toEqual(['select_star'])
  expect(await found('from t')).toEqual(['select_star'])
  expect(await found('select list_transform(xs, x -> x + 1), a.y from a join b using (id)')).toEqual([
    'unqualified_column',
  ])
  await parser.close()
})
