import type { Cte, Query, QueryBody, Recursion, SetOperation } from '../sql/relational/ir.ts'
import { readExpression } from './expression.ts'
import { deciding, type Origin, sameFlow, union, unresolved } from './flow.ts'
import { valuesRelation } from './from.ts'
import type { Reading } from './reading.ts'
import {
  allOf,
  alternatives,
  type Item,
  type Relation,
  renamed,
  unknownValue,
  type Value,
} from './relation.ts'
import { noSource, type Scope } from './scope.ts'
import { type Aliases, orderedValue, readSelect } from './select.ts'

/** Reads a query with its WITH, ORDER BY and LIMIT. */
export function readQuery(
  given: Reading,
  query: Query,
  outer: Scope | undefined,
  aliases: Aliases,
): Relation {
  const reading = withCtes(given, query.with, outer, aliases)
  const { relation, scope } = readBody(reading, query.body, outer, aliases)
  const { items } = relation
  const orders = query.orderBy.map(({ expression }) =>
    deciding(orderedValue(reading, expression, scope, items), 'order'),
  )
  const limits = [query.limit?.count, query.limit?.offset].flatMap((each) =>
    each === undefined ? [] : [deciding(readExpression(reading, each, { source: noSource, outer }), 'order')],
  )
  return { items, rows: union([relation.rows, ...orders, ...limits]) }
}

function withCtes(given: Reading, ctes: readonly Cte[], outer: Scope | undefined, aliases: Aliases): Reading {
  let reading = given
  for (const cte of ctes) {
    const { body } = cte.query
    const relation =
      body.kind === 'recursion'
        ? readRecursion(reading, cte, body, outer, aliases)
        : reading.query(reading, cte.query, outer)
    const named = { ...relation, items: renamed(relation.items, cte.columns) }
    reading = { ...reading, ctes: new Map([...reading.ctes, [cte.name.key, named]]) }
  }
  return reading
}

interface Body {
  readonly relation: Relation
  /** Where names of ORDER BY lead that are no output columns. */
  readonly scope: Scope
}

function readBody(reading: Reading, body: QueryBody, outer: Scope | undefined, aliases: Aliases): Body {
  switch (body.kind) {
    case 'select': {
      const { scope, ...relation } = readSelect(reading, body, outer, aliases)
      return { relation, scope }
    }
    case 'set':
      return overOutput(setOperation(reading, body, outer), outer)
    case 'values':
      return overOutput(valuesRelation(reading, body, { source: noSource, outer }), outer)
    case 'nested':
      return overOutput(reading.query(reading, body.query, outer), outer)
    case 'recursion':
    case 'unknown': {
      const reason = body.kind === 'unknown' ? `${body.what} is not understood` : 'a recursion without a name'
      const value = unknownValue(reason, body.start)
      const at = body.start === undefined ? {} : { start: body.start }
      return overOutput({ items: [{ kind: 'open', reason, ...at, lookup: () => value }], rows: value }, outer)
    }
    default:
      return body satisfies never
  }
}

/** Above anything but a SELECT only its output columns can be named. */
function overOutput(relation: Relation, outer: Scope | undefined): Body {
  const visible = { id: -1, name: [], items: relation.items }
  const source = { ...noSource, visibles: [visible], star: relation.items }
  return { relation, scope: { source, outer } }
}

function setOperation(reading: Reading, set: SetOperation, outer: Scope | undefined): Relation {
  const left = reading.query(reading, set.left, outer)
  const right = reading.query(reading, set.right, outer)
  const rows: Origin[] = [left.rows]
  switch (set.operator) {
    case 'union':
      rows.push(right.rows)
      if (!set.isAll) rows.push(deciding(union([allOf(left.items), allOf(right.items)]), 'group'))
      return {
        items: set.isByName ? byName(left, right, set) : byPosition(left, right, set),
        rows: union(rows),
      }
    case 'except':
    case 'intersect':
      // Whether a row stays depends on all its columns, and on all rows of the other side.
      rows.push(deciding(union([allOf(left.items), allOf(right.items), right.rows]), 'filter'))
      return { items: kept(left, right, set), rows: union(rows) }
    default:
      return set.operator satisfies never
  }
}

function kept(left: Relation, right: Relation, { operator }: SetOperation): readonly Item[] {
  if (operator === 'except') return left.items
  return left.items.map((item, index) => {
    const other = right.items[index]
    const isNever = item.kind === 'known' && other?.kind === 'known' && other.value.nulls === 'never'
    const isSure = isNever && right.items.slice(0, index).every((each) => each.kind === 'known')
    return isSure ? { ...item, value: { ...item.value, nulls: 'never' } } : item
  })
}

