import { DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createDuckdbParser } from '../../adapters/duckdb/parser.ts'
import { createPostgresParser } from '../../adapters/postgres/parser.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { createDatabase } from '../postgres-server.ts'
import { answers, dates, rendering } from './question.ts'
import { RandomModels, randomOf, type Words } from './random-models.ts'

// Whatever the proof says of a random model is tried on a real engine: a window at once against the same days one by one.

/** Other figures by hand: `SLUICE_BATCH_SEED=7 SLUICE_BATCH_MODELS=5000 npx vitest run test/batch/same-rows.test.ts`. */
const seed = Number(process.env.SLUICE_BATCH_SEED ?? 20)
const modelsOn = (standard: number) => Number(process.env.SLUICE_BATCH_MODELS ?? standard)

/** Windows are taken from the first seven days of 2001. */
const DAYS = 7
const WINDOWS = 4

interface Engine {
  readonly words: Words
  readonly parser: SqlParser
  run(sql: string): Promise<void>
  /** Each row as a text. */
  rows(sql: string): Promise<readonly string[]>
  close(): Promise<void>
}

async function duckdb(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const parser = createDuckdbParser()
  return {
    words: 'duckdb',
    parser,
    run: async (sql) => void (await connection.run(sql)),
    async rows(sql) {
      const read = await connection.runAndReadAll(sql)
      return read.getRows().map((row) => row.map(String).join('|'))
    },
    async close() {
      connection.closeSync()
      instance.closeSync()
      await parser.close()
    },
  }
}

async function postgres(): Promise<Engine> {
  const database = await createDatabase()
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const parser = createPostgresParser()
  return {
    words: 'postgres',
    parser,
    run: async (sql) => void (await client.query(sql)),
    async rows(sql) {
      const { rows } = await client.query({ text: sql, rowMode: 'array' })
      return rows.map((row: readonly unknown[]) => row.map(String).join('|'))
    },
    async close() {
      await client.end()
      await database.drop()
      await parser.close()
    },
  }
}

/** Fills the tables that random models read, with NULLs, doubles and empty days. */
async function fill(engine: Engine, random: () => number): Promise<void> {
  const below = (limit: number) => Math.floor(random() * limit)
  const orNull = (probability: number, value: string) => (random() < probability ? 'null' : value)
  const day = () => `2001-01-0${1 + below(DAYS)}`
  for (const table of ['a', 'b', 'c']) {
    const rows = Array.from({ length: 5 + below(12) }, () => {
      const numbers = [orNull(0.15, `${1 + below(3)}`), orNull(0.2, `${below(4)}`)]
      if (table === 'c') return `(${numbers.join(', ')})`
      const time = `timestamp '${day()} ${String(below(24)).padStart(2, '0')}:00:00'`
      return `(${[orNull(0.12, `date '${day()}'`), orNull(0.12, time), ...numbers].join(', ')})`
    })
    const times = table === 'c' ? '' : 'd date, ts timestamp, '
    await engine.run(`drop table if exists ${table}`)
    await engine.run(`create table ${table} (${times}u integer, v integer)`)
    await engine.run(`insert into ${table} values ${rows.join(', ')}`)
  }
}

const dayText = (day: number) => `2001-01-0${day}`

async function compare(engine: Engine, count: number): Promise<number> {
  const models = new RandomModels(seed, engine.words)
  const texts = Array.from({ length: count }, () => models.next())
  const random = randomOf(seed + 1)
  const found = await answers(engine.parser, texts)
  const proven = texts.filter((_, index) => found[index]!.batchable)
  let isEmpty = true
  for (let window = 0; window < WINDOWS; window++) {
    await fill(engine, random)
    for (const text of proven) {
      const first = 1 + Math.floor(random() * (DAYS - 1))
      const last = first + 1 + Math.floor(random() * (DAYS - first))
      const rowsOf = (from: number, to: number) =>
        engine.rows(rendering(text, dates(dayText(from), dayText(to))).text)
      const together = await rowsOf(first, last + 1)
      const apart: string[] = []
      for (let day = first; day <= last; day++) apart.push(...(await rowsOf(day, day + 1)))
      isEmpty &&= together.length === 0
      expect([...together].sort(), `${text}\nfrom ${first} to ${last}`).toEqual(apart.sort())
    }
  }
  expect(isEmpty).toBe(false)
  return proven.length / count
}

test.each([
  ['DuckDB', duckdb, modelsOn(250)],
  ['Postgres', postgres, modelsOn(150)],
] as const)(
  '%s: what is proven gives the same rows together and one by one',
  async (_, open, count) => {
    const engine = await open()
    try {
      // A proof that proves nothing would be right, too.
      expect(await compare(engine, count)).toBeGreaterThan(0.3)
    } finally {
      await engine.close()
    }
  },
  300_000,
)
