import {
  type Committed,
  CommitUnknownError,
  type Param,
  type Row,
  type Session,
  type Statement,
  type Transaction,
} from '../../core/adapter.ts'
import type { NumberColumns, NumberKind, ReadHints } from '../../core/columns.ts'
import type { Connection, StatementResult } from './connection.ts'
import { inline } from './literal.ts'

/** Serialises the ledger's changes of a database: held from the allocation of a change number through COMMIT. */
const ORDER_LOCK = '5142885012070517'

/** A session on a connection of ours; the catalogue and the CSV loader reach the connection through it. */
export class PostgresSession implements Session {
  readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** Rows of the statement; of several statements in one text, those of the last. */
  async query(sql: string, params?: readonly Param[]): Promise<readonly Row[]> {
    return (await this.send(sql, params)).at(-1)?.rows ?? []
  }

  async execute(sql: string, params?: readonly Param[]): Promise<number> {
    return (await this.send(sql, params)).reduce((sum, result) => sum + changedRows(result), 0)
  }

  async readNumbers(sql: string, kinds: readonly NumberKind[], hints?: ReadHints): Promise<NumberColumns> {
    const { copyNumbers } = await import('./copy-numbers.ts')
    return copyNumbers(this.connection, sql, kinds, hints)
  }

  protected send(sql: string, params?: readonly Param[]): Promise<readonly StatementResult[]> {
    return this.connection.statements(sql, params)
  }
}

/** The session of an open transaction. After an error it refuses further statements: the server would too. */
export class PostgresTransaction extends PostgresSession implements Transaction {
  private readonly atCommit: Statement[] = []
  private failure: { readonly error: unknown } | undefined

  commitWith(statements: readonly Statement[]): void {
    this.atCommit.push(...statements)
  }

  /** Notes an error that did not pass through `query` or `execute`. */
  async guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.failure !== undefined) throw this.failure.error
    try {
      return await work()
    } catch (error) {
      this.failure ??= { error }
      throw error
    }
  }

  protected override send(sql: string, params?: readonly Param[]): Promise<readonly StatementResult[]> {
    return this.guarded(() => super.send(sql, params))
  }

  override readNumbers(sql: string, kinds: readonly NumberKind[], hints?: ReadHints): Promise<NumberColumns> {
    return this.guarded(() => super.readNumbers(sql, kinds, hints))
  }

  /** Sends the ordering lock, the statements of `commitWith` and COMMIT as one message.
   * @throws CommitUnknownError if the connection died meanwhile */
  async commit(): Promise<readonly Row[]> {
    const results = await this.guarded(() => this.sendCommit())
    const last = results.at(-1)
    if (last?.command !== 'COMMIT') throw new Error(`COMMIT was answered by ${last?.command ?? 'nothing'}`)
    return this.atCommit.length === 0 ? [] : (results.at(-2)?.rows ?? [])
  }

  private async sendCommit(): Promise<readonly StatementResult[]> {
    try {
      return await this.connection.statements(this.commitText())
    } catch (error) {
      throw this.connection.isLost ? new CommitUnknownError({ cause: error }) : error
    }
  }

  private commitText(): string {
    if (this.atCommit.length === 0) return 'commit'
    const statements = this.atCommit.map(({ sql, params }) => inline(sql, params))
    return [`select pg_advisory_xact_lock(${ORDER_LOCK})`, ...statements, 'commit'].join(';\n')
  }
}

/** Runs work in a transaction on a connection. After any error only ROLLBACK is sent. */
export async function inTransaction<T>(
  connection: Connection,
  begin: string,
  work: (transaction: PostgresTransaction) => Promise<T>,
): Promise<Committed<T>> {
  await connection.statements(begin)
  const transaction = new PostgresTransaction(connection)
  try {
    const value = await work(transaction)
    return { value, rows: await transaction.commit() }
  } catch (error) {
    await rollback(connection)
    throw error
  }
}

/** A rollback that fails leaves nothing behind either: the connection is lost, or it is not given back to the pool. */
async function rollback(connection: Connection): Promise<void> {
  if (connection.isLost) return
  await connection.finish('rollback').catch(() => undefined)
}

const CHANGING: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

/** CREATE TABLE AS answers `SELECT n` too, but describes no columns. */
function changedRows(result: StatementResult): number {
  const isCreated = result.command === 'SELECT' && result.fields.length === 0
  return isCreated || CHANGING.has(result.command ?? '') ? (result.rowCount ?? 0) : 0
}
