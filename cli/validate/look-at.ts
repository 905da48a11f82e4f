import { openContentCache } from '../../core/cache/content-cache.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { MacroFiles } from '../../core/validate/macro-files.ts'
import { validateProject } from '../../core/validate/validate.ts'
import { boundProject } from '../bound.ts'
import type { Invocation } from '../command.ts'
import { selectionOf } from '../selection.ts'
import { buildId } from '../version.ts'
import type { Workspace } from '../workspace.ts'
import { changedNodes } from './changed-since.ts'
import type { Looked } from './print.ts'

/** Validates what the options select of an open project. */
export async function lookAt(
  workspace: Workspace,
  invocation: Invocation,
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
  const binds = options.bind !== false
  const bound = binds
    ? await boundProject(workspace, invocation, isWhole ? {} : { only: selected })
    : undefined
  const cache = openContentCache({ root: project.project.root, name: 'lint', build: buildId })
  const { findings } = await validateProject({
    project,
    selected,
    isWhole,
    problems: workspace.problems,
    broken: workspace.broken,
    bound,
    binder: binds ? async () => factory.binder?.open(await workspace.target()) : undefined,
    texts: workspace.texts,
    parser: workspace.parser,
    dialect: factory.dialect,
    cache,
    macros,
  })
  cache.save()
  const kinds = [...selected].map((name) => project.nodes.get(name)!.kind)
  const count = (kind: (typeof kinds)[number]) => kinds.filter((each) => each === kind).length
  const brokenModels = [...selected].filter((name) => workspace.broken.has(name)).length
  return {
    findings: [...findings, ...(bound?.unreachable === undefined ? [] : [bound.unreachable])],
    looked: {
      kind: 'nodes',
      names: project.graph.order.filter((name) => selected.has(name)),
      models: count('model') + brokenModels,
      sources: count('source') - brokenModels,
      seeds: count('seed'),
      checks: count('check'),
      target: project.project.target.name,
      bound: bound === undefined || bound.unreachable !== undefined ? undefined : 'offline',
      ...(changed === undefined ? {} : { since: changed.since }),
    },
  }
}
