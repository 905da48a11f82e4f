import type { Expression, From, Join, Name } from '../sql/relational/ir.ts'
import { readExpression } from './expression.ts'
import { deciding, type Origin, union, unresolved } from './flow.ts'
import type { Reading } from './reading.ts'
import { type Item, type KnownColumn, renamed, unknownValue, type Value, withNulls } from './relation.ts'
import { coalesced, identityOf, resolveColumn, type Scope, type Source, type Visible } from './scope.ts'

/** Reads one FROM entry, as `readFrom` does. */
export type ReadEntry = (reading: Reading, from: From, before: Source, outer: Scope | undefined) => Source

/** Two FROM entries side by side, each of them read by `readFrom`, which this is a part of. */
export function readJoin(
  reading: Reading,
  join: Join,
  before: Source,
  outer: Scope | undefined,
  readFrom: ReadEntry,
): Source {
  const left = readFrom(reading, join.left, before, outer)
  const right = readFrom(reading, join.right, beside(before, left), outer)
  const names = mergedNames(join, left, right)
  const both = beside(left, right)
  const conditions: Origin[] = []
  let proven: ReadonlySet<string> = new Set()
  if (join.condition.kind === 'on') {
    const scope: Scope = { source: both, outer }
    conditions.push(deciding(readExpression(reading, join.condition.expression, scope), 'join'))
    proven = provenIn(join.condition.expression, scope)
  }
  if (names === 'unknown') {
    conditions.push(unresolved('which columns NATURAL joins on is not known', join.start))
  }
  const merged = (names === 'unknown' ? [] : names).map((name) => mergeOf(join, name, left, right))
  for (const each of merged) conditions.push(deciding(union([each.left, each.right]), 'join'))
  const isHalf = join.type === 'semi' || join.type === 'anti'
  const rows = union([left.rows, isHalf ? deciding(right.rows, 'filter') : right.rows, ...conditions])
  const joined = joinedOf(reading, join, nulled(join, left, right, proven), merged, names === 'unknown')
  return { ...aliased(reading, join, joined), rows }
}

/** What was before, then this. */
export function beside(before: Source, source: Source): Source {
  if (before.visibles.length === 0 && before.star.length === 0) return source
  return {
    visibles: [...before.visibles, ...source.visibles],
    merged: new Map([...before.merged, ...source.merged]),
    star: [...before.star, ...source.star],
    rows: union([before.rows, source.rows]),
  }
}

interface Merge {
  readonly name: Name
  readonly left: Value
  readonly right: Value
  readonly column: KnownColumn
}

function mergedNames(join: Join, left: Source, right: Source): readonly Name[] | 'unknown' {
  const { condition } = join
  if (condition.kind === 'using') return condition.columns
  if (condition.kind !== 'natural') return []
  const isKnown = [...left.star, ...right.star].every((item) => item.kind === 'known')
  if (!isKnown) return 'unknown'
  const of = new Set(right.star.flatMap((item) => (item.kind === 'known' ? [item.name?.key] : [])))
  return left.star.flatMap((item) =>
    item.kind === 'known' && item.name !== undefined && of.has(item.name.key) ? [item.name] : [],
  )
}

function mergeOf(join: Join, name: Name, left: Source, right: Source): Merge {
  const [l, r] = [left, right].map((source) => {
    const found = resolveColumn({ source, outer: undefined }, { parts: [name] })
    return found ?? unknownValue(`there is no column \`${name.text}\` to join on`, join.start)
  })
  const value = mergedValue(join, l!, r!)
  return { name, left: l!, right: r!, column: { kind: 'known', name: spelled(name, left), value } }
}

function mergedValue({ type, form }: Join, left: Value, right: Value): Value {
  switch (type) {
    case 'full':
      return coalesced(left, right)
    case 'right':
      return right
    case 'inner':
      // Equal values are none of them NULL; the nearest is not always equal.
      return form === 'regular' ? { ...left, nulls: 'never' } : left
    default:
      return left
  }
}

/** As the left relation spells it. */
function spelled(name: Name, left: Source): Name {
  const found = left.star.find((item) => item.kind === 'known' && item.name?.key === name.key)
  return found?.kind === 'known' && found.name !== undefined ? found.name : name
}

/** Both sides with the NULLs that the join puts in, and without those that its condition excludes. */
function nulled(
  { type, form }: Join,
  left: Source,
  right: Source,
  proven: ReadonlySet<string>,
): { readonly left: Source; readonly right: Source } {
  const isPadded = form === 'positional' ? 'both' : type === 'full' ? 'both' : type
  const keepsLeft = isPadded !== 'both' && isPadded !== 'right'
  const keepsRight = isPadded !== 'both' && isPadded !== 'left'
  const holds = type === 'inner' || type === 'semi' ? proven : new Set<string>()
  return {
    left: keepsLeft ? withProven(left, holds) : padded(left),
    right: keepsRight ? withProven(right, holds) : padded(right),
  }
}

