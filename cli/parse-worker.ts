import { parentPort, workerData } from 'node:worker_threads'
import { type ExaminedText, examineTexts, type Question } from '../core/compile/examine.ts'
import type { ParseResult } from '../core/sql/parser.ts'
import { type AdapterName, adapterOf } from './adapters.ts'

/** Some texts to parse, and the number of the request. */
export type ParseJob =
  | {
      readonly kind: 'parse'
      readonly id: number
      readonly texts: readonly string[]
      /** Indexes of those whose relational form is wanted. */
      readonly relational?: ReadonlySet<number>
    }
  | { readonly kind: 'examine'; readonly id: number; readonly questions: readonly Question[] }

export interface ParseAnswer {
  readonly id: number
  /** What the kind of job asks for, one for each text. */
  readonly results: readonly ParseResult[] | readonly ExaminedText[]
}

const port = parentPort!
const opened = adapterOf(workerData as AdapterName).then(({ dialect, parser }) => ({
  parser: parser(),
  fold: (name: string) => dialect.fold(name, false),
}))

port.on('message', async (job: ParseJob | 'end') => {
  const { parser, fold } = await opened
  if (job === 'end') {
    await parser.close()
    port.close()
    return
  }
  const results =
    job.kind === 'parse'
      ? await parser.parse(job.texts, job.relational)
      : await examineTexts(parser, fold, job.questions)
  port.postMessage({ id: job.id, results } satisfies ParseAnswer)
})
