import type { Expression, From, Join, Name } from '../sql/relational/ir.ts'
import { type Merged, type Resolution, Scope } from '../sql/relational/scope.ts'
import {
  type BoundCondition,
  type Bounds,
  bounded,
  type Condition,
  conditionsOf,
  confinementOf,
  reachable,
} from './conditions.ts'
import { isPartial, isSame } from './reach.ts'
import { Refused } from './refused.ts'
import type { Leaf } from './relation.ts'
import {
  free,
  isKey,
  isSameRegion,
  narrower,
  type Region,
  type State,
  type Windowed,
  withEqualities,
} from './state.ts'
import { coalesced, columnTerm, type Term, termOf, termOfColumn } from './terms.ts'

/** A FROM clause whose relations were looked at one by one. */
export type Tree =
  | {
      readonly kind: 'leaf'
      readonly leaf: Leaf
      readonly relations: readonly Leaf[]
      readonly merged: ReadonlyMap<string, Merged>
    }
  | {
      readonly kind: 'join'
      readonly join: Join
      readonly left: Tree
      readonly right: Tree
      /** What can be seen of it from outside. */
      readonly relations: readonly Leaf[]
      readonly merged: ReadonlyMap<string, Merged>
      /** What its condition sees. */
      readonly scope: Scope
      /** Columns of USING, left and right. */
      readonly pairs: readonly (readonly [Resolution, Resolution])[]
    }

/** Builds the tree. `leafOf` looks at one relation; it is called from left to right with what stands before it. */
export function treeOf(
  from: From,
  outer: Scope | undefined,
  leafOf: (from: Exclude<From, Join>, before: Scope | undefined) => Leaf,
): Tree {
  if (from.kind !== 'join') {
    const leaf = leafOf(from, outer)
    return { kind: 'leaf', leaf, relations: [leaf], merged: new Map() }
  }
  if (from.alias !== undefined || from.usingAlias !== undefined)
    throw new Refused('a join has a name of its own', from.start)
  if (from.form !== 'regular')
    throw new Refused(`${from.form.toUpperCase()} JOIN is not looked into`, from.start)
  const left = treeOf(from.left, outer, leafOf)
  const right = treeOf(from.right, new Scope(left.relations, left.merged, outer), leafOf)
  const isHalf = from.type === 'semi' || from.type === 'anti'
  const pairs =
    from.condition.kind === 'using'
      ? from.condition.columns.map((name) => pairOf(name, left, right, outer))
      : []
  const merged = new Map([...left.merged, ...right.merged])
  if (from.condition.kind === 'using') {
    for (const [index, name] of from.condition.columns.entries()) {
      const [first, second] = pairs[index]!
      merged.set(name.key, {
        type: isHalf ? 'left' : (from.type as Merged['type']),
        left: first,
        right: second,
      })
    }
  }
  const all = [...left.relations, ...right.relations]
  return {
    kind: 'join',
    join: from,
    left,
    right,
    relations: isHalf ? left.relations : all,
    merged: isHalf ? left.merged : merged,
    scope: new Scope(all, merged, outer),
    pairs,
  }
}

function pairOf(
  name: Name,
  left: Tree,
  right: Tree,
  outer: Scope | undefined,
): readonly [Resolution, Resolution] {
  const find = (tree: Tree) => new Scope(tree.relations, tree.merged, outer).resolve([name])
  return [find(left), find(right)]
}

/** What walking a FROM clause needs. */
export interface FromContext {
  readonly bounds: Bounds
  /** Refuses an expression that looks at the window, or a subquery that does. */
  checkPlain(expression: Expression, scope: Scope): void
}

/** Conditions that have been made use of. */
export type Used = Set<Condition>

/**
 * The state of a FROM clause. `filters` are conditions that all of its rows will have to meet, so that they may be applied early, to one of its
 * relations, and tell what is equal.
 */
