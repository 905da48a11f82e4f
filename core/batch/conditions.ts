import type { Expression } from '../sql/relational/ir.ts'
import type { Cut } from './floors.ts'
import {
  added,
  atLeastNothing,
  day,
  everything,
  fits,
  isPartial,
  isSame,
  type Length,
  lengthOf,
  negated,
  nothing,
  type Reach,
  shorter,
  wholeNumber,
  without,
} from './reach.ts'
import { Refused } from './refused.ts'
import { isKey, type Region, type State } from './state.ts'
import type { SymbolNodes } from './symbols.ts'
import type { Term } from './terms.ts'

/** What the bounds in a model's text stand for. */
export interface Bounds {
  readonly cut: Cut
  readonly symbols: SymbolNodes
  /** How far the widened window of an upstream reaches beyond the window at least, by name. */
  readonly reads: ReadonlyMap<string, Region>
}

/** One of the conditions that all hold: of WHERE, ON, QUALIFY. */
export type Condition =
  /** `term >= S - reach` or `term < E + reach`. */
  | {
      readonly kind: 'bound'
      readonly term: Term
      readonly side: keyof Region
      readonly reach: Reach
      readonly start?: number
    }
  /** `left = right`. */
  | { readonly kind: 'equal'; readonly left: Term; readonly right: Term; readonly expression: Expression }
  /** `low <= high + length`. */
  | {
      readonly kind: 'order'
      readonly low: Term
      readonly high: Term
      readonly length: Length
      readonly expression: Expression
    }
  | { readonly kind: 'other'; readonly expression: Expression }

export type BoundCondition = Extract<Condition, { kind: 'bound' }>

type Terms = (expression: Expression) => Term | undefined

/** Takes a condition apart at its ANDs. */
export function conditionsOf(
  expression: Expression | undefined,
  terms: Terms,
  bounds: Bounds,
): readonly Condition[] {
  if (expression === undefined) return []
  if (expression.kind === 'operation' && expression.operator === 'and') {
    return expression.operands.flatMap((each) => conditionsOf(each, terms, bounds))
  }
  if (expression.kind === 'between' && !expression.isNegated) {
    const { low, high, expression: middle } = expression
    const atLeast: Expression = { ...expression, kind: 'operation', operator: '>=', operands: [middle, low] }
    const atMost: Expression = { ...expression, kind: 'operation', operator: '<=', operands: [middle, high] }
    const found = [comparison(atLeast, terms, bounds), comparison(atMost, terms, bounds)]
    if (found.every((each) => each?.kind === 'order')) return found.filter((each) => each !== undefined)
  }
  return [comparison(expression, terms, bounds) ?? { kind: 'other', expression }]
}

function comparison(expression: Expression, terms: Terms, bounds: Bounds): Condition | undefined {
  if (expression.kind !== 'operation' || expression.operands.length !== 2) return undefined
  const [left, right] = expression.operands as [Expression, Expression]
  switch (expression.operator) {
    case '>=':
    case '>':
      return ordered(expression, right, left, expression.operator === '>', terms, bounds)
    case '<=':
    case '<':
      return ordered(expression, left, right, expression.operator === '<', terms, bounds)
    case '=': {
      const [first, second] = [terms(left), terms(right)]
      if (first === undefined || second === undefined) return undefined
      return { kind: 'equal', left: first, right: second, expression }
    }
    default:
      return undefined
  }
}

