import type { Column, Param, ReadingSession, Row } from '../../core/adapter.ts'
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
    // The engine itself refuses what a query could write: a sequence, a table by a function.
    await this.connection.query('begin transaction read only', [], this.signal)
    try {
      await this.connection.portions(sql, params, this.signal, take)
    } finally {
      // After an interrupt the connection is closed, which rolls back.
      if (this.connection.isReusable) await this.connection.query('rollback')
    }
  }
}
