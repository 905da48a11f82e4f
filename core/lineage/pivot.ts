import type { Expression, Name, Pivot, Unpivot, UnpivotEntry } from '../sql/relational/ir.ts'
import { walkExpression } from '../sql/relational/walk.ts'
import { readExpression, readExpressions } from './expression.ts'
import { deciding, union } from './flow.ts'
import type { Reading } from './reading.ts'
import {
  allOf,
  alternatives,
  type Item,
  type Relation,
  unknownValue,
  type Value,
  valueWith,
} from './relation.ts'
import type { Scope } from './scope.ts'
import { columnsIn, starItems } from './star.ts'

/** Columns of a PIVOT over the input that the scope has. */
export function readPivot(reading: Reading, pivot: Pivot, scope: Scope): Relation {
  const inner = { ...reading, hasRowsInGroups: false }
  const values = pivot.aggregates.map(({ expression }) => readExpression(inner, expression, scope))
  const groups = groupItems(pivot, scope)
  const decisive = union([readExpressions(reading, pivot.on, scope), allOf(groups)])
  const rows = union([scope.source.rows, deciding(decisive, 'group')])
  return { items: [...groups, ...madeColumns(pivot, values)], rows }
}

function groupItems(pivot: Pivot, { source }: Scope): readonly Item[] {
  const { groups } = pivot
  if (groups !== undefined) {
    return groups.map((name): Item => {
      const found = source.star.find((item) => item.kind === 'known' && item.name?.key === name.key)
      if (found !== undefined) return found
      const open = source.star.flatMap((item) => (item.kind === 'open' ? (item.lookup(name) ?? []) : []))
      const value =
        open.length === 1 ? open[0]! : unknownValue(`there is no column \`${name.text}\``, pivot.start)
      return { kind: 'known', name, value }
    })
  }
  const used = new Set(
    namesIn([...pivot.on, ...pivot.aggregates.map(({ expression }) => expression)]).map(({ key }) => key),
  )
  return source.star.flatMap((item): Item[] => {
    if (item.kind === 'known') return item.name !== undefined && used.has(item.name.key) ? [] : [item]
    return [{ ...item, lookup: (name) => (used.has(name.key) ? undefined : item.lookup(name)) }]
  })
}

function madeColumns({ columns, aggregates, start }: Pivot, values: readonly Value[]): readonly Item[] {
  if (columns === undefined) {
    const reason = 'the values that PIVOT makes columns of are only in the data'
    const value = unknownValue(reason, start)
    const origin = valueWith(union([value, ...values]), 'maybe')
    return [{ kind: 'open', reason, ...(start === undefined ? {} : { start }), lookup: () => origin }]
  }
  const isCount = aggregates.map(
    ({ expression }) => expression.kind === 'call' && /^count(?:_star)?$/.test(expression.name),
  )
  return columns.map(({ name, aggregate }): Item => {
    const value = { ...values[aggregate]!, nulls: isCount[aggregate] ? 'unknown' : 'maybe' } as const
    return { kind: 'known', name, value, isUncertain: true }
  })
}

/** Columns of an UNPIVOT over the input that the scope has. */
export function readUnpivot(reading: Reading, unpivot: Unpivot, scope: Scope): Relation {
  const entries = unpivot.entries.flatMap((entry) => entriesOf(reading, entry, scope))
  const stacked = entries.flat()
  const named = unpivot.entries.flatMap((entry) =>
    entry.kind === 'values' ? namesIn(entry.expressions) : [],
  )
  const used = new Set([...stacked.flatMap(({ name }) => name ?? []), ...named].map(({ key }) => key))
  const others = scope.source.star.filter(
    (item) => item.kind === 'open' || item.name === undefined || !used.has(item.name.key),
  )
  const values = unpivot.valueColumns.map((name, index): Item => {
    const value = alternatives(entries.flatMap((entry) => entry[index]?.value ?? []))
    const isOnly = unpivot.valueColumns.length === 1 && !unpivot.includesNulls
    return { kind: 'known', name, value: isOnly ? { ...value, nulls: 'never' } : value }
  })
  const nameColumn: Item = {
    kind: 'known',
    name: unpivot.nameColumn,
    value: valueWith(union([]), 'never'),
  }
  const origin = union(stacked.map(({ value }) => value))
  const dropped = unpivot.includesNulls ? [] : [deciding(origin, 'filter')]
  return { items: [...others, nameColumn, ...values], rows: union([scope.source.rows, ...dropped]) }
}

interface Stacked {
  readonly name: Name | undefined
  readonly value: Value
}

/** One or many entries, each with a value for each value column. */
function entriesOf(reading: Reading, entry: UnpivotEntry, scope: Scope): readonly (readonly Stacked[])[] {
  if (entry.kind === 'star') return starItems(reading, entry.star, scope).map((item) => [stackedItem(item)])
  const star = entry.expressions.map(columnsIn).find((each) => each !== undefined)
  if (star !== undefined) {
    return starItems(reading, star, scope).map((item) => {
      const { name, value } = stackedItem(item)
      return entry.expressions.map((expression) => ({
        name,
        value: readExpression({ ...reading, current: value }, expression, scope),
      }))
    })
  }
  return [
    entry.expressions.map((expression) => ({
      name: expression.kind === 'column' ? expression.parts.at(-1) : undefined,
      value: readExpression(reading, expression, scope),
    })),
  ]
}

function stackedItem(item: Item): Stacked {
  if (item.kind === 'known') return { name: item.name, value: item.value }
  return { name: undefined, value: unknownValue(item.reason, item.start) }
}

function namesIn(expressions: readonly Expression[]): readonly Name[] {
  const found: Name[] = []
  for (const each of expressions) {
    walkExpression(each, {
      expression(inner) {
        if (inner.kind === 'column') found.push(inner.parts.at(-1)!)
        return true
      },
    })
  }
  return found
}
