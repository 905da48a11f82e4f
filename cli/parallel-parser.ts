import type { Worker } from 'node:worker_threads'
import type { BatchQuestion } from '../core/batch/prove-model.ts'
import type { ExaminedText, Question } from '../core/compile/examine.ts'
import type { ParseResult, SqlParser } from '../core/sql/parser.ts'
import type { ParseAnswer, ParseJob } from './parse-worker.ts'

/** With fewer texts a worker costs more than it saves. */
const WORTH_A_WORKER = 400
/** Batches that wait in the worker, so that it never waits for this thread. */
const AHEAD = 2

interface Batch {
  readonly job: ParseJob
  readonly answered: (answer: ParseAnswer) => void
  /** The same work in this thread. */
  readonly locally: () => Promise<void>
}

/**
 * Parses many texts in two threads: a worker takes batches from the front of the queue, this thread takes from the back whenever it is idle. A
 * worker that dies costs only time: this thread takes over its batches.
 */
export class ParallelParser implements SqlParser {
  readonly dialect: string
  private readonly local: SqlParser
  private readonly fold: BatchQuestion['fold']
  private readonly startWorker: () => Worker | undefined
  private worker: Worker | undefined
  private readonly queue: Batch[] = []
  private readonly inWorker = new Map<number, Batch>()
  private isLocalBusy = false
  private lastId = 0

  /** @param fold how the engine compares a name that is written without quotes */
  constructor(local: SqlParser, fold: BatchQuestion['fold'], startWorker: () => Worker | undefined) {
    this.dialect = local.dialect
    this.local = local
    this.fold = fold
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
    return new Promise((resolve, reject) => {
      this.enqueue({
        job: { kind: 'parse', id: ++this.lastId, texts, ...(relational === undefined ? {} : { relational }) },
        answered: (answer) => resolve(answer.results as readonly ParseResult[]),
        locally: () => this.local.parse(texts, relational).then(resolve, reject),
      })
    })
  }

  /** Answers what is asked about the trees of texts, which stay in the thread where they are made. */
  examine(questions: readonly Question[]): Promise<readonly ExaminedText[]> {
    const locally = async () => {
      // Most commands find everything in the cache.
      const { examineTexts } = await import('../core/compile/examine.ts')
      return examineTexts(this.local, this.fold, questions)
    }
    if (this.worker === undefined || questions.length === 0) return locally()
    return new Promise((resolve, reject) => {
      this.enqueue({
        job: { kind: 'examine', id: ++this.lastId, questions },
        answered: (answer) => resolve(answer.results as readonly ExaminedText[]),
        locally: () => locally().then(resolve, reject),
      })
    })
  }

  private enqueue(batch: Batch): void {
    this.queue.push(batch)
    this.feedWorker()
    setImmediate(() => this.workLocally())
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
      this.inWorker.set(batch.job.id, batch)
      this.worker.postMessage(batch.job)
    }
  }

  private answered(answer: ParseAnswer): void {
    const batch = this.inWorker.get(answer.id)
    this.inWorker.delete(answer.id)
    this.feedWorker()
    batch?.answered(answer)
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
    batch.locally().finally(() => {
      this.isLocalBusy = false
      setImmediate(() => this.workLocally())
    })
  }
}
