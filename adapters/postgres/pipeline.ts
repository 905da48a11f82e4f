import type { PoolClient, Submittable, Connection as WireConnection } from 'pg'
import type { Connection } from './connection.ts'
import { endsConnection, locate } from './explain.ts'

/** A column or parameter as the protocol names its type. */
export interface TypeRef {
  readonly dataTypeID: number
  readonly dataTypeModifier: number
}

export interface DescribedField extends TypeRef {
  readonly name: string
}

export type Described =
  | { readonly ok: true; readonly fields: readonly DescribedField[]; readonly parameters: readonly number[] }
  | { readonly ok: false; readonly error: Error }

/**
 * Binds many queries in one round trip: each is parsed and described, never run. Whatever one does to the transaction is undone by going back to the
 * savepoint `back` before the next. All messages are written when the server is asked for the first answer; the answers come in their order.
 */
export async function describeAll(
  connection: Connection,
  texts: readonly string[],
  back: string,
): Promise<readonly Described[]> {
  if (texts.length === 0) return []
  return connection.run('', async () => {
    const batch = new Batch(connection.client, texts, back)
    batch.next()
    return batch.done
  })
}

class Batch {
  readonly done: Promise<readonly Described[]>
  private readonly client: PoolClient
  private readonly texts: readonly string[]
  private readonly back: string
  private readonly steps: readonly Step[]
  private readonly answers: Described[] = []
  private isSent = false
  private at = 0
  private resolve: (answers: readonly Described[]) => void = () => undefined
  private reject: (error: Error) => void = () => undefined

  constructor(client: PoolClient, texts: readonly string[], back: string) {
    this.client = client
    this.texts = texts
    this.back = back
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.steps = texts.flatMap((_, index) => [new Step(this, index), new Step(this, undefined)])
  }

  /** Lets the next step take its answer. The client wants one at a time, though all of them were sent with the first. */
  next(): void {
    this.client.query(this.steps[this.at++]!)
  }

  send(wire: WireConnection): void {
    if (this.isSent) return
    this.isSent = true
    for (const text of this.texts) {
      wire.parse({ name: '', text, types: [] }, true)
      wire.describe({ type: 'S', name: '' }, true)
      wire.sync()
      wire.query(`rollback to savepoint ${this.back}`)
    }
  }

  answered(step: Step): void {
    const { index, error } = step
    if (error !== undefined && (index === undefined || endsConnection(error))) {
      this.reject(error)
      return
    }
    if (index !== undefined && error !== undefined) {
      locate(error, this.texts[index]!)
      this.answers[index] = { ok: false, error }
    } else if (index !== undefined) {
      this.answers[index] = { ok: true, fields: step.fields, parameters: step.parameters }
    }
    if (this.at < this.steps.length) this.next()
    else this.resolve(this.answers)
  }
}

/** The answer to one message: a description (with an index) or the way back. */
class Step implements Submittable {
  readonly index: number | undefined
  fields: readonly DescribedField[] = []
  parameters: readonly number[] = []
  error: Error | undefined
  private readonly batch: Batch
  private wire: WireConnection | undefined

  constructor(batch: Batch, index: number | undefined) {
    this.batch = batch
    this.index = index
  }

  submit(wire: WireConnection): void {
    if (this.index !== undefined) {
      this.wire = wire
      wire.on('parameterDescription', this.onParameters)
    }
    this.batch.send(wire)
  }

  handleRowDescription(message: { readonly fields: readonly DescribedField[] }): void {
    this.fields = message.fields
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.detach()
    this.batch.answered(this)
  }

  /** After an error the client forgets who asked, so that nobody is told when it is ready again: this is the end. */
  handleError(error: Error): void {
    this.detach()
    this.error = error
    this.batch.answered(this)
  }

  private readonly onParameters = (message: { readonly dataTypeIDs: readonly number[] }): void => {
    this.parameters = message.dataTypeIDs
  }

  private detach(): void {
    this.wire?.off('parameterDescription', this.onParameters)
  }
}
