import type { Worker } from 'node:worker_threads'
import type { ParseResult, SqlParser } from '../core/sql/parser.ts'
import type { ParseAnswer, ParseJob } from './parse-worker.ts'

/** With fewer texts a worker costs more than it saves. */
const WORTH_A_WORKER = 400
/** Batches that wait in the worker, so that it never waits for this thread. */
const AHEAD = 2

interface Batch extends ParseJob {
  readonly resolve: (results: readonly ParseResult[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Parses many texts in two threads: a worker takes batches from the front of the queue, this thread takes from the back whenever it is idle. A
 * worker that dies costs only time: this thread takes over its batches.
 */
export class ParallelParser implements SqlParser {
  readonly dialect: string
  private readonly local: SqlParser
  private readonly startWorker: () => Worker | undefined
  private worker: Worker | undefined
  private readonly queue: Batch[] = []
  private readonly inWorker = new Map<number, Batch>()
  private isLocalBusy = false
  private lastId = 0

  constructor(local: SqlParser, startWorker: () => Worker | undefined) {
    this.dialect = local.dialect
    this.local = local
    this.startWorker = startWorker
  }

  expect(count: number): void {
    if (count < WORTH_A_WORKER || this.worker !== undefined) return
    this.worker = this.startWorker()
    this.worker?.on('message', (answer: ParseAnswer) => this.answered(answer))
    this.worker?.on('error', () => this.workerDied())
  }

  parse(texts: readonly string[], relational?: ReadonlySet<number>): Promise<readonly ParseResult[]> {
    if (this.worker === undefined || texts.length === 0) return this.local.parse(texts, relational)
    this.lastId += 1
    const id = this.lastId
    return new Promise((resolve, reject) => {
      this.queue.push({ id, texts, ...(relational === undefined ? {} : { relational }), resolve, reject })
      this.feedWorker()
      setImmediate(() => this.workLocally())
    })
  }

  /** Ends the worker by asking it: one that is terminated in the middle of a statement takes the process with it. */
  async settle(): Promise<void> {
    const { worker } = this
    if (worker === undefined) return
    this.worker = undefined
    const gone = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage('end')
    await gone
  }

  async close(): Promise<void> {
    await this.settle()
    await this.local.close()
  }

  private feedWorker(): void {
    while (this.worker !== undefined && this.inWorker.size < AHEAD) {
      const batch = this.queue.shift()
      if (batch === undefined) return
      this.inWorker.set(batch.id, batch)
      const { id, texts, relational } = batch
      this.worker.postMessage({
        id,
        texts,
        ...(relational === undefined ? {} : { relational }),
      } satisfies ParseJob)
    }
  }

  private answered({ id, results }: ParseAnswer): void {
    const batch = this.inWorker.get(id)
    this.inWorker.delete(id)
    this.feedWorker()
    batch?.resolve(results)
  }

  private workerDied(): void {
    this.worker = undefined
    this.queue.unshift(...this.inWorker.values())
    this.inWorker.clear()
    this.workLocally()
  }

  private workLocally(): void {
    if (this.isLocalBusy) return
    const batch = this.queue.pop()
    if (batch === undefined) return
    this.isLocalBusy = true
    this.local
      .parse(batch.texts, batch.relational)
      .then(batch.resolve, batch.reject)
      .finally(() => {
        this.isLocalBusy = false
        setImmediate(() => this.workLocally())
      })
  }
}
