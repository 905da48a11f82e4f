import { join } from 'node:path'
import type { Dialect } from '../adapter.ts'
import { type ContentCache, contentKey } from '../cache/content-cache.ts'
import type { CompiledModel, CompiledProject } from '../compile/compiled.ts'
import type { AllowedWarning, LintRule } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SqlTexts } from '../run/attempt.ts'
import type { SqlParser } from '../sql/parser.ts'
import { relationsIn } from '../template/edit.ts'
import { type MacroFiles, readText } from './macro-files.ts'
import { lintQuery, type QueryFinding } from './query-lint.ts'
import { brokenPartitionRules } from './rules/partition-rules.ts'
import { type SentinelText, sentinelText } from './sentinel-text.ts'

/** Raised when a rule finds something else in the same text, so that older answers are not used. */
const RULES = 1

/** Texts that are parsed at once. */
const BATCH = 250

export interface LintWorld {
  readonly project: CompiledProject
  readonly texts: SqlTexts
  /** The grammar; opened only if something is not known yet. */
  readonly parser: () => Promise<SqlParser>
  readonly dialect: Dialect
  readonly cache: ContentCache
  readonly macros: MacroFiles
}

/** Something that a rule found, where it was written. */
export type Placed = Pick<Diagnostic, 'place' | 'via'> & {
  readonly rule: LintRule
  readonly what: readonly string[]
}

/** What the rules for SQL found in one model, whatever it is excused from. */
export interface LintedModel {
  readonly placed: readonly Placed[]
  /** Rules for partitions that find something; the findings themselves are told while compiling. */
  readonly partitionRules: readonly AllowedWarning[]
}

interface RawLint {
  readonly findings: readonly QueryFinding[]
  readonly partitionRules: readonly AllowedWarning[]
}

/** Looks at the SQL of each model; what was looked at before is not parsed again. */
export async function lintModels(
  world: LintWorld,
  models: readonly CompiledModel[],
): Promise<ReadonlyMap<string, LintedModel>> {
  const raw = await rawLints(world, models)
  const found = new Map<string, LintedModel>()
  for (const model of models) {
    const { findings, partitionRules } = raw.get(model.name) ?? nothing
    const placed = findings.length === 0 ? [] : await placedFindings(world, model, findings)
    found.set(model.name, { placed, partitionRules })
  }
  return found
}

const nothing: RawLint = { findings: [], partitionRules: [] }

async function rawLints(
  world: LintWorld,
  models: readonly CompiledModel[],
): Promise<ReadonlyMap<string, RawLint>> {
  const known = new Map<string, RawLint>()
  const unknown: { readonly model: CompiledModel; readonly key: string }[] = []
  for (const model of models) {
    const key = contentKey([
      'lint',
      RULES,
      world.dialect.name,
      model.sql.parts,
      partitionedInputs(world, model),
    ])
    const answer = world.cache.get(key) as RawLint | undefined
    if (answer === undefined) unknown.push({ model, key })
    else known.set(model.name, answer)
  }
  if (unknown.length === 0) return known
  const parser = await world.parser()
  parser.expect?.(unknown.length)
  try {
    for (let from = 0; from < unknown.length; from += BATCH) {
      const batch = unknown.slice(from, from + BATCH)
      const prepared = batch.map(({ model }) => sentinelText(model, world.dialect))
      const results = await parser.parse(
        prepared.map(({ text }) => text),
        new Set(batch.keys()),
      )
      for (const [index, { model, key }] of batch.entries()) {
        const result = results[index]!
        const lint = result.ok ? lintOne(world, model, prepared[index]!, result.query.relational) : nothing
        world.cache.set(key, lint)
        known.set(model.name, lint)
      }
    }
  } finally {
    await parser.settle?.()
  }
  return known
}

function lintOne(
  world: LintWorld,
  model: CompiledModel,
  { text, values }: SentinelText,
  relational: Parameters<typeof lintQuery>[0] | undefined,
): RawLint {
  if (relational === undefined) return nothing
  try {
    const relations = new Map(
      relationsIn(model.sql.parts, values).map(({ start, relation }) => [start, relation]),
    )
    const partitionRules = brokenPartitionRules(
      model,
      relational,
      text,
      values,
      (start) => relations.get(start),
      (name) => hasPartitions(world.project, name),
    )
    return { findings: lintQuery(relational), partitionRules }
  } catch (error) {
    // A query that is nested deeper than the stack was understood by its parser, but not here.
    if (error instanceof RangeError) return nothing
    throw error
  }
}

function partitionedInputs({ project }: LintWorld, { config, upstream }: CompiledModel): readonly string[] {
  return config.partition === undefined ? [] : upstream.filter((name) => hasPartitions(project, name))
}

function hasPartitions({ nodes }: CompiledProject, name: string): boolean {
  const node = nodes.get(name)
  return node?.kind === 'model' && node.config.partition !== undefined
}

/** Where findings were written: kept by the files that decide it, since to find out means to render the template. */
async function placedFindings(
  { project, texts, cache, dialect, macros }: LintWorld,
  model: CompiledModel,
  findings: readonly QueryFinding[],
): Promise<readonly Placed[]> {
  const file = readText(join(project.project.root, model.path))
  const key = contentKey([
    'placed lint',
    RULES,
    model.path,
    file,
    macros.identity(),
    model.sql.parts,
    findings,
  ])
  const known = cache.get(key) as readonly Placed[] | undefined
  if (known !== undefined) return known
  const sql = await texts.model(model, sentinelText(model, dialect).window)
  const placed: Placed[] = []
  const groups = new Map<string, { rule: LintRule; what: string[]; at: Pick<Diagnostic, 'place' | 'via'> }>()
  for (const { rule, what, start, group } of findings) {
    const at = await sql.locate(start)
    if (at === undefined) continue
    const where = { place: at.place, ...(at.via.length === 0 ? {} : { via: at.via }) }
    if (group === undefined) {
      placed.push({ rule, what: [what], ...where })
      continue
    }
    // A macro is used in many places and cannot know the names of the relations there.
    if (at.via.length > 0) continue
    const id = `${rule} ${group}`
    const known = groups.get(id)
    if (known === undefined) groups.set(id, { rule, what: [what], at: where })
    else if (!known.what.includes(what)) known.what.push(what)
  }
  for (const { rule, what, at } of groups.values()) placed.push({ rule, what, ...at })
  cache.set(key, placed)
  return placed
}
