import type { BoundProject } from '../../core/bind/bound.ts'
import { openContentCache } from '../../core/cache/content-cache.ts'
import type { LintedQueries } from '../../core/compile/linted.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { projectLineage } from '../../core/lineage/project.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { MacroFiles } from '../../core/validate/macro-files.ts'
import { inOrder, validateProject } from '../../core/validate/validate.ts'
import type { Invocation } from '../command.ts'
import { selectionOf } from '../selection.ts'
import { buildId } from '../version.ts'
import type { Workspace } from '../workspace.ts'
import { bind } from './bind.ts'
import { changedNodes } from './changed-since.ts'
import type { Looked } from './print.ts'
import { lookAtTests } from './unit-tests.ts'

/** Validates what the options select of an open project. `linted` has what was found while it was opened. */
export async function lookAt(
  workspace: Workspace,
  invocation: Invocation,
  linted: LintedQueries,
): Promise<{ readonly findings: readonly Diagnostic[]; readonly looked: Looked }> {
  const { options } = invocation
  const { project, factory } = workspace
  const macros = new MacroFiles(project.project.root)
  const chosen = await selectionOf(workspace, invocation)
  const changed =
    options.changedSince === undefined
      ? undefined
      : await changedNodes(workspace, invocation, options.changedSince, macros)
  const selected =
    changed === undefined ? chosen : new Set([...chosen].filter((name) => changed.names.has(name)))
  const isWhole = selected.size === project.nodes.size
  const cache = openContentCache({ root: project.project.root, name: 'lint', build: buildId })
  const parser = once(workspace.parser)
  const binding = await bind(workspace, invocation, selected, isWhole)
  const { bound } = binding
  const { findings } = await validateProject({
    project,
    selected,
    isWhole,
    problems: [...workspace.problems, ...binding.problems],
    broken: workspace.broken,
    bound,
    binder: bound === undefined ? undefined : async () => factory.binder?.open(await workspace.target()),
    lineage: bound === undefined ? undefined : () => lineageOf(workspace, bound, parser),
    texts: workspace.texts,
    linted,
    context: workspace.context,
    parser,
    dialect: factory.dialect,
    cache,
    macros,
  })
  cache.save()
  const tests = await lookAtTests(workspace, selected, changed)
  await parser.known()?.then((each) => each.close())
  const kinds = [...selected].map((name) => project.nodes.get(name)!.kind)
  const count = (kind: (typeof kinds)[number]) => kinds.filter((each) => each === kind).length
  const brokenModels = [...selected].filter((name) => workspace.broken.has(name)).length
  return {
    findings: [
      ...(tests.problems.length === 0 ? findings : inOrder([...findings, ...tests.problems])),
      ...(bound?.unreachable === undefined ? [] : [bound.unreachable]),
    ],
    looked: {
      kind: 'nodes',
      names: project.graph.order.filter((name) => selected.has(name)),
      models: count('model') + brokenModels,
      sources: count('source') - brokenModels,
      seeds: count('seed'),
      checks: count('check'),
      exposures: count('exposure'),
      unitTests: tests.count,
      target: project.project.target.name,
      bound: bound === undefined || bound.unreachable !== undefined ? undefined : binding.how,
      ...(changed === undefined ? {} : { since: changed.since }),
    },
  }
}

/** Something that is made when it is first asked for. */
interface Once<T> {
  (): Promise<T>
  /** Undefined if nobody has asked. */
  known(): Promise<T> | undefined
}

function once<T>(work: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined
  const ask = () => {
    made ??= work()
    return made
  }
  return Object.assign(ask, { known: () => made })
}

function lineageOf({ project, factory }: Workspace, bound: BoundProject, parser: () => Promise<SqlParser>) {
  const cache = openContentCache({ root: project.project.root, name: 'lineage', build: buildId })
  return projectLineage({ project, dialect: factory.dialect, parser, bound, cache })
}