/** `low <= high`, or `low < high` if strict. */
function ordered(
  expression: Expression,
  low: Expression,
  high: Expression,
  isStrict: boolean,
  terms: Terms,
  bounds: Bounds,
): Condition | undefined {
  const start = expression.start === undefined ? {} : { start: expression.start }
  const lower = isStrict ? undefined : boundOf(low, 'before', bounds)
  if (lower !== undefined) {
    const term = terms(high)
    return term && { kind: 'bound', term, side: 'before', reach: lower, ...start }
  }
  const upper = isStrict ? boundOf(high, 'after', bounds) : undefined
  if (upper !== undefined) {
    const term = terms(low)
    return term && { kind: 'bound', term, side: 'after', reach: upper, ...start }
  }
  const [first, second] = [shifted(low, terms, bounds), shifted(high, terms, bounds)]
  if (first === undefined || second === undefined) return undefined
  const length = added(second.by, negated(first.by))
  return { kind: 'order', low: first.term, high: second.term, length, expression }
}

/** `k`, `k - interval '6 days'`, `k + 1`. */
function shifted(
  expression: Expression,
  terms: Terms,
  bounds: Bounds,
): { readonly term: Term; readonly by: Length } | undefined {
  // What a number or an interval means on a column that writes time as text or numbers is another matter.
  const step = bounds.cut.isWritten ? undefined : stepOf(expression)
  if (step !== undefined) {
    const inner = shifted(step.base, terms, bounds)
    return inner && { term: inner.term, by: added(inner.by, step.by) }
  }
  const term = terms(expression)
  return term && { term, by: nothing }
}

/** Taken apart into what is moved and by how much; a bare number counts days, as it does on a date. */
function stepOf(expression: Expression): { readonly base: Expression; readonly by: Length } | undefined {
  if (expression.kind !== 'operation' || expression.operands.length !== 2) return undefined
  const [left, right] = expression.operands as [Expression, Expression]
  const { operator } = expression
  if (operator !== '+' && operator !== '-') return undefined
  const days = wholeNumber(right)
  const by = days === undefined ? lengthOf(right) : { ms: days * day, months: 0 }
  if (by === undefined) return undefined
  return { base: left, by: operator === '-' ? negated(by) : by }
}

/** How far a bound of the window, widened or not, lies beyond the window's own; undefined if the expression is none. */
function boundOf(expression: Expression, side: keyof Region, bounds: Bounds): Reach | undefined {
  const symbol = bounds.symbols.of(expression)
  if (symbol !== undefined) return reachOfSymbol(symbol, side, bounds)
  if (expression.kind === 'cast' && !expression.isTry && isTimeCast(expression.type, bounds.cut)) {
    return boundOf(expression.expression, side, bounds)
  }
  const step = bounds.cut.isUtc && !bounds.cut.isWritten ? stepOf(expression) : undefined
  if (step === undefined) return undefined
  const by = atLeastNothing(side === 'before' ? negated(step.by) : step.by)
  const reach = by && boundOf(step.base, side, bounds)
  const isOutward = by !== undefined && (by.ms > 0 || by.months > 0)
  return reach === undefined || !isOutward ? undefined : added(reach, by)
}

/** A cast that leaves every boundary of the partitions where it is. */
function isTimeCast(type: string, { grain, isUtc, isWritten }: Cut): boolean {
  if (!isUtc || isWritten) return false
  if (type === 'date') return ['day', 'week', 'month', 'quarter', 'year'].includes(grain)
  return type === 'timestamp' || type === 'timestamptz'
}

function reachOfSymbol(symbol: string, side: keyof Region, bounds: Bounds): Reach | undefined {
  const cast = /\.(date|timestamp|timestamptz)$/.exec(symbol)?.[1]
  if (cast !== undefined && !isTimeCast(cast, bounds.cut)) return undefined
  const bound = cast === undefined ? symbol : symbol.slice(0, -cast.length - 1)
  const ending = side === 'before' ? '.start' : '.end'
  if (!bound.endsWith(ending)) return undefined
  const name = bound.slice(0, -ending.length)
  if (name === 'partition') return nothing
  return bounds.reads.get(name.slice('reads.'.length))?.[side]
}

/**
 * The state under conditions that all rows meet: bounds on a key or, where nothing depends on the window yet, on any term make it
 * window-selective. The conditions are used up.
 */
