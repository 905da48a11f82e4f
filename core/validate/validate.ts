import type { Column, Dialect } from '../adapter.ts'
import type { Binder } from '../bind/binder.ts'
import type { BoundProject } from '../bind/bound.ts'
import type { CompiledModel, CompiledProject } from '../compile/compiled.ts'
import type { AllowedWarning } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { ProjectLineage } from '../lineage/project.ts'
import { contractFindings } from './contract-findings.ts'
import { type LintWorld, lintModels } from './lint-models.ts'
import { excuses, modelFindings, unusedMacros, unusedSources } from './lint-project.ts'
import { namedColumnFindings } from './named-columns.ts'
import { rated, ruleCodes } from './rules.ts'

/** What is validated, and what is known of it already. */
export interface ValidationRequest extends Omit<LintWorld, 'project'> {
  readonly project: CompiledProject
  /** Names of the nodes that are looked at. */
  readonly selected: ReadonlySet<string>
  /** The selection is the whole project, so that what belongs to no node is looked at too. */
  readonly isWhole: boolean
  /** What compiling found wrong, of all nodes. */
  readonly problems: readonly Diagnostic[]
  /** Names of models and sources that could not be compiled: sources without a relation stand in for them. */
  readonly broken: ReadonlySet<string>
  /** Columns of all relations; undefined if nothing is to be bound. */
  readonly bound: BoundProject | undefined
  /** Opens what binds, for the names of types; undefined if nothing is to be bound. */
  readonly binder: (() => Promise<Binder | undefined>) | undefined
  /** Column lineage, made when it is first asked for; undefined if nothing is to be bound. */
  readonly lineage: (() => Pick<ProjectLineage, 'nullability'>) | undefined
  readonly dialect: Dialect
}

/** What validating found. */
export interface Validation {
  /** Each once, sorted by file, line and column. */
  readonly findings: readonly Diagnostic[]
}

/** Looks at compiled and bound nodes for what would break a run or mislead a reader: contracts, checks, lint rules. Runs nothing. */
export async function validateProject(request: ValidationRequest): Promise<Validation> {
  const { project, selected, bound, macros, isWhole, broken } = request
  // What stands in for something broken has no columns of its own.
  const unbound = (bound?.problems ?? []).filter(({ model }) => model === undefined || !broken.has(model))
  const found: Diagnostic[] = [...ofSelected(request, [...request.problems, ...unbound])]
  const models = [...selected]
    .map((name) => project.nodes.get(name))
    .filter((node): node is CompiledModel => node?.kind === 'model')
  const nullable = new Set<string>()
  if (bound !== undefined) {
    for (const each of await contractFindings(request, models, columnsIn(bound))) {
      if (each.code === ruleCodes.nullable_contract) nullable.add(each.model!)
      if (each.code !== ruleCodes.nullable_contract || !isExcused(project, each)) found.push(each)
    }
    found.push(...namedColumnFindings(project, selected, request.dialect, tableColumnsIn(bound)))
  }
  const linted = await lintModels(request, models)
  for (const model of models) {
    const isBound = bound !== undefined && columnsIn(bound)(model.name) !== undefined
    const others = new Set<AllowedWarning>()
    if (nullable.has(model.name) || !isBound) others.add('nullable_contract')
    if (mayHaveBrokenChecks(request, model)) others.add('no_checks')
    found.push(...(await modelFindings(project, model, linted.get(model.name)!, others)))
  }
  found.push(...project.warnings.filter((each) => isOfSelected(request, each)))
  // Whoever is broken may be the one that uses it.
  const isReadInFull = request.problems.length === 0
  if (isReadInFull) found.push(...unusedSources(project, selected))
  if (isWhole && isReadInFull) found.push(...unusedMacros(project, macros))
  const rate = (each: Diagnostic) => rated(each, project.project.lint)
  return { findings: inOrder(withoutEchoes(found.map(rate).filter((each) => each !== undefined))) }
}

/** Checks that could not be compiled were taken out: those of the model itself, or of files that may be about it. */
function mayHaveBrokenChecks({ problems }: ValidationRequest, { name }: CompiledModel): boolean {
  return problems.some(({ model, place }) => model === name || place?.file.startsWith('checks/'))
}

function isExcused({ nodes }: CompiledProject, { model }: Diagnostic): boolean {
  const node = nodes.get(model!)
  return node?.kind === 'model' && excuses(node, 'nullable_contract')
}

/** The columns of a table, which may have more than its model's query. */
function tableColumnsIn(bound: BoundProject): (name: string) => readonly Column[] | undefined {
  return (name) => {
    const relation = bound.relations.get(name)
    return relation?.kind === 'bound' ? relation.columns : undefined
  }
}

/** The columns of a relation that is bound. */
function columnsIn(bound: BoundProject): (name: string) => readonly Column[] | undefined {
  return (name) => {
    const relation = bound.relations.get(name)
    return relation?.kind === 'bound' ? (relation.output ?? relation.columns) : undefined
  }
}

/** Problems of what is selected, and errors of what that reads: without those it cannot be looked at. */
function ofSelected(request: ValidationRequest, problems: readonly Diagnostic[]): readonly Diagnostic[] {
  if (request.isWhole || problems.length === 0) return problems
  const { project, selected } = request
  const reads = new Set<string>()
  for (const name of selected) for (const each of project.graph.ancestors(name)) reads.add(each)
  return problems.filter(
    (each) =>
      isOfSelected(request, each) ||
      (each.severity === 'error' && each.model !== undefined && reads.has(each.model)),
  )
}

/** What belongs to no node, or to one that could not be compiled at all, concerns everybody. */
function isOfSelected({ project, selected, isWhole }: ValidationRequest, { model }: Diagnostic): boolean {
  return isWhole || model === undefined || selected.has(model) || !project.nodes.has(model)
}

/** What a rule says of a place where something is plainly wrong is no news. */
function withoutEchoes(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const at = ({ place }: Diagnostic) => `${place?.file}:${place?.line}:${place?.column}`
  const wrong = new Set(
    found.filter((each) => !lintCodes.has(each.code) && each.severity === 'error').map(at),
  )
  return found.filter((each) => !lintCodes.has(each.code) || each.place?.line === 1 || !wrong.has(at(each)))
}

const lintCodes: ReadonlySet<string> = new Set(Object.values(ruleCodes))

/** Each finding once, by file, line and column. */
export function inOrder(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  const unique = found.filter((each) => {
    const { code, message, place, model } = each
    const key = JSON.stringify([code, message, place?.file, place?.line, place?.column, model])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
  const rank = ({ severity, code }: Diagnostic) => (severity === 'error' ? 0 : lintCodes.has(code) ? 2 : 1)
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return unique.sort(
    (a, b) =>
      text(a.place?.file ?? '', b.place?.file ?? '') ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0) ||
      rank(a) - rank(b) ||
      text(a.code, b.code) ||
      text(a.message, b.message),
  )
}
