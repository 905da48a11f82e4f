import { type AstNode, isNode, nodes } from '../duckdb-ast-columns.ts'
import { byteOffsets } from '../offsets.ts'
import {
  at,
  type DuckdbContext,
  duckdbExpression,
  duckdbName,
  duckdbNames,
  orderings,
  type TraitsOf,
} from './duckdb-expressions.ts'
import { duckdbFunctionColumns, duckdbOutputName } from './duckdb-names.ts'
import { duckdbPivot } from './duckdb-pivot.ts'
import { duckdbStar, filteredStar } from './duckdb-stars.ts'
import type { Cte, From, GroupBy, Join, Limit, Name, Query, QueryBody, Select, SelectItem } from './ir.ts'

/** Reads one statement of `json_serialize_sql` (the object below `statements`), serialized from exactly this text. The tree must have been
 * serialized with its empty lists where the text has grouping sets, as an empty set is one. */
export function readDuckdbQuery(text: string, statement: AstNode, traitsOf: TraitsOf): Query {
  const unitOf = byteOffsets(text)
  const context: DuckdbContext = {
    traitsOf,
    position(location) {
      if (typeof location !== 'number' || location > Number.MAX_SAFE_INTEGER) return undefined
      const offset = unitOf(location)
      return offset < text.length ? offset : undefined
    },
    query: (node) => readQuery(context, node),
    star: (node) => duckdbStar(context, node),
  }
  if (!isNode(statement.node)) throw new Error('DuckDB serialized a statement without a query')
  return readQuery(context, statement.node)
}

function readQuery(context: DuckdbContext, node: AstNode): Query {
  const modifiers = nodes(node.modifiers)
  const order = modifiers.find((each) => each.type === 'ORDER_MODIFIER')
  const limit = limitOf(context, modifiers)
  const ctes = isNode(node.cte_map) ? nodes(node.cte_map.map) : []
  return {
    with: ctes.map((entry) => cteOf(context, entry)),
    isRecursive: ctes.some((entry) => isRecursive(entry)),
    body: bodyOf(context, node, modifiers),
    orderBy: orderings(context, order?.orders),
    ...(limit === undefined ? {} : { limit }),
  }
}

function limitOf(context: DuckdbContext, modifiers: readonly AstNode[]): Limit | undefined {
  const found = modifiers.find(({ type }) => type === 'LIMIT_MODIFIER' || type === 'LIMIT_PERCENT_MODIFIER')
  if (found === undefined) return undefined
  const count = isNode(found.limit) ? duckdbExpression(context, found.limit) : undefined
  const offset = isNode(found.offset) ? duckdbExpression(context, found.offset) : undefined
  const start = count?.start ?? offset?.start
  return {
    ...(count === undefined ? {} : { count }),
    ...(offset === undefined ? {} : { offset }),
    ...(start === undefined ? {} : { start }),
  }
}

function cteOf(context: DuckdbContext, entry: AstNode): Cte {
  const cte = isNode(entry.value) ? entry.value : {}
  const inner = isNode(cte.query) && isNode(cte.query.node) ? cte.query.node : {}
  return {
    name: duckdbName(entry.key),
    columns: duckdbNames(cte.aliases),
    query: readQuery(context, inner),
  }
}

function isRecursive(entry: AstNode): boolean {
  const query = isNode(entry.value) && isNode(entry.value.query) ? entry.value.query : undefined
  return isNode(query?.node) && query.node.type === 'RECURSIVE_CTE_NODE'
}

function bodyOf(context: DuckdbContext, node: AstNode, modifiers: readonly AstNode[]): QueryBody {
  switch (node.type) {
    case 'SELECT_NODE':
      return selectOf(context, node, modifiers)
    case 'SET_OPERATION_NODE':
      return setOperationOf(context, node, modifiers)
    case 'RECURSIVE_CTE_NODE':
      return recursionOf(context, node)
    default:
      return { kind: 'unknown', what: String(node.type ?? 'a query') }
  }
}

