import type { RunnableNode } from '../compile/compiled.ts'
import type { Edge, Edges, Unit } from '../plan/edges.ts'
import { isView } from '../plan/edges.ts'
import { type PlannedTask, taskId } from '../plan/plan.ts'
import { keyOfUnit, type States } from '../plan/state.ts'

/** An input that another run has made unfit to be read since it was planned. */
export interface Unfit {
  /** Relation, with its partition if it has any. */
  readonly by: string
  readonly because: 'missing' | 'failed' | 'stale'
}

/** The partitions of a task, or the one unit that a relation without partitions is. */
export function unitsOfTask(node: RunnableNode, task: PlannedTask): readonly Unit[] {
  return task.partitions.length === 0 ? [{ node }] : task.partitions.map((partition) => ({ node, partition }))
}

/** Names of everything that a task reads or that holds it back. They are the same for all of its partitions. */
export function inputNames(edges: Edges, unit: Unit): readonly string[] {
  return edges.of(unit).map((edge) => edge.upstream.name)
}

/**
 * What the plan found ready is looked at again: promise 3 holds when a task starts, not only when it was planned. Only what another run has changed
 * since is judged, because what this run made is as the plan wanted it, stale or not.
 */
export function unfitInput(
  edges: Edges,
  states: States,
  task: PlannedTask,
  units: readonly Unit[],
): Unfit | undefined {
  for (const unit of units) {
    for (const edge of edges.of(unit)) {
      // A source is as it is; that it changed is seen when the task is tried again.
      if (edge.upstream.kind === 'source') continue
      if (edge.reads.kind === 'published' && states.publishedUnits(edge.upstream).length === 0)
        return { by: edge.upstream.name, because: 'missing' }
      for (const input of states.unitsOf(edge)) {
        const record = states.record(input)
        if (record !== undefined && !record.isNews) continue
        const because = problemOf(states, edge, input)
        if (because === undefined || (because !== 'missing' && isAccepted(task, input))) continue
        return {
          by: taskId(input.node.name, input.partition === undefined ? [] : [input.partition]),
          because,
        }
      }
    }
  }
  return undefined
}

function problemOf(states: States, edge: Edge, input: Unit): Unfit['because'] | undefined {
  if (edge.role === 'check') return states.hasFailed(input) ? 'failed' : undefined
  const { state } = states.dataOf(input)
  if (state === 'missing') return states.isMissed(input) ? undefined : 'missing'
  if (edge.role === 'existence') return isView(edge.upstream) && state === 'stale' ? 'stale' : undefined
  if (states.hasFailed(input)) return 'failed'
  return state === 'stale' ? 'stale' : undefined
}

function isAccepted(task: PlannedTask, input: Unit): boolean {
  return task.accepted.some(
    (need) =>
      need.upstream === input.node.name &&
      (input.partition === undefined || need.partitions.includes(keyOfUnit(input))),
  )
}
