import { sqlValueFunctionName } from '../postgres-ast-columns.ts'
import {
  childOf,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  locationOf,
  stringOf,
  textOf,
  unwrap,
} from '../postgres-ast-node.ts'
import type { Expression, Frame, FrameBound, FunctionTraits, Name, Ordering, Query, Window } from './ir.ts'
import { typeName } from './type-name.ts'

/** What reading expressions needs from the reader of queries. */
export interface PostgresContext {
  readonly traitsOf: (name: string, argumentCount: number) => FunctionTraits
  /** UTF-8 byte offset to UTF-16. */
  readonly offset: (byte: number) => number
  /** WINDOW clause of the SELECT that is read. */
  readonly windows: ReadonlyMap<string, JsonObject>
  query(select: JsonObject): Query
  /** SQL/JSON and SQL/XML. */
  document(type: string, node: JsonObject, here: { readonly start?: number }): Expression
}

/** The grammar has folded names that are not quoted. */
export function postgresName(text: string): Name {
  return { text, key: text }
}

export function postgresNames(values: readonly Json[]): readonly Name[] {
  return values.map((each) => postgresName(stringOf(each) ?? ''))
}

/** Where a node stands, as a property to spread. */
export function at(context: PostgresContext, node: JsonObject): { readonly start?: number } {
  const location = locationOf(node)
  return location === undefined ? {} : { start: context.offset(location) }
}

/** One wrapped node of libpg_query's tree as an expression. */
export function postgresExpression(context: PostgresContext, value: Json | undefined): Expression {
  const wrapped = unwrap(value)
  if (wrapped === undefined) return { kind: 'unknown', what: 'an expression', parts: [] }
  const { type, node } = wrapped
  const here = at(context, node)
  const read = (each: Json | undefined) => postgresExpression(context, each)
  const operation = (operator: string, operands: readonly (Json | undefined)[]): Expression => ({
    kind: 'operation',
    operator,
    operands: operands.map(read),
    ...here,
  })
  switch (type) {
    case 'ColumnRef':
      return column(node, here)
    case 'A_Const':
      return literal(node, here)
    case 'TypeCast':
      return cast(context, node, here)
    case 'A_Expr':
      return operatorExpression(context, node, here)
    case 'BoolExpr':
      return operation(boolean[textOf(node, 'boolop') ?? ''] ?? 'unknown', listOf(node, 'args'))
    case 'NullTest':
      return operation(node.nulltesttype === 'IS_NULL' ? 'is null' : 'is not null', [node.arg])
    case 'BooleanTest':
      return operation((textOf(node, 'booltesttype') ?? '').replaceAll('_', ' ').toLowerCase(), [node.arg])
    case 'CoalesceExpr':
      return operation('coalesce', listOf(node, 'args'))
    case 'MinMaxExpr':
      return operation(node.op === 'IS_LEAST' ? 'least' : 'greatest', listOf(node, 'args'))
    case 'A_ArrayExpr':
      return operation('array', listOf(node, 'elements'))
    case 'GroupingFunc':
      return operation('grouping', listOf(node, 'args'))
    case 'CollateClause': {
      const collation = listOf(node, 'collname').map(stringOf).join('.')
      const name: Expression = { kind: 'literal', type: 'string', value: collation }
      return { kind: 'operation', operator: 'collate', operands: [read(node.arg), name], ...here }
    }
    case 'RowExpr':
      return { kind: 'tuple', items: listOf(node, 'args').map(read), ...here }
    case 'CaseExpr':
      return caseExpression(context, node, here)
    case 'FuncCall':
      return call(context, node, here)
    case 'SQLValueFunction': {
      const name = sqlValueFunctionName(node)
      return {
        kind: 'call',
        name,
        traits: context.traitsOf(name, 0),
        arguments: [],
        isDistinct: false,
        orderBy: [],
        ...here,
      }
    }
    case 'SubLink':
      return subquery(context, node, here)
    case 'A_Indirection':
      return indirection(context, node)
    case 'ParamRef':
      return { kind: 'parameter', ...here }
    case 'JsonObjectConstructor':
    case 'JsonArrayConstructor':
    case 'JsonArrayQueryConstructor':
    case 'JsonArrayAgg':
    case 'JsonObjectAgg':
    case 'JsonFuncExpr':
    case 'JsonIsPredicate':
    case 'JsonParseExpr':
    case 'JsonScalarExpr':
    case 'JsonSerializeExpr':
    case 'XmlExpr':
    case 'XmlSerialize':
      return context.document(type, node, here)
    default:
      return { kind: 'unknown', what: type, parts: childExpressions(context, node), ...here }
  }
}

