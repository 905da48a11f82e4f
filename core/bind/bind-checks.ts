import type { Column } from '../adapter.ts'
import type { Check } from '../checks/check.ts'
import { CHECKED, columnSymbol } from '../checks/macro.ts'
import { columnArguments, namedColumns, type SideNames } from '../checks/named-columns.ts'
import {
  type CompiledCheck,
  type CompiledModel,
  type CompiledSeed,
  type CompiledSource,
  hasRows,
} from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import { symbolText } from '../compile/symbols.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { columnNamed } from '../run/attempt.ts'
import { joinParts } from '../template/edit.ts'
import { exactWindow } from './bind-models.ts'
import type { Binding } from './bind-project.ts'
import type { BindQuery } from './binder.ts'
import { ownFunction } from './own-functions.ts'
import { PhysicalNames } from './physical-names.ts'
import { engineProblem, saidOf } from './problem.ts'

type Checked = CompiledModel | CompiledSeed | CompiledSource

/** A query of a check, and what is said if the engine refuses it. */
interface Probe {
  readonly query: BindQuery
  readonly refused: (error: Parameters<typeof engineProblem>[1]) => Promise<Diagnostic> | Diagnostic
}

/** Binds checks: those below `checks/`, and what the others name and have conditions over. A check of something unknown is not looked at. */
export async function bindChecks(binding: Binding): Promise<void> {
  const names = new PhysicalNames(binding.request.project, binding.request.dialect)
  const probes: Probe[] = []
  for (const name of binding.wanted) {
    const node = binding.node(name)
    if (node?.kind === 'check') probes.push(...(await customCheck(binding, node)))
    else if (hasRows(node))
      for (const check of node.checks) probes.push(...builtInCheck(binding, names, node, check))
  }
  const answers = await binding.asker.ask(probes.map(({ query }) => query))
  for (const [index, { refused }] of probes.entries()) {
    const answer = answers[index]!
    if (answer.kind === 'failed' && ownFunction(binding, answer) === undefined)
      binding.problems.push(await refused(answer.error))
  }
}

async function customCheck(binding: Binding, check: CompiledCheck): Promise<readonly Probe[]> {
  const stubs = binding.stubsOf(check.upstream)
  if (typeof stubs === 'string') return []
  const gate = check.gateOf === undefined ? undefined : binding.node(check.gateOf)
  const window = gate?.kind === 'model' ? exactWindow(binding, gate) : undefined
  let sql: FinalSql
  try {
    sql = await binding.request.texts.check(check.name, window, binding.textOf)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    binding.problems.push(...error.diagnostics)
    return []
  }
  return [{ query: { text: sql.text, stubs }, refused: (error) => engineProblem(check, error, sql, stubs) }]
}

function builtInCheck(binding: Binding, names: PhysicalNames, node: Checked, check: Check): readonly Probe[] {
  const named = namedColumns(check)
  const about = { node, check }
  const probes = [
    ...sideProbes(binding, names, about, node.name, named),
    ...numericProbes(binding, about, named.numeric),
  ]
  for (const other of named.others) probes.push(...sideProbes(binding, names, about, other.relation, other))
  if (check.kind === 'macro') probes.push(...macroProbe(binding, about, check))
  return probes
}

interface About {
  readonly node: Checked
  readonly check: Check
}