function byPosition(left: Relation, right: Relation, set: SetOperation): readonly Item[] {
  const isKnown = [...left.items, ...right.items].every((item) => item.kind === 'known')
  if (isKnown && left.items.length === right.items.length) {
    return left.items.map((item, index) => {
      const other = right.items[index]!
      if (item.kind !== 'known' || other.kind !== 'known') return item
      return {
        ...item,
        value: alternatives([item.value, other.value]),
        isUncertain: item.isUncertain === true,
      }
    })
  }
  const reason = isKnown
    ? 'the sides of a set operation have different numbers of columns'
    : 'which columns of a set operation belong together is not known'
  return unknownOf(left, right, reason, set.start)
}

/** The columns of the left side as far as they are known by name, none of them resolved. */
function unknownOf(
  left: Relation,
  right: Relation,
  reason: string,
  start: number | undefined,
): readonly Item[] {
  const everything = union([allOf(left.items), allOf(right.items), unresolved(reason, start)])
  const value: Value = { ...unknownValue(reason), issues: everything.issues }
  return left.items.map((item): Item => {
    if (item.kind === 'known') return { ...item, value }
    return { kind: 'open', reason, ...(start === undefined ? {} : { start }), lookup: () => value }
  })
}

function byName(left: Relation, right: Relation, set: SetOperation): readonly Item[] {
  const isKnown = [...left.items, ...right.items].every(
    (item) => item.kind === 'known' && item.name !== undefined,
  )
  if (!isKnown) {
    const reason = 'which columns UNION BY NAME puts together is not known'
    const all = {
      items: [...left.items, ...right.items.filter((item) => !isNamedIn(left, item))],
      rows: left.rows,
    }
    return unknownOf(all, all, reason, set.start)
  }
  const missing: Value = { ...alternatives([]), nulls: 'maybe' }
  const matched = left.items.map((item): Item => {
    const other = right.items.find((each) => keyOf(each) === keyOf(item))
    if (item.kind !== 'known') return item
    return { ...item, value: alternatives([item.value, other?.kind === 'known' ? other.value : missing]) }
  })
  const others = right.items
    .filter((item) => !isNamedIn(left, item))
    .map(
      (item): Item =>
        item.kind === 'known' ? { ...item, value: alternatives([item.value, missing]) } : item,
    )
  return [...matched, ...others]
}

function isNamedIn({ items }: Relation, item: Item): boolean {
  const key = keyOf(item)
  return key !== undefined && items.some((each) => keyOf(each) === key)
}

function keyOf(item: Item): string | undefined {
  return item.kind === 'known' ? item.name?.key : undefined
}

/** Roles only grow, so that repeating the step ends where nothing changes. */
function readRecursion(
  given: Reading,
  cte: Cte,
  recursion: Recursion,
  outer: Scope | undefined,
  aliases: Aliases,
): Relation {
  const { key } = cte.name
  const reading = withCtes(given, cte.query.with, outer, aliases)
  const anchor = reading.query(reading, recursion.anchor, outer)
  const keys = (relation: Relation): readonly Origin[] => {
    const { scope } = overOutput(relation, outer)
    return recursion.keys.map((each) => deciding(readExpression(reading, each, scope), 'group'))
  }
  let found: Relation = { items: renamed(anchor.items, cte.columns), rows: anchor.rows }
  for (;;) {
    const inner: Reading = {
      ...reading,
      ctes: new Map([...reading.ctes, [key, found]]),
      recurring: new Map([...reading.recurring, [key, found]]),
    }
    const step = inner.query(inner, recursion.step, outer)
    const start = cte.start === undefined ? {} : { start: cte.start }
    const items = byPosition(found, step, setOf(recursion, start))
    const all = deciding(union([allOf(found.items), allOf(step.items)]), 'group')
    const rows = union([
      found.rows,
      step.rows,
      ...(recursion.isAll || recursion.keys.length > 0 ? [] : [all]),
      ...keys({ ...found, items }),
    ])
    const next = { items, rows }
    if (isSame(found, next)) return next
    found = next
  }
}

function setOf({ anchor, step, isAll }: Recursion, start: { readonly start?: number }): SetOperation {
  return { kind: 'set', operator: 'union', isAll, isByName: false, left: anchor, right: step, ...start }
}

function isSame(a: Relation, b: Relation): boolean {
  if (!sameFlow(a.rows.flow, b.rows.flow) || a.items.length !== b.items.length) return false
  return a.items.every((item, index) => {
    const other = b.items[index]!
    if (item.kind !== 'known' || other.kind !== 'known') return item.kind === other.kind
    const [{ value: before }, { value: after }] = [item, other]
    const isKnown = before.issues.size > 0 === after.issues.size > 0
    return isKnown && sameFlow(before.flow, after.flow) && before.nulls === after.nulls
  })
}