function recursionOf(context: DuckdbContext, node: AstNode): QueryBody {
  if (!isNode(node.left) || !isNode(node.right)) return { kind: 'unknown', what: 'a recursive query' }
  return {
    kind: 'recursion',
    isAll: node.union_all === true,
    anchor: readQuery(context, node.left),
    step: readQuery(context, node.right),
    keys: nodes(node.key_targets).map((each) => duckdbExpression(context, each)),
  }
}

function setOperationOf(context: DuckdbContext, node: AstNode, modifiers: readonly AstNode[]): QueryBody {
  const operator = setOperators[String(node.setop_type)]
  const isDistinct = modifiers.some((each) => each.type === 'DISTINCT_MODIFIER')
  if (operator === undefined || isDistinct || !isNode(node.left) || !isNode(node.right)) {
    return { kind: 'unknown', what: String(node.setop_type) }
  }
  return {
    kind: 'set',
    operator,
    isAll: node.setop_all !== false,
    isByName: node.setop_type === 'UNION_BY_NAME',
    left: readQuery(context, node.left),
    right: readQuery(context, node.right),
  }
}

const setOperators: Readonly<Record<string, 'union' | 'except' | 'intersect'>> = {
  UNION: 'union',
  UNION_BY_NAME: 'union',
  EXCEPT: 'except',
  INTERSECT: 'intersect',
}

function selectOf(context: DuckdbContext, node: AstNode, modifiers: readonly AstNode[]): Select {
  const read = (value: unknown) => duckdbExpression(context, value)
  const from = fromOf(context, node.from_table)
  const groupBy = groupByOf(context, node)
  return {
    kind: 'select',
    distinct: distinctOf(context, modifiers),
    items: nodes(node.select_list).map((item) => itemOf(context, item)),
    ...(from === undefined ? {} : { from }),
    ...(isNode(node.where_clause) ? { where: read(node.where_clause) } : {}),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(isNode(node.having) ? { having: read(node.having) } : {}),
    ...(isNode(node.qualify) ? { qualify: read(node.qualify) } : {}),
    ...(isNode(node.sample) ? { sample: {} } : {}),
  }
}

function distinctOf(context: DuckdbContext, modifiers: readonly AstNode[]): Select['distinct'] {
  const found = modifiers.find((each) => each.type === 'DISTINCT_MODIFIER')
  if (found === undefined) return { kind: 'none' }
  const on = nodes(found.distinct_on_targets)
  if (on.length === 0) return { kind: 'all' }
  return { kind: 'on', on: on.map((each) => duckdbExpression(context, each)) }
}

function groupByOf(context: DuckdbContext, node: AstNode): GroupBy | undefined {
  if (node.aggregate_handling === 'FORCE_AGGREGATES') return { kind: 'all' }
  const expressions = nodes(node.group_expressions).map((each) => duckdbExpression(context, each))
  const written = Array.isArray(node.group_sets) ? (node.group_sets as readonly unknown[]) : []
  if (expressions.length === 0 && written.length === 0) return undefined
  const sets = written.map((set) => (Array.isArray(set) ? set.map(Number) : []))
  const start = expressions[0]?.start
  return {
    kind: 'sets',
    expressions,
    sets: sets.length > 0 ? sets : [expressions.map((_, index) => index)],
    ...(start === undefined ? {} : { start }),
  }
}

function itemOf(context: DuckdbContext, node: AstNode): SelectItem {
  const alias = aliasOf(node)
  if (node.class === 'STAR' && alias.alias === undefined) return duckdbStar(context, node)
  const filtered = filteredStar(context, node)
  if (filtered !== undefined) return filtered
  const expression = duckdbExpression(context, node)
  const name = alias.alias ?? duckdbOutputName(expression)
  return {
    kind: 'expression',
    expression,
    ...alias,
    ...(expression.kind === 'call' && expression.name === 'unnest' ? { mayBeSeveral: true } : {}),
    ...(name === undefined ? {} : { name }),
    ...(expression.start === undefined ? {} : { start: expression.start }),
  }
}

function aliasOf(node: AstNode): { readonly alias?: Name } {
  return typeof node.alias === 'string' && node.alias !== '' ? { alias: duckdbName(node.alias) } : {}
}

