import type { RelationName } from '../adapter.ts'
import type { Project } from '../config/project.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { indexNames } from '../graph/names.ts'
import type { ParseResult } from '../sql/parser.ts'
import type { Physical } from '../sql/rewrite.ts'
import { type Analysed, type AnalysisContext, analyse, type QueryText } from './analyse.ts'
import { buildNodes } from './build-nodes.ts'
import { type CompiledProject, checkNodeName, settingsOf } from './compiled.ts'
import { compileChecks, conditionsOf, probeOf } from './conditions.ts'
import { graphOf } from './graph-of.ts'
import { relationOf } from './physical.ts'
import { collecting, type Engine, Templates } from './templates.ts'

/** Everything that compiling found, and what is needed to compile one query again. */
export interface Compilation {
  readonly compiled: CompiledProject
  readonly context: AnalysisContext
}

/**
 * Compiles a loaded project for its target: renders every template, parses every query, resolves and rewrites its references, and builds
 * the graph. Nothing connects to a database. Throws one SluiceError with every problem of the project.
 */
export async function compileProject(
  project: Project,
  engine: Engine,
  warnings: readonly Diagnostic[] = [],
): Promise<Compilation> {
  try {
    return await compileWith(project, engine, warnings)
  } finally {
    await engine.parser.settle?.()
  }
}

async function compileWith(
  project: Project,
  engine: Engine,
  warnings: readonly Diagnostic[],
): Promise<Compilation> {
  const problems: Diagnostic[] = []
  engine.parser.expect?.(project.models.length + project.checks.length)
  const templates = await Templates.create(project, engine)
  const relations = physicalRelations(project, engine)
  const context = analysisContext(project, templates, relations)
  const checked = [
    ...project.models.map((model) => ({ ...model, checks: model.config.checks })),
    ...project.seeds,
    ...project.sources,
  ]
  const conditions = conditionsOf(checked)
  const parsedConditions = engine.parser.parse(conditions.map(probeOf))
  const queries = await renderAndParse(project, templates, problems)
  const analysed = new Map<string, Analysed>()
  for (const { query, result } of queries) {
    const found = analyse(context, query, result, problems)
    if (found !== undefined) analysed.set(query.name, found)
  }
  const results = await parsedConditions
  const byCondition = new Map(conditions.map((condition, position) => [condition, results[position]!]))
  const checks = new Map(
    checked.map((relation) => [relation.name, compileChecks(context, relation, byCondition, problems)]),
  )
  if (problems.length > 0) throw new SluiceError(problems)
  const nodes = buildNodes(context, relations, analysed, checks)
  const rendered = new Map(queries.map(({ query }) => [query.name, query.rendered]))
  const graph = graphOf(nodes.values(), (reader, upstream) => {
    const offset = analysed.get(reader)?.firstReference.get(upstream)
    const text = rendered.get(reader)
    return offset === undefined || text === undefined ? undefined : templates.origin(text, offset).place
  })
  const ordered = new Map(graph.order.map((name) => [name, nodes.get(name)!]))
  return { compiled: { project: settingsOf(project), nodes: ordered, graph, warnings }, context }
}

interface PhysicalRelation {
  readonly named: Project['models'][number] | Project['seeds'][number]
  readonly relation: RelationName
}

function physicalRelations(project: Project, engine: Engine): ReadonlyMap<string, PhysicalRelation> {
  const relations = new Map<string, PhysicalRelation>()
  for (const named of [...project.models, ...project.seeds]) {
    relations.set(named.name, { named, relation: relationOf(named, project.target, engine.dialect) })
  }
  return relations
}

function analysisContext(
  project: Project,
  templates: Templates,
  relations: ReadonlyMap<string, PhysicalRelation>,
): AnalysisContext {
  const { dialect } = templates.engine
  const index = indexNames([...relations.keys(), ...project.sources.map((source) => source.name)], {
    fold: (name, quoted) => dialect.fold(name, quoted),
    defaultSchema: dialect.defaultSchema,
    ...(project.target.database === undefined ? {} : { database: project.target.database }),
  })
  const sources = new Map(project.sources.map((source) => [source.name, source]))
  const known = new Map<string, Physical>()
  const physical = (name: string): Physical => {
    const cached = known.get(name)
    if (cached !== undefined) return cached
    const relation = relations.get(name)?.relation
    const found: Physical =
      relation === undefined
        ? templates.sourcePhysical(sources.get(name)!)
        : { sql: dialect.relation(relation), name: relation.name }
    known.set(name, found)
    return found
  }
  return { project, templates, index, physical }
}

interface ParsedText {
  readonly query: QueryText
  readonly result: ParseResult
}

/** Texts that are rendered before the parser gets them, so that it works on some while others are rendered. */
const BATCH = 250

async function renderAndParse(
  project: Project,
  templates: Templates,
  problems: Diagnostic[],
): Promise<readonly ParsedText[]> {
  const { parser } = templates.engine
  const batches: Promise<readonly ParsedText[]>[] = []
  const files = [
    ...project.models.map((model) => () => ({
      name: model.name,
      path: model.path,
      rendered: templates.model(model),
    })),
    ...project.checks.map((check) => () => ({
      name: checkNodeName(check.name),
      path: check.path,
      rendered: templates.check(check),
    })),
  ]
  for (let from = 0; from < files.length; from += BATCH) {
    const batch = files.slice(from, from + BATCH)
    const queries = collecting(batch, problems, (render): QueryText => render()).filter(
      (query) => query !== undefined,
    )
    const parsed = parser.parse(queries.map((query) => query.rendered.text))
    batches.push(
      parsed.then((results) => queries.map((query, position) => ({ query, result: results[position]! }))),
    )
    // Lets the parser's answers in.
    await new Promise((resolve) => setImmediate(resolve))
  }
  collecting(project.sources, problems, (source) => templates.sourcePhysical(source))
  return (await Promise.all(batches)).flat()
}
