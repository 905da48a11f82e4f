import type { RelationName } from '../adapter.ts'
import type { Project, SourceConfig } from '../config/project.ts'
import { type Diagnostic, type Place, SluiceError } from '../diagnostics/diagnostic.ts'
import { misplacedChecks } from '../gates/misplaced.ts'
import { indexNames } from '../graph/names.ts'
import type { Physical } from '../sql/rewrite.ts'
import type { Analysed, AnalysisContext } from './analyse.ts'
import { analyseAll } from './analyse-all.ts'
import { buildNodes } from './build-nodes.ts'
import { type CompiledProject, settingsOf } from './compiled.ts'
import { compileChecks, conditionsOf, probeOf } from './conditions.ts'
import { compileExposures } from './exposures.ts'
import { graphOf } from './graph-of.ts'
import { compileMacroChecks, type MacroChecked, renderMacroChecks } from './macro-checks.ts'
import { relationOf } from './physical.ts'
import { QueryMemory, type ShapeResult } from './query-memory.ts'
import { compileSourceQueries } from './source-queries.ts'
import { type Engine, Templates } from './templates.ts'

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
  const templates = await Templates.create(project, engine)
  const relations = physicalRelations(project, engine)
  const context = analysisContext(project, templates, relations)
  const checked: readonly MacroChecked[] = [
    ...project.models.map((model) => ({
      ...model,
      checks: model.config.checks,
      ...(model.config.partition === undefined ? {} : { partition: model.config.partition }),
    })),
    ...project.seeds,
    ...project.sources,
  ]
  const conditions = conditionsOf(checked)
  const memory = new QueryMemory(engine.answers, engine.dialect.name)
  const parsedConditions = shapesOf(engine, memory, conditions.map(probeOf))
  // A source is checked as a whole.
  const macroQueries = renderMacroChecks(
    context,
    [...checked.slice(0, project.models.length), ...project.seeds, ...project.sources.map(withoutPartition)],
    problems,
  )
  const parsedMacros = shapesOf(
    engine,
    memory,
    macroQueries.map(({ query }) => query.rendered.text),
  )
  const found: Diagnostic[] = []
  const analysed = await analyseAll(context, memory, problems, found)
  const sourceQueries = await compileSourceQueries(context, problems)
  const results = await parsedConditions
  const macros = compileMacroChecks(context, macroQueries, await parsedMacros, problems)
  memory.save()
  const byCondition = new Map(conditions.map((condition, position) => [condition, results[position]!]))
  const checks = new Map(
    checked.map((relation) => [
      relation.name,
      compileChecks(context, relation, byCondition, macros, problems),
    ]),
  )
  const exposures = await compileExposures(context, problems)
  problems.push(...misplacedChecks(project, (name) => checks.get(name)?.checks ?? []))
  if (problems.length > 0) throw new SluiceError(problems)
  const nodes = new Map([
    ...buildNodes(context, relations, analysed, checks, sourceQueries),
    ...exposures.map((exposure) => [exposure.name, exposure] as const),
  ])
  const graph = graphOf(nodes.values(), (reader, upstream) => placeOf(context, analysed, reader, upstream))
  const ordered = new Map(graph.order.map((name) => [name, nodes.get(name)!]))
  return {
    compiled: {
      project: settingsOf(project),
      nodes: ordered,
      graph,
      warnings: [...warnings, ...inOrder(found)],
    },
    context,
  }
}

function withoutPartition({ name, path, checks }: SourceConfig) {
  return { name, path, checks }
}

/** Batches of models are looked at in any order. */
function inOrder(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const place = ({ place }: Diagnostic) => place?.file ?? ''
  return [...found].sort(
    (a, b) =>
      (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0) ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0),
  )
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

/** What is understood of each text alone, parsing what is not remembered. */
async function shapesOf(
  engine: Engine,
  memory: QueryMemory,
  texts: readonly string[],
): Promise<readonly ShapeResult[]> {
  const known = texts.map((text) => memory.shape(text))
  const unknown = texts.filter((_, position) => known[position] === undefined)
  const parsed = unknown.length === 0 ? [] : await engine.parser.parse(unknown)
  const found = new Map(unknown.map((text, position) => [text, parsed[position]!]))
  for (const [text, result] of found) memory.rememberShape(text, result)
  return texts.map((text, position) => known[position] ?? found.get(text)!)
}

/** Where `reader` first names `upstream` in its SQL. */
function placeOf(
  { project, templates }: AnalysisContext,
  analysed: ReadonlyMap<string, Analysed>,
  reader: string,
  upstream: string,
): Place | undefined {
  const offset = analysed.get(reader)?.firstReference.get(upstream)
  const model = project.models.find((each) => each.name === reader)
  if (offset === undefined || model === undefined) return undefined
  return templates.origin(templates.model(model), offset).place
}
