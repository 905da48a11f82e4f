import { type Cut, keepsBoundaries, keepsShifted } from './floors.ts'
import { everything, isSame, nothing, type Reach, shorter } from './reach.ts'
import type { Term } from './terms.ts'

/** How far beyond the window something is right: `[S - before, E + after)`. */
export interface Region {
  readonly before: Reach
  readonly after: Reach
}

export const window: Region = { before: nothing, after: nothing }
export const allTime: Region = { before: everything, after: everything }

/**
 * What is known of the rows that a relation R(S, E) has for a window.
 * - `free`: they do not depend on it.
 * - `windowed`: those with a key within the region are exactly those of R(-inf, inf), whichever key is asked; no key is NULL. If `isClean`,
 *   there are no others.
 */
export type State =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'windowed'
      readonly keys: ReadonlySet<string>
      /** Terms that are equal to a key where they are not NULL. */
      readonly nullable: ReadonlySet<string>
      readonly region: Region
      readonly isClean: boolean
      /** Where the text bounds it, for messages. */
      readonly start?: number
    }

export type Windowed = Extract<State, { kind: 'windowed' }>

export const free: State = { kind: 'free' }

export function isSameRegion(a: Region, b: Region): boolean {
  return isSame(a.before, b.before) && isSame(a.after, b.after)
}

export function narrower(a: Region, b: Region): Region {
  return { before: shorter(a.before, b.before), after: shorter(a.after, b.after) }
}

/** Whether the term is a key of the relation, or a floor of one that keeps every boundary. */
export function isKey(state: State, term: Term | undefined, cut: Cut): boolean {
  return state.kind === 'windowed' && isAmong(state.keys, state.region, term, cut)
}

export function isNullableKey(state: Windowed, term: Term, cut: Cut): boolean {
  return isAmong(state.nullable, state.region, term, cut)
}

function isAmong(keys: ReadonlySet<string>, region: Region, term: Term | undefined, cut: Cut): boolean {
  for (let each = term; each !== undefined; each = each.floor?.of) {
    if (keys.has(each.id)) return true
    const unit = each.floor?.unit
    if (unit === undefined || !keepsBoundaries(cut, unit)) return false
    if (!keepsShifted(unit, region.before) || !keepsShifted(unit, region.after)) return false
  }
  return false
}

/** The state with more keys: each pair says that two terms are equal in every row. */
export function withEqualities(state: State, pairs: readonly (readonly [Term, Term])[], cut: Cut): State {
  if (state.kind === 'free' || pairs.length === 0) return state
  let current: Windowed = state
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false
    for (const [left, right] of pairs) {
      for (const [known, other] of [
        [left, right],
        [right, left],
      ] as const) {
        if (!isKey(current, known, cut) || current.keys.has(other.id)) continue
        current = { ...current, keys: new Set([...current.keys, other.id]) }
        isGrowing = true
      }
    }
  }
  return current
}
