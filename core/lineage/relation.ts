import type { Name } from '../sql/relational/ir.ts'
import { nothing, type Origin, union, unresolved, withFields } from './flow.ts'
import type { Nullability } from './lineage.ts'
import { everyNulls } from './nullability.ts'

/** What a value depends on, and whether it can be NULL. */
export interface Value extends Origin {
  readonly nulls: Nullability
  /** The engine's type, where it is known. */
  readonly type?: string
  /** The columns of a whole row. */
  readonly row?: readonly Item[]
}

/** A column that a query or a relation has. */
export interface KnownColumn {
  readonly kind: 'known'
  /** Undefined where the engine makes up a name that its syntax does not tell. */
  readonly name: Name | undefined
  readonly value: Value
  /** The engine may call it otherwise: it has no alias. */
  readonly isUncertain?: boolean
  /** Which FROM entry of this query it belongs to. */
  readonly home?: number
}

/** Columns that nobody knows, in the place where they stand. */
export interface OpenColumns {
  readonly kind: 'open'
  readonly reason: string
  readonly start?: number
  /** The column of a name that one of them must have; undefined: it cannot be one of them. */
  lookup(name: Name): Value | undefined
  /** What each of them depends on, whatever its name is. */
  readonly each?: Value
}

export type Item = KnownColumn | OpenColumns

/** Columns in their order, and what decides the rows. */
export interface Relation {
  readonly items: readonly Item[]
  readonly rows: Origin
}

/** What a name finds among columns. */
export type Found =
  | { readonly kind: 'column'; readonly column: KnownColumn }
  /** It is one of those that nobody knows, if it is there. */
  | { readonly kind: 'open'; readonly value: Value }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'absent' }

export function valueWith(origin: Origin, nulls: Nullability, type?: string): Value {
  return { flow: origin.flow, issues: origin.issues, nulls, ...(type === undefined ? {} : { type }) }
}

export const constant: Value = valueWith(nothing, 'never')

/** One of several values. */
export function alternatives(values: readonly Value[]): Value {
  const [first, ...others] = values
  if (first !== undefined && others.length === 0) return first
  const isOneType = others.every(({ type }) => type === first?.type)
  return valueWith(union(values), everyNulls(values), isOneType ? first?.type : undefined)
}

/** A value of which nothing is known, and why. */
export function unknownValue(reason: string, start?: number): Value {
  return valueWith(unresolved(reason, start), 'unknown')
}

/** A column by its name. */
export function findColumn(items: readonly Item[], name: Name): Found {
  let found: KnownColumn | undefined
  for (const item of items) {
    if (item.kind !== 'known' || item.name?.key !== name.key) continue
    if (found !== undefined) return { kind: 'ambiguous' }
    found = item
  }
  if (found !== undefined) return { kind: 'column', column: found }
  const open: Value[] = []
  for (const item of items) {
    const value = item.kind === 'open' ? item.lookup(name) : undefined
    if (value !== undefined) open.push(value)
  }
  if (open.length === 0) return { kind: 'absent' }
  if (open.length === 1) return { kind: 'open', value: open[0]! }
  const reason = `\`${name.text}\` may be a column of several relations whose columns are not known`
  return { kind: 'open', value: unknownValue(reason) }
}

/** Everything that the columns depend on. */
export function allOf(items: readonly Item[]): Origin {
  return union(items.map(originOf))
}

export function originOf(item: Item): Origin {
  return item.kind === 'known' ? item.value : unresolved(item.reason, item.start)
}

export function fieldsOf(value: Value, fields: readonly Name[]): Value {
  const [first, ...others] = fields
  if (first === undefined) return value
  if (value.row !== undefined) {
    const found = findColumn(value.row, first)
    if (found.kind === 'column') return fieldsOf(found.column.value, others)
    return found.kind === 'open'
      ? fieldsOf(found.value, others)
      : unknownValue(`there is no field \`${first.text}\``)
  }
  const origin = withFields(
    value,
    fields.map((each) => each.text),
  )
  return valueWith(origin, 'unknown')
}

/** The same columns after NULLs were put in, or were shown not to be there. */
export function withNulls(items: readonly Item[], nullsOf: (column: KnownColumn) => Nullability): Item[] {
  return items.map((item) => {
    if (item.kind === 'open') {
      return {
        ...item,
        lookup: (name) => {
          const value = item.lookup(name)
          return value && { ...value, nulls: 'unknown' }
        },
      }
    }
    const nulls = nullsOf(item)
    return nulls === item.value.nulls ? item : { ...item, value: { ...item.value, nulls } }
  })
}

/** Other names for the first columns. */
export function renamed(items: readonly Item[], names: readonly Name[]): readonly Item[] {
  if (names.length === 0) return items
  const firstOpen = items.findIndex((item) => item.kind === 'open')
  if (firstOpen < 0 || firstOpen >= names.length) {
    return items.map((item, index) => {
      const name = names[index]
      return item.kind === 'known' && name !== undefined ? { ...item, name, isUncertain: false } : item
    })
  }
  // Which columns the names behind the unknown ones are for, nobody can tell.
  const before = renamed(items.slice(0, firstOpen), names.slice(0, firstOpen))
  const each = eachOf(items[firstOpen])
  const isLast = firstOpen === items.length - 1
  const others = names.slice(firstOpen).map((name, index): Item => {
    const reason = `\`${name.text}\` is a name for a column that is not known`
    return {
      kind: 'known',
      name,
      // There is one at least; with others behind them, where they end is not known.
      value: (isLast || index === 0 ? each : undefined) ?? unknownValue(reason, startOf(items[firstOpen])),
    }
  })
  const reason = 'columns are not known by name'
  const rest: Item = { kind: 'open', reason, lookup: () => unknownValue(reason) }
  return [...before, ...others, ...(each === undefined || !isLast ? [rest] : [])]
}

function eachOf(item: Item | undefined): Value | undefined {
  return item?.kind === 'open' ? item.each : undefined
}

function startOf(item: Item | undefined): number | undefined {
  return item?.kind === 'open' ? item.start : undefined
}

export function isStruct({ type }: Value): boolean {
  return type !== undefined && /^struct\b(?!.*\]$)/is.test(type)
}
