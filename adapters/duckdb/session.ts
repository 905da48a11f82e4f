import type { Column, Param, Row, Session, Statement, Transaction } from '../../core/adapter.ts'
import type { NumberColumns, NumberKind, ReadHints } from '../../core/columns.ts'
import type { Connection } from './connection.ts'
import { canceledError, DuckdbError } from './error.ts'
import { Gate } from './gate.ts'
import { stage } from './identifiers.ts'
import { columnChange, rebuildTable } from './rebuild.ts'
import { statementKind } from './statement-kind.ts'

/** What all connections of one database share. */
export class Locks {
  /** Held from the allocation of a change number through COMMIT, so that numbers become visible in their order. */
  readonly order = new Gate(1)
  /** Held from a transaction's first DDL to its end: two that make the same schema would otherwise conflict. */
  readonly ddl = new Gate(1)
  /** How many transactions that wrote have committed. */
  version = 0
  private readonly named = new Map<string, Gate>()

  /** Held under a name from `dialect.exclusive` to the end of the transaction; taken before the other locks. */
  exclusive(name: string): Gate {
    const gate = this.named.get(name) ?? new Gate(1)
    this.named.set(name, gate)
    return gate
  }
}

/** A connection that is lent out. The catalogue asks it what a plain `Session` cannot say. */
export abstract class DuckdbSession implements Session {
  protected readonly connection: Connection
  protected readonly locks: Locks
  protected readonly signal: AbortSignal | undefined

  constructor(connection: Connection, locks: Locks, signal: AbortSignal | undefined) {
    this.connection = connection
    this.locks = locks
    this.signal = signal
  }

  abstract query(sql: string, params?: readonly Param[]): Promise<readonly Row[]>
  abstract execute(sql: string, params?: readonly Param[]): Promise<number>
  /** Output columns of a query, bound and not run. A failure leaves an open transaction as it was. */
  abstract columns(select: string): Promise<readonly Column[]>

  /** See `Catalog.parameterTypes`. */
  parameterTypes(select: string, count: number): Promise<readonly (string | undefined)[]> {
    return this.connection.parameterTypes(select, count, this.signal)
  }

  abstract readNumbers(sql: string, kinds: readonly NumberKind[], hints?: ReadHints): Promise<NumberColumns>

  protected remember(sql: string): ReturnType<typeof statementKind> {
    const kind = statementKind(sql)
    if (kind.kind === 'stage') this.connection.stages.add(kind.name)
    return kind
  }
}

/** Statements that each commit by themselves. */
export class PlainSession extends DuckdbSession {
  query(sql: string, params?: readonly Param[]): Promise<readonly Row[]> {
    return this.alone(sql, () => this.connection.query(sql, params, this.signal))
  }

  execute(sql: string, params?: readonly Param[]): Promise<number> {
    return this.alone(sql, () => this.connection.execute(sql, params, this.signal))
  }

  columns(select: string): Promise<readonly Column[]> {
    return this.connection.columns(select, this.signal)
  }

  readNumbers(sql: string, kinds: readonly NumberKind[], hints?: ReadHints): Promise<NumberColumns> {
    return this.connection.readNumbers(sql, kinds, hints, this.signal)
  }

  private async alone<T>(sql: string, work: () => Promise<T>): Promise<T> {
    if (this.remember(sql).kind !== 'ddl') return work()
    const leave = await this.locks.ddl.enter(this.signal).catch((reason: unknown) => {
      throw canceledError(reason)
    })
    try {
      const value = await work()
      this.locks.version += 1
      return value
    } finally {
      leave()
    }
  }
}

/**
 * A transaction. After an error nothing but ROLLBACK is sent, whatever the work does.
 *
 * Its first DDL waits until nobody else has DDL open, `dialect.exclusive` until nobody else holds the name. What the others committed
 * meanwhile is not in the snapshot (creating a schema that another just created would conflict), so a transaction that has only
 * read so far begins anew. Its work then sees a later state than before, as it would under READ COMMITTED.
 */
export class DuckdbTransaction extends DuckdbSession implements Transaction {
  private readonly last: Statement[] = []
  private readonly held: (() => void)[] = []
  private begun: Promise<void> | undefined
  private readonly locked = new Map<Gate, Promise<void>>()
  private hasWritten = false
  /** `locks.version` when the snapshot was taken. */
  private seen = 0
  private failure: { readonly error: unknown } | undefined

