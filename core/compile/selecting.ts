import type { NodeFacts, SelectionContext } from '../graph/selection-context.ts'
import { type CompiledProject, hasRows, materializationOf, ownerOf } from './compiled.ts'

/** What selectors can ask of a compiled project alone. */
export function selectionContext({ project, graph, nodes }: CompiledProject): SelectionContext {
  const facts = (name: string): NodeFacts => {
    const node = nodes.get(name)!
    const owner = ownerOf(node)
    return {
      materialization: materializationOf(node),
      ...(owner === undefined ? {} : { owner }),
      checks:
        node.kind === 'check'
          ? [node.name.slice(node.name.indexOf('.') + 1)]
          : hasRows(node)
            ? node.checks.flatMap((check) => [check.name, check.kind])
            : [],
    }
  }
  return { graph, facts, selectors: project.selectors }
}
