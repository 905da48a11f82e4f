import type { Socket } from 'node:net'
import type { Adapter, Column, ReadingSession, Row } from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { Lines } from '../../core/owner/lines.ts'
import {
  type CatalogAnswer,
  LONGEST_REQUEST,
  type OwnerFailure,
  type OwnerMessage,
  type OwnerRequest,
  readRequest,
} from '../../core/owner/protocol.ts'
import { encodeValue } from '../../core/owner/values.ts'
import { eventJson } from '../json/event.ts'
import { jsonLine } from '../text/json.ts'
import type { Seat } from './seat.ts'

/** Requests that may wait while one is answered; more are not read from the socket. */
const WAITING_REQUESTS = 16
const QUERY_MS = 10 * 60_000
const QUERY_ROWS = 5_000_000
const NUMBERS_AT_ONCE = 32_768
/** Whoever takes nothing for so long has what it waits for taken away. */
const STALL_MS = 20_000
/** Whoever neither asks nor waits for anything for so long is hung up on. */
const IDLE_MS = 10 * 60_000
/** Characters of events that may wait for a follower. */
const EVENTS_BEHIND = 16_000_000

/** A process that talks to the owner. Whatever it sends and however it ends, that is its own matter: nothing here throws. */
export class Visitor {
  private readonly socket: Socket
  private readonly adapter: Adapter
  private readonly seat: Seat
  private readonly lines = new Lines(LONGEST_REQUEST)
  private readonly waiting: string[] = []
  private readonly gone = new AbortController()
  private isAnswering = false

  constructor(socket: Socket, adapter: Adapter, seat: Seat) {
    this.socket = socket
    this.adapter = adapter
    this.seat = seat
    socket.setEncoding('utf8')
    socket.setTimeout(IDLE_MS, () => {
      if (!this.isAnswering) socket.destroy()
    })
    socket.on('data', (text: unknown) => this.receive(String(text)))
    socket.on('error', () => socket.destroy())
    // A visitor that has said all it wanted may still wait for its answers; one that is gone makes writing fail.
    socket.on('end', () => this.leaveIfDone())
    socket.on('close', () => this.gone.abort(new Error('the other process hung up')))
  }

  private receive(text: string): void {
    const lines = this.lines.take(text)
    if (lines === undefined) {
      this.socket.destroy()
      return
    }
    this.waiting.push(...lines)
    if (this.waiting.length > WAITING_REQUESTS) this.socket.pause()
    if (!this.isAnswering) void this.answerAll()
  }

  private async answerAll(): Promise<void> {
    this.isAnswering = true
    for (let line = this.waiting.shift(); line !== undefined; line = this.waiting.shift()) {
      await this.answer(line).catch(() => this.socket.destroy())
      if (this.gone.signal.aborted) return
      if (this.waiting.length <= WAITING_REQUESTS) this.socket.resume()
    }
    this.isAnswering = false
    this.leaveIfDone()
  }

  private leaveIfDone(): void {
    if (!this.isAnswering && this.socket.readableEnded) this.socket.end()
  }

  private async answer(line: string): Promise<void> {
    const request = readRequest(line)
    if (typeof request === 'string') {
      await this.send({ type: 'failed', failure: { kind: 'protocol', message: request } })
      // Whoever speaks otherwise has nothing more to say.
      this.socket.end()
      this.waiting.length = 0
      return
    }
    try {
      await this.send({ type: 'done', value: await this.valueOf(request) })
    } catch (error) {
      if (this.gone.signal.aborted) return
      await this.send({ type: 'failed', failure: this.failureOf(error) })
    }
  }

  private valueOf(request: OwnerRequest): Promise<unknown> {
    switch (request.op) {
      case 'hello':
        return Promise.resolve(this.seat.info(this.adapter.label))
      case 'cancel':
        return Promise.resolve(this.seat.cancel(request.run))
      case 'events':
        return this.follow()
      case 'query':
        return this.read((session, signal) => this.query(session, request.sql, request.params, signal))
      case 'numbers':
        return this.read((session) => this.numbers(session, request.sql, request.kinds))
      case 'catalog':
        return this.read((session) => this.askCatalog(session, request))
      case 'describe':
        return this.read(
          (session): Promise<readonly Column[]> => this.adapter.catalog.describe(session, request.select),
        )
      default:
        return request satisfies never
    }
  }

