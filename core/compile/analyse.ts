import type { BatchVerdict } from '../batch/verdict.ts'
import type { Project } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { type NameIndex, resolveName, unresolved } from '../graph/names.ts'
import type { ParsedQuery, ParseResult, TableReference } from '../sql/parser.ts'
import { refusalDiagnostics, syntaxDiagnostic } from '../sql/refusals.ts'
import { type Physical, rewriteReferences } from '../sql/rewrite.ts'
import { edited, toParts } from '../template/edit.ts'
import { spanAt } from '../template/origin.ts'
import type { Rendered } from '../template/template.ts'
import type { CompiledSql } from './compiled.ts'
import { hashOf } from './fingerprint.ts'
import type { QueryShape, ShapeResult } from './query-memory.ts'
import type { Templates } from './templates.ts'

/** A rendered query and where it comes from. */
export interface QueryText {
  /** The node that it defines, for messages and to know itself. */
  readonly name: string
  readonly path: string
  readonly rendered: Rendered
  /** A name that whoever runs the query gives a meaning to. */
  readonly given?: string
}

/** What was understood of one query. */
export interface Analysed {
  /** Logical names that it reads, sorted, itself excluded. */
  readonly upstream: readonly string[]
  readonly readsItself: boolean
  /** Where in the rendered text each upstream is first named. */
  readonly firstReference: ReadonlyMap<string, number>
  /** The text with physical names, up to the end of the query. */
  readonly sql: CompiledSql
  /** Hash of what the text means: normalised SQL, what its names resolve to, which symbols stand where; the template too, if the
   * text's shape depends on the partition. */
  readonly meaning: string
  /** Of models with partitions: whether adjacent ones may run as one statement. */
  readonly batch?: BatchVerdict
}

/** With the text, whose symbols and origins are still known. A project keeps it only for as long as it is looked at. */
export interface Understood extends Analysed {
  readonly rewritten: Rendered
}

export interface AnalysisContext {
  readonly project: Project
  readonly templates: Templates
  readonly index: NameIndex
  readonly physical: (name: string) => Physical
}

/** Resolves and rewrites the references of one parsed query. Appends to `problems`; undefined if it cannot be used. */
export function analyse(
  context: AnalysisContext,
  query: QueryText,
  result: ParseResult,
  problems: Diagnostic[],
): Understood | undefined {
  const resolved = resolveQuery(context, query, result, problems)
  if (resolved === undefined || !result.ok) return undefined
  return understood(context, query, resolved, meaningOf(result.query, resolved))
}

/** A query whose names are known, before anything is said of what it means. */
export interface ResolvedQuery extends Pick<Analysed, 'upstream' | 'readsItself' | 'firstReference' | 'sql'> {
  readonly rewritten: Rendered
  /** What each of its references means, in order. */
  readonly names: readonly (string | undefined)[]
  /** The symbols that stand in it, in order. */
  readonly symbols: readonly string[]
}

/** Hash of what a text means where its names mean this; of a text that the partition shapes, of this shape only. */
export function meaningOf(query: Pick<ParsedQuery, 'normalized'>, { names, symbols }: ResolvedQuery): string {
  return hashOf([query.normalized, names, symbols])
}

/** Puts together what is known of a query. */
export function understood(
  { templates }: AnalysisContext,
  query: QueryText,
  resolved: ResolvedQuery,
  meaning: string,
): Understood {
  const { names: _, symbols: __, ...found } = resolved
  const { symbolsDecide } = found.rewritten
  // The text is only one of those that the template can render.
  return { ...found, meaning: symbolsDecide ? hashOf([meaning, templates.deciding(query.path)]) : meaning }
}

/** Finds what the references of one query mean and writes them as the target needs them. Appends to `problems`; undefined if it cannot be
 * used. */
export function resolveQuery(
  context: AnalysisContext,
  query: QueryText,
  result: ShapeResult,
  problems: Diagnostic[],
): ResolvedQuery | undefined {
  const { templates, project } = context
  const locate = (offset: number) => templates.origin(query.rendered, offset)
  if (!result.ok) {
    problems.push({ ...syntaxDiagnostic(result.error, locate), model: query.name })
    return undefined
  }
  const refused = refusalDiagnostics(result.query, project, locate)
  problems.push(...refused.map((each) => ({ ...each, model: query.name })))
  const resolved = resolveAll(context, query, result.query, problems)
  if (resolved === undefined || refused.length > 0) return undefined
  const { byReference, ...found } = resolved
  const rewritten = rewrite(context, query, result.query, byReference)
  return {
    ...found,
    sql: { parts: toParts(rewritten.text, rewritten.spans), symbolsDecide: rewritten.symbolsDecide },
    rewritten,
  }
}

function rewrite(
  context: AnalysisContext,
  query: QueryText,
  parsed: QueryShape,
  names: ReadonlyMap<TableReference, string>,
): Rendered {
  const { text } = query.rendered
  const { edits } = rewriteReferences(
    text,
    parsed,
    (reference) => {
      const name = names.get(reference)
      return name === undefined ? undefined : { ...context.physical(name), relation: name }
    },
    context.templates.engine.dialect,
  )
  const tail = parsed.end < text.length ? [{ start: parsed.end, end: text.length, text: '' }] : []
  return edited(query.rendered, [...edits, ...tail])
}

function resolveAll(context: AnalysisContext, query: QueryText, parsed: QueryShape, problems: Diagnostic[]) {
  const names = new Map<TableReference, string>()
  const firstReference = new Map<string, number>()
  let readsItself = false
  let isComplete = true
  for (const reference of parsed.tables) {
    if (reference.parts.length === 1 && reference.parts[0] === query.given) continue
    const resolution = resolveName(reference.parts, reference.quoted, context.index)
    const span = spanAt(query.rendered.spans, reference.start)
    if (resolution.kind !== 'found') {
      const at = { model: query.name, ...context.templates.origin(query.rendered, reference.start) }
      problems.push(unresolved(resolution, reference.parts, context.index, at))
      isComplete = false
    } else if (resolution.name === query.name && span.kind === 'value') {
      names.set(reference, resolution.name)
      readsItself = true
    } else {
      names.set(reference, resolution.name)
      if (!firstReference.has(resolution.name)) firstReference.set(resolution.name, reference.start)
    }
  }
  if (!isComplete) return undefined
  return {
    byReference: names,
    names: parsed.tables.map((reference) => names.get(reference)),
    symbols: query.rendered.spans.flatMap((span) => (span.symbol === undefined ? [] : [span.symbol])),
    upstream: [...firstReference.keys()].sort(),
    firstReference,
    readsItself,
  }
}

/** `{ to: … }` of relationships and the keys of `reads` and `follow`: names that are not in SQL. */
export function resolveWritten(index: NameIndex, written: string): string | undefined {
  const parts = written.split('.')
  const resolution = resolveName(
    parts,
    parts.map(() => false),
    index,
  )
  return resolution.kind === 'found' ? resolution.name : undefined
}

/** A problem of a model that has no better place than its file. */
export function modelProblem(
  code: Diagnostic['code'],
  model: { readonly name: string; readonly path: string },
  fields: { readonly message: string; readonly hint: string },
): Diagnostic {
  return diagnostic(code, { ...fields, model: model.name, place: { file: model.path, line: 1, column: 1 } })
}
