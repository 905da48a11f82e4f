import type { ModelFile } from '../config/project.ts'
import type { AnalysisContext, QueryText } from './analyse.ts'
import { judgePartitions, partitionQuestion } from './batches.ts'
import { type ExaminedText, examineTexts, type Question } from './examine.ts'
import { type LintedQuery, lintedQuery } from './linted.ts'

/** Parses queries and answers what is asked about their trees: of models with partitions how those depend on each other, and with `rules` what the
 * rules for SQL find in models. */
export async function examineQueries(
  context: AnalysisContext,
  models: ReadonlyMap<string, ModelFile>,
  queries: readonly QueryText[],
  rules: boolean,
): Promise<ReadonlyMap<QueryText, ExaminedText>> {
  if (queries.length === 0) return new Map()
  const { engine } = context.templates
  const questions = queries.map(({ name, rendered }): Question => {
    const model = models.get(name)
    const partitions = model === undefined ? undefined : partitionQuestion(context, models, model)
    const { text, spans, symbolsDecide } = rendered
    return {
      rendered: { text, spans: spans.filter(({ symbol }) => symbol !== undefined), symbolsDecide },
      ...(partitions === undefined ? {} : { partitions }),
      rules: rules && model !== undefined,
    }
  })
  const fold = (name: string) => engine.dialect.fold(name, false)
  const results = await (engine.examine?.(questions) ?? examineTexts(engine.parser, fold, questions))
  return new Map(queries.map((query, position) => [query, results[position]!]))
}

/** Queries that are rendered and examined at once. */
const BATCH = 250

/** What the rules for SQL find in models that compile. */
export async function lintQueries(
  context: AnalysisContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, LintedQuery>> {
  const { project, templates } = context
  const { parser } = templates.engine
  const models = new Map(project.models.map((model) => [model.name, model]))
  const files = names.map((name) => models.get(name)).filter((file) => file !== undefined)
  const found = new Map<string, LintedQuery>()
  parser.expect?.(files.length)
  try {
    const batches: Promise<void>[] = []
    for (let from = 0; from < files.length; from += BATCH) {
      const queries = files.slice(from, from + BATCH).map(
        (model): QueryText => ({
          name: model.name,
          path: model.path,
          rendered: templates.model(model),
        }),
      )
      const examined = examineQueries(context, models, queries, true)
      batches.push(examined.then((texts) => take(context, models, texts, found)))
      // Lets the parser's answers in.
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(batches)
  } finally {
    await parser.settle?.()
  }
  return found
}

function take(
  context: AnalysisContext,
  models: ReadonlyMap<string, ModelFile>,
  texts: ReadonlyMap<QueryText, ExaminedText>,
  found: Map<string, LintedQuery>,
): void {
  for (const [query, result] of texts) {
    if (!result.ok) continue
    const { partitions, rules } = result.examined
    const judged =
      partitions === undefined ? [] : judgePartitions(context, models, query, partitions, false).findings
    const origin = (start: number) => context.templates.origin(query.rendered, start)
    found.set(query.name, lintedQuery(rules ?? [], judged, origin))
  }
}
