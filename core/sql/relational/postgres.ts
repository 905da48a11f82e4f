import { byteOffsets } from '../offsets.ts'
import { childOf, type Json, type JsonObject, listOf, textOf, unwrap } from '../postgres-ast-node.ts'
import type {
  Cte,
  Expression,
  From,
  FunctionTraits,
  GroupBy,
  Join,
  Limit,
  Query,
  QueryBody,
  Select,
  SelectItem,
} from './ir.ts'
import { computedTable, documentExpression } from './postgres-documents.ts'
import {
  at,
  orderings,
  type PostgresContext,
  postgresExpression,
  postgresName,
  postgresNames,
} from './postgres-expressions.ts'
import { postgresFunctionColumns, postgresOutputName } from './postgres-names.ts'
import { withRecursion } from './postgres-recursion.ts'

/** Reads the first statement of a libpg_query tree as a query; undefined if it is none. */
export function readPostgresQuery(
  text: string,
  tree: JsonObject,
  traitsOf: (name: string, argumentCount: number) => FunctionTraits,
): Query | undefined {
  const statement = listOf(tree, 'stmts')[0]
  const select = unwrap((statement as JsonObject | undefined)?.stmt)
  if (select?.type !== 'SelectStmt') return undefined
  return readQuery({ traitsOf, offset: byteOffsets(text) }, select.node)
}

type Reading = Pick<PostgresContext, 'traitsOf' | 'offset'>

function readQuery(reading: Reading, select: JsonObject): Query {
  const windows = new Map(
    listOf(select, 'windowClause').flatMap((each) => {
      const window = unwrap(each)?.node
      const name = window && textOf(window, 'name')
      return window === undefined || name === undefined ? [] : [[name, window] as const]
    }),
  )
  const context: PostgresContext = {
    ...reading,
    windows,
    query: (node) => readQuery(reading, node),
    document: (type, node, here) => documentExpression(context, type, node, here),
  }
  const clause = childOf(select, 'withClause')
  const limit = limitOf(context, select)
  const isRecursive = clause?.recursive === true
  const ctes = clause === undefined ? [] : listOf(clause, 'ctes').flatMap((each) => cteOf(context, each))
  return {
    with: isRecursive ? withRecursion(ctes) : ctes,
    isRecursive,
    body: bodyOf(context, select),
    orderBy: orderings(context, listOf(select, 'sortClause')),
    ...(limit === undefined ? {} : { limit }),
  }
}

function cteOf(context: PostgresContext, value: Json): readonly Cte[] {
  const cte = unwrap(value)?.node
  if (cte === undefined) return []
  const select = unwrap(cte.ctequery)
  const name = postgresName(textOf(cte, 'ctename') ?? '')
  const added =
    cte.search_clause !== undefined ? 'SEARCH' : cte.cycle_clause !== undefined ? 'CYCLE' : undefined
  const query: Query =
    select?.type === 'SelectStmt' && added === undefined
      ? context.query(select.node)
      : {
          with: [],
          isRecursive: false,
          body: { kind: 'unknown', what: added ?? select?.type ?? 'a CTE', ...at(context, cte) },
          orderBy: [],
        }
  return [{ name, columns: postgresNames(listOf(cte, 'aliascolnames')), query, ...at(context, cte) }]
}

function limitOf(context: PostgresContext, select: JsonObject): Limit | undefined {
  if (select.limitCount === undefined && select.limitOffset === undefined) return undefined
  const count = select.limitCount === undefined ? undefined : postgresExpression(context, select.limitCount)
  const offset =
    select.limitOffset === undefined ? undefined : postgresExpression(context, select.limitOffset)
  // LIMIT ALL and LIMIT NULL cut nothing.
  if (offset === undefined && count?.kind === 'literal' && count.type === 'null') return undefined
  const start = count?.start ?? offset?.start
  return {
    ...(count === undefined ? {} : { count }),
    ...(offset === undefined ? {} : { offset }),
    ...(start === undefined ? {} : { start }),
  }
}

const setOperators: Readonly<Record<string, 'union' | 'except' | 'intersect'>> = {
  SETOP_UNION: 'union',
  SETOP_EXCEPT: 'except',
  SETOP_INTERSECT: 'intersect',
}

