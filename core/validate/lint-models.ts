import { join } from 'node:path'
import type { Dialect } from '../adapter.ts'
import { type ContentCache, contentKey } from '../cache/content-cache.ts'
import type { AnalysisContext } from '../compile/analyse.ts'
import type { CompiledModel, CompiledProject } from '../compile/compiled.ts'
import { type LintedQueries, type LintedQuery, partitionedAmong } from '../compile/linted.ts'
import type { AllowedWarning } from '../config/project.ts'
import type { SqlTexts } from '../run/attempt.ts'
import type { SqlParser } from '../sql/parser.ts'
import { groupedFindings, type Placed } from './grouped-findings.ts'
import { type MacroFiles, readText } from './macro-files.ts'

/** Raised when a rule finds something else in the same text, so that older answers are not used. */
const RULES = 2

export interface LintWorld {
  readonly project: CompiledProject
  readonly texts: SqlTexts
  /** What the rules for SQL found in queries that were compiled just now. */
  readonly linted: LintedQueries
  /** What rendering a query needs; asked for only if something is not known yet. */
  readonly context: () => Promise<AnalysisContext>
  /** The grammar; opened only if something is not known yet. */
  readonly parser: () => Promise<SqlParser>
  readonly dialect: Dialect
  readonly cache: ContentCache
  readonly macros: MacroFiles
}

/** What the rules for SQL found in one model, whatever it is excused from. */
export interface LintedModel {
  readonly placed: readonly Placed[]
  /** Rules for partitions that find something; the findings themselves are told while compiling. */
  readonly partitionRules: readonly AllowedWarning[]
}

/** What is kept of a query whatever its layout. */
interface KeptLint extends Pick<LintedModel, 'partitionRules'> {
  /** Nothing was found that would have a place, which depends on how the query is written. */
  readonly isClean: boolean
}

/** What the rules find in the SQL of each model. What was looked at before, or was compiled just now, is not looked at again. */
export async function lintModels(
  world: LintWorld,
  models: readonly CompiledModel[],
): Promise<ReadonlyMap<string, LintedModel>> {
  const found = new Map<string, LintedModel>()
  const unknown: { readonly model: CompiledModel; readonly key: string }[] = []
  for (const model of models) {
    const key = keyOf(world, model)
    const kept = recall(world, model, key)
    if (kept === undefined) unknown.push({ model, key })
    else found.set(model.name, kept)
  }
  if (unknown.length === 0) return found
  const context = await world.context()
  const files = new Map(context.project.models.map((file) => [file.name, file]))
  const others = unknown.filter(({ model }) => justLinted(world, model) === undefined)
  const { lintQueries } = await import('../compile/examine-queries.ts')
  const examined = await lintQueries(
    context,
    others.map(({ model }) => model.name),
  )
  for (const { model, key } of unknown) {
    const query = justLinted(world, model) ?? examined.get(model.name)
    if (query === undefined) {
      found.set(model.name, { placed: [], partitionRules: [] })
      continue
    }
    const { findings, partitionRules } = query
    const linted = { placed: groupedFindings(findings), partitionRules }
    found.set(model.name, linted)
    keep(world, model, key, linted, files.get(model.name)!.text)
  }
  return found
}

/** What was found when the model was compiled just now, if its inputs have been what they are since. */
function justLinted(
  { linted, project }: LintWorld,
  { name, upstream }: CompiledModel,
): LintedQuery | undefined {
  const known = linted.get(name)
  const isSame = known?.partitioned.join('\n') === partitionedInputs(project, name, upstream).join('\n')
  return isSame ? known?.query : undefined
}

function partitionedInputs({ nodes }: CompiledProject, name: string, upstream: readonly string[]) {
  const models = {
    get: (each: string) => {
      const node = nodes.get(each)
      return node?.kind === 'model' ? node : undefined
    },
  }
  return partitionedAmong(models, name, upstream)
}

function keyOf({ project, dialect }: LintWorld, { name, upstream, sql }: CompiledModel): string {
  return contentKey(['lint', RULES, dialect.name, sql.parts, partitionedInputs(project, name, upstream)])
}

/** Where findings were written depends on the files that hold the text. */
function placedKey({ macros }: LintWorld, path: string, text: string | undefined, key: string): string {
  return contentKey(['placed lint', path, text, macros.identity(), key])
}

function recall(world: LintWorld, model: CompiledModel, key: string): LintedModel | undefined {
  const kept = world.cache.get(key) as KeptLint | undefined
  if (kept === undefined) return undefined
  const { isClean, partitionRules } = kept
  if (isClean) return { placed: [], partitionRules }
  const text = readText(join(world.project.project.root, model.path))
  const placed = world.cache.get(placedKey(world, model.path, text, key)) as readonly Placed[] | undefined
  return placed === undefined ? undefined : { placed, partitionRules }
}

function keep(world: LintWorld, model: CompiledModel, key: string, linted: LintedModel, text: string): void {
  const { placed, partitionRules } = linted
  const isClean = placed.length === 0
  world.cache.set(key, { isClean, partitionRules } satisfies KeptLint)
  if (!isClean) world.cache.set(placedKey(world, model.path, text, key), placed)
}
