import { parentPort, workerData } from 'node:worker_threads'
import type { ParseResult } from '../core/sql/parser.ts'
import { adapterOf, type AdapterName } from './adapters.ts'

/** Some texts to parse, and the number of the request. */
export interface ParseJob {
  readonly id: number
  readonly texts: readonly string[]
}

export interface ParseAnswer {
  readonly id: number
  readonly results: readonly ParseResult[]
}

const parser = adapterOf(workerData as AdapterName).then((factory) => factory.parser())

parentPort!.on('message', async ({ id, texts }: ParseJob) => {
  const results = await (await parser).parse(texts)
  parentPort!.postMessage({ id, results } satisfies ParseAnswer)
})
