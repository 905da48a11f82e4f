import { exposureNodeName } from '../config/exposures.ts'
import type { ColumnConfig, ModelFile, Project, SeedFile, SourceConfig } from '../config/project.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { type Compilation, compileProject } from './compile.ts'
import { checkNodeName } from './compiled.ts'
import type { Engine } from './templates.ts'

/** As much of a project as can be compiled. */
export interface TolerantCompilation {
  /** Undefined if what is wrong concerns the whole project. In it, what is broken is a source without a relation, so that its readers still
   * have something to read. */
  readonly compilation: Compilation | undefined
  readonly problems: readonly Diagnostic[]
  /** Names of models and sources that are broken. */
  readonly broken: ReadonlySet<string>
}

/**
 * Compiles a project in which some things are wrong: takes them out, puts a source of the same name in the place of a model, and compiles what
 * is left, until nothing more is found. So one broken model hides no mistake of another one, and no reader is blamed for what it reads.
 * @param brokenFiles files of models and checks that are known to be broken
 */
export async function compileTolerantly(
  project: Project,
  engine: Engine,
  brokenFiles: ReadonlySet<string>,
  warnings: readonly Diagnostic[],
): Promise<TolerantCompilation> {
  const broken = new Set<string>()
  const problems: Diagnostic[] = []
  let left = withoutFiles(project, brokenFiles, broken)
  for (;;) {
    try {
      return { compilation: await compileProject(left, engine, warnings), problems, broken }
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      problems.push(...error.diagnostics)
      const next = without(left, error.diagnostics, broken)
      if (next === undefined || next === left) return { compilation: undefined, problems, broken }
      left = next
    }
  }
}

function withoutFiles(project: Project, files: ReadonlySet<string>, broken: Set<string>): Project {
  if (files.size === 0) return project
  const seen = new Set<string>()
  const gone: ModelFile[] = []
  const models = project.models.filter((model) => {
    const isGone = files.has(model.path)
    if (isGone) gone.push(model)
    else seen.add(model.name)
    return !isGone
  })
  // Two files of one name are one relation to whoever reads it.
  const named = new Map(gone.filter(({ name }) => !seen.has(name)).map((model) => [model.name, model]))
  for (const name of named.keys()) broken.add(name)
  return {
    ...project,
    models,
    sources: [...project.sources, ...[...named.values()].map(placeholder)],
    checks: project.checks.filter(({ path }) => !files.has(path)),
  }
}

/** The project without what the problems concern; undefined if they concern nothing that can be taken out. */
function without(
  project: Project,
  problems: readonly Diagnostic[],
  broken: Set<string>,
): Project | undefined {
  let left = project
  for (const problem of problems) {
    const next = withoutOne(left, problem, broken)
    if (next === undefined) return undefined
    left = next
  }
  return left
}

function withoutOne(project: Project, problem: Diagnostic, broken: Set<string>): Project | undefined {
  const { model: name, place } = problem
  const placed = name !== undefined && place !== undefined && withoutCheckAt(project, name, place)
  if (placed) return placed
  const model = project.models.find((each) =>
    name === undefined ? each.path === place?.file : each.name === name,
  )
  if (model !== undefined) {
    broken.add(model.name)
    return {
      ...project,
      models: project.models.filter((each) => each !== model),
      sources: [...project.sources, placeholder(model)],
    }
  }
  const check = project.checks.find((each) =>
    name === undefined ? each.path === place?.file : checkNodeName(each.name) === name,
  )
  if (check !== undefined) return { ...project, checks: project.checks.filter((each) => each !== check) }
  const isLeft = ({ name: each }: { readonly name: string }) => exposureNodeName(each) !== name
  if (!project.exposures.every(isLeft)) return { ...project, exposures: project.exposures.filter(isLeft) }
  const source = project.sources.find((each) => each.name === name)
  if (source !== undefined && !broken.has(source.name)) {
    broken.add(source.name)
    const stub = placeholder(source)
    return { ...project, sources: project.sources.map((each) => (each === source ? stub : each)) }
  }
  const seed = project.seeds.find((each) => each.name === name)
  if (seed !== undefined) {
    broken.add(seed.name)
    return {
      ...project,
      seeds: project.seeds.filter((each) => each !== seed),
      sources: [...project.sources, placeholder(seed)],
    }
  }
  // Another problem of what was taken out just now.
  return name !== undefined && broken.has(name) ? project : undefined
}

/** The project without the built-in check that stands at the place. */
function withoutCheckAt(
  project: Project,
  name: string,
  { file, line, column }: NonNullable<Diagnostic['place']>,
): Project | undefined {
  const isThere = ({ place }: { readonly place?: Diagnostic['place'] }) =>
    place?.file === file && place.line === line && place.column === column
  const kept = <T extends { readonly place?: Diagnostic['place'] }>(checks: readonly T[]) =>
    checks.filter((check) => !isThere(check))
  const models = project.models.map((model) =>
    model.name === name && model.config.checks.some(isThere)
      ? { ...model, config: { ...model.config, checks: kept(model.config.checks) } }
      : model,
  )
  const sources = project.sources.map((source) =>
    source.name === name && source.checks.some(isThere) ? { ...source, checks: kept(source.checks) } : source,
  )
  const seeds = project.seeds.map((seed) =>
    seed.name === name && seed.checks.some(isThere) ? { ...seed, checks: kept(seed.checks) } : seed,
  )
  const isSame = [
    [models, project.models],
    [sources, project.sources],
    [seeds, project.seeds],
  ].every(([after, before]) => after!.every((each, index) => each === before![index]))
  return isSame ? undefined : { ...project, models, sources, seeds }
}

/** What stands for something broken: its name, and the columns that it is said to have. */
function placeholder(broken: ModelFile | SeedFile | SourceConfig): SourceConfig {
  const { name, schema, table, path } = broken
  const described = 'config' in broken ? broken.config : broken
  const columns: readonly ColumnConfig[] = described.columns
  return {
    name,
    ...(schema === undefined ? {} : { schema }),
    table,
    path,
    place: { file: path, line: 1, column: 1 },
    tags: described.tags,
    columns,
    checks: [],
    relations: {},
    files: {},
  }
}
