import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { duckdbDialect } from '../../adapters/duckdb/dialect.ts'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import type { QueryLineage } from '../../core/lineage/lineage.ts'
import { lineageOf } from '../../core/lineage/query.ts'
import { randomOf } from '../batch/random-models.ts'
import { RandomQueries, relations } from './random-queries.ts'

// What lineage calls unrelated is tried: a column's data changes, and what does not come from it must stay as it was.

/** Other figures by hand: `SLUICE_LINEAGE_SEED=7 SLUICE_LINEAGE_QUERIES=5000 npx vitest run test/lineage/unrelated.test.ts`. */
const seed = Number(process.env.SLUICE_LINEAGE_SEED ?? 20)
const count = Number(process.env.SLUICE_LINEAGE_QUERIES ?? 400)
/** Queries that share their data. */
const WORLD = 100
const ROWS = 6
/** Changed columns that are tried with each query. */
const TRIES = 4

const parser = createDuckdbParser()
let connection: DuckDBConnection

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
})

afterAll(async () => {
  connection.closeSync()
  await parser.close()
})

type Random = () => number

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

function value(random: Random, type: string): string {
  if (random() < 0.15) return 'null'
  if (type === 'int') return String(below(random, 4))
  if (type === 'text') return `'${'uvw'[below(random, 3)]}'`
  if (type === 'int[]')
    return `[${Array.from({ length: below(random, 3) }, () => below(random, 4)).join(', ')}]::int[]`
  return `{'p': ${below(random, 3)}, 'q': '${'uvw'[below(random, 3)]}'}`
}

function ids(random: Random): readonly string[] {
  const all = Array.from({ length: ROWS }, (_, index) => String(index))
  for (let at = all.length - 1; at > 0; at--) {
    const other = below(random, at + 1)
    ;[all[at], all[other]] = [all[other]!, all[at]!]
  }
  return all
}

/** Schema `plain` holds the data, and for each column a schema its relation with other values in that one. */
async function makeWorld(random: Random): Promise<void> {
  await connection.run('drop schema if exists plain cascade; create schema plain')
  for (const { name, columns = [] } of relations) {
    const column = (of: (typeof columns)[number]) =>
      of.name === 'id' ? ids(random) : Array.from({ length: ROWS }, () => value(random, of.type!))
    const create = async (schema: string, values: readonly (readonly string[])[]) => {
      const rows = Array.from({ length: ROWS }, (_, row) => `(${values.map((each) => each[row]).join(', ')})`)
      const types = columns.map((each) => `${each.name} ${each.type}`).join(', ')
      await connection.run(`create or replace table ${schema}.${name} (${types})`)
      await connection.run(`insert into ${schema}.${name} values ${rows.join(', ')}`)
    }
    const values = columns.map(column)
    await create('plain', values)
    for (const [index, each] of columns.entries()) {
      const schema = `other_${name}_${each.name}`
      await connection.run(`drop schema if exists ${schema} cascade; create schema ${schema}`)
      await create(
        schema,
        values.map((own, at) => (at === index ? column(each) : own)),
      )
    }
  }
}

interface Values {
  readonly names: readonly string[]
  readonly columns: readonly (readonly string[])[]
}

/** Each output column's values as texts; `isOrdered` for what the query puts in a whole order. */
async function valuesIn(schema: string, sql: string): Promise<Values> {
  await connection.run(`set search_path = '${schema === 'plain' ? 'plain' : `${schema},plain`}'`)
  const read = await connection.runAndReadAll(sql)
  const isOrdered = /order by all$/.test(sql)
  const names = read.columnNames()
  // Without rows there are no columns either.
  const found = read.getColumnsJson()
  const columns = names.map((_, index) => {
    const texts = (found[index] ?? []).map((each) => JSON.stringify(each))
    return isOrdered ? texts : texts.sort()
  })
  return { names, columns }
}

function lineage(outputs: readonly string[], parsed: unknown): QueryLineage {
  const keyed = new Map(relations.map((each) => [each.name, each]))
  return lineageOf(parsed as Parameters<typeof lineageOf>[0], {
    relationOf: ({ parts }) => keyed.get(parts.map((part) => part.key).join('.'))?.name,
    columnsOf: (relation) => keyed.get(relation)?.columns,
    fold: (text) => duckdbDialect.fold(text, true),
    outputs,
  })
}

