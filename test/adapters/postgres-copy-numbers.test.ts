import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from '../../adapters/postgres/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { type NumberKind, readNumbers } from '../../core/columns.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

let database: TestDatabase
let adapter: Adapter
let admin: Client
beforeAll(async () => {
  database = await createDatabase()
  adapter = await postgres.open(
    { name: 'test', adapter: 'postgres', url: database.url, schema: {}, vars: {} },
    { threads: 1, readOnly: false, applicationName: 'test-numbers' },
  )
  admin = new Client({ connectionString: database.url })
  await admin.connect()
})
afterAll(async () => {
  await admin?.end()
  await adapter?.close()
  await database?.drop()
})

/** In FROM the server would first collect all of them. */
const endless = 'select g, g from (select generate_series(1, 2000000000) as g) as s'

async function read(sql: string, kinds: readonly NumberKind[], signal?: AbortSignal) {
  const { count, columns } = await adapter.session((session) => readNumbers(session, sql, kinds), signal)
  return [count, ...columns.map((column) => [...column])]
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  )

/** Waits until the server writes the rows of a COPY, and returns the backend that does. */
async function copying(): Promise<number> {
  for (;;) {
    const { rows } = await admin.query('select pid from pg_stat_progress_copy where tuples_processed > 1000')
    if (rows.length > 0) return rows[0].pid
  }
}

test('numbers, instants and nothing, whatever the session shows dates like', async () => {
  expect(
    await adapter.session(async (session) => {
      await session.execute(`set datestyle = 'German, DMY'; set timezone = 'America/New_York'`)
      const { columns } = await readNumbers(
        session,
        `select 1::smallint, 2::integer, -3::bigint, null::bigint, timestamptz '2024-01-05 00:00:00.5+00', timestamptz '1969-12-31 23:59:59+00'`,
        ['number', 'number', 'number', 'number', 'instant', 'instant'],
      )
      return columns.map((column) => column[0])
    }),
  ).toEqual([1, 2, -3, Number.NaN, Date.parse('2024-01-05T00:00:00.500Z'), -1000])
  expect(await read('select 1 where false', ['number'])).toEqual([0, []])
})

test('after an error, the connection is as good as before, and a transaction is not', async () => {
  const broken = 'select 10 / (5 - g) from generate_series(1, 9) g'
  expect(await messageOf(read(broken, ['number']))).toBe('division by zero')
  expect(await read('select 1', ['number'])).toEqual([1, [1]])
  const inside = adapter.transaction(async (transaction) => {
    await messageOf(readNumbers(transaction, broken, ['number']))
    await transaction.query('select 1')
  }, new AbortController().signal)
  expect(await messageOf(inside)).toBe('division by zero')
})

test('a value that is no number of ours is an error, not a wait without end', async () => {
  const numeric = 'select g::numeric from generate_series(1, 100000) g'
  expect(await messageOf(read(numeric, ['number']))).toBe('a number of 10 bytes')
  expect(await read('select 1', ['number'])).toEqual([1, [1]])
})

test('an abort ends the statement while its rows stream, and the connection lives on', async () => {
  const controller = new AbortController()
  const reading = messageOf(read(endless, ['number', 'number'], controller.signal))
  const pid = await copying()
  controller.abort(new Error('stopped'))
  expect(await reading).toMatch(/stopped|canceling statement due to user request/)
  expect(await read('select pg_backend_pid()', ['number'])).toEqual([1, [pid]])
})

test('a connection that dies while rows stream is an error', async () => {
  const reading = messageOf(read(endless, ['number', 'number']))
  await admin.query('select pg_terminate_backend($1)', [await copying()])
  expect(await reading).toMatch(/terminat/)
  expect(await read('select 1', ['number'])).toEqual([1, [1]])
})
