import type { CompiledNode } from '../../core/compile/compiled.ts'
import { materializationOf } from '../../core/compile/compiled.ts'
import type { PageRef } from '../../core/docs/address.ts'
import type { GraphNode, NodeLine, PageData } from '../../core/docs/api.ts'
import type { LedgerFacts } from '../../core/docs/ledger-facts.ts'
import type { Site } from '../../core/docs/site.ts'
import type { Invocation } from '../command.ts'
import { version } from '../version.ts'
import type { Workspace } from '../workspace.ts'

/** The site of a project: what it is made of and what the ledger says of it. */
export async function openSite(
  workspace: Workspace,
  invocation: Invocation,
  facts: LedgerFacts,
  { hasSamples }: { readonly hasSamples: boolean },
): Promise<Site> {
  const { project } = workspace
  const nodes = project.graph.order.map((name) => project.nodes.get(name)!)
  const line = (node: CompiledNode): NodeLine => ({
    kind: node.kind,
    name: node.name,
    ...(node.kind === 'model' ? { materialization: materializationOf(node) as never } : {}),
    state: facts.stateOf(node.name).state,
    tags: node.tags,
    checks: 0,
    failing: 0,
    warning: 0,
  })
  const pages: PageRef[] = [{ kind: 'home' }, { kind: 'graph' }, { kind: 'catalog' }, { kind: 'runs' }]
  return {
    info: {
      project: project.project.name,
      target: project.project.target.name,
      adapter: project.project.target.adapter,
      generatedAt: new Date(invocation.now()).toISOString(),
      version,
      ...(facts.without === undefined ? {} : { withoutState: facts.without }),
      hasSamples,
    },
    pages,
    relations: [],
    lineage: async () => undefined,
    search: async () => ({ entries: [] }),
    page: async (ref): Promise<PageData | undefined> => {
      if (ref.kind === 'catalog') return { kind: 'catalog', nodes: nodes.map(line) }
      if (ref.kind === 'runs') return { kind: 'runs', runs: facts.runs, older: facts.olderRuns }
      if (ref.kind === 'graph') {
        const index = new Map(nodes.map((node, at) => [node.name, at]))
        return {
          kind: 'graph',
          nodes: nodes.map((node): GraphNode => ({ ...line(node), path: node.path, folder: '', columns: 0 })),
          edges: nodes.flatMap((node, to) => node.upstream.map((name) => [index.get(name)!, to] as const)),
          selectors: [],
        }
      }
      if (ref.kind !== 'home') return undefined
      return {
        kind: 'home',
        counts: [],
        states: [],
        attention: facts.attention,
        runs: facts.runs.slice(0, 10),
        coverage: {
          models: 0,
          withChecks: 0,
          withDescription: 0,
          withOwner: 0,
          withContract: 0,
          columns: 0,
          columnsDescribed: 0,
          unchecked: [],
          undescribed: [],
        },
        exposures: [],
      }
    },
  }
}