function bodyOf(context: PostgresContext, select: JsonObject): QueryBody {
  const operator = setOperators[textOf(select, 'op') ?? '']
  const [left, right] = [childOf(select, 'larg'), childOf(select, 'rarg')]
  if (operator !== undefined && left !== undefined && right !== undefined) {
    return {
      kind: 'set',
      operator,
      isAll: select.all === true,
      isByName: false,
      left: context.query(left),
      right: context.query(right),
    }
  }
  const rows = listOf(select, 'valuesLists')
  if (rows.length > 0) return valuesOf(rows.map((row) => rowOf(context, row)))
  return selectOf(context, select)
}

function valuesOf(rows: readonly (readonly Expression[])[]): QueryBody {
  const columns = (rows[0] ?? []).map((_, index) => postgresName(`column${index + 1}`))
  return { kind: 'values', rows, columns }
}

function rowOf(context: PostgresContext, row: Json): readonly Expression[] {
  return listOf(unwrap(row)?.node ?? {}, 'items').map((each) => postgresExpression(context, each))
}

function selectOf(context: PostgresContext, select: JsonObject): QueryBody {
  const groupBy = groupByOf(context, select)
  if (groupBy === 'unknown') return { kind: 'unknown', what: 'a GROUP BY of very many grouping sets' }
  const from = fromList(context, listOf(select, 'fromClause'))
  const optional = (key: 'whereClause' | 'havingClause') =>
    select[key] === undefined ? undefined : postgresExpression(context, select[key])
  const [where, having] = [optional('whereClause'), optional('havingClause')]
  return {
    kind: 'select',
    distinct: distinctOf(context, listOf(select, 'distinctClause')),
    items: listOf(select, 'targetList').map((each) => itemOf(context, each)),
    ...(from === undefined ? {} : { from }),
    ...(where === undefined ? {} : { where }),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(having === undefined ? {} : { having }),
  }
}

/** Plain DISTINCT is a list of one empty node. */
function distinctOf(context: PostgresContext, clause: readonly Json[]): Select['distinct'] {
  if (clause.length === 0) return { kind: 'none' }
  const on = clause.filter((each) => unwrap(each) !== undefined)
  if (on.length === 0) return { kind: 'all' }
  return { kind: 'on', on: on.map((each) => postgresExpression(context, each)) }
}

function itemOf(context: PostgresContext, value: Json): SelectItem {
  const target = unwrap(value)?.node ?? {}
  const star = starOf(context, target)
  if (star !== undefined) return star
  const expression = postgresExpression(context, target.val)
  const alias = textOf(target, 'name')
  return {
    kind: 'expression',
    expression,
    ...(alias === undefined ? {} : { alias: postgresName(alias) }),
    name: postgresName(alias ?? postgresOutputName(target.val)),
    ...at(context, target),
  }
}

function starOf(context: PostgresContext, target: JsonObject): SelectItem | undefined {
  const reference = unwrap(target.val)
  if (reference?.type === 'A_Indirection') return fieldsOf(context, reference.node)
  if (reference?.type !== 'ColumnRef') return undefined
  const fields = listOf(reference.node, 'fields')
  if (unwrap(fields.at(-1))?.type !== 'A_Star') return undefined
  const relation = postgresNames(fields.slice(0, -1))
  return {
    kind: 'star',
    ...(relation.length === 0 ? {} : { relation }),
    excluded: [],
    replaced: [],
    renamed: [],
    ...at(context, reference.node),
  }
}

/** `(value).*` */
function fieldsOf(context: PostgresContext, indirection: JsonObject): SelectItem | undefined {
  const steps = listOf(indirection, 'indirection')
  if (unwrap(steps.at(-1))?.type !== 'A_Star') return undefined
  const expression =
    steps.length === 1
      ? postgresExpression(context, indirection.arg)
      : postgresExpression(context, { A_Indirection: { ...indirection, indirection: steps.slice(0, -1) } })
  return { kind: 'fields', expression, ...at(context, indirection) }
}

