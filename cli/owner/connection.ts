import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { Param, Row } from '../../core/adapter.ts'
import { NumberCollector, type NumberColumns, type NumberKind } from '../../core/columns.ts'
import { Lines } from '../../core/owner/lines.ts'
import {
  LONGEST_ANSWER,
  type OwnerAnswers,
  type OwnerFailure,
  type OwnerInfo,
  type OwnerMessage,
  type OwnerRequest,
  PROTOCOL_VERSION,
  readMessage,
  requestLine,
} from '../../core/owner/protocol.ts'
import { decodeValue, encodeValue } from '../../core/owner/values.ts'
import { isOurs } from './place.ts'

/** An owner answers at once, whatever it is doing; one that does not has been stopped. */
const HELLO_MS = 5_000

/** The owner hung up: it has ended, or takes no more visitors. */
export class OwnerGone extends Error {}

/** The owner accepts connections and says nothing. */
export class OwnerSilent extends Error {}

/** The owner's answer to a request is that it failed. */
export class OwnerRefused extends Error {
  readonly failure: OwnerFailure

  constructor(failure: OwnerFailure) {
    super(failure.kind === 'engine' ? failure.error.message : failure.kind)
    this.failure = failure
  }
}

/** What arrives before the end of an answer. */
interface Arriving {
  readonly rows?: (rows: readonly Row[]) => void
  readonly numbers?: (count: number, columns: readonly Float64Array[]) => void
  readonly event?: (event: unknown) => void
}

interface Asked extends Arriving {
  readonly done: (value: unknown) => void
  readonly failed: (error: Error) => void
}

/** A conversation with the process that owns a database: one question after the other. */
export class OwnerConnection {
  readonly info: OwnerInfo
  private readonly link: Link

  private constructor(link: Link, info: OwnerInfo) {
    this.link = link
    this.info = info
  }

  /**
   * Connects to whoever listens in one of the places, and says hello.
   *
   * @returns undefined if nobody does
   * @throws OwnerSilent if it does not answer
   */
  static async open(paths: readonly string[]): Promise<OwnerConnection | undefined> {
    for (const path of paths) {
      if (process.platform !== 'win32' && !(await isOurs(dirname(path)))) continue
      const socket = await connected(path)
      if (socket === undefined) continue
      const link = new Link(socket)
      const late = setTimeout(() => link.end(new OwnerSilent()), HELLO_MS)
      try {
        return new OwnerConnection(link, (await link.ask({ op: 'hello' }, {})) as OwnerInfo)
      } catch (error) {
        link.end(new OwnerGone())
        if (!(error instanceof OwnerGone)) throw error
      } finally {
        clearTimeout(late)
      }
    }
    return undefined
  }

  /** Whether the owner understands what this process says. */
  get isUnderstood(): boolean {
    return this.info.version === PROTOCOL_VERSION
  }

  /** @throws OwnerRefused, OwnerGone, or the signal's reason; then the connection is of no more use */
  async ask<Op extends OwnerRequest['op']>(
    request: Extract<OwnerRequest, { op: Op }>,
    arriving: Arriving = {},
    signal?: AbortSignal,
  ): Promise<OwnerAnswers[Op]> {
    signal?.throwIfAborted()
    const hangUp = (): void => this.link.end(signal?.reason as Error)
    signal?.addEventListener('abort', hangUp, { once: true })
    try {
      return (await this.link.ask(request, arriving)) as OwnerAnswers[Op]
    } finally {
      signal?.removeEventListener('abort', hangUp)
    }
  }

  /** The rows of a query. */
  async query(sql: string, params: readonly Param[], signal?: AbortSignal): Promise<readonly Row[]> {
    const found: Row[] = []
    const rows = (portion: readonly Row[]): void => {
      for (const row of portion) found.push(row)
    }
    await this.ask({ op: 'query', sql, params }, { rows }, signal)
    return found
  }

  /** The numbers of a query. */
  async readNumbers(sql: string, kinds: readonly NumberKind[], signal?: AbortSignal): Promise<NumberColumns> {
    const found = new NumberCollector(kinds.length)
    const numbers = (count: number, columns: readonly Float64Array[]): void =>
      found.addColumns(count, columns)
    await this.ask({ op: 'numbers', sql, kinds }, { numbers }, signal)
    return found.finish()
  }

  close(): void {
    this.link.end(new OwnerGone())
  }
}

/** The socket, and the one request that waits for its answer. */
class Link {
  private readonly socket: Socket
  private readonly lines = new Lines(LONGEST_ANSWER)
  private asked: Asked | undefined
  private ended: Error | undefined

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: unknown) => this.receive(String(text)))
    socket.on('error', () => this.end(new OwnerGone()))
    socket.on('close', () => this.end(new OwnerGone()))
  }

  ask(request: OwnerRequest, arriving: Arriving): Promise<unknown> {
    return new Promise((done, failed) => {
      if (this.ended !== undefined) {
        failed(this.ended)
        return
      }
      this.asked = { ...arriving, done, failed }
      this.socket.write(requestLine(request, encodeValue))
    })
  }

  end(reason: Error): void {
    if (this.ended !== undefined) return
    this.ended = reason
    this.socket.destroy()
    this.settle()?.failed(reason)
  }

  private receive(text: string): void {
    const lines = this.lines.take(text)
    if (lines === undefined) {
      this.end(new OwnerGone())
      return
    }
    for (const line of lines) this.take(readMessage(line))
  }

  private take(message: OwnerMessage | undefined): void {
    switch (message?.type) {
      case 'rows':
        this.asked?.rows?.(rowsOf(message))
        break
      case 'numbers':
        this.asked?.numbers?.(message.count, message.columns.map(doublesOf))
        break
      case 'event':
        this.asked?.event?.(message.event)
        break
      case 'done':
        this.settle()?.done(message.value)
        break
      case 'failed':
        this.settle()?.failed(new OwnerRefused(message.failure))
        break
      case undefined:
        this.end(new OwnerGone())
        break
      default:
        message satisfies never
    }
  }

  private settle(): Asked | undefined {
    const { asked } = this
    this.asked = undefined
    return asked
  }
}

function rowsOf({ columns, rows }: Extract<OwnerMessage, { type: 'rows' }>): readonly Row[] {
  return rows.map((values) => {
    const row: Record<string, unknown> = {}
    columns.forEach((column, index) => {
      row[column] = decodeValue(values[index] ?? null)
    })
    return row
  })
}

function doublesOf(base64: string): Float64Array {
  const bytes = Buffer.from(base64, 'base64')
  // Doubles must lie at a multiple of their size, which bytes of a shared buffer need not.
  return new Float64Array(new Uint8Array(bytes).buffer)
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}
