import {
  type DuckDBConnection,
  type DuckDBMaterializedResult,
  type DuckDBPreparedStatement,
  type DuckDBVector,
  StatementType,
} from '@duckdb/node-api'
import type { Column, Param, Row } from '../../core/adapter.ts'
import { NumberCollector, type NumberColumns, type NumberKind, type ReadHints } from '../../core/columns.ts'
import { parameterType, preparedColumns } from './columns.ts'
import { canceledError, DuckdbError, statementError } from './error.ts'
import { Gate } from './gate.ts'
import { bindParams, rowsOf, rowsOfChunk } from './values.ts'

/** Prepared statements kept by a connection: the ledger repeats about a dozen. Running a kept one saves half of the time. */
const KEPT_STATEMENTS = 64
/** An interrupt that arrives before the engine has begun the statement is forgotten, so it is sent until the statement ends. */
const INTERRUPT_EVERY_MS = 25

const READING: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN])

/** One connection to the engine: statements one after the other, each through the gates that limit how many run at once. */
export class Connection {
  /** Temporary tables made here, by quoted name: the next user of the connection must not find them. */
  readonly stages = new Set<string>()
  private readonly raw: DuckDBConnection
  private readonly gates: readonly Gate[]
  private readonly turn = new Gate(1)
  private readonly prepared = new Map<string, DuckDBPreparedStatement>()
  private suspect = false

  /** @param gates entered in this order by every statement */
  constructor(raw: DuckDBConnection, gates: readonly Gate[]) {
    this.raw = raw
    this.gates = gates
  }

  /** False after an interrupt, which may still be on its way and would hit whatever runs next. */
  get isReusable(): boolean {
    return !this.suspect
  }

  async query(sql: string, params: readonly Param[] = [], signal?: AbortSignal): Promise<readonly Row[]> {
    return this.statement(sql, signal, async () => rowsOf(await this.run(sql, params)))
  }

  /** Rows inserted, updated or deleted; for CREATE TABLE AS the rows of the new table. */
  async execute(sql: string, params: readonly Param[] = [], signal?: AbortSignal): Promise<number> {
    return this.statement(sql, signal, async () => changedRows(await this.run(sql, params)))
  }

  /**
   * Runs one query and hands its rows over as they come, the next ones when `take` has done with these. Anything but a single query is
   * refused before it runs.
   */
  async portions(
    sql: string,
    params: readonly Param[],
    signal: AbortSignal | undefined,
    take: (rows: readonly Row[]) => Promise<void>,
  ): Promise<void> {
    await this.statement(sql, signal, async () => {
      // Several statements in one text cannot be prepared.
      const statement = await this.raw.prepare(sql)
      try {
        if (!READING.has(statement.statementType)) throw notAQuery()
        bindParams(statement, params)
        const result = await statement.stream()
        const names = result.deduplicatedColumnNames()
        for (;;) {
          const chunk = await result.fetchChunk()
          if (chunk === null || chunk.rowCount === 0) break
          await take(rowsOfChunk(chunk, names))
          signal?.throwIfAborted()
        }
      } finally {
        statement.destroySync()
      }
    })
  }

  /** Numbers and instants of a query, column by column. */
  async readNumbers(
    sql: string,
    kinds: readonly NumberKind[],
    hints?: ReadHints,
    signal?: AbortSignal,
  ): Promise<NumberColumns> {
    const names = kinds.map((_, at) => `c${at}`)
    const values = kinds.map((kind, at) => {
      const value = kind === 'instant' ? `epoch_ms(c${at})` : `c${at}`
      return `(${value})::double`
    })
    const sorted = hints?.order?.map((at) => `c${at}`) ?? []
    const order = sorted.length === 0 ? '' : ` order by ${sorted.join(', ')}`
    const query = `select ${values.join(', ')} from (\n${sql}\n) as t(${names.join(', ')})${order}`
    return this.statement(query, signal, async () => {
      const result = await this.raw.stream(query)
      const collected = new NumberCollector(kinds.length, hints?.expected)
      for (;;) {
        const chunk = await result.fetchChunk()
        if (chunk === null || chunk.rowCount === 0) return collected.finish()
        collected.addColumns(
          chunk.rowCount,
          kinds.map((_, at) => numbersIn(chunk.getColumnVector(at))),
        )
      }
    })
  }

