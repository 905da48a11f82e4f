import type { Finding } from '../batch/lint.ts'
import { type BatchAnswer, readsOwn } from '../batch/prove-model.ts'
import type { BatchVerdict } from '../batch/verdict.ts'
import type { AllowedWarning, ModelFile, PartitionConfig } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { resolveName } from '../graph/names.ts'
import { type AnalysisContext, type QueryText, resolveWritten } from './analyse.ts'
import type { Examined, Question } from './examine.ts'
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

/** What is asked about a model's query to judge its partitions; undefined if it has none. */
export function partitionQuestion(
  context: AnalysisContext,
  models: Models,
  { config }: ModelFile,
): Question['partitions'] {
  const { materialized, strategy, uniqueKey, partition, reads } = config
  if (partition === undefined) return undefined
  const upstreams: Record<string, PartitionConfig> = {}
  for (const name of Object.keys(reads)) {
    const found = upstreamPartition(context, models, name)
    if (found !== undefined) upstreams[name] = found
  }
  return { config: { materialized, strategy, uniqueKey, partition, reads }, upstreams }
}

/** Whether adjacent partitions of a model may run as one statement, and what they depend on, now that it is known what its names mean. */
export function judgePartitions(
  context: AnalysisContext,
  models: Models,
  query: QueryText,
  { answer, findings }: NonNullable<Examined['partitions']>,
  readsItself: boolean,
): PartitionFindings {
  return {
    answer: readsItself ? readsOwn : answer,
    findings: findings.flatMap(({ relation, ...finding }) => {
      if (relation === undefined) return [finding]
      const what = partitionedName(context, models, query, relation)
      return what === undefined ? [] : [{ ...finding, what }]
    }),
  }
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

/** The upstream with partitions that a table reference means, by the folded parts of its name. */
function partitionedName(
  { index }: AnalysisContext,
  models: Models,
  query: QueryText,
  parts: readonly string[],
): string | undefined {
  const resolution = resolveName(
    parts,
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
