import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import { sortedOnce } from './corpus.ts'

/** A query over tables `a` to `d`, each of which holds its own name as its only row. */
type Query = { readonly recursive: boolean; readonly ctes: readonly Cte[]; readonly body: Body }
type Cte = { readonly name: string; readonly first: Query; readonly second: Query | undefined }
type Body =
  | { readonly kind: 'from'; readonly name: string; readonly qualified: boolean }
  | { readonly kind: 'union'; readonly left: Query; readonly right: Query }
  | { readonly kind: 'derived'; readonly query: Query }

const names = ['a', 'b', 'c', 'd']
const parser = createDuckdbParser()
let instance: DuckDBInstance
let connection: DuckDBConnection

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
  for (const name of names) await connection.run(`create table ${name} as select '${name}' as v`)
})
afterAll(async () => {
  connection.closeSync()
  instance.closeSync()
  await parser.close()
})

const from = fc.record({
  kind: fc.constant('from' as const),
  name: fc.constantFrom(...names),
  qualified: fc.integer({ min: 0, max: 6 }).map((number) => number === 0),
})

function queryOf(depth: number): fc.Arbitrary<Query> {
  if (depth === 0) return from.map((body) => ({ recursive: false, ctes: [], body }))
  const inner = queryOf(depth - 1)
  const cte = fc.record({
    name: fc.constantFrom(...names),
    first: inner,
    second: fc.option(inner, { nil: undefined }),
  })
  return fc.record({
    recursive: fc.boolean(),
    ctes: fc.uniqueArray(cte, { maxLength: 3, selector: ({ name }) => name }),
    body: fc.oneof(
      { weight: 3, arbitrary: from },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('union' as const), left: inner, right: inner }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('derived' as const), query: inner }) },
    ),
  })
}

function sqlOf({ recursive, ctes, body }: Query): string {
  const list = ctes.map(({ name, first, second }) =>
    second
      ? `${name} as ((${sqlOf(first)}) union (${sqlOf(second)}))`
      : // A union at the top of a CTE would make it recursive, too.
        `${name.toUpperCase()} as (select v from (${sqlOf(first)}) q)`,
  )
  const clause = list.length > 0 ? `with ${recursive ? 'recursive ' : ''}${list.join(', ')} ` : ''
  switch (body.kind) {
    case 'from':
      return `${clause}select v from ${body.qualified ? 'main.' : ''}${body.name}`
    case 'union':
      return `${clause}(${sqlOf(body.left)}) union all (${sqlOf(body.right)})`
    case 'derived':
      return `${clause}select v from (${sqlOf(body.query)}) as ${body.query.ctes[0]?.name ?? 'q'}`
  }
}

/** The rows that a query gives, as a set, and the tables that it names anywhere, by direct evaluation. */
function evaluate(
  { recursive, ctes, body }: Query,
  outer: ReadonlyMap<string, ReadonlySet<string>>,
  read: Set<string>,
): ReadonlySet<string> {
  const visible = new Map(outer)
  for (const { name, first, second } of ctes) {
    let rows = evaluate(first, visible, read)
    if (second) {
      for (let size = -1; size !== rows.size; ) {
        size = rows.size
        const inside = recursive ? new Map(visible).set(name, rows) : visible
        rows = new Set([...rows, ...evaluate(second, inside, read)])
      }
    }
    visible.set(name, rows)
  }
  switch (body.kind) {
    case 'from': {
      const cte = body.qualified ? undefined : visible.get(body.name)
      if (cte) return cte
      read.add(body.qualified ? `main.${body.name}` : body.name)
      return new Set([body.name])
    }
    case 'union':
      return new Set([...evaluate(body.left, visible, read), ...evaluate(body.right, visible, read)])
    case 'derived':
      return evaluate(body.query, visible, read)
  }
}

test('tables of random nested WITH clauses are those that an evaluation reads', async () => {
  await fc.assert(
    fc.asyncProperty(queryOf(3), async (query) => {
      const read = new Set<string>()
      evaluate(query, new Map(), read)
      const [result] = await parser.parse([sqlOf(query)])
      if (!result?.ok) throw new Error(result?.error.message)
      expect(sortedOnce(result.query.tables.map((table) => table.parts.join('.')))).toEqual(sortedOnce(read))
    }),
    { seed: 20010105, numRuns: 600 },
  )
}, 60_000)

test('the evaluation that the test believes in is what DuckDB does', async () => {
  await fc.assert(
    fc.asyncProperty(queryOf(2), async (query) => {
      const rows = evaluate(query, new Map(), new Set())
      const found = await connection.runAndReadAll(`select distinct v from (${sqlOf(query)}) q`)
      expect(sortedOnce(found.getRows().map(([value]) => String(value)))).toEqual(sortedOnce(rows))
    }),
    { seed: 20010105, numRuns: 300 },
  )
}, 60_000)
