import { NumberCollector, type NumberColumns, type NumberKind, type ReadHints } from '../../core/columns.ts'
import type { Connection } from './connection.ts'

/** COPY's binary format begins with this signature, flags and the length of an extension. */
const HEADER_BYTES = 19
/** Timestamps count from 2000-01-01. */
const EPOCH_MS = 946_684_800_000
const TWO_32 = 4_294_967_296

/** Reads a query of integers and timestamps by COPY in its binary format, which the server writes and we read several times faster than rows of
 * text. */
export async function copyNumbers(
  connection: Connection,
  sql: string,
  kinds: readonly NumberKind[],
  hints?: ReadHints,
): Promise<NumberColumns> {
  const { to } = await import('pg-copy-streams')
  const text = `copy (\n${sql}\n) to stdout (format binary)`
  return connection.run(text, async () => {
    const reader = new BinaryReader(kinds, hints?.expected)
    let failure: { readonly error: unknown } | undefined
    for await (const chunk of connection.client.query(to(text))) {
      try {
        if (failure === undefined) reader.take(chunk as Buffer)
      } catch (error) {
        // A stream that is left before its end would keep the connection for itself for ever.
        failure = { error }
      }
    }
    if (failure !== undefined) throw failure.error
    return reader.finish()
  })
}

/** Rows of the binary format, however the stream cuts them. */
class BinaryReader {
  private readonly kinds: readonly NumberKind[]
  private readonly collected: NumberCollector
  private readonly row: number[]
  private rest: Buffer = Buffer.alloc(0)
  private headerIsRead = false

  constructor(kinds: readonly NumberKind[], expected: number | undefined) {
    this.kinds = kinds
    this.collected = new NumberCollector(kinds.length, expected)
    this.row = kinds.map(() => Number.NaN)
  }

  take(chunk: Buffer): void {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    let at = 0
    if (!this.headerIsRead) {
      if (data.length < HEADER_BYTES) {
        this.rest = data
        return
      }
      this.headerIsRead = true
      at = HEADER_BYTES
    }
    for (let next = this.readRow(data, at); next !== undefined; next = this.readRow(data, at)) at = next
    this.rest = data.subarray(at)
  }

  finish(): NumberColumns {
    return this.collected.finish()
  }

  /** Reads the row at the offset and returns where it ends; undefined if it is not all there, or the end of all rows. */
  private readRow(data: Buffer, from: number): number | undefined {
    let at = from + 2
    if (data.length < at || data.readInt16BE(from) < 0) return undefined
    for (let column = 0; column < this.kinds.length; column++) {
      if (data.length < at + 4) return undefined
      const length = data.readInt32BE(at)
      at += 4
      if (length < 0) {
        this.row[column] = Number.NaN
        continue
      }
      if (data.length < at + length) return undefined
      const value = integer(data, at, length)
      this.row[column] = this.kinds[column] === 'instant' ? value / 1000 + EPOCH_MS : value
      at += length
    }
    this.collected.addRow(this.row)
    return at
  }
}

function integer(data: Buffer, at: number, length: number): number {
  switch (length) {
    case 2:
      return data.readInt16BE(at)
    case 4:
      return data.readInt32BE(at)
    case 8:
      return data.readInt32BE(at) * TWO_32 + data.readUInt32BE(at + 4)
    default:
      throw new Error(`a number of ${length} bytes`)
  }
}