export function orderings(context: PostgresContext, sorts: readonly Json[]): readonly Ordering[] {
  return sorts.flatMap((each) => {
    const sort = unwrap(each)?.node
    if (sort === undefined) return []
    // USING > is an order of its own, which nothing here needs to understand.
    const isDescending = sort.sortby_dir === 'SORTBY_DESC' || sort.sortby_dir === 'SORTBY_USING'
    return [{ expression: postgresExpression(context, sort.node), isDescending }]
  })
}

const boolean: Readonly<Record<string, string>> = { AND_EXPR: 'and', OR_EXPR: 'or', NOT_EXPR: 'not' }

/** The expressions below a node that is not understood. */
function childExpressions(context: PostgresContext, node: JsonObject): readonly Expression[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'typeName' || key === 'location') return []
    const values: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [value]
    return values.flatMap((each) => {
      const inner = unwrap(each)
      return inner === undefined || !/^[A-Z]/.test(inner.type) ? [] : [postgresExpression(context, each)]
    })
  })
}

function column(node: JsonObject, here: { readonly start?: number }): Expression {
  const fields = listOf(node, 'fields')
  const names = fields.map(stringOf)
  if (!names.every((name) => name !== undefined)) {
    const relation = names.filter((name) => name !== undefined).map(postgresName)
    return { kind: 'row', ...(relation.length === 0 ? {} : { relation }), ...here }
  }
  return { kind: 'column', parts: names.map(postgresName), ...here }
}

function literal(node: JsonObject, here: { readonly start?: number }): Expression {
  if (node.isnull === true) return { kind: 'literal', type: 'null', value: 'null', ...here }
  const integer = childOf(node, 'ival')
  if (integer !== undefined) {
    return { kind: 'literal', type: 'number', value: String(integer.ival ?? 0), ...here }
  }
  const float = childOf(node, 'fval')
  if (float !== undefined)
    return { kind: 'literal', type: 'number', value: textOf(float, 'fval') ?? '', ...here }
  const truth = childOf(node, 'boolval')
  if (truth !== undefined) {
    return { kind: 'literal', type: 'boolean', value: String(truth.boolval ?? false), ...here }
  }
  const text = childOf(node, 'sval')
  if (text !== undefined)
    return { kind: 'literal', type: 'string', value: textOf(text, 'sval') ?? '', ...here }
  return { kind: 'literal', type: 'other', value: JSON.stringify(node.bsval ?? null), ...here }
}

/** INTERVAL_MASK of one field, see the server's utils/timestamp.h. */
const intervalFields: Readonly<Record<number, string>> = {
  2: 'month',
  4: 'year',
  8: 'day',
  1024: 'hour',
  2048: 'minute',
  4096: 'second',
}

function typeOf(node: JsonObject | undefined): string {
  if (node === undefined) return 'unknown'
  const names = listOf(node, 'names').map((each) => stringOf(each) ?? '')
  const name = typeName((names[0] === 'pg_catalog' ? names.slice(1) : names).join('.'))
  const modifiers = listOf(node, 'typmods').map((each) => {
    const constant = unwrap(each)?.node
    const value = constant === undefined ? undefined : literal(constant, {})
    return value?.kind === 'literal' ? value.value : '?'
  })
  const shown =
    name === 'interval' && modifiers.length === 1 ? [intervalFields[Number(modifiers[0])] ?? '?'] : modifiers
  const array = listOf(node, 'arrayBounds').map(() => '[]')
  return `${name}${shown.length === 0 ? '' : `(${shown.join(',')})`}${array.join('')}`
}

function cast(context: PostgresContext, node: JsonObject, here: { readonly start?: number }): Expression {
  return {
    kind: 'cast',
    type: typeOf(childOf(node, 'typeName')),
    isTry: false,
    expression: postgresExpression(context, node.arg),
    ...here,
  }
}

