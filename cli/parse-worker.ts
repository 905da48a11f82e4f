import { parentPort, workerData } from 'node:worker_threads'
import type { ParseResult } from '../core/sql/parser.ts'
import { type AdapterName, adapterOf } from './adapters.ts'

/** Some texts to parse, and the number of the request. */
export interface ParseJob {
  readonly id: number
  readonly texts: readonly string[]
  /** Indexes of those whose relational form is wanted. */
  readonly relational?: ReadonlySet<number>
}

export interface ParseAnswer {
  readonly id: number
  readonly results: readonly ParseResult[]
}

const port = parentPort!
const parser = adapterOf(workerData as AdapterName).then((factory) => factory.parser())

port.on('message', async (job: ParseJob | 'end') => {
  if (job === 'end') {
    await (await parser).close()
    port.close()
    return
  }
  const results = await (await parser).parse(job.texts, job.relational)
  port.postMessage({ id: job.id, results } satisfies ParseAnswer)
})
