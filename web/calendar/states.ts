import type { NodeState } from '../../core/docs/api.ts'
import { rankOf } from '../components/state-badge.tsx'

export interface StateCount {
  readonly state: NodeState
  readonly count: number
}

/** How many partitions from `first` to `last` are in which state, worst first: the first gives a shared cell its sign. */
export function countStates(
  states: readonly NodeState[],
  first: number,
  last: number,
): readonly StateCount[] {
  const counts = new Map<NodeState, number>()
  for (let at = first; at <= last; at++) {
    const state = states[at] ?? 'unknown'
    counts.set(state, (counts.get(state) ?? 0) + 1)
  }
  return [...counts]
    .map(([state, count]) => ({ state, count }))
    .sort((a, b) => rankOf(a.state) - rankOf(b.state))
}
