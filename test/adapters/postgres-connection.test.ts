import { createServer, type Server } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgres } from '../../adapters/postgres/index.ts'
import { type Adapter, CommitUnknownError, type OpenOptions } from '../../core/adapter.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { createDatabase, startPostgres, type TestDatabase } from '../postgres-server.ts'

let database: TestDatabase
let admin: Client
beforeAll(async () => {
  database = await createDatabase()
  admin = new Client({ connectionString: database.url })
  await admin.connect()
})
afterAll(async () => {
  await admin?.end()
  await database?.drop()
})

const options: OpenOptions = { threads: 2, readOnly: false, applicationName: 'sluice-test' }

function target(url: string, extra: { role?: string; database?: string } = {}): TargetConfig {
  return { name: 'prod', adapter: 'postgres', url, schema: {}, vars: {}, ...extra }
}

function changed(change: (url: URL) => void): string {
  const url = new URL(database.url)
  change(url)
  return url.href
}

async function refusalOf(opening: Promise<Adapter>): Promise<SluiceError> {
  const outcome = await opening.then(
    async (adapter) => {
      await adapter.close()
      return undefined
    },
    (error: unknown) => error,
  )
  if (!(outcome instanceof SluiceError)) throw new Error(`expected a refusal, got ${String(outcome)}`)
  return outcome
}

/** Everything that a log could show of an error, its causes included. */
function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [error.message, error.stack, JSON.stringify(error), everything(error.cause)].join('\n')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a refusal is one coded error without the password', () => {
  test('nobody listens', async () => {
    const port = await freePort()
    const error = await refusalOf(
      postgres.open(target(`postgres://me:s3cr%21t@127.0.0.1:${port}/db`), options),
    )
    expect(error.diagnostics).toMatchObject([{ code: 'SL530', next: `pg_isready -h 127.0.0.1 -p ${port}` }])
    expect(everything(error)).not.toMatch(/s3cr/)
  })

  test('the host does not exist', async () => {
    const error = await refusalOf(postgres.open(target('postgres://me:s3cret@host.invalid/db'), options))
    expect(error.diagnostics).toMatchObject([{ code: 'SL530' }])
    expect(everything(error)).not.toMatch(/s3cret/)
  })

  test('the password is wrong, or missing', async () => {
    const wrong = await refusalOf(postgres.open(target(changed((url) => (url.password = 'wr0ng'))), options))
    expect(wrong.diagnostics).toMatchObject([{ code: 'SL531' }])
    expect(everything(wrong)).not.toMatch(/wr0ng/)
    const missing = await refusalOf(postgres.open(target(changed((url) => (url.password = ''))), options))
    expect(missing.diagnostics).toMatchObject([{ code: 'SL531' }])
  })

  test('the database does not exist', async () => {
    const error = await refusalOf(postgres.open(target(database.url, { database: 'no such "db' }), options))
    expect(error.diagnostics).toMatchObject([
      { code: 'SL532', message: expect.stringContaining('no such "db') },
    ])
  })

  test('the role does not exist, or is not for this user', async () => {
    await admin.query(`drop role if exists plain_user; create role plain_user login password 'pw'`)
    await admin.query('drop role if exists somebody_else; create role somebody_else')
    const absent = await refusalOf(postgres.open(target(database.url, { role: 'absent' }), options))
    expect(absent.diagnostics).toMatchObject([{ code: 'SL537' }])
    const plain = changed((url) => {
      url.username = 'plain_user'
      url.password = 'pw'
    })
    const foreign = await refusalOf(postgres.open(target(plain, { role: 'somebody_else' }), options))
    expect(foreign.diagnostics).toMatchObject([{ code: 'SL537' }])
  })

  test('the user has no connection left', async () => {
    await admin.query(
      `drop role if exists limited; create role limited login password 'pw' connection limit 0`,
    )
    const url = changed((each) => {
      each.username = 'limited'
      each.password = 'pw'
    })
    expect((await refusalOf(postgres.open(target(url), options))).diagnostics).toMatchObject([
      { code: 'SL533' },
    ])
  })

  test('the URL is no URL', async () => {
    for (const url of [
      '',
      'mysql://me:s3cret@host/db',
      'postgres://me:s3cret@host:port/db',
      'postgres://me:s3cr%et@h/d',
    ]) {
      const error = await refusalOf(postgres.open(target(url), options))
      expect(error.diagnostics).toMatchObject([{ code: 'SL538' }])
      expect(everything(error)).not.toMatch(/s3cr/)
    }
  })

  test('encryption is demanded of a server that has none', async () => {
    const url = changed((each) => each.searchParams.set('sslmode', 'require'))
    expect((await refusalOf(postgres.open(target(url), options))).diagnostics).toMatchObject([
      { code: 'SL536' },
    ])
  })

  test('what answers is not Postgres, or nothing answers at all', async () => {
    const server: Server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const error = await refusalOf(postgres.open(target(`postgres://me:s3cret@127.0.0.1:${port}/db`), options))
    server.close()
    expect(error.diagnostics).toMatchObject([{ code: 'SL530' }])
    expect(everything(error)).not.toMatch(/s3cret/)
  })

  test('the server takes encrypted connections only', async () => {
    const server = await startPostgres()
    try {
      const own = await server.createDatabase()
      const superuser = new Client({ connectionString: own.url })
      await superuser.connect()
      await superuser.query(
        `do $$ begin execute format('copy (select %L) to %L', 'hostssl all all all trust', current_setting('hba_file')); end $$`,
      )
      await superuser.query('select pg_reload_conf()')
      // The next connection may be faster than the signal that makes the server read the file.
      let found: SluiceError | undefined
      while (found === undefined) {
        found = await refusalOf(postgres.open(target(own.url), options)).catch(() => undefined)
      }
      expect(found.diagnostics).toMatchObject([
        { code: 'SL536', hint: expect.stringContaining('sslmode=require') },
      ])
      await superuser.end()
    } finally {
      await server.stop()
    }
  })

  test('the database is read-only', async () => {
    const other = await createDatabase()
    const name = new URL(other.url).pathname.slice(1)
    await admin.query(`alter database ${name} set default_transaction_read_only = on`)
    const error = await refusalOf(postgres.open(target(other.url), options))
    expect(error.diagnostics).toMatchObject([{ code: 'SL534' }])
    const reader = await postgres.open(target(other.url), { ...options, readOnly: true })
    await reader.close()
    await other.drop()
  })
})

