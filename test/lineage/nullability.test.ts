import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duckdbDialect } from '../../adapters/duckdb/dialect.ts'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import { createPostgresParser } from '../../adapters/postgres/parser.ts'
import type { Nullability } from '../../core/lineage/lineage.ts'
import { type InputColumn, nullabilityOf } from '../../core/lineage/query.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { randomOf } from '../batch/random-models.ts'
import { RandomQueries, relations } from './random-queries.ts'

const parsers = { duckdb: createDuckdbParser(), postgres: createPostgresParser() }
let connection: DuckDBConnection

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
})

afterAll(async () => {
  connection.closeSync()
  for (const parser of Object.values(parsers)) await parser.close()
})

/** What is said of each output column of a query over these relations. */
async function nulls(
  parser: SqlParser,
  sql: string,
  columns: Readonly<Record<string, readonly InputColumn[]>>,
  outputs?: readonly string[],
): Promise<readonly Nullability[]> {
  const [result] = await parser.parse([sql], new Set([0]))
  if (!result!.ok) throw new Error(result!.error.message)
  return nullabilityOf(result!.query.relational!, {
    relationOf: ({ parts }) => parts.map((part) => part.key).join('.'),
    columnsOf: (relation) => columns[relation],
    fold: (name) => duckdbDialect.fold(name, true),
    ...(outputs === undefined ? {} : { outputs }),
  })
}

/** `a` is never NULL, of `b` nobody says. */
const tables = {
  t: [
    { name: 'a', type: 'INTEGER', nulls: 'never' },
    { name: 'b', type: 'INTEGER' },
    { name: 'd', type: 'JSON', nulls: 'never' },
  ],
  u: [
    { name: 'a', type: 'INTEGER', nulls: 'never' },
    { name: 'c', type: 'INTEGER', nulls: 'never' },
  ],
} as const

const cases: readonly (readonly [sql: string, expected: string])[] = [
  ['select a, b from t', 'never unknown'],
  ['select 1 as x, null as y, a + 1 as z, a / 2 as q from t', 'never maybe never unknown'],
  ['select coalesce(b, 0) as x, coalesce(b, null) as y from t', 'never unknown'],
  ['select case when b > 1 then a end as x, case when b > 1 then a else 0 end as y from t', 'maybe never'],
  ['select cast(a as bigint) as x, cast(d as integer) as y from t', 'never unknown'],
  ['select t.a, u.c from t left join u on t.a = u.a', 'never maybe'],
  ['select t.a, u.c from t right join u on t.a = u.a', 'maybe never'],
  ['select t.a, u.c from t full join u on t.a = u.a', 'maybe maybe'],
  ['select a, u.c from t full join u using (a)', 'never maybe'],
  ['select b from t where b is not null', 'never'],
  ['select b + 1 as x from t where b > 3 and a = 1', 'never'],
  ['select b from t where b is not null or a = 1', 'unknown'],
  ['select t.b from t join u on t.b = u.c', 'never'],
  ['select t.b from t left join u on t.b = u.c', 'unknown'],
  ['select x.b from u left join (select b from t where b is not null) x on x.b = u.a', 'maybe'],
  ['select count(*) as n, sum(a) as s, min(b) as m from t', 'never maybe maybe'],
  ['select b, sum(a) as s, sum(b) as t from t group by b', 'unknown never unknown'],
  ['select sum(a) filter (where b > 1) as s from t group by b', 'maybe'],
  ['select a, sum(a) as s from t group by rollup (a)', 'maybe maybe'],
  ['select row_number() over (order by a) as n, lag(a) over (order by a) as p from t', 'never maybe'],
  [
    'select sum(a) over (partition by b) as s, sum(a) over (rows between 2 preceding and 1 preceding) as r from t',
    'never maybe',
  ],
  ['select a from t union all select c from u', 'never'],
  ['select a from t union all select b from t', 'unknown'],
  ['select b from t intersect select c from u', 'never'],
  [
    'select (select max(c) from u) as x, (select count(*) from u) as y, exists (select 1 from u) as z from t',
    'maybe never never',
  ],
  [
    'with recursive r(n) as (select a from t union all select n + 1 from r where n < 5) select n from r',
    'never',
  ],
  [
    'with recursive r(n, m) as (select a, a from t union all select n + 1, null from r where n < 5) select n, m from r',
    'never maybe',
  ],
]

for (const dialect of ['duckdb', 'postgres'] as const) {
  describe(`whether columns can hold NULL, ${dialect}`, () => {
    test.each(cases)('%s', async (sql, expected) => {
      expect((await nulls(parsers[dialect], sql, tables)).join(' ')).toBe(expected)
    })
  })
}

/** Other figures by hand: `SLUICE_NULLS_SEED=7 SLUICE_NULLS_QUERIES=5000`. */
const seed = Number(process.env.SLUICE_NULLS_SEED ?? 5)
const count = Number(process.env.SLUICE_NULLS_QUERIES ?? 300)

test('a column that is said never to hold NULL holds none, whatever the data', {
  timeout: 3_600_000,
}, async () => {
  const random = randomOf(seed)
  const generator = new RandomQueries(random)
  const known = new Map<string, readonly InputColumn[]>()
  const wrong: string[] = []
  let never = 0
  for (let index = 0; index < count; index++) {
    if (index % 50 === 0) await fill(random, known)
    const sql = generator.next()
    let rows: readonly (readonly unknown[])[]
    let names: readonly string[]
    try {
      const read = await connection.runAndReadAll(sql)
      names = read.columnNames()
      rows = read.getRowsJson()
    } catch {
      continue
    }
    const said = await nulls(parsers.duckdb, sql, Object.fromEntries(known), names)
    expect(said.length, sql).toBe(names.length)
    never += said.filter((each) => each === 'never').length
    for (const [at, each] of said.entries()) {
      const holds = rows.some((row) => row[at] === null)
      if (each === 'never' && holds) wrong.push(`${names[at]} of ${sql}`)
    }
  }
  expect(wrong).toEqual([])
  expect(never).toBeGreaterThan(count / 2)
})

/** Tables of a few rows, of whose columns about half hold no NULL and are known not to. */
async function fill(random: () => number, known: Map<string, readonly InputColumn[]>): Promise<void> {
  for (const { name, columns = [] } of relations) {
    const inputs = columns.map(
      (column): InputColumn => ({ ...column, ...(random() < 0.5 ? { nulls: 'never' } : {}) }),
    )
    known.set(name, inputs)
    await connection.run(
      `create or replace table ${name} (${columns.map((each) => `${each.name} ${each.type}`).join(', ')})`,
    )
    for (let row = Math.floor(random() * 6); row > 0; row--) {
      const values = inputs.map((each) =>
        each.nulls !== 'never' && random() < 0.3 ? 'null' : value(random, each.type!),
      )
      await connection.run(`insert into ${name} values (${values.join(', ')})`)
    }
  }
}

function value(random: () => number, type: string): string {
  const number = () => Math.floor(random() * 4)
  if (type === 'int') return String(number())
  if (type === 'text') return `'${'uvw'[number() % 3]}'`
  if (type === 'int[]') return `[${Array.from({ length: number() }, number).join(', ')}]::int[]`
  return `{'p': ${number()}, 'q': 'u'}`
}