  /** Output columns of a query, bound and not run. */
  async columns(select: string, signal?: AbortSignal): Promise<readonly Column[]> {
    const fromPrepared = await this.statement(select, signal, async () => {
      const statement = await this.raw.prepare(select)
      try {
        return preparedColumns(statement)
      } finally {
        statement.destroySync()
      }
    })
    if (fromPrepared !== undefined) return fromPrepared
    // Only the engine's own description spells nested and aliased types as DDL takes them.
    const rows = await this.query(`describe ${select}`, [], signal)
    return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
  }

  /** What the parameters of a query are taken for; nothing of one that cannot be bound, which does not end a transaction. */
  async parameterTypes(
    select: string,
    count: number,
    signal?: AbortSignal,
  ): Promise<readonly (string | undefined)[]> {
    return this.statement(select, signal, async () => {
      const statement = await this.raw.prepare(select).catch(() => undefined)
      try {
        return Array.from({ length: count }, (_, index) => parameterType(statement, index + 1))
      } finally {
        statement?.destroySync()
      }
    })
  }

  /** Work with the connection itself that is not one statement, such as appending rows. */
  async direct<T>(work: (raw: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.statement('', signal, () => work(this.raw))
  }

  /** Closes the connection; an open transaction is rolled back. Must not be called while a statement runs. */
  close(): void {
    this.prepared.clear()
    this.raw.disconnectSync()
  }

  private async run(sql: string, params: readonly Param[]): Promise<DuckDBMaterializedResult> {
    if (params.length === 0) return this.raw.run(sql)
    const statement = await this.prepare(sql)
    bindParams(statement, params)
    return statement.run()
  }

  private async prepare(sql: string): Promise<DuckDBPreparedStatement> {
    const kept = this.prepared.get(sql)
    const statement = kept ?? (await this.raw.prepare(sql))
    this.prepared.delete(sql)
    this.prepared.set(sql, statement)
    if (this.prepared.size > KEPT_STATEMENTS) this.forgetOldest()
    return statement
  }

  private forgetOldest(): void {
    const [oldest] = this.prepared
    if (oldest === undefined) return
    this.prepared.delete(oldest[0])
    oldest[1].destroySync()
  }

  private async statement<T>(
    sql: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const leave: (() => void)[] = []
    try {
      for (const gate of [this.turn, ...this.gates]) leave.push(await gate.enter(signal))
    } catch {
      for (const each of leave.reverse()) each()
      throw canceledError(signal?.reason)
    }
    const stopInterrupting = this.interruptOn(signal)
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted) throw canceledError(signal.reason)
      throw error instanceof DuckdbError ? error : statementError(error, sql)
    } finally {
      stopInterrupting()
      for (const each of leave.reverse()) each()
    }
  }

  private interruptOn(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined
    let timer: NodeJS.Timeout | undefined
    const interrupt = (): void => {
      this.suspect = true
      this.raw.interrupt()
      timer = setTimeout(interrupt, INTERRUPT_EVERY_MS)
    }
    signal.addEventListener('abort', interrupt, { once: true })
    return () => {
      signal.removeEventListener('abort', interrupt)
      clearTimeout(timer)
    }
  }
}

/** The values of a vector of doubles as they lie in memory, NULL as NaN: the driver has no way to them but one by one. */
function numbersIn(vector: DuckDBVector): Float64Array {
  const { items, validity } = vector as unknown as {
    readonly items?: unknown
    readonly validity: { readonly data: BigUint64Array | null }
  }
  if (!(items instanceof Float64Array)) throw new Error('the vector holds no doubles')
  for (const [word, bits] of validity.data?.entries() ?? []) {
    if (bits === ALL_VALID) continue
    for (let bit = 0, at = word * 64; bit < 64 && at < items.length; bit++, at++)
      if (((bits >> BigInt(bit)) & 1n) === 0n) items[at] = Number.NaN
  }
  return items
}

const ALL_VALID = 0xffff_ffff_ffff_ffffn

function notAQuery(): DuckdbError {
  return new DuckdbError({ message: 'Only a query can be run here.', kind: 'read_only' })
}

function changedRows(result: DuckDBMaterializedResult): number {
  if (result.rowsChanged > 0) return result.rowsChanged
  switch (result.statementType) {
    case StatementType.INSERT:
    case StatementType.UPDATE:
    case StatementType.DELETE:
    case StatementType.MERGE_INTO:
      // With RETURNING the changed rows are the result.
      return result.columnCount === 1 && result.columnName(0) === 'Count' ? 0 : result.rowCount
    case StatementType.CREATE:
      return createdRows(rowsOf(result))
    default:
      return 0
  }
}

function createdRows(rows: readonly Row[]): number {
  const count = rows[0]?.Count
  return typeof count === 'number' ? count : 0
}