export function bounded(state: State, conditions: readonly BoundCondition[], cut: Cut): State {
  let current = state
  for (const [, group] of groupedByTerm(conditions)) {
    const { term, start } = group[0]!
    const region: Region = { before: reachOn(group, 'before'), after: reachOn(group, 'after') }
    current = boundedBy(current, term, region, cut, start)
  }
  return current
}

function groupedByTerm(conditions: readonly BoundCondition[]): ReadonlyMap<string, BoundCondition[]> {
  const groups = new Map<string, BoundCondition[]>()
  for (const condition of conditions) {
    const group = groups.get(condition.term.id)
    if (group === undefined) groups.set(condition.term.id, [condition])
    else group.push(condition)
  }
  return groups
}

/** All of them hold, so the narrowest decides. */
function reachOn(group: readonly BoundCondition[], side: keyof Region): Reach {
  return group
    .filter((each) => each.side === side)
    .reduce<Reach>((reach, each) => shorter(reach, each.reach), everything)
}

function boundedBy(state: State, term: Term, region: Region, cut: Cut, start: number | undefined): State {
  const at = start === undefined ? {} : { start }
  if (state.kind === 'free') {
    return { kind: 'windowed', keys: new Set([term.id]), nullable: new Set(), region, isClean: true, ...at }
  }
  const isKnown = isKey(state, term, cut) || state.nullable.has(term.id)
  if (!isKnown) {
    throw new Refused(
      'two conditions bound the rows by the window, on columns that need not be equal: join on the partition columns too',
      start,
    )
  }
  const narrowed: Region = {
    before: shorter(state.region.before, region.before),
    after: shorter(state.region.after, region.after),
  }
  // A coarser key does not keep a boundary that lies within one of its units.
  const isMoved = isPartial(narrowed.after) && !isSame(narrowed.after, state.region.after)
  const cutsAll = fits(region.before, state.region.before) && fits(region.after, state.region.after)
  return {
    ...state,
    keys: new Set(isMoved ? [term.id] : [...state.keys, term.id]),
    region: narrowed,
    isClean: state.isClean || cutsAll,
  }
}

/** How far the keys of one side reach from those of another: `anchor - before <= key <= anchor + after`. */
export interface Confinement {
  readonly before: Length
  readonly after: Length
}

/** What the conditions say of a key's distance from an anchor. */
export function confinementOf(
  conditions: readonly Condition[],
  isInnerKey: (term: Term) => boolean,
  isAnchor: (term: Term) => boolean,
): Confinement {
  let before: Length = everything
  let after: Length = everything
  const atMost = (known: Length, found: Length | undefined): Length => {
    if (found === undefined) return known
    return known.ms === Number.POSITIVE_INFINITY || fits(found, known) ? found : known
  }
  for (const condition of conditions) {
    if (condition.kind === 'equal') {
      const { left, right } = condition
      const isEqual = (isInnerKey(left) && isAnchor(right)) || (isInnerKey(right) && isAnchor(left))
      if (isEqual) return { before: nothing, after: nothing }
    } else if (condition.kind === 'order') {
      const { low, high, length } = condition
      // anchor <= key + length: the key is at least anchor - length.
      if (isAnchor(low) && isInnerKey(high)) before = atMost(before, atLeastNothing(length))
      if (isInnerKey(low) && isAnchor(high)) after = atMost(after, atLeastNothing(length))
    }
  }
  return { before, after }
}

/** For which anchors everything that they are confined to lies within what is right; undefined for none. */
export function reachable(right: Region, { before, after }: Confinement): Region | undefined {
  const left = leftOver(right.before, before)
  const rest = leftOver(right.after, after)
  return left === undefined || rest === undefined ? undefined : { before: left, after: rest }
}

function leftOver(reach: Reach, step: Length): Reach | undefined {
  if (reach.ms === Number.POSITIVE_INFINITY) return reach
  return fits(step, reach) ? without(reach, step) : undefined
}
