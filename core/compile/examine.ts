import { type Finding, lintModel } from '../batch/lint.ts'
import { type BatchAnswer, type BatchQuestion, proveModel } from '../batch/prove-model.ts'
import { surveyOf } from '../batch/survey.ts'
import type { PartitionConfig } from '../config/project.ts'
import type { ParsedQuery, ParseResult, SqlParser } from '../sql/parser.ts'
import type { Relational } from '../sql/relational/ir.ts'
import type { Rendered } from '../template/template.ts'
import { lintQuery, type QueryFinding } from '../validate/query-lint.ts'

/** What is asked about the tree of a query. Plain data, so that it can be asked in another thread, and the tree can stay there. */
export interface Question {
  readonly rendered: Pick<Rendered, 'text' | 'spans' | 'symbolsDecide'>
  /** Of a model with partitions: whether adjacent ones may run as one statement, and what they depend on. */
  readonly partitions?: {
    readonly config: BatchQuestion['model']['config']
    /** The partitions of what `reads` names. */
    readonly upstreams: Readonly<Record<string, PartitionConfig>>
  }
  /** What the rules for SQL find is asked, too. */
  readonly rules: boolean
}

/** What the tree of a query told, before it is known what its names mean. */
export interface Examined {
  readonly partitions?: {
    /** Whether it reads itself is not known yet. */
    readonly answer: BatchAnswer
    readonly findings: readonly OpenFinding[]
  }
  readonly rules?: readonly QueryFinding[]
}

/** With the folded name of what is read, where only its meaning tells whether there is anything to say. */
export interface OpenFinding extends Finding {
  readonly relation?: readonly string[]
}

export type ExaminedText =
  | { readonly ok: true; readonly query: Omit<ParsedQuery, 'relational'>; readonly examined: Examined }
  | Extract<ParseResult, { readonly ok: false }>

/** Parses texts and answers what is asked about them, all in this thread. */
export async function examineTexts(
  parser: SqlParser,
  fold: BatchQuestion['fold'],
  questions: readonly Question[],
): Promise<readonly ExaminedText[]> {
  const isAsked = ({ partitions, rules }: Question) => rules || partitions !== undefined
  const results = await parser.parse(
    questions.map(({ rendered }) => rendered.text),
    new Set(questions.flatMap((question, position) => (isAsked(question) ? [position] : []))),
  )
  return results.map((result, position) => {
    if (!result.ok) return result
    const { relational, ...query } = result.query
    return { ok: true, query, examined: examine(questions[position]!, relational, fold) }
  })
}

/** Answers what is asked about one query. `relational` is undefined where the grammar does not give it. */
function examine(
  { rendered, partitions, rules }: Question,
  relational: Relational | undefined,
  fold: BatchQuestion['fold'],
): Examined {
  return {
    ...(partitions === undefined
      ? {}
      : { partitions: examinePartitions(rendered, partitions, relational, fold) }),
    ...(rules ? { rules: relational === undefined ? [] : lintedQuery(relational) } : {}),
  }
}

function examinePartitions(
  rendered: Question['rendered'],
  { config, upstreams }: NonNullable<Question['partitions']>,
  relational: Relational | undefined,
  fold: BatchQuestion['fold'],
): NonNullable<Examined['partitions']> {
  const survey = relational === undefined ? undefined : surveyOf(relational, rendered)
  const answer = proveModel({
    model: { config },
    rendered,
    relational,
    survey,
    readsItself: false,
    fold,
    partitionOf: (upstream) => upstreams[upstream],
    columnsOf: () => undefined,
  })
  if (relational === undefined || survey === undefined) return { answer, findings: [] }
  const relations = new Map<number, readonly string[]>()
  const findings = lintModel(relational, survey, ({ parts, start }) => {
    if (start !== undefined)
      relations.set(
        start,
        parts.map(({ key }) => key),
      )
    return ''
  })
  const open = (finding: Finding): OpenFinding =>
    finding.kind === 'no_partition_filter' ? { ...finding, relation: relations.get(finding.start)! } : finding
  return { answer, findings: findings.map(open) }
}

function lintedQuery(relational: Relational): readonly QueryFinding[] {
  try {
    return lintQuery(relational)
  } catch (error) {
    // A query that is nested deeper than the stack was understood by its parser, but not here.
    if (error instanceof RangeError) return []
    throw error
  }
}