/** The columns that are named must be there; conditions and expressions must be bound over them. */
function sideProbes(
  binding: Binding,
  names: PhysicalNames,
  about: About,
  relation: string,
  side: SideNames,
): readonly Probe[] {
  const columns = columnsOf(binding, relation)
  if (columns === undefined) return []
  const { dialect } = binding.request
  for (const name of side.columns) {
    if (columnNamed(dialect, columns, name) !== undefined) continue
    binding.problems.push(
      refusedCheck(about, {
        message: `there is no column \`${name}\` in ${relation}`,
        hint:
          didYouMean(
            name,
            columns.map((column) => column.name),
          ) ?? `It has ${columns.map((column) => column.name).join(', ')}.`,
      }),
    )
  }
  // A condition over a column that is gone would only say so again.
  if (side.columns.some((name) => columnNamed(dialect, columns, name) === undefined)) return []
  const from = `from ${binding.textOf(relation)} as r`
  const where = side.conditions.map((condition) => `(\n${condition}\n)`).join(' and ')
  const texts = [
    ...(side.expressions.length + side.conditions.length === 0
      ? []
      : [`select ${[...side.expressions, '1'].join(', ')} ${from}${where === '' ? '' : ` where ${where}`}`]),
    ...(side.aggregates.length === 0 ? [] : [`select ${side.aggregates.join(', ')} ${from}`]),
  ]
  return texts.flatMap((text) => {
    const { text: overStubs, relations } = names.replaced(text, binding.textOf)
    const stubs = binding.stubsOf([...new Set([relation, ...relations])])
    if (typeof stubs === 'string') return []
    return [
      { query: { text: overStubs, stubs }, refused: (error) => refusedCheck(about, saidOf(error, stubs)) },
    ]
  })
}

function numericProbes(binding: Binding, about: About, numeric: readonly string[]): readonly Probe[] {
  const { name } = about.node
  const columns = columnsOf(binding, name)
  const stubs = binding.stubsOf([name])
  if (columns === undefined || typeof stubs === 'string') return []
  return numeric.flatMap((written) => {
    const column = columnNamed(binding.request.dialect, columns, written)
    if (column === undefined) return []
    const text = `select avg(r.${binding.request.dialect.quote(column.name)}) from ${binding.textOf(name)} as r`
    const refused = () =>
      refusedCheck(about, { message: `\`${column.name}\` is ${column.type}, and its values must be numbers` })
    return [{ query: { text, stubs }, refused }]
  })
}

/** A check of the project's own selects from the rows at hand. */
function macroProbe(
  binding: Binding,
  about: About,
  check: Extract<Check, { kind: 'macro' }>,
): readonly Probe[] {
  const { node } = about
  const { dialect } = binding.request
  const columns = columnsOf(binding, node.name)
  if (check.sql === undefined || columns === undefined) return []
  const window = node.kind === 'model' ? exactWindow(binding, node) : undefined
  const values: Record<string, string> = {}
  for (const name of columnArguments(check)) {
    const column = columnNamed(dialect, columns, name)
    if (column === undefined) return [] // It was said before.
    values[columnSymbol(name)] = dialect.quote(column.name)
  }
  const relations = new Set([node.name])
  for (const part of check.sql.parts) {
    if ('text' in part) {
      if (part.relation !== undefined) relations.add(part.relation)
    } else if (!(part.symbol in values)) {
      if (window === undefined) return []
      values[part.symbol] = symbolText(dialect, part.symbol, window)
    }
  }
  const stubs = binding.stubsOf([...relations])
  if (typeof stubs === 'string') return []
  const text = `with ${CHECKED} as (select r.* from ${binding.textOf(node.name)} as r)\n${joinParts(check.sql.parts, values, binding.textOf)}`
  return [{ query: { text, stubs }, refused: (error) => refusedCheck(about, saidOf(error, stubs)) }]
}

function columnsOf({ relations }: Binding, name: string): readonly Column[] | undefined {
  const relation = relations.get(name)
  return relation?.kind === 'bound' ? relation.columns : undefined
}

/** As a run says it. */
function refusedCheck(
  { node, check }: About,
  { message, hint }: { readonly message: string; readonly hint?: string },
): Diagnostic {
  return diagnostic('SL621', {
    message: `the check ${check.name} of ${node.name} cannot be evaluated: ${message}`,
    model: node.name,
    place: check.place ?? (node.kind === 'source' ? node.place : { file: node.path, line: 1, column: 1 }),
    ...(hint === undefined ? {} : { hint }),
  })
}
