import { join } from 'node:path'
import type { CompiledModel, CompiledNode, CompiledProject, CompiledSource } from '../compile/compiled.ts'
import type { Allowance, AllowedWarning, LintRule } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import type { Placed } from './grouped-findings.ts'
import type { LintedModel } from './lint-models.ts'
import { type MacroFiles, macrosCalled, readText } from './macro-files.ts'
import { ruleCodes, severityOf } from './rules.ts'
import { placeOfYaml } from './yaml-place.ts'

/** Names that are listed of many. */
const LISTED = 4

/** Findings of the rules about one model, those aside that it is excused from; and what its excuses are worth. `others` are rules that look elsewhere and
 * find something, or cannot look; `no_checks` among them: a check of the model may be there, and is broken. */
export async function modelFindings(
  project: CompiledProject,
  model: CompiledModel,
  linted: LintedModel,
  others: ReadonlySet<AllowedWarning>,
): Promise<readonly Diagnostic[]> {
  const { lint, root } = project.project
  const broken = new Set<AllowedWarning>([...linted.partitionRules, ...others])
  const found: Diagnostic[] = []
  const isPublished = isPublishedModel(model)
  for (const placed of linted.placed) {
    if (placed.rule === 'select_star' && !isPublished) continue
    broken.add(placed.rule as AllowedWarning)
    if (!excuses(model, placed.rule)) found.push(sqlFinding(model, placed))
  }
  if (isPublished && !isChecked(project, model)) {
    broken.add('no_checks')
    if (!others.has('no_checks') && !excuses(model, 'no_checks')) found.push(uncheckedFinding(model))
  }
  if (model.batch?.batchable === false && model.config.batch !== undefined && model.config.batch !== 1) {
    broken.add('unproven_batch')
  }
  const about = async (
    allowance: Allowance,
    rule: LintRule,
    message: string,
    hint: string,
  ): Promise<void> => {
    if (severityOf(rule, lint) === 'off') return
    const place = (await placeOfYaml(root, allowance.at)) ?? { file: model.path, line: 1, column: 1 }
    found.push(diagnostic(ruleCodes[rule], { message, hint, model: model.name, place, severity: 'warning' }))
  }
  for (const allowance of model.config.allow) {
    if (allowance.isShared) continue
    const { rule, reason } = allowance
    if (reason === undefined) {
      const message = `${model.name} is excused from \`${rule}\` without a reason`
      await about(allowance, 'allow_without_reason', message, `Write \`allow: { ${rule}: why }\`.`)
    }
    if (!broken.has(rule)) {
      const message = `${model.name} is excused from \`${rule}\`, which finds nothing in it`
      await about(allowance, 'unused_allow', message, 'Remove the entry of `allow`.')
    }
  }
  return found
}

/** What others can read and rely on: a table, or whatever has a contract. */
export function isPublishedModel({ config }: CompiledModel): boolean {
  return config.materialized !== 'view' || config.contract !== undefined
}

/** Whether a model is excused from a rule. */
export function excuses({ config }: CompiledModel, rule: LintRule): boolean {
  return config.allow.some((each) => each.rule === rule)
}

function isChecked({ graph, nodes }: CompiledProject, model: CompiledModel): boolean {
  if (model.checks.length > 0 || model.gates.length > 0) return true
  return (graph.downstream.get(model.name) ?? []).some((name) => nodes.get(name)?.kind === 'check')
}

function uncheckedFinding(model: CompiledModel): Diagnostic {
  return diagnostic('SL312', {
    severity: 'warning',
    message: `${model.name} is published without any check`,
    hint: 'Add `checks:` to its header: `not_null` and `unique` of its key are a beginning.',
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
  })
}

function sqlFinding(model: CompiledModel, { rule, what, place, via }: Placed): Diagnostic {
  const names = what.map((each) => `\`${each}\``)
  const rest = names.length - LISTED
  const listed = `${names.slice(0, LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  const at = {
    severity: 'warning' as const,
    model: model.name,
    ...(place === undefined ? {} : { place }),
    ...(via === undefined ? {} : { via }),
  }
  switch (rule) {
    case 'select_star':
      return diagnostic('SL310', {
        ...at,
        message: `${model.name} is published with whatever columns ${listed} has`,
        hint: 'Name the columns.',
      })
    case 'unqualified_column':
      return diagnostic('SL311', {
        ...at,
        message: `${listed} ${names.length === 1 ? 'does' : 'do'} not say of which of the joined relations ${names.length === 1 ? 'it is' : 'they are'}`,
        hint: 'Put the alias of the relation before it.',
      })
    case 'arbitrary_rows':
      return diagnostic('SL315', {
        ...at,
        message: `nothing says in which order ${listed} sees the rows: the same inputs can give others`,
        hint: 'Add `order by` with columns that are unique together.',
      })
    case 'null_comparison':
      return diagnostic('SL316', {
        ...at,
        message: `${what[0]} never holds, whatever is compared`,
        hint: 'Write `is null`, `is not null` or `is distinct from`.',
      })
    case 'self_comparison':
      return diagnostic('SL317', {
        ...at,
        message: `the join compares ${listed} with itself, so that every row meets every other`,
        hint: 'Compare it with the column of the other relation.',
      })
    default:
      throw new Error(`${rule} is no rule for SQL`)
  }
}

/** Sources of the project that nothing reads. */
export function unusedSources(
  { graph, nodes, project }: CompiledProject,
  selected: ReadonlySet<string>,
): readonly Diagnostic[] {
  if (severityOf('unused_source', project.lint) === 'off') return []
  const isUnused = (node: CompiledNode | undefined): node is CompiledSource =>
    node?.kind === 'source' &&
    node.mayBeUnused === undefined &&
    (graph.downstream.get(node.name) ?? []).length === 0
  return [...selected]
    .map((name) => nodes.get(name))
    .filter(isUnused)
    .map(({ name, place }) =>
      diagnostic('SL313', {
        severity: 'warning',
        message: `nothing reads the source ${name}`,
        hint: 'Remove the declaration.',
        model: name,
        place,
      }),
    )
}

/** Macros that no text of the project calls. */
export function unusedMacros({ nodes, project }: CompiledProject, macros: MacroFiles): readonly Diagnostic[] {
  if (severityOf('unused_macro', project.lint) === 'off') return []
  const all = macros.all()
  if (all.length === 0) return []
  const unused = new Map(all.map((macro) => [macro.name, macro]))
  const seen = new Set<string>()
  for (const node of nodes.values()) {
    if ('checks' in node) {
      for (const check of node.checks) if (check.kind === 'macro') unused.delete(`checks/${check.macro}`)
    }
    if (unused.size === 0) return []
    if (seen.has(node.path) || node.kind === 'seed') continue
    seen.add(node.path)
    const called = macrosCalled(readText(join(project.root, node.path)) ?? '')
    if (called === undefined) return []
    for (const name of called) unused.delete(name)
  }
  for (const { text } of all) {
    const called = macrosCalled(text)
    if (called === undefined) return []
    for (const name of called) unused.delete(name)
  }
  return [...unused.values()].map(({ name, path }) =>
    diagnostic('SL314', {
      severity: 'warning',
      message: `nothing uses the macro \`${name}\``,
      hint: 'Remove the file.',
      place: { file: path, line: 1, column: 1 },
    }),
  )
}
