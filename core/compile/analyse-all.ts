import type { ModelFile } from '../config/project.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { Rendered } from '../template/template.ts'
import {
  type Analysed,
  type AnalysisContext,
  meaningOf,
  type QueryText,
  type ResolvedQuery,
  resolveQuery,
  understood,
} from './analyse.ts'
import { decidesPartitions, judged, judgePartitions } from './batches.ts'
import { checkNodeName } from './compiled.ts'
import type { ExaminedText } from './examine.ts'
import { examineQueries } from './examine-queries.ts'
import { lintedQuery, partitionedAmong } from './linted.ts'
import type { Judgement, KnownQuery, QueryMemory, ShapeResult } from './query-memory.ts'
import { collecting } from './templates.ts'

/** Texts that are rendered before the parser gets them, so that it works on some while others are rendered. */
const BATCH = 250

/** Renders, parses and analyses every model and check, by node name. Of each text only what was understood is kept. */
export async function analyseAll(
  context: AnalysisContext,
  memory: QueryMemory,
  problems: Diagnostic[],
  warnings: Diagnostic[],
): Promise<ReadonlyMap<string, Analysed>> {
  const { project, templates } = context
  const { parser } = templates.engine
  const files: readonly QueryFile[] = [
    ...project.models.map((model) => ({
      name: model.name,
      path: model.path,
      render: () => templates.model(model),
    })),
    ...project.checks.map((check) => ({
      name: checkNodeName(check.name),
      path: check.path,
      render: () => templates.check(check),
    })),
  ]
  const models = new Map(project.models.map((model) => [model.name, model]))
  const work: Work = { context, memory, models, problems, warnings, frame: frameOf(context, memory) }
  const batches: Promise<readonly (readonly [string, Analysed])[]>[] = []
  for (let from = 0; from < files.length; from += BATCH) {
    const [unrendered, changed] = partitionedBy(files.slice(from, from + BATCH), (file) =>
      recallUnrendered(work, file),
    )
    const queries = collecting(changed, problems, queryOf).filter((query) => query !== undefined)
    const [remembered, others] = partitionedBy(queries, (query) => recall(work, query))
    batches.push(Promise.resolve([...unrendered, ...remembered]))
    const known = others.map(({ rendered }) => memory.shape(rendered.text))
    const unknown = others.filter((_, position) => known[position] === undefined)
    // As many of those to come will be unknown as of these.
    parser.expect?.(Math.ceil((unknown.length / BATCH) * (files.length - from)))
    const parsed = examine(work, unknown)
    batches.push(parsed.then((results) => analyseBatch(work, others, known, results)))
    // Lets the parser's answers in.
    await new Promise((resolve) => setImmediate(resolve))
  }
  collecting(project.sources, problems, (source) => templates.sourcePhysical(source))
  return new Map((await Promise.all(batches)).flat())
}

/** A text that renders to the query of a node. */
interface QueryFile {
  readonly name: string
  readonly path: string
  render(): Rendered
}

function queryOf({ name, path, render }: QueryFile): QueryText {
  return { name, path, rendered: render() }
}

/** What every step of analysing works with. */
interface Work {
  readonly context: AnalysisContext
  readonly memory: QueryMemory
  readonly models: ReadonlyMap<string, ModelFile>
  readonly problems: Diagnostic[]
  readonly warnings: Diagnostic[]
  /** What decides the meaning of every query beside its own text; undefined if that cannot be said. */
  readonly frame: string | undefined
}

/** Names, what stands for them, what is allowed and which relations have partitions: while these stay the same, so does what a text means. */
function frameOf({ project, index, physical }: AnalysisContext, memory: QueryMemory): string | undefined {
  try {
    const relations = index.names.map((name) => [name, physical(name)])
    const partitions = project.models.map(({ name, config }) => [name, config.partition])
    return memory.frameKey([relations, partitions, project.allowFunctions, project.allowFiles])
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return undefined // A source that has no place is a problem of its own.
  }
}

type Found = readonly [name: string, analysed: Analysed]

/** What is remembered of a query by what decides its rendering; that is made up for only where a place must be told. */
function recallUnrendered(work: Work, file: QueryFile): Found | undefined {
  const key = templateKey(work, file)
  const whole = key === undefined ? undefined : work.memory.whole(key)
  if (whole === undefined) return undefined
  let rendered: Rendered | undefined
  const query: QueryText = {
    name: file.name,
    path: file.path,
    get rendered() {
      rendered ??= file.render()
      return rendered
    },
  }
  return recalled(work, query, whole)
}

/** What is remembered of a query as a whole. */
function recall(work: Work, query: QueryText): Found | undefined {
  const key = wholeKey(work, query)
  const found = key === undefined ? undefined : recalled(work, query, key)
  if (found !== undefined) rememberTemplate(work, query, key!)
  return found
}

function rememberTemplate(work: Work, query: QueryText, whole: string): void {
  const key = templateKey(work, query)
  if (key !== undefined) work.memory.rememberWhole(key, whole)
}

function recalled(work: Work, query: QueryText, key: string): Found | undefined {
  const known = work.memory.query(key)
  if (known === undefined) return undefined
  const { firstReference, partitions, ...rest } = known
  return finished(work, query, { ...rest, firstReference: new Map(firstReference) }, partitions)
}

/** All that decides what a file renders, and what that means. */
function templateKey(
  { frame, memory, context, models }: Work,
  { name, path }: Pick<QueryText, 'name' | 'path'>,
): string | undefined {
  if (frame === undefined) return undefined
  const config = models.get(name)?.config
  const own =
    config === undefined
      ? null
      : [config.materialized, config.partition, config.strategy, config.uniqueKey, config.reads]
  return memory.templateKey([frame, name, context.templates.deciding(path), own])
}

