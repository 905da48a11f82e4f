import type { Name } from '../sql/relational/ir.ts'
import { nothing, type Origin, sameFlow, union, valued } from './flow.ts'
import { everyNulls } from './nullability.ts'
import {
  allOf,
  constant,
  fieldsOf,
  findColumn,
  type Item,
  type KnownColumn,
  unknownValue,
  type Value,
  valueWith,
} from './relation.ts'

/** One FROM entry under the name by which its columns can be taken. */
export interface Visible {
  readonly id: number
  /** Keys of its name: an alias, or the parts of a table's name. Empty for what has none. */
  readonly name: readonly string[]
  readonly items: readonly Item[]
}

/** What FROM, or a part of it, makes. */
export interface Source {
  readonly visibles: readonly Visible[]
  /** Columns that USING made of two, by key. */
  readonly merged: ReadonlyMap<string, KnownColumn>
  /** What `*` stands for. */
  readonly star: readonly Item[]
  readonly rows: Origin
}

export const noSource: Source = { visibles: [], merged: new Map(), star: [], rows: nothing }

/** Where names lead within one query. */
export interface Scope {
  readonly source: Source
  /** The query around it, and for what is lateral what stands before it. */
  readonly outer: Scope | undefined
  /** Parameters of lambdas. */
  readonly parameters?: ReadonlySet<string>
  /** Output columns by alias, where they can stand for their expressions. */
  readonly aliases?: ReadonlyMap<string, Value>
  /** Names that were read where they could be nothing but a column of a relation whose columns nobody knows: it has them. */
  readonly noted?: Set<string>
}

/** A name together with where it was written. */
export interface Written {
  readonly parts: readonly Name[]
  readonly start?: number
  readonly isBeforeParameters?: true
}

/** What a column's name means; undefined if it means nothing. */
export function resolveColumn(scope: Scope, written: Written): Value | undefined {
  const { parts } = written
  const qualified = parts.length > 1 ? ofRelation(scope, written) : undefined
  return qualified ?? bare(scope, written)
}

/** The visible FROM entry that a star or a whole row names. */
export function visibleNamed(scope: Scope, names: readonly Name[]): Visible | undefined {
  const keys = names.map((each) => each.key)
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = at.source.visibles.find((each) => isNamed(each, keys))
    if (found !== undefined) return found
  }
  return undefined
}

/** A whole row as a value. */
export function rowOf(items: readonly Item[]): Value {
  return { ...valueWith(allOf(items), 'maybe'), row: items }
}

/** The column of one FROM entry that a name means, for what is known of its NULLs: `id.key`. */
export function identityOf(scope: Scope, { parts }: Written): string | undefined {
  if (parts.length === 1) {
    const key = parts[0]!.key
    if (scope.parameters?.has(key) === true || scope.source.merged.has(key)) return undefined
    const having = scope.source.visibles.filter((each) => findColumn(each.items, parts[0]!).kind === 'column')
    return having.length === 1 ? `${having[0]!.id}.${key}` : undefined
  }
  const relation = parts.slice(0, -1).map((each) => each.key)
  const found = scope.source.visibles.find((each) => isNamed(each, relation))
  const last = parts.at(-1)!
  if (found === undefined || findColumn(found.items, last).kind !== 'column') return undefined
  return `${found.id}.${last.key}`
}

function ofRelation(scope: Scope, { parts, start }: Written): Value | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    for (let length = Math.min(parts.length - 1, 3); length >= 1; length--) {
      const keys = parts.slice(0, length).map((part) => part.key)
      const named = at.source.visibles.filter((each) => isNamed(each, keys))
      if (named.length === 0) continue
      if (named.length > 1) return unknownValue(`\`${textOf(parts.slice(0, length))}\` is ambiguous`, start)
      const [column, ...fields] = parts.slice(length)
      const found = findColumn(named[0]!.items, column!)
      if (found.kind === 'column') return fieldsOf(found.column.value, fields)
      if (found.kind === 'open') return fieldsOf(found.value, fields)
      if (found.kind === 'ambiguous') return unknownValue(`\`${textOf(parts)}\` is ambiguous`, start)
      if (!hasColumn(at, parts[0]!) && at.parameters?.has(parts[0]!.key) !== true) {
        return unknownValue(`\`${textOf(parts.slice(0, length))}\` has no column \`${column!.text}\``, start)
      }
    }
    // A struct of that name, or a parameter, is nearer than relations further out.
    if (at.parameters?.has(parts[0]!.key) === true || hasColumn(at, parts[0]!)) return undefined
  }
  return undefined
}

