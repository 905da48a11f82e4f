import type { PoolClient } from 'pg'
import type { Param, Row } from '../../core/adapter.ts'
import { endsConnection, locate } from './explain.ts'
import { parameterText } from './literal.ts'

/** What of pg's results is used. */
export interface StatementResult {
  readonly command: string | null
  readonly rowCount: number | null
  readonly rows: readonly Row[]
  readonly fields: readonly unknown[]
}

/** Asks the server to cancel what a backend is doing; resolves when the request has reached the backend. */
export type Cancel = (processId: number) => Promise<void>

/** First pause before a cancel request is repeated: one that arrives before its statement has begun is ignored. */
const CANCEL_AGAIN_MS = 50
const CANCEL_AGAIN_MAX_MS = 1000

/** One connection of the pool while it is lent out. Statements run one after the other; an abort of the signal cancels the
 * running one in the server and refuses those that follow. */
export class Connection {
  readonly client: PoolClient
  private readonly cancel: Cancel
  private readonly signal: AbortSignal | undefined
  private death: unknown
  private last: Promise<unknown> = Promise.resolve()

  constructor(client: PoolClient, cancel: Cancel, signal: AbortSignal | undefined) {
    this.client = client
    this.cancel = cancel
    this.signal = signal
    // Without a listener, a connection that dies between two statements ends the process.
    client.on('error', this.onDeath)
  }

  /** Whether the connection is gone; nothing can be sent any more, not even ROLLBACK. */
  get isLost(): boolean {
    return this.death !== undefined
  }

  /** Gives up the connection's listeners before it returns to the pool. */
  detach(): void {
    this.client.off('error', this.onDeath)
  }

  /** Runs one or more statements and returns the result of each. */
  async statements(sql: string, params: readonly Param[] = []): Promise<readonly StatementResult[]> {
    return this.run(sql, async () => {
      const result: StatementResult | readonly StatementResult[] =
        params.length === 0
          ? await this.client.query(sql)
          : await this.client.query({ text: sql, values: params.map(parameterText) })
      return 'rows' in result ? [result] : result
    })
  }

  /** Sends something of which `sql` is the text; errors know their place in it.
   * @throws the signal's reason if it has been aborted before */
  run<T>(sql: string, send: () => Promise<T>): Promise<T> {
    const result = this.last.then(() => this.runNow(sql, send))
    this.last = result.catch(() => undefined)
    return result
  }

  /** Like `run`, but not refused after an abort: how a transaction ends. */
  async finish(sql: string): Promise<void> {
    await this.last
    await this.client.query(sql)
  }

  private async runNow<T>(sql: string, send: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted()
    if (this.death !== undefined) throw this.death
    const running = new AbortController()
    let canceling: Promise<void> | undefined
    const onAbort = (): void => {
      canceling = this.cancelUntil(running.signal)
    }
    this.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await send()
    } catch (error) {
      if (endsConnection(error)) this.death ??= error
      locate(error, sql)
      throw error
    } finally {
      this.signal?.removeEventListener('abort', onAbort)
      running.abort()
      // A cancel request that is still under way would hit the next statement.
      await canceling
    }
  }

  private async cancelUntil(done: AbortSignal): Promise<void> {
    try {
      for (let pause = CANCEL_AGAIN_MS; !done.aborted; pause = Math.min(2 * pause, CANCEL_AGAIN_MAX_MS)) {
        await this.cancel(processIdOf(this.client))
        await pauseUntil(done, pause)
      }
    } catch {
      // The server takes no cancel request: ending the connection ends the statement too.
      this.client.connection.stream.destroy()
    }
  }

  private readonly onDeath = (error: Error): void => {
    this.death ??= error
  }
}

function processIdOf(client: PoolClient): number {
  const { processID } = client as unknown as { readonly processID: number }
  return processID
}

function pauseUntil(done: AbortSignal, ms: number): Promise<void> {
  if (done.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      done.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    done.addEventListener('abort', finish)
  })
}
