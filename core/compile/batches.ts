import { type BatchAnswer, proveModel } from '../batch/prove-model.ts'
import type { BatchVerdict } from '../batch/verdict.ts'
import type { ModelFile } from '../config/project.ts'
import type { ParseResult } from '../sql/parser.ts'
import { type Analysed, type AnalysisContext, type QueryText, resolveWritten } from './analyse.ts'

/** Whether adjacent partitions of a model may run as one statement; undefined for what has no partitions. */
export function batchOf(
  context: AnalysisContext,
  models: ReadonlyMap<string, ModelFile>,
  query: QueryText,
  parsed: ParseResult,
  { readsItself }: Pick<Analysed, 'readsItself'>,
): BatchVerdict | undefined {
  const model = models.get(query.name)
  if (model?.config.partition === undefined || !parsed.ok) return undefined
  const { dialect } = context.templates.engine
  const answer = proveModel({
    model,
    rendered: query.rendered,
    relational: parsed.query.relational,
    readsItself,
    fold: (name) => dialect.fold(name, false),
    partitionOf: (upstream) => {
      const name = resolveWritten(context.index, upstream)
      return name === undefined ? undefined : models.get(name)?.config.partition
    },
    columnsOf: () => undefined,
  })
  return verdictOf(context, query, answer)
}

function verdictOf({ templates }: AnalysisContext, query: QueryText, answer: BatchAnswer): BatchVerdict {
  if (answer.batchable) return answer
  const { start, ...rest } = answer
  return start === undefined ? rest : { ...rest, place: templates.origin(query.rendered, start).place }
}
