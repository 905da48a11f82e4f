import type { BatchAnswer } from '../../core/batch/prove-model.ts'
import { proveModel } from '../../core/batch/prove-model.ts'
import { surveyOf } from '../../core/batch/survey.ts'
import type { ModelConfig, PartitionConfig } from '../../core/config/project.ts'
import type { ParseResult, SqlParser } from '../../core/sql/parser.ts'
import type { Rendered, Span } from '../../core/template/template.ts'

/** A text with placeholders as a rendering: `{{S}}` stands for `partition.start`, `{{E}}` for its end, others for the symbol they name. */
export function rendering(template: string, literals: Readonly<Record<string, string>>): Rendered {
  let text = ''
  const spans: Span[] = []
  const push = (piece: string, symbol: string | undefined) => {
    const start = text.length
    text += piece
    const span = { file: 'model.sql', offset: 0, endOffset: 0, calls: [], start, end: text.length }
    spans.push(symbol === undefined ? { ...span, kind: 'text' } : { ...span, kind: 'value', symbol })
  }
  for (const [index, piece] of template.split(/\{\{([^}]+)\}\}/).entries()) {
    if (index % 2 === 0) push(piece, undefined)
    else
      push(
        literals[piece] ?? literals[piece.replace(/\.(?:date|timestamp|timestamptz)$/, '')] ?? fail(piece),
        shortened(piece),
      )
  }
  return { text, spans, symbolsDecide: false }
}

function shortened(placeholder: string): string {
  return placeholder.replace(/^S\b/, 'partition.start').replace(/^E\b/, 'partition.end')
}

function fail(placeholder: string): never {
  throw new Error(`no literal for ${placeholder}`)
}

/** Bounds as dates. */
export function dates(start: string, end: string): Readonly<Record<string, string>> {
  return { S: `DATE '${start}'`, E: `DATE '${end}'` }
}

export interface Settings {
  readonly partition?: Partial<PartitionConfig>
  readonly config?: Partial<ModelConfig>
  readonly column?: string
  /** Partitions of the upstreams that `reads` names. */
  readonly upstreams?: Readonly<Record<string, Partial<PartitionConfig>>>
  readonly columns?: Readonly<Record<string, readonly string[]>>
  readonly literals?: Readonly<Record<string, string>>
}

const daily: PartitionConfig = {
  column: { name: 'k', type: 'date' },
  grain: 'day',
  firstDayOfWeek: 'monday',
  timezone: 'UTC',
  start: '2001-01-01',
  availableAfterMs: 0,
  ahead: 0,
}

/** Asks the proof about texts with placeholders; daily partitions of the column k unless the settings say otherwise. */
export async function answers(
  parser: SqlParser,
  templates: readonly string[],
  settings: Settings = {},
): Promise<readonly BatchAnswer[]> {
  const literals = settings.literals ?? dates('0001-01-01', '0001-01-02')
  const rendered = templates.map((template) => rendering(template, literals))
  const parsed = await parser.parse(
    rendered.map((each) => each.text),
    new Set(rendered.keys()),
  )
  return parsed.map((result, index) => answer(result, rendered[index]!, settings))
}

function answer(result: ParseResult, rendered: Rendered, settings: Settings): BatchAnswer {
  if (!result.ok) throw new Error(`${result.error.message}: ${rendered.text}`)
  const partition = { ...daily, ...settings.partition }
  const config = { strategy: 'delete_insert', uniqueKey: [], reads: {}, ...settings.config, partition }
  return proveModel({
    model: { config: config as unknown as ModelConfig },
    rendered,
    relational: result.query.relational,
    survey: result.query.relational && surveyOf(result.query.relational, rendered),
    readsItself: false,
    fold: (name) => name.toLowerCase(),
    partitionOf: (name) => {
      const upstream = settings.upstreams?.[name]
      return upstream && { ...daily, ...upstream }
    },
    columnsOf: (table) => settings.columns?.[table.parts.map((part) => part.key).join('.')],
  })
}
