import { openContentCache } from '../cache/content-cache.ts'
import type { Environment } from '../config/environment.ts'
import type { Project, TargetConfig, VarValue } from '../config/project.ts'
import { scanProject } from '../config/scan.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { AnalysisContext } from './analyse.ts'
import { type CacheKey, readCache, writeCache } from './cache.ts'
import type { TolerantCompilation } from './compile-tolerantly.ts'
import type { CompiledProject, TargetSummary } from './compiled.ts'
import type { LintedQueries } from './linted.ts'
import type { Engine } from './templates.ts'

export interface OpenRequest {
  /** Absolute folder of `sluice.yml`. */
  readonly root: string
  readonly target?: string
  readonly vars?: Readonly<Record<string, VarValue>>
  readonly env: Environment
  /** Identity of the program, so that another version never reads this one's cache. */
  readonly build: string
  /** The grammar and texts of an adapter, by name. */
  readonly engineOf: (adapter: TargetConfig['adapter']) => Promise<Engine>
  /** Wall clock in milliseconds. */
  readonly clock: () => number
  /** Opens as much of the project as can be compiled, and tells what is wrong with the rest. */
  readonly isTolerant?: boolean
  /** Takes what the rules for SQL find in the queries that must be parsed. */
  readonly linted?: LintedQueries
}

export interface OpenProject {
  readonly compiled: CompiledProject
  /** What is wrong with single models, sources and checks; empty unless the caller is tolerant. */
  readonly problems: readonly Diagnostic[]
  /** Names of models and sources that are broken: in the compiled project they are sources without a relation. */
  readonly broken: ReadonlySet<string>
  /** Whether the project came from the cache. */
  readonly isCached: boolean
  /** What compiling one more query needs; loads and compiles the project if it came from the cache. */
  context(): Promise<AnalysisContext>
  /** The target with its connection. */
  target(): Promise<TargetConfig>
}

/** Opens a project compiled: from the cache where nothing changed, else by loading and compiling all of it.
 * @throws SluiceError with every mistake of the project; for a tolerant caller only if nothing can be compiled */
export async function openProject(request: OpenRequest): Promise<OpenProject> {
  const key: CacheKey = {
    build: request.build,
    root: request.root,
    target: request.target,
    vars: request.vars,
    settings: [request.env.SLUICE_TARGET, request.env.SLUICE_VARS],
  }
  const scannedAt = request.clock()
  const scan = scanProject(request.root)
  const compileOnce = once(() => compileAll(request, scan))
  const cached = readCache(key, scan)
  if (
    cached !== undefined &&
    (await isSameTarget(request, cached.readsEnvironment, cached.compiled.project.target))
  ) {
    return {
      compiled: cached.compiled,
      problems: [],
      broken: new Set(),
      isCached: true,
      context: async () => (await compileOnce()).context,
      target: once(() => loadTargetOf(request)),
    }
  }
  const { compilation, readsEnvironment, problems, broken } = await compileOnce()
  const { compiled, context } = compilation
  if (problems.length === 0) writeCache(key, { compiled, readsEnvironment }, scan.files, scannedAt)
  return {
    compiled,
    problems,
    broken,
    isCached: false,
    context: async () => context,
    target: async () => context.project.target,
  }
}

async function compileAll(request: OpenRequest, scan: ReturnType<typeof scanProject>) {
  const { loadProject } = await import('../config/load.ts')
  const { rememberedHeaders } = await import('./header-memory.ts')
  const answers = openContentCache({ root: request.root, name: 'compile', build: request.build })
  const { project, warnings, environmentNames, errors, brokenFiles } = await loadProject({
    ...request,
    scan,
    parsers: rememberedHeaders(answers),
  })
  const { linted } = request
  const engine = {
    ...(await request.engineOf(project.target.adapter)),
    answers,
    ...(linted === undefined ? {} : { linted }),
  }
  const { compilation, problems, broken } = await compileLoaded(
    request,
    project,
    engine,
    warnings,
    brokenFiles,
  )
  const all = [...errors, ...problems]
  if (compilation === undefined) throw new SluiceError(all)
  const readsEnvironment = environmentNames.some((name) => name !== 'SLUICE_TARGET' && name !== 'SLUICE_VARS')
  return { compilation, problems: all, broken, context: compilation.context, readsEnvironment }
}

async function compileLoaded(
  request: OpenRequest,
  project: Project,
  engine: Engine,
  warnings: readonly Diagnostic[],
  brokenFiles: ReadonlySet<string>,
): Promise<TolerantCompilation> {
  if (request.isTolerant) {
    const { compileTolerantly } = await import('./compile-tolerantly.ts')
    return compileTolerantly(project, engine, brokenFiles, warnings)
  }
  const { compileProject } = await import('./compile.ts')
  return { compilation: await compileProject(project, engine, warnings), problems: [], broken: new Set() }
}

/** Variables of the environment may decide a target's schema: then the target is read anew and compared. */
async function isSameTarget(
  request: OpenRequest,
  readsEnvironment: boolean,
  cached: TargetSummary,
): Promise<boolean> {
  if (!readsEnvironment) return true
  const { summaryOf } = await import('./compiled.ts')
  const target = await loadTargetOf(request)
  return JSON.stringify(summaryOf(target)) === JSON.stringify(cached)
}

async function loadTargetOf(request: OpenRequest): Promise<TargetConfig> {
  const { loadTarget } = await import('../config/load-target.ts')
  return loadTarget(request)
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
