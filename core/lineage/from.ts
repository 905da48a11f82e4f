import type { Expression, From, TableFunction, TableRef } from '../sql/relational/ir.ts'
import { readExpression, readExpressions } from './expression.ts'
import { copyOf, deciding, type Origin, union, unresolved, valued } from './flow.ts'
import { readJoin } from './join.ts'
import { readPivot, readUnpivot } from './pivot.ts'
import type { Reading } from './reading.ts'
import {
  alternatives,
  type Item,
  type Relation,
  renamed,
  unknownValue,
  type Value,
  valueWith,
} from './relation.ts'
import type { Scope, Source } from './scope.ts'

/** What one FROM entry makes. `before` is what stands before it in the same FROM, around it the query that it stands in: what is lateral
 * may use both, anything else only what is around the query. */
export function readFrom(reading: Reading, from: From, before: Source, outer: Scope | undefined): Source {
  const lateral: Scope = { source: before, outer }
  switch (from.kind) {
    case 'table':
      return visibleAs(reading, from, tableOf(reading, from), namesOf(from))
    case 'derived': {
      const relation = reading.query(reading, from.query, from.isLateral ? lateral : outer)
      return visibleAs(reading, from, relation)
    }
    case 'function':
      return visibleAs(reading, from, functionOf(reading, from, lateral), nameOfCall(from))
    case 'computed': {
      const origin = readExpressions(reading, from.expressions, lateral)
      const value = valueWith(valued(origin, 'transformed'), 'unknown')
      const items = from.columns.map((name): Item => ({ kind: 'known', name, value }))
      return visibleAs(reading, from, { items, rows: deciding(origin, 'join') })
    }
    case 'values':
      return visibleAs(reading, from, valuesRelation(reading, from, lateral))
    case 'join':
      return readJoin(reading, from, before, outer, readFrom)
    case 'pivot': {
      const input = readFrom(reading, from.input, before, outer)
      return visibleAs(reading, from, readPivot(reading, from, { source: input, outer }))
    }
    case 'unpivot': {
      const input = readFrom(reading, from.input, before, outer)
      return visibleAs(reading, from, readUnpivot(reading, from, { source: input, outer }))
    }
    case 'unknown': {
      const inputs = from.inputs.map((each) => readFrom(reading, each, before, outer))
      const reason = `${from.what} is not understood`
      const value = unknownValue(reason, from.start)
      const open: Item = { kind: 'open', reason, ...startOf(from), lookup: () => value }
      const rows = union([value, ...inputs.map((each) => each.rows)])
      return visibleAs(reading, from, { items: [open], rows })
    }
    default:
      return from satisfies never
  }
}

/** A relation as a FROM entry of its own, under its alias. */
export function visibleAs(
  reading: Reading,
  aliased: Pick<TableRef, 'alias' | 'columnAliases'>,
  relation: Relation,
  names: readonly string[] = [],
): Source {
  const id = reading.nextId()
  const name = aliased.alias === undefined ? names : [aliased.alias.key]
  const items = renamed(relation.items, aliased.columnAliases).map(
    (item): Item => (item.kind === 'known' ? { ...item, home: id } : item),
  )
  return { visibles: [{ id, name, items }], merged: new Map(), star: items, rows: relation.rows }
}

/** The rows of VALUES as columns. */
export function valuesRelation(
  reading: Reading,
  { rows, columns }: Pick<Extract<From, { kind: 'values' }>, 'rows' | 'columns'>,
  scope: Scope,
): Relation {
  const items = columns.map((name, index): Item => {
    const values = rows.flatMap((row) => (row[index] === undefined ? [] : [row[index]]))
    return {
      kind: 'known',
      name,
      value: alternatives(values.map((each) => readExpression(reading, each, scope))),
    }
  })
  return { items, rows: union([]) }
}