function fromList(context: PostgresContext, list: readonly Json[]): From | undefined {
  return list
    .map((each) => fromOf(context, each))
    .reduce<From | undefined>((left, right) => {
      if (left === undefined) return right
      return { kind: 'join', type: 'inner', form: 'regular', left, right, condition: { kind: 'none' } }
    }, undefined)
}

function fromOf(context: PostgresContext, value: Json): From {
  const wrapped = unwrap(value)
  const node = wrapped?.node ?? {}
  const alias = childOf(node, 'alias')
  const aliasName = alias && textOf(alias, 'aliasname')
  const here = {
    ...at(context, node),
    ...(aliasName === undefined ? {} : { alias: postgresName(aliasName) }),
    columnAliases: alias === undefined ? [] : postgresNames(listOf(alias, 'colnames')),
  }
  const unknown = (what: string): From => ({ kind: 'unknown', what, inputs: [], ...here })
  switch (wrapped?.type) {
    case 'RangeVar': {
      const parts = ['catalogname', 'schemaname', 'relname']
        .map((key) => textOf(node, key))
        .filter((part) => part !== undefined)
      return { kind: 'table', parts: parts.map(postgresName), ...here }
    }
    case 'RangeSubselect': {
      const select = unwrap(node.subquery)
      if (select?.type !== 'SelectStmt') return unknown('a subquery')
      const query = context.query(select.node)
      return { kind: 'derived', query, isLateral: node.lateral === true, ...withoutStart(here) }
    }
    case 'RangeFunction':
      return tableFunction(context, node, withoutStart(here))
    case 'JsonTable':
    case 'RangeTableFunc':
      return { ...computedTable(context, wrapped.type, node), ...withoutStart(here) }
    case 'RangeTableSample': {
      const relation = fromOf(context, node.relation ?? null)
      return relation.kind === 'table' ? { ...relation, sample: at(context, node) } : unknown('TABLESAMPLE')
    }
    case 'JoinExpr':
      return joinOf(context, node)
    default:
      return unknown(wrapped?.type ?? 'a relation')
  }
}

function tableFunction(
  context: PostgresContext,
  node: JsonObject,
  here: Pick<From & { readonly kind: 'function' }, 'alias' | 'columnAliases'>,
): From {
  const items = listOf(node, 'functions').map((each) => listOf(unwrap(each)?.node ?? {}, 'items'))
  const calls = items.flatMap(([call]) => callsOf(context, call))
  const columns = [...items.flatMap((each) => definedColumns(each[1])), ...definedColumns(node.coldeflist)]
  const withOrdinality = node.ordinality === true
  const alias = here.alias?.text
  return {
    kind: 'function',
    calls,
    withOrdinality,
    ...postgresFunctionColumns({ calls, columns, alias, withOrdinality }),
    ...here,
    ...startOfCalls(calls),
  }
}

/** `unnest(a, b)` in FROM is one call for each. */
function callsOf(context: PostgresContext, value: Json | undefined): readonly Expression[] {
  const call = postgresExpression(context, value)
  const isWide = call.kind === 'call' && call.name === 'unnest' && call.arguments.length > 1
  return isWide ? call.arguments.map((each) => ({ ...call, arguments: [each] })) : [call]
}

/** `AS (a int, b text)` */
function definedColumns(list: Json | undefined): readonly string[] {
  const values = Array.isArray(list) ? (list as readonly Json[]) : listOf(unwrap(list)?.node ?? {}, 'items')
  return values.map((each) => textOf(unwrap(each)?.node ?? {}, 'colname') ?? '')
}

/** Some nodes have no location: what `at` says of them is the text's beginning. */
function withoutStart<T extends object>(here: T): Omit<T, 'start'> {
  const { start: _, ...rest } = here as T & { readonly start?: number }
  return rest
}

function startOfCalls(calls: readonly Expression[]): { readonly start?: number } {
  const start = calls[0]?.start
  return start === undefined ? {} : { start }
}

const joinTypes: Readonly<Record<string, Join['type']>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
}