function operatorExpression(
  context: PostgresContext,
  node: JsonObject,
  here: { readonly start?: number },
): Expression {
  const name = stringOf(listOf(node, 'name').at(-1)) ?? ''
  const read = (each: Json | undefined) => postgresExpression(context, each)
  const left = node.lexpr === undefined ? [] : [read(node.lexpr)]
  const items = () => listOf(unwrap(node.rexpr)?.node ?? {}, 'items').map(read)
  const operation = (operator: string, operands: readonly Expression[]): Expression => ({
    kind: 'operation',
    operator,
    operands,
    ...here,
  })
  switch (node.kind) {
    case 'AEXPR_IN':
      return { kind: 'in', isNegated: name === '<>', expression: left[0]!, list: items(), ...here }
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [low, high] = items()
      if (low === undefined || high === undefined) break
      const isNegated = node.kind === 'AEXPR_NOT_BETWEEN'
      return { kind: 'between', isNegated, expression: left[0]!, low, high, ...here }
    }
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return operation(name.toLowerCase(), [...left, ...items()])
    case 'AEXPR_DISTINCT':
      return operation('is distinct from', [...left, read(node.rexpr)])
    case 'AEXPR_NOT_DISTINCT':
      return operation('is not distinct from', [...left, read(node.rexpr)])
    case 'AEXPR_NULLIF':
      return operation('nullif', [...left, read(node.rexpr)])
    case 'AEXPR_OP_ANY':
      return operation(`${name} any`, [...left, read(node.rexpr)])
    case 'AEXPR_OP_ALL':
      return operation(`${name} all`, [...left, read(node.rexpr)])
    case 'AEXPR_OP':
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR':
      return operation(name, [...left, read(node.rexpr)])
  }
  return { kind: 'unknown', what: String(node.kind), parts: childExpressions(context, node), ...here }
}

function caseExpression(
  context: PostgresContext,
  node: JsonObject,
  here: { readonly start?: number },
): Expression {
  const read = (each: Json | undefined) => postgresExpression(context, each)
  const branches = listOf(node, 'args').map((each) => {
    const when = unwrap(each)?.node ?? {}
    // biome-ignore lint/suspicious/noThenProperty: the word of SQL
    return { when: read(when.expr), then: read(when.result) }
  })
  return {
    kind: 'case',
    ...(node.arg === undefined ? {} : { operand: read(node.arg) }),
    branches,
    ...(node.defresult === undefined ? {} : { otherwise: read(node.defresult) }),
    ...here,
  }
}

function call(context: PostgresContext, node: JsonObject, here: { readonly start?: number }): Expression {
  const parts = listOf(node, 'funcname').map((each) => stringOf(each) ?? '')
  const name = (parts[0] === 'pg_catalog' ? parts.slice(1) : parts).join('.').toLowerCase()
  const inner = listOf(node, 'args').map((each) => postgresExpression(context, unnamed(each)))
  const over = childOf(node, 'over')
  return {
    kind: 'call',
    name,
    traits: context.traitsOf(name, inner.length),
    arguments: inner,
    isDistinct: node.agg_distinct === true,
    ...(node.agg_filter === undefined ? {} : { filter: postgresExpression(context, node.agg_filter) }),
    orderBy: orderings(context, listOf(node, 'agg_order')),
    ...(over === undefined ? {} : { over: windowOf(context, over) }),
    ...here,
  }
}

/** `f(name => value)` */
function unnamed(value: Json): Json {
  const wrapped = unwrap(value)
  return wrapped?.type === 'NamedArgExpr' ? (wrapped.node.arg ?? null) : value
}

/** FRAMEOPTION_… of the server's nodes/parsenodes.h. */
const frameBits = {
  rows: 0x4,
  groups: 0x8,
  from: { unboundedPreceding: 0x20, unboundedFollowing: 0x80, current: 0x200, preceding: 0x800 },
  to: { unboundedPreceding: 0x40, unboundedFollowing: 0x100, current: 0x400, preceding: 0x1000 },
  exclusion: 0x8000 | 0x10000 | 0x20000,
} as const