describe('a session', () => {
  test('has the same settings at every use, whatever was done to it', async () => {
    const adapter = await postgres.open(target(database.url), { ...options, threads: 1 })
    const look = () =>
      adapter.session((session) =>
        session.query(`select current_setting('TimeZone') as zone, current_setting('search_path') as path,
  current_setting('application_name') as name, current_setting('lock_timeout') as lock, current_setting('client_connection_check_interval') as check,
  current_setting('default_transaction_isolation') as isolation, current_setting('statement_timeout') as statement,
  current_setting('idle_in_transaction_session_timeout') as idle`),
      )
    const before = await look()
    expect(before).toEqual([
      {
        zone: 'UTC',
        path: 'public, pg_temp',
        name: 'sluice-test',
        lock: '30s',
        check: '250ms',
        isolation: 'read committed',
        statement: '0',
        idle: '10min',
      },
    ])
    for (let i = 0; i < 3; i++) {
      await adapter.session(async (session) => {
        await session.query(`set timezone = 'Asia/Tokyo'`)
        await session.query('set search_path = pg_catalog')
        await session.query('create temp table left_behind (a int)')
        await session.query('select pg_advisory_lock(1)')
        await session.query('begin')
      })
    }
    expect(await look()).toEqual(before)
    expect((await admin.query(`select * from pg_locks where locktype = 'advisory'`)).rows).toEqual([])
    await adapter.close()
  })

  test('acts as the role of the target, also after a reset', async () => {
    await admin.query('drop role if exists "the Owner"; create role "the Owner"')
    const adapter = await postgres.open(target(database.url, { role: 'the Owner' }), {
      ...options,
      threads: 1,
    })
    for (let i = 0; i < 3; i++) {
      const rows = await adapter.session((session) => session.query('select current_user::text as me'))
      expect(rows).toEqual([{ me: 'the Owner' }])
    }
    await adapter.close()
  })

  test('opened read-only refuses to write', async () => {
    const adapter = await postgres.open(target(database.url), { ...options, readOnly: true })
    const writing = adapter.session((session) => session.execute('create table forbidden (a int)'))
    const error = await writing.catch((each: unknown) => each)
    expect(adapter.explain(error).kind).toBe('read_only')
    await adapter.close()
  })
})

