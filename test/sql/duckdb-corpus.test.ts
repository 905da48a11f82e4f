import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import type { ParsedQuery } from '../../core/sql/parser.ts'
import { rewriteReferences } from '../../core/sql/rewrite.ts'
import { dottedName } from '../../core/sql/tokens.ts'
import { displayName, readCorpus, sortedOnce } from './corpus.ts'

const parser = createDuckdbParser()
afterAll(() => parser.close())

const cases = ['duckdb', 'tpch', 'tpcds'].flatMap(readCorpus)
const duckdb = {
  fold: (name: string) => name.toLowerCase(),
  quote: (name: string) => `"${name.replaceAll('"', '""')}"`,
}

async function parseAll(texts: readonly string[]): Promise<readonly ParsedQuery[]> {
  const results = await parser.parse(texts)
  return results.map((result, index) => {
    if (!result.ok) throw new Error(`${result.error.message} in:\n${texts[index]}`)
    return result.query
  })
}

function tablesOf(query: ParsedQuery): readonly string[] {
  return sortedOnce(query.tables.map((table) => displayName(table.parts)))
}

let queries: readonly ParsedQuery[]
beforeAll(async () => {
  queries = await parseAll(cases.map((each) => each.sql))
})

test('the corpus is large enough', () => {
  expect(readCorpus('duckdb').length).toBeGreaterThanOrEqual(170)
  expect(readCorpus('tpch')).toHaveLength(22)
  expect(readCorpus('tpcds').length).toBeGreaterThanOrEqual(40)
})

describe.each(cases.map((each, index) => ({ ...each, index })))('$title', ({ sql, tables, files, index }) => {
  test('names exactly the tables and files that a person listed', () => {
    expect(tablesOf(queries[index]!)).toEqual(tables)
    expect(sortedOnce(queries[index]!.files.map((file) => file.path))).toEqual(files)
  })

  test('has exact spans', () => {
    const { tables: references, files: literals, end } = queries[index]!
    for (const reference of references) {
      const written = sql.slice(reference.start, reference.end)
      if (written.startsWith("'")) {
        expect([written.slice(1, -1).replaceAll("''", "'")]).toEqual(reference.parts)
        continue
      }
      const name = dottedName(written, 0)
      expect(name).toMatchObject({ start: 0, end: written.length })
      expect(name!.parts).toEqual(reference.parts)
      expect(name!.quoted).toEqual(reference.quoted)
    }
    for (const file of literals) expect(sql.slice(file.start, file.end)).toBe(`'${file.path}'`)
    expect(sql.slice(end)).toMatch(/^[\s;]*(--[^\n]*\s*|\/\*.*\*\/\s*)*$/s)
  })
})

test('an identity mapping gives the same text', () => {
  for (const [index, { sql }] of cases.entries()) {
    const identity = rewriteReferences(
      sql,
      queries[index]!,
      (table) => ({ sql: sql.slice(table.start, table.end), name: table.parts.at(-1)! }),
      duckdb,
    )
    expect(identity.text).toBe(sql)
  }
})

test('a renaming gives the renamed tables and keeps everything else', async () => {
  const renamed = (parts: readonly string[]) => ['Zfür', `${parts.join('_')} "new"`]
  const rewritten = cases.map(({ sql }, index) =>
    rewriteReferences(
      sql,
      queries[index]!,
      ({ parts }) => ({
        sql: renamed(parts).map(duckdb.quote).join('.'),
        name: renamed(parts)[1]!,
      }),
      duckdb,
    ),
  )
  const again = await parseAll(rewritten.map((each) => each.text))
  for (const [index, query] of again.entries()) {
    const before = queries[index]!
    const expected = before.tables.map((table) => displayName(renamed(table.parts)))
    expect(tablesOf(query)).toEqual(sortedOnce(expected))
    expect(query.files.map((file) => file.path)).toEqual(before.files.map((file) => file.path))
    expect(query.functions.map((call) => call.name)).toEqual(before.functions.map((call) => call.name))
    expect(query.qualifiedColumns).toEqual([])
    expect(query.tables.map((table) => rewritten[index]!.map(table.start))).toEqual(
      before.tables.map((table) => table.start),
    )
  }
})

test('table functions in the place of tables are accepted by the engine', async () => {
  const isTimeTravel = (sql: string) => / at \((version|timestamp) =>/.test(sql)
  const rewritten = cases.map(({ sql }, index) =>
    rewriteReferences(
      sql,
      isTimeTravel(sql) ? { tables: [], qualifiedColumns: [] } : queries[index]!,
      ({ parts }) => ({ sql: `read_parquet('${parts.join('/').replaceAll("'", "''")}')` }),
      duckdb,
    ),
  )
  const again = await parseAll(rewritten.map((each) => each.text))
  for (const [index, query] of again.entries()) {
    if (!isTimeTravel(cases[index]!.sql)) expect(query.tables).toEqual([])
  }
})

test('text before a reference shifts its span by exactly its length', async () => {
  const prefix = "/* 😀 ä \u00a0 ' */ -- 'ß\n"
  const shifted = await parseAll(cases.map(({ sql }) => prefix + sql))
  for (const [index, query] of shifted.entries()) {
    const spans = (list: readonly { start: number; end: number }[], by: number) =>
      list.map(({ start, end }) => [start - by, end - by])
    expect(spans(query.tables, prefix.length)).toEqual(spans(queries[index]!.tables, 0))
    expect(spans(query.qualifiedColumns, prefix.length)).toEqual(spans(queries[index]!.qualifiedColumns, 0))
    expect(query.normalized).toBe(queries[index]!.normalized)
  }
})