function joinOf(context: PostgresContext, node: JsonObject): From {
  const [left, right] = [fromOf(context, node.larg ?? null), fromOf(context, node.rarg ?? null)]
  const type = joinTypes[textOf(node, 'jointype') ?? '']
  if (type === undefined) {
    return { kind: 'unknown', what: 'a join', inputs: [left, right], columnAliases: [] }
  }
  const alias = childOf(node, 'alias')
  const name = alias && textOf(alias, 'aliasname')
  const columnAliases = alias === undefined ? [] : postgresNames(listOf(alias, 'colnames'))
  const usingAlias = textOf(childOf(node, 'join_using_alias') ?? {}, 'aliasname')
  const start = startOf(right)
  return {
    kind: 'join',
    type,
    form: 'regular',
    left,
    right,
    condition: conditionOf(context, node),
    ...(name === undefined ? {} : { alias: postgresName(name) }),
    ...(columnAliases.length === 0 ? {} : { columnAliases }),
    ...(usingAlias === undefined ? {} : { usingAlias: postgresName(usingAlias) }),
    ...(start === undefined ? {} : { start }),
  }
}

/** A join has no location; its right side is next to it. */
function startOf(from: From): number | undefined {
  if (from.start !== undefined) return from.start
  return from.kind === 'join' ? startOf(from.left) : undefined
}

function conditionOf(context: PostgresContext, node: JsonObject): Join['condition'] {
  if (node.isNatural === true) return { kind: 'natural' }
  const columns = listOf(node, 'usingClause')
  if (columns.length > 0) return { kind: 'using', columns: postgresNames(columns) }
  if (node.quals === undefined) return { kind: 'none' }
  return { kind: 'on', expression: postgresExpression(context, node.quals) }
}

/** More than so many grouping sets are not spelled out. */
const MOST_SETS = 1024

function groupByOf(context: PostgresContext, select: JsonObject): GroupBy | 'unknown' | undefined {
  const clause = listOf(select, 'groupClause')
  if (clause.length === 0) return undefined
  const expressions: Expression[] = []
  const add = (value: Json): number => {
    expressions.push(postgresExpression(context, value))
    return expressions.length - 1
  }
  let sets: readonly (readonly number[])[] = [[]]
  for (const each of clause) {
    const own = setsOf(each, add)
    if (sets.length * own.length > MOST_SETS) return 'unknown'
    sets = sets.flatMap((before) => own.map((set) => [...before, ...set]))
  }
  const start = expressions[0]?.start
  return { kind: 'sets', expressions, sets, ...(start === undefined ? {} : { start }) }
}

/** The grouping sets of one item of GROUP BY, as indexes of expressions. */
function setsOf(value: Json, add: (value: Json) => number): readonly (readonly number[])[] {
  const wrapped = unwrap(value)
  if (wrapped?.type !== 'GroupingSet') return [columnsOf(value, add)]
  const content = listOf(wrapped.node, 'content')
  switch (wrapped.node.kind) {
    case 'GROUPING_SET_EMPTY':
    case undefined:
      return [[]]
    case 'GROUPING_SET_SETS':
      return content.flatMap((each) => setsOf(each, add))
    case 'GROUPING_SET_ROLLUP': {
      const items = content.map((each) => columnsOf(each, add))
      return [...items.keys(), items.length].map((length) => items.slice(0, length).flat())
    }
    case 'GROUPING_SET_CUBE': {
      const items = content.map((each) => columnsOf(each, add))
      if (items.length > 10) return Array.from({ length: MOST_SETS + 1 }, () => [])
      return Array.from({ length: 2 ** items.length }, (_, bits) =>
        items.filter((_item, index) => (bits & (1 << index)) !== 0).flat(),
      )
    }
    default:
      return [content.flatMap((each) => columnsOf(each, add))]
  }
}

/** `(a, b)` stands for two columns. */
function columnsOf(value: Json, add: (value: Json) => number): readonly number[] {
  const wrapped = unwrap(value)
  if (wrapped?.type === 'RowExpr' && wrapped.node.row_format === 'COERCE_IMPLICIT_CAST') {
    return listOf(wrapped.node, 'args').flatMap((each) => columnsOf(each, add))
  }
  return [add(value)]
}