function tableOf(reading: Reading, table: TableRef): Relation {
  const only = table.parts.length === 1 ? table.parts[0]!.key : undefined
  const cte = only === undefined ? undefined : reading.ctes.get(only)
  if (cte !== undefined) return cte
  const [first, second] = table.parts
  if (first?.key === 'recurring' && second !== undefined && table.parts.length === 2) {
    const recurring = reading.recurring.get(second.key)
    if (recurring !== undefined) return recurring
  }
  const relation = reading.relationOf(table)
  if (relation === undefined) {
    const reason = `\`${table.parts.map((part) => part.text).join('.')}\` is no known relation`
    return openRelation(reason, table.start, () => unknownValue(reason, table.start))
  }
  reading.read(relation)
  return baseRelation(reading, relation, table.start)
}

function baseRelation(reading: Reading, relation: string, start: number | undefined): Relation {
  const columns = reading.columnsOf(relation)
  if (columns === undefined) {
    const reason = `the columns of ${relation} are not known`
    const copied = (text: string) => valueWith(copyOf(relation, text), 'unknown')
    const open = openRelation(reason, start, (text) => copied(text))
    return { ...open, rows: union([]) }
  }
  const items = columns.map((column): Item => {
    const value: Value = valueWith(copyOf(relation, column.name), column.nulls ?? 'unknown', column.type)
    return { kind: 'known', name: { text: column.name, key: reading.fold(column.name) }, value }
  })
  return { items, rows: union([]) }
}

function openRelation(reason: string, start: number | undefined, value: (column: string) => Value): Relation {
  const at = start === undefined ? {} : { start }
  const open: Item = { kind: 'open', reason, ...at, lookup: (name) => value(name.text) }
  return { items: [open], rows: unknownRows(value) }
}

/** A relation that nobody knows may be a view that reads anything: its rows are not known either. */
function unknownRows(value: (column: string) => Value): Origin {
  const { issues } = value('')
  return { flow: new Map(), issues }
}

/** Any column of a function is made of its arguments, which decide how many rows there are too. */
function functionOf(reading: Reading, from: TableFunction, scope: Scope): Relation {
  const calls = from.calls.map((call) => {
    const origin =
      call.kind === 'call'
        ? union([
            valued(readExpressions(reading, call.arguments, scope), 'transformed'),
            ...(isOfArguments(call)
              ? []
              : [unresolved(`what \`${call.name}\` reads is not known`, call.start)]),
          ])
        : valued(readExpressions(reading, [call], scope), 'transformed')
    return valueWith(origin, 'unknown')
  })
  const rows = deciding(union(calls.filter((_, index) => !isOneRow(from.calls[index]!))), 'join')
  const all = valueWith(union(calls), 'unknown')
  if (from.columns !== undefined) {
    // Of several calls each column has one, as far as each makes one; the last column may count the rows.
    const isOneEach = from.columns.length - (from.withOrdinality ? 1 : 0) === calls.length
    const items = from.columns.map(
      (name, index): Item => ({ kind: 'known', name, value: (isOneEach ? calls[index] : undefined) ?? all }),
    )
    return { items, rows }
  }
  const reason = 'the columns of a table function are not known'
  return { items: [{ kind: 'open', reason, ...startOf(from), each: all, lookup: () => all }], rows }
}

function isOfArguments(call: Extract<TableFunction['calls'][number], { kind: 'call' }>): boolean {
  return call.traits.source !== 'unknown' && call.traits.kind !== 'unknown' && !readers.test(call.name)
}

/** A function of values in FROM makes one row. */
function isOneRow(call: Expression): boolean {
  if (call.kind !== 'call') return call.kind !== 'unknown'
  return call.traits.kind === 'scalar' && !rowsOfLists.has(call.name)
}

/** As values they make a list. */
const rowsOfLists = new Set(['generate_series', 'range'])

/** What these return is in a file or another database. */
const readers =
  /^(?:read|parquet|sniff|sqlite|postgres|mysql|iceberg|delta|dblink)_\w+$|^(?:glob|dblink|query|query_table)$/

/** Without an alias the relation is called as the function is. */
function nameOfCall({ calls }: TableFunction): readonly string[] {
  const [only, another] = calls
  return only?.kind === 'call' && another === undefined ? [only.name] : []
}

function namesOf(table: TableRef): readonly string[] {
  return table.parts.map((part) => part.key)
}

function startOf(from: { readonly start?: number }): { readonly start?: number } {
  return from.start === undefined ? {} : { start: from.start }
}