export function stateOfTree(
  tree: Tree,
  filters: readonly Condition[],
  used: Used,
  context: FromContext,
): State {
  if (tree.kind === 'leaf') return stateOfLeaf(tree.leaf, filters, used, context)
  const { join, left, right } = tree
  const on = joinConditions(tree, context)
  const { cut } = context.bounds
  let state: State
  switch (join.type) {
    case 'inner': {
      const both = [...filters, ...on]
      const [first, second] = [
        stateOfTree(left, both, used, context),
        stateOfTree(right, both, used, context),
      ]
      state = innerJoin(first, second, both, context, join.start)
      state = bounded(state, unusedBounds(on, used), cut)
      break
    }
    case 'left':
    case 'semi':
    case 'anti': {
      const first = stateOfTree(left, filters, used, context)
      const second = stateOfTree(right, on, used, context)
      refuseBounds(on, used, join)
      state = anchoredJoin(first, second, on, context, join)
      if (join.type === 'left') state = withNullable(state, on, context)
      break
    }
    case 'right': {
      const first = stateOfTree(left, on, used, context)
      const second = stateOfTree(right, filters, used, context)
      refuseBounds(on, used, join)
      state = withNullable(anchoredJoin(second, first, on, context, join), on, context)
      break
    }
    case 'full': {
      const first = stateOfTree(left, [], used, context)
      const second = stateOfTree(right, [], used, context)
      refuseBounds(on, used, join)
      state = fullJoin(first, second, on, context, join)
      break
    }
    default:
      return join.type satisfies never
  }
  for (const condition of on) {
    if (condition.kind === 'other') context.checkPlain(condition.expression, tree.scope)
  }
  return state
}

function stateOfLeaf(leaf: Leaf, filters: readonly Condition[], used: Used, { bounds }: FromContext): State {
  const own = filters.filter(
    (each): each is BoundCondition =>
      each.kind === 'bound' &&
      !used.has(each) &&
      each.term.relations.size === 1 &&
      each.term.relations.has(leaf.id),
  )
  let state: State = free
  if (leaf.relation.rows.kind === 'windowed') {
    const names = leaf.relation.outputs.flatMap((each) =>
      each.kind === 'rest' ? [...each.keys] : each.isKey && each.name !== undefined ? [each.name] : [],
    )
    const keys = new Set(names.map((name) => columnTerm(leaf.id, name).id))
    state = { ...leaf.relation.rows, keys, nullable: new Set() }
  }
  for (const each of own) used.add(each)
  const equal = equalities(filters).filter(([a, b]) => isWithin(a, leaf.id) && isWithin(b, leaf.id))
  return withEqualities(bounded(state, own, bounds.cut), equal, bounds.cut)
}

function isWithin(term: Term, id: number): boolean {
  return [...term.relations].every((each) => each === id)
}

function joinConditions(tree: Extract<Tree, { kind: 'join' }>, context: FromContext): readonly Condition[] {
  const { join, scope, pairs } = tree
  if (join.condition.kind === 'using') {
    return pairs.flatMap(([first, second]): readonly Condition[] => {
      const [left, right] = [termOfColumn(first), termOfColumn(second)]
      const expression: Expression = { kind: 'unknown', what: 'USING', parts: [] }
      return left === undefined || right === undefined ? [] : [{ kind: 'equal', left, right, expression }]
    })
  }
  if (join.condition.kind !== 'on') return []
  const { symbols } = context.bounds
  const terms = (expression: Expression) =>
    termOf(
      expression,
      (parts) => termOfColumn(scope.resolve(parts)),
      (each) => symbols.of(each) !== undefined,
    )
  return conditionsOf(join.condition.expression, terms, context.bounds)
}

export function equalities(conditions: readonly Condition[]): readonly (readonly [Term, Term])[] {
  return conditions.flatMap((each) => (each.kind === 'equal' ? [[each.left, each.right] as const] : []))
}

export function unusedBounds(conditions: readonly Condition[], used: Used): readonly BoundCondition[] {
  const left = conditions.filter((each): each is BoundCondition => each.kind === 'bound' && !used.has(each))
  for (const each of left) used.add(each)
  return left
}

function refuseBounds(on: readonly Condition[], used: Used, join: Join): void {
  const left = on.find((each) => each.kind === 'bound' && !used.has(each))
  if (left === undefined) return
  throw new Refused(
    `a ${words[join.type]} keeps rows that its condition does not meet: bound them in WHERE or in a subquery instead`,
    left.kind === 'bound' ? left.start : undefined,
  )
}

