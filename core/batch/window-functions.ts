import type { Call, Expression, FrameBound } from '../sql/relational/ir.ts'
import type { Confinement } from './conditions.ts'
import { day, everything, type Length, lengthOf, nothing, wholeNumber } from './reach.ts'

/** Functions of a window that follow its order alone, whatever its frame. */
const counting = new Set(['row_number', 'rank', 'dense_rank', 'rank_dense'])
/** Functions that look at the frame's rows only. */
const framed = new Set(['first_value', 'last_value', 'nth_value', 'first', 'last'])

/**
 * How far from a row the rows lie that its value of a window function depends on, along the keys that it is ordered by. Undefined if nothing
 * can be said.
 */
export function reachOfWindow(
  call: Call,
  isKey: (expression: Expression) => boolean,
): Confinement | undefined {
  const { orderBy, frame } = call.over!
  const [first, ...others] = orderBy
  if (first === undefined || first.isDescending || !isKey(first.expression)) return undefined
  if (counting.has(call.name)) return { before: everything, after: nothing }
  if (call.traits.kind !== 'aggregate' && !framed.has(call.name)) return undefined
  const isByTime = frame.unit === 'range' && others.length === 0
  return {
    before: sideOf(frame.from, 'preceding', isByTime),
    after: sideOf(frame.to, 'following', isByTime),
  }
}

function sideOf(bound: FrameBound, side: 'preceding' | 'following', isByTime: boolean): Length {
  // Rows that are equal in the order have the same key: they are no further away.
  if (bound.kind === 'current') return nothing
  if (bound.kind === 'unbounded') return bound.side === side ? everything : nothing
  if (bound.side !== side) return nothing
  if (!isByTime) return everything
  const days = wholeNumber(bound.expression)
  return days === undefined ? (lengthOf(bound.expression) ?? everything) : { ms: days * day, months: 0 }
}