interface Figures {
  queries: number
  refused: number
  resolved: number
  tried: number
  unrelated: number
  related: number
  changed: number
}

test('what does not come from a column stays as it is when the column changes', {
  timeout: 3_600_000,
}, async () => {
  const random = randomOf(seed)
  const generator = new RandomQueries(random)
  const figures: Figures = {
    queries: 0,
    refused: 0,
    resolved: 0,
    tried: 0,
    unrelated: 0,
    related: 0,
    changed: 0,
  }
  const wrong: string[] = []
  const unresolved = new Map<string, number>()
  const refusals = new Map<string, number>()
  while (figures.queries < count) {
    await makeWorld(random)
    const texts = Array.from({ length: WORLD }, () => generator.next())
    const parsed = await parser.parse(texts, new Set(texts.keys()))
    for (const [index, sql] of texts.entries()) {
      figures.queries += 1
      const result = parsed[index]!
      let plain: Values
      try {
        if (!result.ok) throw new Error(result.error.message)
        plain = await valuesIn('plain', sql)
      } catch (error) {
        figures.refused += 1
        const reason = String((error as Error).message)
          .split('\n')[0]!
          .slice(0, 90)
        refusals.set(reason, (refusals.get(reason) ?? 0) + 1)
        continue
      }
      const found = lineage(plain.names, result.ok ? result.query.relational : undefined)
      const issues = [...found.unresolved, ...found.columns.flatMap((each) => each.unresolved ?? [])]
      if (issues.length === 0) figures.resolved += 1
      else unresolved.set(`${issues[0]!.reason}: ${sql}`, 1)
      expect(found.columns.length, sql).toBe(plain.columns.length)
      await tryOthers(sql, found, plain.columns, random, figures, wrong)
    }
  }
  report(figures, wrong, unresolved, refusals)
  expect(wrong).toEqual([])
  expect(figures.refused / figures.queries).toBeLessThan(0.4)
  expect(figures.resolved / (figures.queries - figures.refused)).toBeGreaterThan(0.95)
  // Otherwise nothing was really tried.
  expect(figures.unrelated).toBeGreaterThan(figures.queries)
  expect(figures.changed).toBeGreaterThan(figures.queries / 4)
})

async function tryOthers(
  sql: string,
  found: QueryLineage,
  plain: readonly (readonly string[])[],
  random: Random,
  figures: Figures,
  wrong: string[],
): Promise<void> {
  const candidates = relations
    .filter((each) => found.reads.includes(each.name))
    .flatMap(({ name, columns = [] }) => columns.map((column) => ({ relation: name, column: column.name })))
  for (let tries = 0; tries < TRIES && candidates.length > 0; tries++) {
    const [changed] = candidates.splice(below(random, candidates.length), 1)
    let other: Values
    try {
      other = await valuesIn(`other_${changed!.relation}_${changed!.column}`, sql)
    } catch {
      continue
    }
    figures.tried += 1
    const isIn = (sources: QueryLineage['rows']) =>
      sources.some((each) => each.relation === changed!.relation && each.column === changed!.column)
    for (const [index, column] of found.columns.entries()) {
      const isSame = JSON.stringify(plain[index]) === JSON.stringify(other.columns[index])
      if (found.unresolved.length > 0 || column.unresolved !== undefined) continue
      if (isIn(found.rows) || isIn(column.sources)) {
        figures.related += 1
        if (!isSame) figures.changed += 1
        continue
      }
      figures.unrelated += 1
      if (!isSame) wrong.push(`${column.column} changes with ${changed!.relation}.${changed!.column}: ${sql}`)
    }
  }
}

function report(
  figures: Figures,
  wrong: readonly string[],
  unresolved: ReadonlyMap<string, number>,
  refusals: ReadonlyMap<string, number>,
): void {
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
  const bound = figures.queries - figures.refused
  const lines = [
    `${figures.queries} queries, ${bound} of them taken by the engine, ${share(figures.resolved, bound)} of these resolved in full`,
    `${figures.tried} changes of a column: ${figures.unrelated} output columns unrelated, ${wrong.length} of them changed; ${figures.related} related, ${share(figures.changed, figures.related)} changed`,
    ...(process.env.SLUICE_LINEAGE_SHOW === undefined
      ? []
      : [
          ...unresolved.keys(),
          ...[...refusals]
            .sort((a, b) => b[1] - a[1])
            .slice(0, 25)
            .map(([reason, times]) => `${times} ${reason}`),
        ]),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