/** `OVER w` is the named window itself, `OVER (w …)` and `WINDOW v AS (w …)` add to it. */
export function windowOf(context: PostgresContext, over: JsonObject): Window {
  const named = context.windows.get(textOf(over, 'name') ?? '')
  return windowDefinition(context, named ?? over, context.windows.size + 1)
}

/** A window can only build on one that stands before it; `depth` guards against a tree that says otherwise. */
function windowDefinition(context: PostgresContext, node: JsonObject, depth: number): Window {
  const before = depth === 0 ? undefined : context.windows.get(textOf(node, 'refname') ?? '')
  const base = before === undefined ? undefined : windowDefinition(context, before, depth - 1)
  const orderBy = orderings(context, listOf(node, 'orderClause'))
  const partitionBy = listOf(node, 'partitionClause').map((each) => postgresExpression(context, each))
  return {
    partitionBy: base === undefined ? partitionBy : base.partitionBy,
    orderBy: orderBy.length > 0 || base === undefined ? orderBy : base.orderBy,
    frame: frameOf(context, node),
  }
}

function frameOf(context: PostgresContext, node: JsonObject): Frame {
  const bits = typeof node.frameOptions === 'number' ? node.frameOptions : 0
  const bound = (side: typeof frameBits.from | typeof frameBits.to, offset: Json | undefined): FrameBound => {
    if (bits & side.unboundedPreceding) return { kind: 'unbounded', side: 'preceding' }
    if (bits & side.unboundedFollowing) return { kind: 'unbounded', side: 'following' }
    if (bits & side.current) return { kind: 'current' }
    return {
      kind: 'offset',
      side: bits & side.preceding ? 'preceding' : 'following',
      expression: postgresExpression(context, offset),
    }
  }
  return {
    unit: bits & frameBits.rows ? 'rows' : bits & frameBits.groups ? 'groups' : 'range',
    from: bound(frameBits.from, node.startOffset),
    to: bound(frameBits.to, node.endOffset),
    hasExclusion: (bits & frameBits.exclusion) !== 0,
  }
}

function subquery(context: PostgresContext, node: JsonObject, here: { readonly start?: number }): Expression {
  const select = unwrap(node.subselect)
  if (select?.type !== 'SelectStmt') return { kind: 'unknown', what: 'a subquery', parts: [], ...here }
  const query = context.query(select.node)
  const operator = stringOf(listOf(node, 'operName').at(-1))
  const operand = node.testexpr === undefined ? {} : { operand: postgresExpression(context, node.testexpr) }
  switch (node.subLinkType) {
    case 'EXISTS_SUBLINK':
      return { kind: 'subquery', form: 'exists', query, ...here }
    case 'EXPR_SUBLINK':
      return { kind: 'subquery', form: 'scalar', query, ...here }
    case 'ARRAY_SUBLINK':
      return { kind: 'subquery', form: 'array', query, ...here }
    case 'ANY_SUBLINK':
      return operator === undefined || operator === '='
        ? { kind: 'subquery', form: 'in', operator: '=', query, ...operand, ...here }
        : { kind: 'subquery', form: 'any', operator, query, ...operand, ...here }
    case 'ALL_SUBLINK':
      return { kind: 'subquery', form: 'all', operator: operator ?? '=', query, ...operand, ...here }
    default:
      return { kind: 'unknown', what: String(node.subLinkType), parts: [], ...here }
  }
}

function indirection(context: PostgresContext, node: JsonObject): Expression {
  let base = postgresExpression(context, node.arg)
  for (const each of listOf(node, 'indirection')) {
    const start = base.start === undefined ? {} : { start: base.start }
    const field = stringOf(each)
    const index = unwrap(each)
    if (field !== undefined)
      base = { kind: 'access', base, field: postgresName(field), indexes: [], ...start }
    else if (index?.type === 'A_Indices') {
      const bounds = [index.node.lidx, index.node.uidx].filter((bound) => isObject(bound))
      const indexes = bounds.map((bound) => postgresExpression(context, bound))
      base = { kind: 'access', base, indexes, ...start }
    } else return { kind: 'unknown', what: 'a whole row', parts: [base], ...start }
  }
  return base
}
