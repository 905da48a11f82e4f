import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duckdbDialect } from '../../adapters/duckdb/dialect.ts'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import { postgresDialect } from '../../adapters/postgres/dialect.ts'
import { createPostgresParser } from '../../adapters/postgres/parser.ts'
import type { ColumnSource, QueryLineage } from '../../core/lineage/lineage.ts'
import { lineageOf } from '../../core/lineage/query.ts'
import type { Relational } from '../../core/sql/relational/ir.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { type CaseRelation, casesOf, type LineageCase } from './case-files.ts'

const dialects = {
  duckdb: { parser: createDuckdbParser(), dialect: duckdbDialect },
  postgres: { parser: createPostgresParser(), dialect: postgresDialect },
}

function ddl(relations: readonly CaseRelation[]): readonly string[] {
  const quoted = (name: string) =>
    name
      .split('.')
      .map((part) => `"${part}"`)
      .join('.')
  return relations.flatMap(({ name, columns = [] }) => [
    ...(name.includes('.') ? [`create schema if not exists "${name.split('.')[0]}"`] : []),
    `create table ${quoted(name)} (${columns.map((each) => `"${each.name}" ${each.type}`).join(', ')})`,
  ])
}

/** Asks the engine for the names of a query's output, so that no case is about SQL that it would refuse. */
type Bind = (each: LineageCase) => Promise<readonly string[]>

function sourceText({ relation, column, role }: ColumnSource): string {
  return `${relation}.${column} ${role}`
}

function judge(each: LineageCase, lineage: QueryLineage): void {
  const isUnresolved = lineage.unresolved.length > 0
  if (each.isOpen) {
    expect(isUnresolved || lineage.isOpen === true).toBe(true)
    return
  }
  expect(isUnresolved, 'rows that are not resolved').toBe(each.rows.isUnresolved)
  const found = lineage.columns.map(({ column, sources, unresolved = [] }) => ({
    column,
    sources: sources.map(sourceText).sort(),
    isUnresolved: unresolved.length > 0,
  }))
  // What is unresolved may have found more or less.
  const wanted = each.columns.map((column, index) => {
    const isVague = column.isUnresolved && column.sources.length === 0
    const sources = isVague ? (found[index]?.sources ?? []) : column.sources
    const isMissing = each.rows.isUnresolved ? (found[index]?.isUnresolved ?? false) : column.isUnresolved
    return { column: column.column, sources, isUnresolved: isMissing }
  })
  expect(found).toEqual(wanted)
  if (!each.rows.isUnresolved) expect(lineage.rows.map(sourceText).sort()).toEqual(each.rows.sources)
}

for (const name of ['duckdb', 'postgres'] as const) {
  describe(name, () => {
    const { parser, dialect } = dialects[name]
    const cases = casesOf(name)
    const engine = name === 'duckdb' ? duckdbEngine() : postgresEngine()
    beforeAll(() => engine.open())
    afterAll(async () => {
      await engine.close()
      await parser.close()
    })

    test('there are 150 cases at least, and the names of cases are unique', () => {
      expect(cases.length).toBeGreaterThanOrEqual(150)
      const names = cases.map((each) => `${each.file} ${each.name}`)
      expect(new Set(names).size).toBe(names.length)
    })

    test.each(cases.map((each) => [`${each.file}: ${each.name}`, each] as const))('%s', async (_, each) => {
      const isKnown = each.skip === undefined && each.relations.every((one) => one.columns !== undefined)
      const outputs = isKnown && !each.sql.includes('my_function') ? await engine.bind(each) : undefined
      const [parsed] = await parser.parse([each.sql], new Set([0]))
      if (!parsed!.ok) throw new Error(parsed!.error.message)
      const relational = parsed!.query.relational as Relational
      const keyed = new Map(each.relations.map((one) => [dialect.fold(one.name, true), one]))
      const lineage = lineageOf(relational, {
        relationOf: ({ parts }) => keyed.get(parts.map((part) => part.key).join('.'))?.name,
        columnsOf: (relation) => each.relations.find((one) => one.name === relation)?.columns,
        fold: (text) => dialect.fold(text, true),
        ...(outputs === undefined ? {} : { outputs }),
      })
      judge(each, lineage)
      if (outputs === undefined || each.isOpen) return
      const alone = lineageOf(relational, {
        relationOf: ({ parts }) => keyed.get(parts.map((part) => part.key).join('.'))?.name,
        columnsOf: (relation) => each.relations.find((one) => one.name === relation)?.columns,
        fold: (text) => dialect.fold(text, true),
      })
      // Of structs and functions only the engine knows all columns.
      if (alone.isOpen === true || alone.unresolved.length > 0) return
      expect(alone.rows, 'without the names that the engine bound').toEqual(lineage.rows)
      expect(alone.columns.map((one) => one.sources)).toEqual(lineage.columns.map((one) => one.sources))
    })
  })
}

interface Engine {
  open(): Promise<void>
  readonly bind: Bind
  close(): Promise<void>
}

function duckdbEngine(): Engine {
  let connection: DuckDBConnection | undefined
  return {
    async open() {
      connection = await (await DuckDBInstance.create(':memory:')).connect()
    },
    async bind({ relations, sql }) {
      for (const text of ['begin', ...ddl(relations)]) await connection!.run(text)
      try {
        return (await connection!.run(sql)).columnNames()
      } finally {
        await connection!.run('rollback')
      }
    },
    async close() {
      connection?.closeSync()
    },
  }
}

function postgresEngine(): Engine {
  let database: TestDatabase | undefined
  let client: Client | undefined
  return {
    async open() {
      database = await createDatabase()
      client = new Client({ connectionString: database.url })
      await client.connect()
    },
    async bind({ relations, sql }) {
      for (const text of ['begin', ...ddl(relations)]) await client!.query(text)
      try {
        return (await client!.query(sql)).fields.map((field) => field.name)
      } finally {
        await client!.query('rollback')
      }
    },
    async close() {
      await client?.end()
      await database?.drop()
    },
  }
}