const words: Readonly<Record<Join['type'], string>> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
}

function innerJoin(
  left: State,
  right: State,
  conditions: readonly Condition[],
  context: FromContext,
  start: number | undefined,
): State {
  const { cut } = context.bounds
  const equal = equalities(conditions)
  const found = anchored(left, right, conditions, context) ?? anchored(right, left, conditions, context)
  if (found === undefined) {
    throw new Refused(
      'both sides of the join depend on the window, and it does not compare their partition columns',
      start,
    )
  }
  return withEqualities(found, equal, cut)
}

/** A join that keeps the rows of `anchor`, or some of them, whatever the other side has. */
function anchoredJoin(
  anchor: State,
  other: State,
  conditions: readonly Condition[],
  context: FromContext,
  join: Join,
): State {
  const found = anchored(anchor, other, conditions, context)
  if (found !== undefined) return found
  const reason =
    anchor.kind === 'free'
      ? `the ${words[join.type]} keeps rows of a side that the window does not bound`
      : `both sides of the ${words[join.type]} depend on the window, and it does not compare their partition columns`
  throw new Refused(reason, join.start)
}

/** The rows of `anchor` with what belongs to them on the other side, which is right if they are confined to what is right there. */
function anchored(
  anchor: State,
  other: State,
  conditions: readonly Condition[],
  { bounds: { cut } }: FromContext,
): State | undefined {
  if (other.kind === 'free') return anchor
  if (anchor.kind === 'free') return undefined
  const confinement = confinementOf(
    conditions,
    (term) => isKey(other, term, cut),
    (term) => isKey(anchor, term, cut),
  )
  const reach = reachable(other.region, confinement)
  return reach === undefined ? undefined : withinReach(anchor, reach)
}

/** The state where only anchors within the reach have all that belongs to them. Undefined if its keys cannot tell that. */
export function withinReach(anchor: Windowed, reach: Region): Windowed | undefined {
  const region = narrower(anchor.region, reach)
  if (isSameRegion(region, anchor.region)) return anchor
  if (isPartial(region.after) && !isSame(region.after, anchor.region.after)) return undefined
  return { ...anchor, region, isClean: false }
}

/** Of the side that may be missing: what is equal to a key. */
function withNullable(state: State, on: readonly Condition[], { bounds: { cut } }: FromContext): State {
  if (state.kind === 'free') return state
  const found = equalities(on).flatMap(([a, b]) => [
    ...(isKey(state, a, cut) ? [b.id] : []),
    ...(isKey(state, b, cut) ? [a.id] : []),
  ])
  const nullable = found.filter((id) => !state.keys.has(id))
  return nullable.length === 0 ? state : { ...state, nullable: new Set([...state.nullable, ...nullable]) }
}

/** Rows of either side may stand alone, so that only `coalesce` of both keys is never NULL. */
function fullJoin(
  left: State,
  right: State,
  on: readonly Condition[],
  { bounds: { cut } }: FromContext,
  join: Join,
): State {
  if (left.kind === 'free' && right.kind === 'free') return free
  if (left.kind === 'free' || right.kind === 'free') {
    throw new Refused('the FULL JOIN keeps rows of a side that the window does not bound', join.start)
  }
  const both = equalities(on).filter(
    ([a, b]) =>
      (isKey(left, a, cut) && isKey(right, b, cut)) || (isKey(left, b, cut) && isKey(right, a, cut)),
  )
  if (both.length === 0) {
    throw new Refused(
      'both sides of the FULL JOIN depend on the window, and it does not compare their partition columns',
      join.start,
    )
  }
  const keys = both.flatMap(([a, b]) => [coalesced(a, b).id, coalesced(b, a).id])
  const region = narrower(left.region, right.region)
  const isClean = left.isClean && right.isClean && isSameRegion(left.region, right.region)
  return {
    kind: 'windowed',
    keys: new Set(keys),
    nullable: new Set(both.flatMap(([a, b]) => [a.id, b.id])),
    region,
    isClean,
  }
}