  private read<T>(work: (session: ReadingSession, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { owned } = this.adapter
    if (owned === undefined) throw new Error(`${this.adapter.label} is not for one process alone`)
    const signal = AbortSignal.any([this.gone.signal, AbortSignal.timeout(QUERY_MS)])
    return owned.reading((session) => work(session, signal), signal)
  }

  private async query(
    session: ReadingSession,
    sql: string,
    params: Parameters<ReadingSession['portions']>[1],
    signal: AbortSignal,
  ): Promise<number> {
    let count = 0
    await session.portions(sql, params, async (rows) => {
      signal.throwIfAborted()
      count += rows.length
      if (count > QUERY_ROWS) throw tooManyRows()
      await this.send(rowsMessage(rows))
    })
    return count
  }

  private async numbers(
    session: ReadingSession,
    sql: string,
    kinds: Parameters<ReadingSession['readNumbers']>[1],
  ): Promise<number> {
    const { count, columns } = await session.readNumbers(sql, kinds)
    for (let from = 0; from < count; from += NUMBERS_AT_ONCE) {
      const part = columns.map((column) => column.subarray(from, from + NUMBERS_AT_ONCE))
      await this.send({
        type: 'numbers',
        count: Math.min(NUMBERS_AT_ONCE, count - from),
        columns: part.map(({ buffer, byteOffset, byteLength }) =>
          Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
        ),
      })
    }
    return count
  }

  private async askCatalog(
    session: ReadingSession,
    { question, relation }: Extract<OwnerRequest, { op: 'catalog' }>,
  ): Promise<CatalogAnswer> {
    return (await this.adapter.catalog[question](session, relation)) ?? null
  }

  /** Until the run ends, or the other process hangs up. */
  private follow(): Promise<null> {
    return new Promise((resolve) => {
      const end = () => {
        stop()
        resolve(null)
      }
      const stop = this.seat.follow((event) => {
        // Nobody waits for a follower that does not keep up.
        if (this.socket.writableLength > EVENTS_BEHIND) this.socket.destroy()
        else this.socket.write(jsonLine({ type: 'event', event: eventJson(event) }))
        if (event.type === 'run_finished') queueMicrotask(end)
      })
      this.gone.signal.addEventListener('abort', end, { once: true })
    })
  }

  /** Waits while the other process takes what was sent before. */
  private send(message: OwnerMessage): Promise<void> {
    if (this.gone.signal.aborted) return Promise.reject(this.gone.signal.reason)
    if (this.socket.write(jsonLine(message))) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const stalled = setTimeout(() => this.socket.destroy(), STALL_MS)
      const settle = (): void => {
        clearTimeout(stalled)
        this.socket.off('drain', settle)
        this.gone.signal.removeEventListener('abort', settle)
        if (this.gone.signal.aborted) reject(this.gone.signal.reason)
        else resolve()
      }
      this.socket.once('drain', settle)
      this.gone.signal.addEventListener('abort', settle, { once: true })
    })
  }

  private failureOf(error: unknown): OwnerFailure {
    return error instanceof SluiceError
      ? { kind: 'diagnostics', diagnostics: error.diagnostics }
      : { kind: 'engine', error: error instanceof TooMuch ? error.details : this.adapter.explain(error) }
  }
}

class TooMuch extends Error {
  readonly details = {
    message: this.message,
    kind: 'out_of_resources',
    hint: 'Ask for less, or wait until the run has ended.',
  } as const
}

function tooManyRows(): TooMuch {
  return new TooMuch(`More than ${QUERY_ROWS} rows are not handed to another process.`)
}

function rowsMessage(rows: readonly Row[]): OwnerMessage {
  const columns = Object.keys(rows[0] ?? {})
  return {
    type: 'rows',
    columns,
    rows: rows.map((row) => columns.map((column) => encodeValue(row[column]))),
  }
}
