import { type Finding, lintModel } from '../batch/lint.ts'
import { type BatchAnswer, proveModel } from '../batch/prove-model.ts'
import { surveyOf } from '../batch/survey.ts'
import type { BatchVerdict } from '../batch/verdict.ts'
import type { AllowedWarning, ModelFile } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { resolveName } from '../graph/names.ts'
import type { Relational, TableRef } from '../sql/relational/ir.ts'
import { type AnalysisContext, type QueryText, resolveWritten } from './analyse.ts'
import type { Judgement } from './query-memory.ts'

/** What is said about a model's partitions. */
export interface Judged {
  readonly verdict: BatchVerdict
  readonly warnings: readonly Diagnostic[]
}

type Models = ReadonlyMap<string, ModelFile>

/** What was found of a model with partitions, by offsets in its rendered text. */
export type PartitionFindings = NonNullable<Judgement['partitions']>

/** All that decides `judgePartitions` beside the text and what its names mean. */
export function decidesPartitions(
  context: AnalysisContext,
  models: Models,
  model: ModelFile,
  names: readonly (string | undefined)[],
): unknown {
  const { materialized, partition, strategy, uniqueKey, reads } = model.config
  return [
    model.name,
    [materialized, partition, strategy, uniqueKey, reads],
    Object.keys(reads).map((upstream) => upstreamPartition(context, models, upstream)),
    names.map((name) => name !== undefined && models.get(name)?.config.partition !== undefined),
  ]
}

function upstreamPartition({ index }: AnalysisContext, models: Models, upstream: string) {
  const name = resolveWritten(index, upstream)
  return name === undefined ? undefined : models.get(name)?.config.partition
}

/** Whether adjacent partitions of a model may run as one statement, and what they depend on. */
export function judgePartitions(
  context: AnalysisContext,
  models: Models,
  query: QueryText,
  model: ModelFile,
  relational: Relational | undefined,
  readsItself: boolean,
): PartitionFindings {
  const { dialect } = context.templates.engine
  const survey = relational === undefined ? undefined : surveyOf(relational, query.rendered)
  const answer = proveModel({
    model,
    rendered: query.rendered,
    relational,
    survey,
    readsItself,
    fold: (name) => dialect.fold(name, false),
    partitionOf: (upstream) => upstreamPartition(context, models, upstream),
    columnsOf: () => undefined,
  })
  const findings =
    relational === undefined || survey === undefined
      ? []
      : lintModel(relational, survey, (table) => partitionedName(context, models, query, table))
  return { answer, findings }
}

/** What is said of the partitions of a model, with places. */
export function judged(
  context: AnalysisContext,
  query: QueryText,
  model: ModelFile,
  { answer, findings }: PartitionFindings,
): Judged {
  const verdict = verdictOf(context, query, answer)
  return {
    verdict,
    warnings: [
      ...batchWarnings(model, verdict),
      ...findings
        .filter(({ kind }) => !allows(model, kind))
        .map((finding) => ({
          ...lintWarning(finding),
          ...context.templates.origin(query.rendered, finding.start),
          model: model.name,
        })),
    ],
  }
}

function allows({ config }: Pick<ModelFile, 'config'>, rule: AllowedWarning): boolean {
  // A snapshot's query gives a whole state, whatever its partition.
  if (rule === 'no_partition_filter' && config.materialized === 'snapshot') return true
  return config.allow.some((each) => each.rule === rule)
}

/** The upstream with partitions that a table reference means. */
function partitionedName(
  { index }: AnalysisContext,
  models: Models,
  query: QueryText,
  { parts }: TableRef,
): string | undefined {
  // Keys are folded already.
  const resolution = resolveName(
    parts.map((part) => part.key),
    parts.map(() => true),
    index,
  )
  if (resolution.kind !== 'found' || resolution.name === query.name) return undefined
  const { partition, materialized } = models.get(resolution.name)?.config ?? {}
  // A history is read as of an instant, not by the partitions that recorded it.
  return partition === undefined || materialized === 'snapshot' ? undefined : resolution.name
}

function batchWarnings({ name, path, config }: ModelFile, verdict: BatchVerdict): readonly Diagnostic[] {
  const { batch } = config
  if (batch === undefined || batch === 1 || verdict.batchable || allows({ config }, 'unproven_batch'))
    return []
  const place = verdict.place ?? { file: path, line: 1, column: 1 }
  return [
    verdict.isFinal
      ? diagnostic('SL361', {
          severity: 'warning',
          message: `partitions of ${name} run one at a time in spite of \`batch: ${batch}\`: ${verdict.reason}`,
          hint: 'Remove `batch`, or say `batch: 1`.',
          model: name,
          place,
        })
      : diagnostic('SL360', {
          severity: 'warning',
          message: `${name} runs in batches because it says \`batch: ${batch}\`, though that was not shown to give the same rows: ${verdict.reason}`,
          hint: 'Say `allow: unproven_batch` once you are sure, or remove `batch`.',
          model: name,
          place,
        }),
  ]
}

function lintWarning({ kind, what }: Finding): Diagnostic {
  switch (kind) {
    case 'reads_clock':
      return diagnostic('SL362', {
        severity: 'warning',
        message: `${what}: the same partition gives other rows at another time`,
        hint: 'Use `{{partition.start}}` or `{{partition.end}}`, or say `allow: reads_clock`.',
      })
    case 'random':
      return diagnostic('SL363', {
        severity: 'warning',
        message: `${what}: running a partition again gives other rows`,
        hint: 'Derive the value from the row, or say `allow: random`.',
      })
    case 'no_partition_filter':
      return diagnostic('SL364', {
        severity: 'warning',
        message: `each partition reads the whole history of ${what}: no condition bounds it by the window`,
        hint: 'Add `column >= {{partition.start}} and column < {{partition.end}}`, or say `allow: no_partition_filter`.',
      })
    default:
      return kind satisfies never
  }
}

function verdictOf({ templates }: AnalysisContext, query: QueryText, answer: BatchAnswer): BatchVerdict {
  if (answer.batchable) return answer
  const { start, ...rest } = answer
  return start === undefined ? rest : { ...rest, place: templates.origin(query.rendered, start).place }
}
