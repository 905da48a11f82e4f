import type { Column, Param, ReadingSession, Row } from '../../core/adapter.ts'
import type { NumberColumns, NumberKind, ReadHints } from '../../core/columns.ts'
import { DuckdbError } from './error.ts'
import { DuckdbSession } from './session.ts'

/**
 * A session for another process, that can change nothing. Each query has a transaction of its own, so that whoever asks and then stands
 * still holds no old state of the database.
 */
export class DuckdbReadingSession extends DuckdbSession implements ReadingSession {
  async query(sql: string, params: readonly Param[] = []): Promise<readonly Row[]> {
    const rows: Row[] = []
    await this.portions(sql, params, async (portion) => {
      for (const row of portion) rows.push(row)
    })
    return rows
  }

  execute(): Promise<number> {
    return Promise.reject(new DuckdbError({ message: 'Only queries can be run here.', kind: 'read_only' }))
  }

  columns(select: string): Promise<readonly Column[]> {
    return this.connection.columns(select, this.signal)
  }

  async portions(
    sql: string,
    params: readonly Param[],
    take: (rows: readonly Row[]) => Promise<void>,
  ): Promise<void> {
    await this.unchanged(() => this.connection.portions(sql, params, this.signal, take))
  }

  async readNumbers(sql: string, kinds: readonly NumberKind[], hints?: ReadHints): Promise<NumberColumns> {
    // It will stand within another one: only what is one query by itself may.
    await this.connection.columns(sql, this.signal)
    return this.unchanged(() => this.connection.readNumbers(sql, kinds, hints, this.signal))
  }

  /** The engine itself refuses what a query could write, such as a sequence by a function. */
  private async unchanged<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.query('begin transaction read only', [], this.signal)
    try {
      return await work()
    } finally {
      // After an interrupt the connection is closed, which rolls back.
      if (this.connection.isReusable) await this.connection.query('rollback')
    }
  }
}
