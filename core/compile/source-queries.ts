import type { SourceConfig } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import type { Rendered } from '../template/template.ts'
import { type AnalysisContext, analyse } from './analyse.ts'
import type { CompiledSql } from './compiled.ts'
import { collecting } from './templates.ts'

/** The queries of one source, with physical names. */
export interface SourceQueries {
  readonly observe?: CompiledSql
  readonly ready?: CompiledSql
  /** Returns when it was loaded last. */
  readonly freshness?: CompiledSql
}

interface Query {
  readonly source: SourceConfig
  readonly role: keyof SourceQueries
  readonly rendered: Rendered
}

/** Renders, parses and rewrites the queries of `observe` and `ready`, by source. Appends to `problems`. */
export async function compileSourceQueries(
  context: AnalysisContext,
  problems: Diagnostic[],
): Promise<ReadonlyMap<string, SourceQueries>> {
  const { project, templates } = context
  const found: Diagnostic[] = []
  const written = project.sources.flatMap((source) =>
    (['observe', 'ready', 'freshness'] as const).flatMap((role) => {
      const text = textOf(context, source, role)
      return text === undefined ? [] : [{ source, role, text }]
    }),
  )
  if (written.length === 0) return new Map()
  const queries = collecting(
    written,
    found,
    ({ source, role, text }): Query => ({ source, role, rendered: templates.sourceQuery(source, text) }),
  ).filter((query) => query !== undefined)
  // Places in the text of the query are none in the YAML file.
  problems.push(...found.map(({ frame: _, ...each }) => ({ ...each, place: placeOf(context, each) })))
  const results = await templates.engine.parser.parse(queries.map((query) => query.rendered.text))
  const bySource = new Map<string, SourceQueries>()
  for (const [position, query] of queries.entries()) {
    const { source, role, rendered } = query
    const ofQuery: Diagnostic[] = []
    const analysed = analyse(
      context,
      { name: source.name, path: source.path, rendered },
      results[position]!,
      ofQuery,
    )
    problems.push(
      ...ofQuery.map(({ frame: _, message, ...each }) => ({
        ...each,
        message: `\`${role}\` of ${source.name}: ${message}`,
        place: source.place,
      })),
    )
    if (analysed === undefined) continue
    const mistake = mistakeOf(context, query, analysed.upstream, analysed.sql)
    if (mistake !== undefined) problems.push(mistake)
    bySource.set(source.name, { ...bySource.get(source.name), [role]: analysed.sql })
  }
  return bySource
}

function textOf(
  { templates }: AnalysisContext,
  source: SourceConfig,
  role: keyof SourceQueries,
): string | undefined {
  if (role !== 'freshness') {
    const config = source[role]
    return config?.kind === 'query' ? config.query : undefined
  }
  const by = source.freshness?.by
  if (by?.kind === 'query') return by.query
  if (by?.kind !== 'column') return undefined
  const { dialect } = templates.engine
  const name = source.name.split('.').map((part) => dialect.quote(part))
  // A plain name means what the engine takes it for, even if it is one of its words.
  const column = /^[a-z_][\w$]*$/i.test(by.column) ? dialect.fold(by.column, false) : by.column
  return `select max(${dialect.quote(column)}) as loaded from ${name.join('.')}${by.where === undefined ? '' : ` where (\n${by.where}\n)`}`
}

function mistakeOf(
  { project }: AnalysisContext,
  { source, role }: Query,
  upstream: readonly string[],
  sql: CompiledSql,
): Diagnostic | undefined {
  const say = (message: string, hint: string) =>
    diagnostic('SL153', { message, hint, model: source.name, place: source.place })
  const sources = new Set(project.sources.map(({ name }) => name))
  const built = upstream.filter((name) => !sources.has(name))
  if (built.length > 0) {
    return say(
      `\`${role}\` of ${source.name} reads ${built.join(', ')}, which Sluice builds`,
      'A source is looked at before anything is built: read sources only.',
    )
  }
  if (sql.symbolsDecide) {
    return say(
      `the template of \`${role}\` of ${source.name} looks at the partition`,
      'Use {{partition.start}}, {{partition.end}} and {{partition.key}} as values only.',
    )
  }
  const isByPartition = sql.parts.some((part) => 'symbol' in part)
  if (role === 'freshness' && isByPartition) {
    return say(
      `\`freshness\` of ${source.name} looks at one partition`,
      'Ask for the newest of all: freshness is that of the whole source.',
    )
  }
  if (role === 'observe' && source.partition !== undefined && !isByPartition) {
    return say(
      `\`observe\` of ${source.name} is the same for every partition`,
      'Name the partition in its query, for example `where day >= {{partition.start}} and day < {{partition.end}}`.',
    )
  }
  return undefined
}

function placeOf({ project }: AnalysisContext, problem: Diagnostic) {
  const source = project.sources.find(({ path }) => path === problem.place?.file)
  return source?.place ?? problem.place!
}
