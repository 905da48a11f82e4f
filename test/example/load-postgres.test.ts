import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

const script = fileURLToPath(new URL('../../models.example/load-postgres.mjs', import.meta.url))
const airport = 'ABE,"Lehigh Valley, International",NA,NA,USA,40.65,-75.44'

let database: TestDatabase
let folder: string

/** Few rows in files of the same form as the real ones. */
async function writeData(rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const flights = `select timestamp '2001-01-01 00:01:00' + to_minutes(i::int) as date, i - 5 as delay, 100 + i as distance,
    'ABE' as origin, 'ABI' as destination from range(${rows}) as r(i)`
  await connection.run(`copy (${flights}) to '${join(folder, 'flights-3m.parquet')}' (format parquet)`)
  connection.closeSync()
  instance.closeSync()
  const header = 'iata,name,city,state,country,latitude,longitude'
  await writeFile(join(folder, 'airports.csv'), `${header}\n${airport}\n`)
}

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

function load(...flags: readonly string[]): Promise<Ended> {
  const { DATABASE_URL: _, ...env } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...flags], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })
}

async function ask(sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-example-'))
  database = await createDatabase()
  await writeData(1000)
})

afterAll(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('loading the example into Postgres', () => {
  test('replaces what was loaded before, and views keep reading it', async () => {
    expect(await load('--url', database.url, '--data', folder)).toMatchObject({ code: 0, err: '' })
    await ask('create view flights_seen as select count(*)::int as n from raw.flights')
    await writeData(50_000)
    const second = await load('--url', database.url, '--data', folder)
    expect(second.code).toBe(0)
    expect(second.out).toContain('raw.flights: 50,000 rows')
    expect(await ask('select n from flights_seen')).toEqual([{ n: 50_000 }])
    expect(
      await ask(
        `select date::text as date, delay, distance, origin, destination from raw.flights order by date limit 1`,
      ),
    ).toEqual([
      { date: '2001-01-01 00:01:00', delay: '-5', distance: '100', origin: 'ABE', destination: 'ABI' },
    ])
    expect(await ask('select name, city, latitude from raw.airports')).toEqual([
      { name: 'Lehigh Valley, International', city: 'NA', latitude: 40.65 },
    ])
  })

  test('leaves everything as it was when the server refuses half-way', async () => {
    const before = await ask('select count(*)::int as n from raw.flights')
    await ask('alter table raw.airports add constraint southern check (latitude < 0) not valid')
    const refused = await load('--url', database.url, '--data', folder)
    await ask('alter table raw.airports drop constraint southern')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('violates check constraint "southern"')
    expect(refused.err).toContain('Nothing was changed.')
    expect(await ask('select count(*)::int as n from raw.flights')).toEqual(before)
    expect(await ask('select count(*)::int as n from raw.airports')).toEqual([{ n: 1 }])
  })

  test.each<[string, () => readonly string[], string]>([
    ['no URL', () => [], 'no database: give --url, or set DATABASE_URL'],
    [
      'an unreachable server',
      () => ['--url', 'postgres://a:secret@127.0.0.1:1/x'],
      'cannot connect to 127.0.0.1:1/x',
    ],
    ['a URL that is none', () => ['--url', 'postgres:secret@127.0.0.1'], 'the URL cannot be read'],
    ['a database that is not there', () => ['--url', `${database.url}_gone`], 'does not exist'],
    ['a folder without the files', () => ['--url', database.url, '--data', '/nowhere'], 'there is no file'],
    ['an unknown flag', () => ['--ulr', 'x'], "Unknown option '--ulr'"],
  ])('explains %s without a stack', async (_, flags, message) => {
    const { code, err } = await load(...flags())
    expect(code).toBe(1)
    expect(err).toContain(message)
    expect(err).not.toMatch(/^\s+at /m)
    expect(err).not.toContain('secret')
  })
})
