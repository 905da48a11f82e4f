import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from '../../adapters/postgres/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { ledgerMigrations } from '../../core/ledger/schema.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

let database: TestDatabase
let admin: Client
beforeAll(async () => {
  database = await createDatabase()
  admin = new Client({ connectionString: database.url })
  await admin.connect()
  await admin.query(`drop role if exists ledger_user; create role ledger_user login password 'pw'`)
})
afterAll(async () => {
  await admin?.end()
  await database?.drop()
})

function open(user?: string): Promise<Adapter> {
  const url = new URL(database.url)
  if (user !== undefined) {
    url.username = user
    url.password = 'pw'
  }
  return postgres.open(
    { name: 'test', adapter: 'postgres', url: url.href, schema: {}, vars: {} },
    { threads: 1, readOnly: false, applicationName: 'test' },
  )
}

async function hintOf(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => undefined,
    (each: unknown) => each,
  )
  if (!(error instanceof SluiceError)) throw new Error(`expected a SluiceError, got ${String(error)}`)
  expect(error.diagnostics[0]?.code).toBe('SL542')
  return error.diagnostics[0]?.hint
}

test('a user without rights is told the GRANT to ask for, and it suffices', async () => {
  const name = new URL(database.url).pathname.slice(1)
  const user = await open('ledger_user')
  const create = await hintOf(user.migrate(ledgerMigrations))
  expect(create).toContain(`GRANT CREATE ON DATABASE "${name}" TO "ledger_user";`)
  expect(await user.ledgerVersion()).toBe(0)

  await admin.query('create schema sluice')
  const use = await hintOf(user.migrate(ledgerMigrations))
  expect(use).toContain('GRANT USAGE, CREATE ON SCHEMA sluice TO "ledger_user";')

  await admin.query(use?.slice(use.indexOf('GRANT')) ?? '')
  await user.migrate(ledgerMigrations)
  expect(await user.ledgerVersion()).toBe(ledgerMigrations.at(-1)?.version)
  await user.close()

  await admin.query('drop schema sluice cascade')
  const owner = await open()
  await owner.migrate(ledgerMigrations)
  await owner.close()
  await admin.query('grant usage on schema sluice to ledger_user')
  const other = await open('ledger_user')
  const read = await hintOf(other.ledgerVersion())
  await admin.query(read?.slice(read.indexOf('GRANT')) ?? '')
  expect(await other.ledgerVersion()).toBe(ledgerMigrations.at(-1)?.version)
  await other.close()
  await admin.query('drop schema sluice cascade')
})

test('eight connections that migrate at once leave one ledger', async () => {
  const adapters = await Promise.all(Array.from({ length: 8 }, () => open()))
  await Promise.all(adapters.map((adapter) => adapter.migrate(ledgerMigrations)))
  await Promise.all(adapters.map((adapter) => adapter.close()))
  const { rows } = await admin.query('select version from sluice.migrations order by 1')
  expect(rows).toEqual(ledgerMigrations.map(({ version }) => ({ version })))
})

test('a cancel leaves no statement behind in the server', async () => {
  const adapter = await open()
  const abort = new AbortController()
  const work = adapter.session(async (session) => {
    const running = session.query('select pg_sleep(600)')
    setImmediate(() => abort.abort())
    await running
  }, abort.signal)
  await work.catch(() => undefined)
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity where application_name = 'test' and state = 'active' and query = 'select pg_sleep(600)'`,
  )
  expect(rows).toEqual([{ n: 0 }])
  await adapter.close()
})