function fromOf(context: DuckdbContext, node: unknown): From | undefined {
  if (!isNode(node) || node.type === 'EMPTY') return undefined
  const here = {
    ...at(context, node),
    ...aliasOf(node),
    columnAliases: duckdbNames(node.column_name_alias),
    ...(isNode(node.sample) ? { sample: at(context, node) } : {}),
  }
  // Read once: joins lean to the left, as deep as there are joins.
  const [left, right, source] = [node.left, node.right, node.source].map((each) => fromOf(context, each))
  const inputs = [left, right, source].filter((each) => each !== undefined)
  switch (node.type) {
    case 'BASE_TABLE': {
      const parts = [node.catalog_name, node.schema_name, node.table_name].filter(
        (part) => typeof part === 'string' && part !== '',
      )
      if (isNode(node.at_clause)) return { kind: 'unknown', what: 'AT', inputs, ...here }
      return { kind: 'table', parts: parts.map(duckdbName), ...here }
    }
    case 'SUBQUERY': {
      const query = isNode(node.subquery) && isNode(node.subquery.node) ? node.subquery.node : undefined
      if (query === undefined) return { kind: 'unknown', what: 'a subquery', inputs, ...here }
      return { kind: 'derived', query: readQuery(context, query), isLateral: true, ...here }
    }
    case 'TABLE_FUNCTION': {
      const call = duckdbExpression(context, node.function)
      const withOrdinality =
        node.with_ordinality !== undefined && node.with_ordinality !== 'WITHOUT_ORDINALITY'
      const columns = duckdbFunctionColumns(call, withOrdinality)
      return { kind: 'function', calls: [call], withOrdinality, ...columns, ...here }
    }
    case 'PIVOT': {
      const pivot = inputs[0] && duckdbPivot(context, node, inputs[0], here)
      return pivot ?? { kind: 'unknown', what: 'PIVOT', inputs, ...here }
    }
    case 'EXPRESSION_LIST': {
      const rows = Array.isArray(node.values) ? (node.values as readonly unknown[]) : []
      return {
        kind: 'values',
        rows: rows.map((row) => nodes(row).map((each) => duckdbExpression(context, each))),
        columns: nodes(rows[0]).map((_, index) => duckdbName(`col${index}`)),
        ...here,
      }
    }
    case 'JOIN':
      return joinOf(context, node, left, right) ?? { kind: 'unknown', what: joinWords(node), inputs, ...here }
    default:
      return { kind: 'unknown', what: String(node.type), inputs, ...here }
  }
}

const joinTypes: Readonly<Record<string, Join['type']>> = {
  INNER: 'inner',
  LEFT: 'left',
  RIGHT: 'right',
  OUTER: 'full',
  FULL: 'full',
  SEMI: 'semi',
  ANTI: 'anti',
}

const joinForms: Readonly<Record<string, Join['form']>> = {
  REGULAR: 'regular',
  CROSS: 'regular',
  NATURAL: 'regular',
  ASOF: 'asof',
  POSITIONAL: 'positional',
}

function joinWords(node: AstNode): string {
  return node.ref_type === 'REGULAR' ? `${String(node.join_type)} JOIN` : `${String(node.ref_type)} JOIN`
}

function joinOf(
  context: DuckdbContext,
  node: AstNode,
  left: From | undefined,
  right: From | undefined,
): Join | undefined {
  const type = joinTypes[String(node.join_type)]
  const form = joinForms[String(node.ref_type)]
  if (left === undefined || right === undefined || type === undefined || form === undefined) return undefined
  return {
    kind: 'join',
    type,
    form,
    left,
    right,
    condition: conditionOf(context, node),
    ...at(context, node),
    ...aliasOf(node),
  }
}

function conditionOf(context: DuckdbContext, node: AstNode): Join['condition'] {
  if (node.ref_type === 'NATURAL') return { kind: 'natural' }
  const columns = duckdbNames(node.using_columns)
  if (columns.length > 0) return { kind: 'using', columns }
  if (!isNode(node.condition)) return { kind: 'none' }
  return { kind: 'on', expression: duckdbExpression(context, node.condition) }
}
