import type { DuckDBInstance } from '@duckdb/node-api'
import { Connection } from './connection.ts'
import { Gate } from './gate.ts'
import { Locks } from './session.ts'

/** Every statement of the native module occupies a thread of libuv's pool while it runs; two must stay free for files and
 * name look-ups (with the whole pool taken a file read waited 24 s). */
const POOL_THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4
const isRoomy = POOL_THREADS >= 8
/** Statements for other processes, and notes of the ledger, have places of their own: they wait for no run, and no run for them. */
const READERS = isRoomy ? 2 : 1
const NOTERS = 1
const processGate = new Gate(Math.max(1, POOL_THREADS - 2 - (isRoomy ? READERS + NOTERS : 0)))
const readersGate = new Gate(READERS)
const notersGate = new Gate(NOTERS)

const IDLE_CONNECTIONS = 8

/** One open instance of the engine. All adapters of one file share it: a second instance of a file loses committed data. */
export class Database {
  readonly locks = new Locks()
  private readonly instance: DuckDBInstance
  /** Statements that every new connection runs: settings that DuckDB keeps per connection. */
  private readonly perConnection: readonly string[]

  constructor(instance: DuckDBInstance, perConnection: readonly string[]) {
    this.instance = instance
    this.perConnection = perConnection
  }

  /** @param gates that every statement of the connection passes, in this order */
  async connect(gates: readonly Gate[]): Promise<Connection> {
    const raw = await this.instance.connect()
    const connection = new Connection(raw, gates)
    try {
      for (const sql of this.perConnection) await connection.query(sql)
    } catch (error) {
      connection.close()
      throw error
    }
    return connection
  }

  /** Writes what is left in the log into the file and lets go of it. All connections must be closed. */
  close(): void {
    this.instance.closeSync()
  }
}

/** The connections of one adapter. */
export class Pool {
  private readonly database: Database
  private readonly gates: readonly Gate[]
  private readonly idle: Connection[] = []
  private readonly busy = new Set<Promise<unknown>>()
  private closed = false

  private constructor(database: Database, gates: readonly Gate[]) {
    this.database = database
    this.gates = gates
  }

  /** @param threads statements of this pool that may run at once */
  static of(database: Database, threads: number): Pool {
    return new Pool(database, [new Gate(Math.max(1, threads)), processGate])
  }

  /** For what other processes want to read. */
  static ofReaders(database: Database): Pool {
    return new Pool(database, [readersGate])
  }

  /** For short statements of the ledger that shall not wait. */
  static ofNoters(database: Database): Pool {
    return new Pool(database, [notersGate])
  }

  /** Lends a connection for as long as the work takes. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.closed) throw new Error('the database is closed')
    const done = this.lend(work)
    const settled = done.then(
      () => undefined,
      () => undefined,
    )
    this.busy.add(settled)
    try {
      return await done
    } finally {
      this.busy.delete(settled)
    }
  }

  /** Waits for the work under way, then closes every connection. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.all(this.busy)
    for (const connection of this.idle.splice(0)) connection.close()
  }

  private async lend<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.idle.pop() ?? (await this.database.connect(this.gates))
    let isClean = false
    try {
      const value = await work(connection)
      isClean = true
      return value
    } catch (error) {
      isClean = !(error instanceof UncleanConnection)
      throw error instanceof UncleanConnection ? error.cause : error
    } finally {
      this.giveBack(connection, isClean)
    }
  }

  private giveBack(connection: Connection, isClean: boolean): void {
    const keep = isClean && connection.isReusable && connection.stages.size === 0
    if (keep && !this.closed && this.idle.length < IDLE_CONNECTIONS) this.idle.push(connection)
    else connection.close()
  }
}

/** Carries the error of work after which the connection may hold an open transaction: it is closed, which rolls back. */
export class UncleanConnection extends Error {
  constructor(cause: unknown) {
    super('the connection cannot be used again', { cause })
    this.name = 'UncleanConnection'
  }
}
