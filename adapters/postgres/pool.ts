import type { Client as PgClient, Pool as PgPool, PoolClient } from 'pg'
import type { Address } from './address.ts'
import { Connection } from './connection.ts'
import { refusal } from './refusals.ts'
import { valueTypes } from './values.ts'

export interface PoolInput {
  readonly address: Address
  /** Sessions on which no role is set, for cancelling: the role may lack the right to. */
  readonly controlAddress: Address
  readonly size: number
  readonly role: string | undefined
  readonly applicationName: string
}

const CONNECT_TIMEOUT_MS = 15_000
const IDLE_TIMEOUT_MS = 60_000

/** The connections of one target. Each is lent out for one piece of work and reset before the next. */
export class ConnectionPool {
  private readonly input: PoolInput
  private readonly pool: PgPool
  private readonly connectControl: () => Promise<PgClient>
  private control: Promise<PgClient> | undefined

  private constructor(input: PoolInput, pool: PgPool, connectControl: () => Promise<PgClient>) {
    this.input = input
    this.pool = pool
    this.connectControl = connectControl
    // An idle connection that dies has left the pool already; the next piece of work makes another.
    pool.on('error', () => undefined)
  }

  static async create(input: PoolInput): Promise<ConnectionPool> {
    const { default: pg } = await import('pg')
    const settings = (address: Address) => ({
      connectionString: address.connectionString,
      application_name: input.applicationName,
      types: valueTypes,
      keepAlive: true,
    })
    // The pool's own timeout would also limit the wait for a connection that is lent out.
    class Client extends pg.Client {
      constructor(config?: object) {
        super({ ...config, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
        // pg leaves the socket of a login that failed on our side open; the server would wait a minute for the password.
        this.connection.once('error', () => this.connection.stream.destroy())
      }
    }
    const pool = new pg.Pool({
      ...settings(input.address),
      max: input.size,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      allowExitOnIdle: true,
      Client,
    })
    return new ConnectionPool(input, pool, async () => {
      const client = new Client(settings(input.controlAddress))
      client.on('error', () => undefined)
      await client.connect()
      return client
    })
  }

  /** Lends a connection to `work`.
   * @throws SluiceError if no connection can be made; the signal's reason if it aborts during the wait */
  async use<T>(work: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const client = await this.acquire(signal)
    const connection = new Connection(client, this.cancel, signal)
    try {
      return await work(connection)
    } finally {
      await this.giveBack(connection)
    }
  }

  async close(): Promise<void> {
    const control = this.control
    this.control = undefined
    await Promise.all([this.pool.end(), control?.then((client) => client.end()).catch(() => undefined)])
  }

  private async acquire(signal: AbortSignal | undefined): Promise<PoolClient> {
    signal?.throwIfAborted()
    const connecting = this.pool.connect()
    try {
      return await (signal === undefined ? connecting : orAbort(connecting, signal))
    } catch (error) {
      if (signal?.aborted === true) {
        connecting.then(
          (client) => client.release(),
          () => undefined,
        )
        throw error
      }
      throw refusal(error, this.input.address, this.input.role)
    }
  }

  /** DISCARD ALL returns to the startup options, drops temporary tables and releases advisory locks; the role is set anew,
   * as DISCARD ALL takes it away. A connection that cannot be reset, or holds a transaction open, is closed. */
  private async giveBack(connection: Connection): Promise<void> {
    const { client } = connection
    let isReusable = !connection.isLost
    if (isReusable) {
      try {
        await connection.finish('discard all')
        if (this.input.role !== undefined) await connection.finish('reset role')
      } catch {
        isReusable = false
      }
    }
    connection.detach()
    client.release(!isReusable)
  }

  /** pg_cancel_backend returns when the signal has been sent, and a backend that is idle by then ignores it: once this has
   * resolved, the next statement is safe. */
  private readonly cancel = async (processId: number): Promise<void> => {
    this.control ??= this.connectControl()
    const control = this.control
    try {
      await (await control).query('select pg_cancel_backend($1)', [processId])
    } catch (error) {
      if (this.control === control) this.control = undefined
      throw error
    }
  }
}

function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
