import type { CompiledProject } from '../core/compile/compiled.ts'
import type { LedgerSnapshot } from '../core/ledger/records.ts'
import { WHOLE } from '../core/ledger/records.ts'
import { Affected } from '../core/plan/affected.ts'
import { Edges, type Unit } from '../core/plan/edges.ts'
import { States } from '../core/plan/state.ts'
import { partitionOf } from '../core/time/layout.ts'

/** Published partitions of one relation. */
export interface PublishedKeys {
  readonly model: string
  readonly partitions: readonly string[]
}

/** Tells what is published downstream of some partitions of a relation, through any number of relations: it is stale when they are. */
export function publishedDownstream(
  project: CompiledProject,
  snapshot: LedgerSnapshot,
  now: number,
): (node: Unit['node'], keys: readonly string[]) => readonly PublishedKeys[] {
  const edges = new Edges(project.nodes, project.graph.ancestors)
  const states = new States(edges, snapshot, now)
  const affected = new Affected(edges, states)
  return (node, keys) => downstreamOf(project, states, affected, node, keys)
}

function downstreamOf(
  project: CompiledProject,
  states: States,
  affected: Affected,
  node: Unit['node'],
  keys: readonly string[],
): readonly PublishedKeys[] {
  const layout = node.kind === 'model' ? node.layout : undefined
  const units = keys.flatMap((key): Unit[] => {
    if (layout === undefined) return [{ node }]
    const partition = partitionOf(layout, key)
    return partition === undefined ? [] : [{ node, partition }]
  })
  const found = new Map(
    affected.downstreamOf(units).map(({ node: reader, indexes }) => {
      const slots = states.slotsOf(reader)
      const published = indexes.filter((index) => slots.isPublished(slots.rowAt(index)))
      return [
        reader.name,
        published.map((index) => affected.unitAt(reader, index).partition?.key ?? WHOLE),
      ] as const
    }),
  )
  return project.graph.order.flatMap((model) => {
    const partitions = found.get(model) ?? []
    return partitions.length === 0 ? [] : [{ model, partitions }]
  })
}
