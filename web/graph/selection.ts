import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { NamedSelectors } from '../../core/graph/named-selectors.ts'
import { outsideOf, select } from '../../core/graph/select.ts'
import type { NodeFacts, StatusOf } from '../../core/graph/selection-context.ts'
import { statuses } from '../../core/graph/selector.ts'
import type { LineageMap } from './lineage-map.ts'

export type Selected =
  | { readonly kind: 'found'; readonly names: ReadonlySet<string>; readonly note?: string }
  | { readonly kind: 'refused'; readonly messages: readonly string[] }

/** What a selector of the command line names: the same grammar, the same answers. What only files or a ledger can tell is said to be
 * missing; `status:` is held against the states that the page shows. */
export function selectedBy(map: LineageMap, text: string): Selected {
  const selectors = namedSelectors(map)
  const outside = outsideOf(selectors, [text])
  if (outside.has('state')) {
    const message = '`state:` compares with a saved manifest, which this page does not have.'
    return { kind: 'refused', messages: [message] }
  }
  const hasStates = map.page.nodes.some((node) => node.state !== 'unknown')
  if (outside.has('status') && !hasStates) {
    return { kind: 'refused', messages: ['`status:` needs states, and this site was built without them.'] }
  }
  try {
    const names = select(
      { graph: map.graph, facts: factsOf(map), selectors, statusOf: statusOf(map) },
      [text],
      [],
    )
    const note = outside.has('status')
      ? '`status:` is held against the state that is shown: that of the newest due partition.'
      : undefined
    return { kind: 'found', names, ...(note === undefined ? {} : { note }) }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return {
      kind: 'refused',
      messages: error.diagnostics.map(({ message, hint }) =>
        hint === undefined ? message : `${message}. ${hint}`,
      ),
    }
  }
}

/** Names may be `__proto__`: an object without a prototype holds them. */
function namedSelectors({ page }: LineageMap): NamedSelectors {
  const named = Object.create(null) as Record<string, { definition: NonNullable<unknown> & string }>
  for (const { name, select: text, definition } of page.selectors) {
    named[name] = { definition: (definition ?? text) as string }
  }
  return named
}

function factsOf({ nodes }: LineageMap): (name: string) => NodeFacts {
  return (name) => {
    const { kind, materialization, owner, checkNames = [] } = nodes.get(name)!
    return {
      materialization: materialization ?? kind,
      checks: checkNames,
      ...(owner === undefined ? {} : { owner }),
    }
  }
}

function statusOf({ nodes }: LineageMap): StatusOf {
  return (name) => new Set(statuses.filter((status) => status === nodes.get(name)!.state))
}
