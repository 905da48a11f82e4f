import type { Check, Pair } from '../checks/check.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { resolveName, unresolved } from '../graph/names.ts'
import { refusalDiagnostics } from '../sql/refusals.ts'
import { rewriteReferences } from '../sql/rewrite.ts'
import { tokenize } from '../sql/tokens.ts'
import { type AnalysisContext, resolveWritten } from './analyse.ts'
import { type CompiledMacro, macroKey } from './macro-checks.ts'
import type { ShapeResult } from './query-memory.ts'

/** A relation with checks, as far as this step looks. */
export interface Checked {
  readonly name: string
  readonly path: string
  readonly checks: readonly Check[]
}

export interface CompiledChecks {
  readonly checks: readonly Check[]
  /** Relations that the checks read besides the one they are on. */
  readonly reads: readonly string[]
}

const prefix = 'select 1 from sluice_checked where (\n'
const suffix = '\n)'

/** Conditions are SQL of the project like any other: they are parsed as part of a query. */
export function probeOf(condition: string): string {
  return `${prefix}${condition}${suffix}`
}

/** The conditions of all checks, each once. */
export function conditionsOf(relations: readonly Checked[]): readonly string[] {
  const found = new Set<string>()
  for (const { checks } of relations) {
    for (const check of checks) {
      for (const text of fragmentsOf(check)) found.add(text)
    }
  }
  return [...found]
}

/** The pieces of SQL in a check. */
function fragmentsOf(check: Check): readonly string[] {
  const where = check.where === undefined ? [] : [check.where]
  if (check.kind === 'expression') return [...where, check.expression]
  if (check.kind !== 'reconcile') return where
  const pairs = [...check.by, ...check.compare].flatMap(({ ours, theirs }) => [ours, theirs])
  return [...where, ...pairs, ...(check.withWhere === undefined ? [] : [check.withWhere])]
}

/** Resolves and rewrites what the checks of a relation name; appends to `problems`. */
export function compileChecks(
  context: AnalysisContext,
  relation: Checked,
  parsed: ReadonlyMap<string, ShapeResult>,
  macros: ReadonlyMap<string, CompiledMacro>,
  problems: Diagnostic[],
): CompiledChecks {
  const reads = new Set<string>()
  const checks = relation.checks.map((check): Check => {
    const condition = (text: string) =>
      compileCondition(context, relation, check, text, parsed.get(text)!, reads, problems)
    const where = check.where === undefined ? {} : { where: condition(check.where) }
    switch (check.kind) {
      case 'expression':
        return { ...check, ...where, expression: condition(check.expression) }
      case 'relationships':
        return { ...check, ...where, to: referenced(context, relation, check, check.to, reads, problems) }
      case 'reconcile': {
        const pair = ({ ours, theirs }: Pair): Pair => ({ ours: condition(ours), theirs: condition(theirs) })
        return {
          ...check,
          ...where,
          with: referenced(context, relation, check, check.with, reads, problems),
          by: check.by.map(pair),
          compare: check.compare.map(pair),
          ...(check.withWhere === undefined ? {} : { withWhere: condition(check.withWhere) }),
        }
      }
      case 'macro': {
        const macro = macros.get(macroKey(relation.name, check))
        for (const name of macro?.reads ?? []) reads.add(name)
        return { ...check, ...where, ...(macro === undefined ? {} : { sql: macro.sql }) }
      }
      default:
        return { ...check, ...where }
    }
  })
  reads.delete(relation.name)
  return { checks, reads: [...reads].sort() }
}

function referenced(
  context: AnalysisContext,
  relation: Checked,
  check: Check,
  written: string,
  reads: Set<string>,
  problems: Diagnostic[],
): string {
  const name = resolveWritten(context.index, written)
  if (name !== undefined) {
    reads.add(name)
    return name
  }
  problems.push({
    ...unresolved({ kind: 'unknown' }, written.split('.'), context.index, placed(relation, check)),
    code: 'SL354',
  })
  return written
}

function compileCondition(
  context: AnalysisContext,
  relation: Checked,
  check: Check,
  condition: string,
  result: ShapeResult,
  reads: Set<string>,
  problems: Diagnostic[],
): string {
  const at = placed(relation, check)
  const mistake = result.ok ? unbalanced(condition) : result.error.message
  if (!result.ok || mistake !== undefined) {
    const message = `the check ${check.name} of ${relation.name}: ${mistake}`
    // What a reconciliation compares can be the same text on both sides.
    if (!problems.some((each) => each.code === 'SL355' && each.message === message))
      problems.push(
        diagnostic('SL355', {
          ...at,
          message,
          hint: 'Write one condition over the columns, for example `delay is null or delay < 5000`.',
        }),
      )
    return condition
  }
  problems.push(...refusalDiagnostics(result.query, context.project, () => at))
  const { text } = rewriteReferences(
    probeOf(condition),
    result.query,
    (reference) => {
      if (reference.parts.length === 1 && reference.parts[0] === 'sluice_checked') return undefined
      const resolution = resolveName(reference.parts, reference.quoted, context.index)
      if (resolution.kind !== 'found') {
        problems.push(unresolved(resolution, reference.parts, context.index, at))
        return undefined
      }
      reads.add(resolution.name)
      return context.physical(resolution.name)
    },
    context.templates.engine.dialect,
  )
  return text.slice(prefix.length, -suffix.length)
}

/** A bracket that closes what the condition did not open would close the one around it (`a) or (b`): then it would parse here and mean
 * something else where it is used. */
function unbalanced(condition: string): string | undefined {
  const open: string[] = []
  for (const token of tokenize(condition)) {
    if (token.kind !== 'punctuation') continue
    const written = condition.slice(token.start, token.end)
    const closing = closingOf[written]
    if (closing !== undefined) open.push(closing)
    else if (closes.has(written) && open.pop() !== written)
      return `\`${written}\` at character ${token.start + 1} closes nothing`
  }
  const missing = open.at(-1)
  return missing === undefined ? undefined : `a \`${missing}\` is missing`
}

const closingOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const closes: ReadonlySet<string> = new Set(Object.values(closingOf))

function placed(relation: Checked, check: Check) {
  return { model: relation.name, place: check.place ?? { file: relation.path, line: 1, column: 1 } }
}