describe('a connection that is lost', () => {
  const backend = 'select pg_backend_pid() as pid'
  const terminate = (pid: unknown) => admin.query('select pg_terminate_backend($1, 5000)', [Number(pid)])

  test('between two statements of a transaction fails the transaction, and a retry works', async () => {
    const adapter = await postgres.open(target(database.url), options)
    const dying = adapter.transaction(async (transaction) => {
      const [row] = await transaction.query(backend)
      await terminate(row?.pid)
      await transaction.query('select 1')
    })
    const error = await dying.catch((each: unknown) => each)
    expect(adapter.explain(error)).toMatchObject({ kind: 'disconnected' })
    expect(adapter.classify(error)).toBe('transient')
    expect((await adapter.transaction((transaction) => transaction.query('select 1 as a'))).value).toEqual([
      { a: 1 },
    ])
    await adapter.close()
  })

  test('in the middle of a statement', async () => {
    const adapter = await postgres.open(target(database.url), options)
    const dying = adapter.transaction(async (transaction) => {
      const [row] = await transaction.query(backend)
      const sleeping = transaction.query('select pg_sleep(60)')
      await Promise.all([sleeping, terminate(row?.pid)])
    })
    const error = await dying.catch((each: unknown) => each)
    expect(adapter.explain(error)).toMatchObject({ kind: 'disconnected', engineCode: '57P01' })
    expect(adapter.classify(error)).toBe('transient')
    await adapter.close()
  })

  test('during COMMIT is reported as unknown', async () => {
    const adapter = await postgres.open(target(database.url), options)
    await admin.query('create table if not exists half_way (a int)')
    const dying = adapter.transaction(async (transaction) => {
      const [row] = await transaction.query(backend)
      await transaction.execute('insert into half_way values (1)')
      transaction.commitWith([
        { sql: `select pg_terminate_backend($1::int), pg_sleep(60)`, params: [Number(row?.pid)] },
      ])
    })
    const error = await dying.catch((each: unknown) => each)
    expect(error).toBeInstanceOf(CommitUnknownError)
    expect(adapter.explain(error).kind).toBe('disconnected')
    expect((await admin.query('select count(*)::int as n from half_way')).rows).toEqual([{ n: 0 }])
    await adapter.close()
  })

  test('while idle does not harm the process or the next use', async () => {
    const adapter = await postgres.open(target(database.url), options)
    const [row] = await adapter.session((session) => session.query(backend))
    await terminate(row?.pid)
    let rows: unknown
    // The news may arrive after the connection was lent again: then the error is transient, and the next try works.
    for (let attempt = 0; attempt < 3 && rows === undefined; attempt++) {
      rows = await adapter
        .session((session) => session.query('select 1 as a'))
        .catch((error: unknown) => {
          expect(adapter.classify(error)).toBe('transient')
          return undefined
        })
    }
    expect(rows).toEqual([{ a: 1 }])
    await adapter.close()
  })

  test('because the server went away is a coded refusal at the next use', async () => {
    const server = await startPostgres()
    try {
      const own = await server.createDatabase()
      const adapter = await postgres.open(target(own.url), options)
      const dying = adapter.transaction(async (transaction) => {
        await transaction.query('select 1')
        await server.kill()
        await transaction.query('select 1')
      })
      const error = await dying.catch((each: unknown) => each)
      expect(adapter.explain(error).kind).toBe('disconnected')
      const next = await adapter
        .session((session) => session.query('select 1'))
        .catch((each: unknown) => each)
      expect(next).toBeInstanceOf(SluiceError)
      expect((next as SluiceError).diagnostics[0]?.code).toBe('SL530')
      expect(adapter.classify(next)).toBe('transient')
      expect(everything(next)).not.toContain(server.password)
      await adapter.close()
    } finally {
      await server.stop()
    }
  })
})
