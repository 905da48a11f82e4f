import { openContentCache } from '../../core/cache/content-cache.ts'
import type { CompiledProject } from '../../core/compile/compiled.ts'
import { materializationOf } from '../../core/compile/compiled.ts'
import { definitionOf } from '../../core/compile/definition.ts'
import type { Side, SideNode } from '../../core/diff/side.ts'
import { physicalNames } from '../artifacts/manifest.ts'
import { boundProject } from '../bound.ts'
import type { Invocation } from '../command.ts'
import { buildId } from '../version.ts'
import type { Workspace } from '../workspace.ts'
import { lineageOf } from './lineage.ts'

/** A project as it is compiled, with what the engine says of its columns.
 * @param root folder of the project whose caches serve both sides */
export async function sideOf(
  workspace: Workspace,
  invocation: Invocation,
  templates: Side['templates'],
  root: string,
): Promise<Side> {
  const { project: compiled } = workspace
  const cache = openContentCache({ root, name: 'bind', build: buildId })
  const bound = await boundProject(workspace, invocation, { cache })
  return {
    definitions: definitionsOf(compiled, workspace.factory.dialect),
    compiled,
    bound,
    lineage: lineageOf(workspace, bound, root),
    templates,
  }
}

/** What every node of a compiled project says, in the order of the graph. */
function definitionsOf(
  { graph, nodes }: CompiledProject,
  dialect: Workspace['factory']['dialect'],
): ReadonlyMap<string, SideNode> {
  const physicalOf = physicalNames(nodes, dialect)
  return new Map(
    graph.order.map((name) => {
      const node = nodes.get(name)!
      const { kind, path } = node
      const definition = definitionOf(node, physicalOf)
      return [name, { name, kind, path, materialization: materializationOf(node), definition }]
    }),
  )
}
