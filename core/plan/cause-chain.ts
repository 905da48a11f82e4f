import { type CompiledNode, isRelation } from '../compile/compiled.ts'
import { partitionOf } from '../time/layout.ts'
import type { Unit } from './edges.ts'
import type { StaleCause } from './plan.ts'
import type { States } from './state.ts'

/** One stale unit and why it is. */
export interface CauseStep {
  readonly relation: string
  /** Key; undefined without partitions. */
  readonly partition?: string
  readonly cause: StaleCause
}

/** More steps than anybody reads. */
const MOST_STEPS = 1000

/**
 * From a stale unit to the root of it: each step but the last is stale because of the next, the last one by itself (its code changed, an input
 * of it was published again, somebody called it stale). Empty for a unit that is not stale.
 */
export function causeChain(
  nodes: ReadonlyMap<string, CompiledNode>,
  states: Pick<States, 'dataOf'>,
  unit: Unit,
): readonly CauseStep[] {
  const steps: CauseStep[] = []
  let next: Unit | undefined = unit
  while (next !== undefined && steps.length < MOST_STEPS) {
    const data = states.dataOf(next)
    if (data.state !== 'stale') break
    const { cause } = data
    const { node, partition } = next
    steps.push({
      relation: node.name,
      ...(partition === undefined ? {} : { partition: partition.key }),
      cause,
    })
    next = cause.kind === 'upstream' ? unitNamed(nodes, cause) : undefined
  }
  return steps
}

function unitNamed(
  nodes: ReadonlyMap<string, CompiledNode>,
  { upstream, partition: key }: { readonly upstream: string; readonly partition?: string },
): Unit | undefined {
  const node = nodes.get(upstream)
  if (!isRelation(node)) return undefined
  if (key === undefined || node.kind !== 'model' || node.layout === undefined) return { node }
  const partition = partitionOf(node.layout, key)
  return partition === undefined ? undefined : { node, partition }
}