function wholeKey(
  { frame, memory, context, models }: Work,
  { name, path, rendered }: QueryText,
): string | undefined {
  if (frame === undefined) return undefined
  const values = rendered.spans.filter(({ kind }) => kind === 'value')
  const config = models.get(name)?.config
  const deciding = rendered.symbolsDecide ? context.templates.deciding(path) : null
  const own =
    config?.partition === undefined
      ? null
      : [config.materialized, config.strategy, config.uniqueKey, config.reads]
  return memory.wholeKey([
    frame,
    name,
    rendered.text,
    values.map(({ start, end, symbol }) => [start, end, symbol]),
    deciding,
    own,
  ])
}

/** The answer with what is said of the model's partitions; warnings are told. */
function finished(
  { context, models, warnings }: Work,
  query: QueryText,
  analysed: Analysed,
  partitions: Judgement['partitions'],
): Found {
  const model = models.get(query.name)
  if (partitions === undefined || model === undefined) return [query.name, analysed]
  const found = judged(context, query, model, partitions)
  warnings.push(...found.warnings)
  return [query.name, { ...analysed, batch: found.verdict }]
}

function partitionedBy<T, R>(all: readonly T[], known: (each: T) => R | undefined): [R[], T[]] {
  const found: R[] = []
  const left: T[] = []
  for (const each of all) {
    const result = known(each)
    if (result === undefined) left.push(each)
    else found.push(result)
  }
  return [found, left]
}

/** Parses queries, and finds out of their trees what depends on nothing but the text; of models what the rules find, if somebody asks. */
function examine({ context, models }: Work, queries: readonly QueryText[]) {
  return examineQueries(context, models, queries, context.templates.engine.linted !== undefined)
}

interface Resolved {
  readonly query: QueryText
  readonly resolved: ResolvedQuery
  readonly key: string
  readonly judgement: Judgement | undefined
}

async function analyseBatch(
  work: Work,
  queries: readonly QueryText[],
  known: readonly (ShapeResult | undefined)[],
  parsed: ReadonlyMap<QueryText, ExaminedText>,
): Promise<readonly (readonly [string, Analysed])[]> {
  const { context, memory, problems } = work
  for (const [query, result] of parsed) memory.rememberShape(query.rendered.text, result)
  const all = queries.flatMap((query, position): Resolved[] => {
    const resolved = resolveQuery(context, query, known[position] ?? parsed.get(query)!, problems)
    if (resolved === undefined) return []
    const key = memory.judgementKey(decisive(work, query, resolved))
    return [{ query, resolved, key, judgement: memory.judgement(key) }]
  })
  // What a name means has changed while the text has not.
  const again = all.filter(({ query, judgement }) => judgement === undefined && !parsed.has(query))
  const reparsed = await examine(
    work,
    again.map(({ query }) => query),
  )
  return all.map(({ query, resolved, key, judgement }) => {
    const examined = parsed.get(query) ?? reparsed.get(query)
    const found = judgement ?? judge(work, query, resolved, examined!)
    if (judgement === undefined) memory.rememberJudgement(key, found)
    const { rewritten: _, ...kept } = understood(context, query, resolved, found.meaning)
    if (examined !== undefined) tellRules(work, query, kept, found, examined)
    const whole = wholeKey(work, query)
    if (whole !== undefined) {
      memory.rememberQuery(whole, knownQuery(kept, found.partitions))
      rememberTemplate(work, query, whole)
    }
    return finished(work, query, kept, found.partitions)
  })
}

function knownQuery(analysed: Analysed, partitions: Judgement['partitions']): KnownQuery {
  const { firstReference, batch: _, ...rest } = analysed
  return {
    ...rest,
    firstReference: [...firstReference],
    ...(partitions === undefined ? {} : { partitions }),
  }
}

/** All that decides a judgement. */
function decisive(
  { context, models }: Work,
  { name, rendered }: QueryText,
  resolved: ResolvedQuery,
): unknown {
  const symbols = rendered.spans.filter(({ symbol }) => symbol !== undefined)
  const model = models.get(name)
  return [
    rendered.text,
    rendered.symbolsDecide,
    symbols.map(({ start, end, symbol }) => [start, end, symbol]),
    resolved.names,
    resolved.readsItself,
    model?.config.partition === undefined ? null : decidesPartitions(context, models, model, resolved.names),
  ]
}

function judge(
  { context, models }: Work,
  query: QueryText,
  resolved: ResolvedQuery,
  result: ExaminedText,
): Judgement {
  if (!result.ok) throw new Error(`${query.name} was parsed before`)
  const meaning = meaningOf(result.query, resolved)
  const { partitions } = result.examined
  if (partitions === undefined) return { meaning }
  return {
    meaning,
    partitions: judgePartitions(context, models, query, partitions, resolved.readsItself),
  }
}

/** Hands over what the rules for SQL found in a query that was just looked at. */
function tellRules(
  { context, models }: Work,
  query: QueryText,
  { upstream }: Analysed,
  { partitions }: Judgement,
  examined: ExaminedText,
): void {
  const { templates } = context
  if (!examined.ok || examined.examined.rules === undefined) return
  const origin = (start: number) => templates.origin(query.rendered, start)
  templates.engine.linted?.set(query.name, {
    partitioned: partitionedAmong(models, query.name, upstream),
    query: lintedQuery(examined.examined.rules, partitions?.findings ?? [], origin),
  })
}
