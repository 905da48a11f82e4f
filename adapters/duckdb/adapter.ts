import type {
  Adapter,
  Capabilities,
  Column,
  Committed,
  CsvFile,
  Dialect,
  EngineError,
  LedgerMigration,
  OwnedDatabase,
  ReadingSession,
  Session,
  Statement,
  Transaction,
} from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { duckdbCatalog } from './catalog.ts'
import type { Connection } from './connection.ts'
import { loadCsvFile } from './csv.ts'
import { type Database, Pool, UncleanConnection } from './database.ts'
import { duckdbDialect } from './dialect.ts'
import { canceledError, DuckdbError, statementError } from './error.ts'
import { migrateLedger, readLedgerVersion } from './ledger.ts'
import { DuckdbReadingSession } from './reading.ts'
import { DuckdbTransaction, forgetStages, type Locks, PlainSession } from './session.ts'

/** One open DuckDB target. */
export class DuckdbAdapter implements Adapter {
  readonly dialect: Dialect = duckdbDialect
  readonly catalog = duckdbCatalog
  readonly capabilities: Capabilities
  readonly label: string
  readonly owned: OwnedDatabase
  private readonly pool: Pool
  private readonly readers: Pool
  private readonly noters: Pool
  private readonly locks: Locks
  private readonly release: () => Promise<void>
  private closing: Promise<void> | undefined

  /** @param release gives the database back after the last connection was closed */
  constructor(
    label: string,
    capabilities: Capabilities,
    database: Database,
    threads: number,
    release: () => Promise<void>,
  ) {
    this.label = label
    this.capabilities = capabilities
    this.pool = Pool.of(database, threads)
    this.readers = Pool.ofReaders(database)
    this.noters = Pool.ofNoters(database)
    this.locks = database.locks
    this.release = release
    this.owned = {
      identity: database,
      reading: (work, signal) => this.reading(work, signal),
      note: (statements) => this.note(statements),
    }
  }

  session<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.lend(this.pool, signal, async (connection) => {
      try {
        return await work(new PlainSession(connection, this.locks, signal))
      } finally {
        if (connection.isReusable) await forgetStages(connection)
      }
    })
  }

  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<Committed<T>> {
    return this.inTransaction(this.pool, work, signal)
  }

  private inTransaction<T>(
    pool: Pool,
    work: (transaction: Transaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<Committed<T>> {
    return this.lend(pool, signal, async (connection) => {
      const transaction = new DuckdbTransaction(connection, this.locks, signal)
      try {
        const value = await work(transaction)
        const rows = await transaction.commit()
        transaction.release()
        await forgetStages(connection)
        return { value, rows }
      } catch (error) {
        await transaction.rollback().catch(() => {
          throw new UncleanConnection(error)
        })
        if (connection.isReusable) await forgetStages(connection)
        throw error
      } finally {
        transaction.release()
      }
    })
  }

  migrate(migrations: readonly LedgerMigration[]): Promise<void> {
    return migrateLedger(this, migrations)
  }

  ledgerVersion(): Promise<number> {
    return this.session(readLedgerVersion)
  }

  loadCsv(transaction: Transaction, stage: string, file: CsvFile): Promise<readonly Column[]> {
    if (!(transaction instanceof DuckdbTransaction)) throw new Error('not a transaction of this adapter')
    return loadCsvFile(transaction, stage, file)
  }

  classify(error: unknown): 'transient' | 'permanent' {
    return error instanceof DuckdbError && error.details.kind === 'conflict' ? 'transient' : 'permanent'
  }

  explain(error: unknown): EngineError {
    if (error instanceof DuckdbError) return error.details
    if (error instanceof SluiceError) {
      const [first] = error.diagnostics
      return {
        message: first?.message ?? error.message,
        kind: 'other',
        ...(first?.hint === undefined ? {} : { hint: first.hint }),
      }
    }
    if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
      return canceledError(error).details
    }
    return statementError(error, '').details
  }

  private reading<T>(work: (session: ReadingSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.lend(this.readers, signal, (connection) =>
      work(new DuckdbReadingSession(connection, this.locks, signal)),
    )
  }

  private async note(statements: readonly Statement[]): Promise<void> {
    await this.inTransaction(this.noters, async (transaction) => {
      for (const { sql, params } of statements) await transaction.execute(sql, params)
    })
  }

  private async lend<T>(
    pool: Pool,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw canceledError(signal.reason)
    return pool.use(work)
  }

  close(): Promise<void> {
    this.closing ??= Promise.all([this.readers, this.noters, this.pool].map((pool) => pool.close())).then(
      () => this.release(),
    )
    return this.closing
  }
}
