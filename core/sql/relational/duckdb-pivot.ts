import { type AstNode, isNode, nodes } from '../duckdb-ast-columns.ts'
import { type DuckdbContext, duckdbExpression, duckdbName, duckdbNames } from './duckdb-expressions.ts'
import { duckdbOutputName } from './duckdb-names.ts'
import { duckdbStar } from './duckdb-stars.ts'
import type { From, Name, Pivot, Unpivot, UnpivotEntry } from './ir.ts'

type Aliases = Pick<Pivot, 'alias' | 'columnAliases' | 'start'>

/** A PIVOT or UNPIVOT in FROM; undefined for one that is not understood. */
export function duckdbPivot(
  context: DuckdbContext,
  node: AstNode,
  input: From,
  here: Aliases,
): Pivot | Unpivot | undefined {
  const isUnpivot = Array.isArray(node.unpivot_names) && node.unpivot_names.length > 0
  return isUnpivot ? unpivotOf(context, node, input, here) : pivotOf(context, node, input, here)
}

function pivotOf(context: DuckdbContext, node: AstNode, input: From, here: Aliases): Pivot {
  const pivots = nodes(node.pivots)
  const aggregates = nodes(node.aggregates).map((each) => ({
    expression: duckdbExpression(context, each),
    ...(typeof each.alias === 'string' && each.alias !== '' ? { alias: duckdbName(each.alias) } : {}),
  }))
  const groups = duckdbNames(node.groups)
  const columns = columnsOf(pivots, aggregates)
  return {
    kind: 'pivot',
    input,
    on: pivots.flatMap((each) => nodes(each.pivot_expressions).map((one) => duckdbExpression(context, one))),
    aggregates,
    ...(groups.length === 0 ? {} : { groups }),
    ...(columns === undefined ? {} : { columns }),
    ...here,
  }
}

/** `2001_x_total`: one value of each ON, then the aggregate's alias or, where there are several, what it prints as. */
function columnsOf(pivots: readonly AstNode[], aggregates: Pivot['aggregates']): Pivot['columns'] {
  let values: readonly (string | undefined)[] = ['']
  for (const [index, pivot] of pivots.entries()) {
    const entries = nodes(pivot.entries)
    const isWritten = pivot.pivot_enum === undefined && entries.every((each) => each.star_expr === undefined)
    if (!isWritten || entries.length === 0 || entries.length * values.length > 10_000) return undefined
    const own = entries.map(entryName)
    values = values.flatMap((before) =>
      own.map((name) =>
        before === undefined || name === undefined ? undefined : index === 0 ? name : `${before}_${name}`,
      ),
    )
  }
  return values.flatMap((value) =>
    aggregates.map(({ expression, alias }, aggregate) => {
      const suffix = alias ?? (aggregates.length > 1 ? duckdbOutputName(expression) : null)
      const name =
        value === undefined || suffix === undefined
          ? undefined
          : suffix === null
            ? value
            : `${value}_${suffix.text}`
      return { aggregate, ...(name === undefined ? {} : { name: duckdbName(name) }) }
    }),
  )
}

function entryName(entry: AstNode): string | undefined {
  if (typeof entry.alias === 'string' && entry.alias !== '') return entry.alias
  const parts = nodes(entry.values).map(valueText)
  return parts.every((part) => part !== undefined) ? parts.join('_') : undefined
}

/** A value as DuckDB casts it to text. */
function valueText(value: AstNode): string | undefined {
  if (value.is_null === true) return 'NULL'
  const id = isNode(value.type) ? String(value.type.id) : ''
  if (id === 'VARCHAR') return String(value.value ?? '')
  if (id === 'BOOLEAN') return String(value.value ?? false)
  if (/^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/.test(id)) return String(value.value ?? 0)
  if (id === 'DATE' && typeof value.value === 'number' && Math.abs(value.value) < 700_000) {
    const text = new Date(value.value * 86_400_000).toISOString().slice(0, 10)
    return /^\d{4}-/.test(text) ? text : undefined
  }
  const scale =
    isNode(value.type) && isNode(value.type.type_info) ? Number(value.type.type_info.scale ?? 0) : Number.NaN
  if (id === 'DECIMAL' && typeof value.value === 'number' && Number.isInteger(scale)) {
    return (value.value / 10 ** scale).toFixed(scale)
  }
  return undefined
}

function unpivotOf(context: DuckdbContext, node: AstNode, input: From, here: Aliases): Unpivot | undefined {
  const [pivot, another] = nodes(node.pivots)
  const [nameColumn, second] = duckdbNames(pivot?.unpivot_names)
  if (pivot === undefined || another !== undefined || nameColumn === undefined || second !== undefined)
    return undefined
  return {
    kind: 'unpivot',
    input,
    nameColumn,
    valueColumns: duckdbNames(node.unpivot_names),
    entries: nodes(pivot.entries).map((each) => entryOf(context, each)),
    includesNulls: node.include_nulls === true,
    ...here,
  }
}

function entryOf(context: DuckdbContext, entry: AstNode): UnpivotEntry {
  const written = entry.star_expr
  if (isNode(written)) {
    if (written.class === 'STAR') return { kind: 'star', star: duckdbStar(context, written) }
    return { kind: 'values', expressions: [duckdbExpression(context, written)] }
  }
  const names: readonly Name[] = nodes(entry.values).map((value) => duckdbName(value.value ?? ''))
  return { kind: 'values', expressions: names.map((name) => ({ kind: 'column', parts: [name] })) }
}