  query(sql: string, params?: readonly Param[]): Promise<readonly Row[]> {
    return this.inside(sql, () => this.connection.query(sql, params, this.signal))
  }

  execute(sql: string, params?: readonly Param[]): Promise<number> {
    return this.inside(sql, async () => {
      try {
        return await this.connection.execute(sql, params, this.signal)
      } catch (error) {
        // The refusal comes before anything is done, so the transaction is still good.
        if (!(await this.rebuilds(sql, error))) throw error
        return 0
      }
    })
  }

  async columns(select: string): Promise<readonly Column[]> {
    if (this.failure !== undefined) throw this.failure.error
    await this.ready('')
    return this.connection.columns(select, this.signal)
  }

  readNumbers(sql: string, kinds: readonly NumberKind[], hints?: ReadHints): Promise<NumberColumns> {
    return this.inside(sql, () => this.connection.readNumbers(sql, kinds, hints, this.signal))
  }

  /** Work with the connection itself inside this transaction. */
  direct<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.inside('', () => work(this.connection))
  }

  commitWith(statements: readonly Statement[]): void {
    this.last.push(...statements)
  }

  /** Runs the last statements and COMMIT under the ordering lock; returns the rows of the last one. */
  async commit(): Promise<readonly Row[]> {
    if (this.failure !== undefined) throw this.failure.error
    if (this.last.length === 0 && this.begun === undefined) return []
    if (this.last.length > 0) {
      // The lock for DDL always comes before the lock for order: two lockers can then never wait for each other.
      if (this.last.some((each) => statementKind(each.sql).kind === 'ddl')) await this.hold(this.locks.ddl)
      this.held.push(await this.enter(this.locks.order))
    }
    let rows: readonly Row[] = []
    for (const statement of this.last) rows = await this.query(statement.sql, statement.params)
    if (this.signal?.aborted) throw canceledError(this.signal.reason)
    await this.begun
    this.begun = undefined
    // Without the signal: whether an interrupted COMMIT took place would be unknown.
    await this.connection.query('commit')
    if (this.hasWritten) this.locks.version += 1
    return rows
  }

  /** Ends the transaction if it is open. */
  async rollback(): Promise<void> {
    if (this.begun === undefined || !this.connection.isReusable) return
    this.begun = undefined
    await this.connection.query('rollback')
  }

  release(): void {
    for (const leave of this.held.splice(0).reverse()) leave()
  }

  private async rebuilds(sql: string, error: unknown): Promise<boolean> {
    if (!(error instanceof DuckdbError) || !/an index depends on it/.test(error.message)) return false
    const change = columnChange(sql)
    return (
      change !== undefined && rebuildTable((text) => this.connection.query(text, [], this.signal), change)
    )
  }

  private async inside<T>(sql: string, work: () => Promise<T>): Promise<T> {
    if (this.failure !== undefined) throw this.failure.error
    try {
      await this.ready(sql)
      return await work()
    } catch (error) {
      this.failure ??= { error }
      throw error
    }
  }

  private async ready(sql: string): Promise<void> {
    const kind = this.remember(sql)
    if (kind.kind === 'exclusive') await this.hold(this.locks.exclusive(kind.name))
    if (kind.kind === 'ddl') await this.hold(this.locks.ddl)
    if (kind.kind === 'ddl' || kind.kind === 'write') this.hasWritten = true
    this.begun ??= this.begin()
    await this.begun
  }

  private async begin(): Promise<void> {
    this.seen = this.locks.version
    await this.connection.query('begin transaction', [], this.signal)
  }

  /** Takes the lock until the end of the transaction, once. */
  private hold(gate: Gate): Promise<void> {
    const held = this.locked.get(gate) ?? this.lock(gate)
    this.locked.set(gate, held)
    return held
  }

  private async lock(gate: Gate): Promise<void> {
    this.held.push(await this.enter(gate))
    if (this.begun === undefined || this.hasWritten || this.seen === this.locks.version) return
    await this.begun
    // COMMIT keeps the stages that were made; there is nothing else.
    await this.connection.query('commit', [], this.signal)
    this.begun = undefined
  }

  private enter(gate: Gate): Promise<() => void> {
    return gate.enter(this.signal).catch((reason: unknown) => {
      throw canceledError(reason)
    })
  }
}

/** Removes what a session left in the connection before somebody else gets it. */
export async function forgetStages(connection: Connection): Promise<void> {
  for (const name of connection.stages) await connection.query(`drop table if exists ${stage(name)}`)
  connection.stages.clear()
}
