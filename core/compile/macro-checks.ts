import type { Check } from '../checks/check.ts'
import type { MacroCheck } from '../checks/kinds.ts'
import { CHECKED } from '../checks/macro.ts'
import type { PartitionConfig } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type AnalysisContext, type QueryText, resolveQuery } from './analyse.ts'
import type { CompiledSql } from './compiled.ts'
import type { ShapeResult } from './query-memory.ts'
import { collecting } from './templates.ts'

/** A relation with checks, as far as rendering them looks. */
export interface MacroChecked {
  readonly name: string
  readonly path: string
  readonly checks: readonly Check[]
  /** How its rows are cut while they are checked. */
  readonly partition?: PartitionConfig
}

/** A use of a check of the project's own, rendered. */
export interface MacroQuery {
  readonly relation: string
  readonly check: MacroCheck
  readonly query: QueryText
}

export interface CompiledMacro {
  readonly sql: CompiledSql
  /** Relations that it reads. */
  readonly reads: readonly string[]
}

/** Renders every use of the project's own checks. Appends to `problems` what is wrong with a use, at its place, or in the macro. */
export function renderMacroChecks(
  context: AnalysisContext,
  relations: readonly MacroChecked[],
  problems: Diagnostic[],
): readonly MacroQuery[] {
  const uses = relations.flatMap((relation) =>
    relation.checks.flatMap((check) => (check.kind === 'macro' ? [{ relation, check }] : [])),
  )
  return collecting(uses, problems, ({ relation, check }): MacroQuery | undefined => {
    const mistakes = parameterMistakes(context, relation, check)
    problems.push(...mistakes)
    if (mistakes.length > 0) return undefined
    const rendered = context.templates.checkMacro(check, relation)
    if (rendered.symbolsDecide) {
      problems.push(
        mistake(
          relation,
          check,
          'its template decides by the partition or a column',
          'Use {{partition.start}}, {{column}} and the like as values only.',
        ),
      )
      return undefined
    }
    const query: QueryText = { name: relation.name, path: relation.path, rendered, given: CHECKED }
    return { relation: relation.name, check, query }
  }).filter((query) => query !== undefined)
}

/** Which use of one it is: relations can share the checks of their folder. */
export function macroKey(relation: string, check: Pick<Check, 'name'>): string {
  return `${relation}\0${check.name}`
}

/** Finds what the queries read and writes it as the target needs it, by `macroKey`. Appends to `problems`. */
export function compileMacroChecks(
  context: AnalysisContext,
  queries: readonly MacroQuery[],
  results: readonly ShapeResult[],
  problems: Diagnostic[],
): ReadonlyMap<string, CompiledMacro> {
  const compiled = new Map<string, CompiledMacro>()
  for (const [position, { relation, check, query }] of queries.entries()) {
    const found: Diagnostic[] = []
    const resolved = resolveQuery(context, query, results[position]!, found)
    problems.push(...found.map((each) => ({ ...each, ...viaOf(each, check) })))
    if (resolved === undefined) continue
    compiled.set(macroKey(relation, check), {
      sql: resolved.sql,
      reads: resolved.upstream.filter((name) => name !== relation),
    })
  }
  return compiled
}

/** A mistake in a macro is shown there, and where it is used. */
function viaOf({ via = [] }: Diagnostic, { place }: MacroCheck): Pick<Diagnostic, 'via'> {
  return place === undefined ? {} : { via: [...via, place] }
}

function parameterMistakes(
  { templates }: AnalysisContext,
  relation: MacroChecked,
  check: MacroCheck,
): readonly Diagnostic[] {
  const { required, optional, isOpen } = templates.parametersOf(check.macro)
  const given = Object.keys(check.arguments)
  const known = [...required, ...optional]
  const missing = [...required].filter((name) => !given.includes(name))
  const unknown = isOpen ? [] : given.filter((name) => !known.includes(name))
  return [
    ...unknown.map((name) =>
      mistake(
        relation,
        check,
        `it takes no \`${name}\``,
        didYouMean(name, known, 1) ?? `It takes ${known.join(', ') || 'nothing'}.`,
      ),
    ),
    ...missing.map((name) =>
      mistake(
        relation,
        check,
        `it needs \`${name}\``,
        `Add \`${name}: …\` to the map of \`${check.macro}\`.`,
      ),
    ),
  ]
}

function mistake(relation: MacroChecked, check: MacroCheck, message: string, hint: string): Diagnostic {
  return diagnostic('SL183', {
    message: `the check ${check.name} of ${relation.name} cannot use \`${check.macro}\`: ${message}`,
    hint,
    model: relation.name,
    place: check.place ?? { file: relation.path, line: 1, column: 1 },
  })
}