function bare(scope: Scope, { parts, start, isBeforeParameters }: Written): Value | undefined {
  const [name, ...fields] = parts
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const isParameter = at.parameters?.has(name!.key) === true
    if (isParameter && isBeforeParameters !== true) return valueWith(constant, 'unknown')
    const found = inSource(at.source, name!, start)
    if (isParameter && found.kind === 'absent') return valueWith(constant, 'unknown')
    if (isParameter && found.kind === 'open') {
      return unknownValue(`\`${name!.text}\` may be a column or a parameter`, start)
    }
    if (found.kind === 'sure') return fieldsOf(found.value, fields)
    if (found.kind === 'open') {
      if (at.noted?.has(name!.key) !== true && isElsewhere(at, name!, found.value)) {
        const reason = `\`${name!.text}\` may be a column of a relation whose columns are not known, or something else`
        return unknownValue(reason, start)
      }
      at.noted?.add(name!.key)
      return fieldsOf(found.value, fields)
    }
    const alias = at === scope ? at.aliases?.get(name!.key) : undefined
    if (alias !== undefined) return fieldsOf(alias, fields)
    const row =
      fields.length === 0 ? at.source.visibles.find((each) => isNamed(each, [name!.key])) : undefined
    if (row !== undefined) return rowOf(row.items)
  }
  return undefined
}

type InSource =
  | { readonly kind: 'sure'; readonly value: Value }
  | { readonly kind: 'open'; readonly value: Value }
  | { readonly kind: 'absent' }

function inSource(source: Source, name: Name, start: number | undefined): InSource {
  const merged = source.merged.get(name.key)
  if (merged !== undefined) return { kind: 'sure', value: merged.value }
  const found = source.visibles.map((each) => findColumn(each.items, name))
  const known = found.filter((each) => each.kind === 'column' || each.kind === 'ambiguous')
  if (known.length > 0) {
    const [only] = known
    return known.length === 1 && only!.kind === 'column'
      ? { kind: 'sure', value: only!.column.value }
      : { kind: 'sure', value: unknownValue(`\`${name.text}\` is ambiguous`, start) }
  }
  const open = found.flatMap((each) => (each.kind === 'open' ? [each.value] : []))
  if (open.length === 0) return { kind: 'absent' }
  if (open.length === 1) return { kind: 'open', value: open[0]! }
  const reason = `\`${name.text}\` may be a column of several relations whose columns are not known`
  return { kind: 'open', value: unknownValue(reason, start) }
}

/** Whether the name may be something else than a column of this query's relations. */
function isElsewhere(scope: Scope, name: Name, value: Value): boolean {
  const alias = scope.aliases?.get(name.key)
  if (alias !== undefined && !sameFlow(alias.flow, value.flow)) return true
  for (let at = scope.outer; at !== undefined; at = at.outer) {
    if (at.parameters?.has(name.key) === true) return true
    if (inSource(at.source, name, undefined).kind !== 'absent') return true
  }
  return false
}

function hasColumn({ source }: Scope, name: Name): boolean {
  return (
    source.merged.has(name.key) ||
    source.visibles.some((each) => findColumn(each.items, name).kind === 'column')
  )
}

/** A bare name among output columns, as ORDER BY has it. */
export function outputNamed(items: readonly Item[], name: Name): Value | undefined {
  const found = items.filter((item) => item.kind === 'known' && item.name?.key === name.key)
  if (found.length === 0) return undefined
  return { ...constant, ...union(found.map((each) => (each as KnownColumn).value)) }
}

/** What a merged column of both sides is where either can be missing. */
export function coalesced(left: Value, right: Value): Value {
  const origin = valued(union([left, right]), 'transformed')
  return valueWith(origin, everyNulls([left, right]))
}

/** `t` and `s.t` both name `s.t`. */
function isNamed({ name }: Visible, keys: readonly string[]): boolean {
  const skipped = name.length - keys.length
  return skipped >= 0 && keys.length > 0 && keys.every((key, index) => key === name[skipped + index])
}

function textOf(parts: readonly Name[]): string {
  return parts.map((part) => part.text).join('.')
}