function padded(source: Source): Source {
  return mappedNulls(source, () => 'maybe')
}

/** Columns of which a condition says that they are not NULL. */
export function withProven(source: Source, proven: ReadonlySet<string>): Source {
  if (proven.size === 0) return source
  return mappedNulls(source, ({ home, name, value }) =>
    home !== undefined && proven.has(`${home}.${name?.key}`) ? 'never' : value.nulls,
  )
}

function mappedNulls(source: Source, nullsOf: Parameters<typeof withNulls>[1]): Source {
  return {
    ...source,
    visibles: source.visibles.map((each) => ({ ...each, items: withNulls(each.items, nullsOf) })),
    star: withNulls(source.star, nullsOf),
    merged: new Map(
      [...source.merged].map(([key, column]) => {
        const [changed] = withNulls([column], nullsOf)
        return [key, changed?.kind === 'known' ? changed : column]
      }),
    ),
  }
}

const comparing = new Set(['=', '<', '>', '<=', '>=', '<>', '!='])

/** Columns that cannot be NULL where a condition holds. */
export function provenIn(expression: Expression, scope: Scope): ReadonlySet<string> {
  const found = new Set<string>()
  const prove = (each: Expression | undefined): void => {
    if (each?.kind === 'cast' && !each.isTry) prove(each.expression)
    const identity = each?.kind === 'column' ? identityOf(scope, each) : undefined
    if (identity !== undefined) found.add(identity)
  }
  const visit = (each: Expression): void => {
    if (each.kind === 'between' || each.kind === 'in') prove(each.expression)
    if (each.kind === 'subquery' && each.form === 'in') prove(each.operand)
    if (each.kind !== 'operation') return
    if (each.operator === 'and') for (const inner of each.operands) visit(inner)
    else if (each.operator === 'is not null' || comparing.has(each.operator)) each.operands.forEach(prove)
  }
  visit(expression)
  return found
}

function joinedOf(
  reading: Reading,
  join: Join,
  { left, right }: { readonly left: Source; readonly right: Source },
  merges: readonly Merge[],
  isUnknown: boolean,
): Source {
  if (join.type === 'semi' || join.type === 'anti') return left
  const merged = new Map([...left.merged, ...right.merged])
  for (const { name, column } of merges) merged.set(name.key, column)
  const visibles = [...left.visibles, ...right.visibles]
  const rows = union([])
  if (isUnknown) {
    const reason = 'which columns NATURAL joins on is not known'
    const open: Item = { kind: 'open', reason, lookup: () => unknownValue(reason, join.start) }
    return { visibles, merged, star: [open], rows }
  }
  const isMerged = (item: Item) =>
    item.kind === 'known' && merges.some(({ name }) => name.key === item.name?.key)
  const others = (items: readonly Item[]) =>
    items.filter((item) => !isMerged(item)).map((item) => hiding(item, merges))
  if (reading.putsMergedFirst) {
    const star = [...merges.map(({ column }) => column), ...others(left.star), ...others(right.star)]
    return { visibles, merged, star, rows }
  }
  const placed = left.star.map((item) => {
    if (item.kind === 'open') return hiding(item, merges)
    return merges.find(({ name }) => name.key === item.name?.key)?.column ?? item
  })
  return { visibles, merged, star: [...placed, ...others(right.star)], rows }
}

/** Columns that nobody knows do not show those that were merged a second time. */
function hiding(item: Item, merges: readonly Merge[]): Item {
  if (item.kind === 'known' || merges.length === 0) return item
  return {
    ...item,
    lookup: (name) => {
      const merge = merges.find((each) => each.name.key === name.key)
      return merge === undefined ? item.lookup(name) : merge.column.value
    },
  }
}

/** A join with a name hides those inside it; USING may name what it merges. */
function aliased(reading: Reading, join: Join, joined: Source): Source {
  const { alias, columnAliases = [] } = join
  if (alias === undefined)
    return { ...joined, visibles: [...joined.visibles, ...mergedAs(reading, join, joined)] }
  const id = reading.nextId()
  const items = renamed(joined.star, columnAliases).map(
    (item): Item => (item.kind === 'known' ? { ...item, home: id } : item),
  )
  return { visibles: [{ id, name: [alias.key], items }], merged: new Map(), star: items, rows: joined.rows }
}

function mergedAs(reading: Reading, { usingAlias, condition }: Join, { merged }: Source): readonly Visible[] {
  if (usingAlias === undefined || condition.kind !== 'using') return []
  const items = condition.columns.flatMap((name) => merged.get(name.key) ?? [])
  return [{ id: reading.nextId(), name: [usingAlias.key], items }]
}
