import { type AstNode, isNode, nodes } from '../duckdb-ast-columns.ts'
import type {
  Call,
  Expression,
  Frame,
  FrameBound,
  FunctionTraits,
  Name,
  Ordering,
  Query,
  Star,
  UnknownExpression,
  Window,
} from './ir.ts'
import { typeName } from './type-name.ts'

/** What a function of the engine is; `isTable` for one that stands in FROM. */
export type TraitsOf = (name: string, argumentCount: number) => FunctionTraits

/** What reading expressions needs from the reader of queries. */
export interface DuckdbContext {
  readonly traitsOf: TraitsOf
  /** UTF-16 offset of a `query_location`; undefined where there is none. */
  position(location: unknown): number | undefined
  query(node: AstNode): Query
  star(node: AstNode): Star
}

/** DuckDB folds ASCII letters only, quoted or not. */
export function duckdbName(text: unknown): Name {
  const written = String(text)
  return { text: written, key: written.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) }
}

export function duckdbNames(values: unknown): readonly Name[] {
  return Array.isArray(values) ? values.map(duckdbName) : []
}

/** Where a node stands, as a property to spread. */
export function at(context: DuckdbContext, node: AstNode): { readonly start?: number } {
  const start = context.position(node.query_location)
  return start === undefined ? {} : { start }
}

const comparisons: Readonly<Record<string, string>> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_GREATERTHAN: '>',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHANOREQUALTO: '>=',
  COMPARE_DISTINCT_FROM: 'is distinct from',
  COMPARE_NOT_DISTINCT_FROM: 'is not distinct from',
}

const operators: Readonly<Record<string, string>> = {
  OPERATOR_NOT: 'not',
  OPERATOR_IS_NULL: 'is null',
  OPERATOR_IS_NOT_NULL: 'is not null',
  OPERATOR_COALESCE: 'coalesce',
  OPERATOR_NULLIF: 'nullif',
  OPERATOR_TRY: 'try',
  GROUPING_FUNCTION: 'grouping',
  ARRAY_CONSTRUCTOR: 'array',
}

/** Functions that take a lambda; anywhere else `->` is an operator of JSON. */
const lambdaFunctions = /^(?:(?:list|array)_(?:apply|transform|filter|reduce)|apply|filter|reduce)$/

/** Names that are functions of the clock if no column has them. */
const clockNames = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
])
const sessionNames = new Set([
  'current_user',
  'session_user',
  'user',
  'current_role',
  'current_catalog',
  'current_schema',
])

/** One expression of DuckDB's tree. */
export function duckdbExpression(context: DuckdbContext, node: unknown): Expression {
  if (!isNode(node)) return { kind: 'unknown', what: 'an expression', parts: [] }
  const here = at(context, node)
  const read = (value: unknown) => duckdbExpression(context, value)
  switch (node.class) {
    case 'COLUMN_REF':
      return column(node, here)
    case 'CONSTANT':
      return literal(node, here)
    case 'CAST':
      return {
        kind: 'cast',
        type: castType(node.cast_type),
        isTry: node.try_cast === true,
        expression: read(node.child),
        ...here,
      }
    case 'COMPARISON': {
      const operator = comparisons[String(node.type)]
      if (operator === undefined) return unknown(context, node)
      return { kind: 'operation', operator, operands: [read(node.left), read(node.right)], ...here }
    }
    case 'CONJUNCTION': {
      const operator = node.type === 'CONJUNCTION_AND' ? 'and' : 'or'
      return { kind: 'operation', operator, operands: nodes(node.children).map(read), ...here }
    }
    case 'BETWEEN':
      return {
        kind: 'between',
        isNegated: false,
        expression: read(node.input),
        low: read(node.lower),
        high: read(node.upper),
        ...here,
      }
    case 'OPERATOR':
      return operator(context, node, here)
    case 'CASE':
      return {
        kind: 'case',
        branches: nodes(node.case_checks).map((each) => ({
          when: read(each.when_expr),
          // biome-ignore lint/suspicious/noThenProperty: the word of SQL
          then: read(each.then_expr),
        })),
        ...(node.else_expr === undefined ? {} : { otherwise: read(node.else_expr) }),
        ...here,
      }
    case 'FUNCTION':
      return call(context, node, here)
    case 'WINDOW':
      return windowCall(context, node, here)
    case 'SUBQUERY':
      return subquery(context, node, here)
    case 'LAMBDA':
      return { kind: 'operation', operator: '->', operands: [read(node.lhs), read(node.expr)], ...here }
    case 'STAR':
      return { kind: 'columns', star: context.star(node), isUnpacked: node.columns !== true, ...here }
    case 'POSITIONAL_REFERENCE':
      return { kind: 'ordinal', index: Number(node.index ?? 0), ...here }
    case 'PARAMETER':
      return { kind: 'parameter', ...here }
    case 'COLLATE': {
      const collation: Expression = { kind: 'literal', type: 'string', value: String(node.collation) }
      return { kind: 'operation', operator: 'collate', operands: [read(node.child), collation], ...here }
    }
    default:
      return unknown(context, node)
  }
}

/** A node that is not understood, with the expressions within it that are. */
export function unknown(context: DuckdbContext, node: AstNode): UnknownExpression {
  const parts: Expression[] = []
  for (const key in node) {
    const values: readonly unknown[] = Array.isArray(node[key]) ? (node[key] as unknown[]) : [node[key]]
    for (const value of values)
      if (isNode(value) && typeof value.class === 'string') parts.push(duckdbExpression(context, value))
  }
  return { kind: 'unknown', what: String(node.type ?? node.class), parts, ...at(context, node) }
}

export function orderings(context: DuckdbContext, orders: unknown): readonly Ordering[] {
  return nodes(orders).map((each) => ({
    expression: duckdbExpression(context, each.expression),
    isDescending: each.type === 'DESCENDING',
  }))
}

function column(node: AstNode, here: { readonly start?: number }): Expression {
  const parts = duckdbNames(node.column_names)
  const key = parts.length === 1 ? parts[0]!.key : ''
  const source = clockNames.has(key) ? 'clock' : sessionNames.has(key) ? 'session' : undefined
  const otherwise = source && ({ kind: 'scalar', source, isOrdered: false } as const)
  return {
    kind: 'column',
    parts,
    ...(isBeforeParameters(node, parts) ? { isBeforeParameters: true } : {}),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...here,
  }
}

/** DuckDB 1.5 resolves names with a dot before it looks for parameters of lambdas, and so the bare names that are given another name
 * (`{'q': x}`, and what it makes of a list comprehension with a condition). */
function isBeforeParameters(node: AstNode, parts: readonly Name[]): boolean {
  if (parts.length > 1) return true
  return typeof node.alias === 'string' && node.alias !== '' && duckdbName(node.alias).key !== parts[0]?.key
}

function literal(node: AstNode, here: { readonly start?: number }): Expression {
  const value = isNode(node.value) ? node.value : {}
  const id = isNode(value.type) ? String(value.type.id) : ''
  if (value.is_null === true) return { kind: 'literal', type: 'null', value: 'null', ...here }
  const scale =
    isNode(value.type) && isNode(value.type.type_info) ? `e-${String(value.type.type_info.scale)}` : ''
  const plain = value.value ?? (id === 'BOOLEAN' ? false : id === 'VARCHAR' ? '' : 0)
  if (isNode(plain) || Array.isArray(plain)) {
    return { kind: 'literal', type: 'other', value: JSON.stringify(plain), ...here }
  }
  const text = String(plain)
  if (id === 'VARCHAR') return { kind: 'literal', type: 'string', value: text, ...here }
  if (id === 'BOOLEAN') return { kind: 'literal', type: 'boolean', value: text, ...here }
  if (/INT|DECIMAL|DOUBLE|FLOAT/.test(id)) {
    return { kind: 'literal', type: 'number', value: id === 'DECIMAL' ? text + scale : text, ...here }
  }
  return { kind: 'literal', type: 'other', value: `${id} ${text}`, ...here }
}

function castType(type: unknown): string {
  if (!isNode(type)) return 'unknown'
  const info = isNode(type.type_info) ? type.type_info : undefined
  if (info === undefined) return typeName(String(type.id))
  const { type: _, ...rest } = info
  return `${typeName(String(type.id))}(${JSON.stringify(rest)})`
}

function operator(context: DuckdbContext, node: AstNode, here: { readonly start?: number }): Expression {
  const operands = nodes(node.children).map((each) => duckdbExpression(context, each))
  const [first, ...others] = operands
  const type = String(node.type)
  const name = operators[type]
  if (name !== undefined) return { kind: 'operation', operator: name, operands, ...here }
  if (first === undefined) return unknown(context, node)
  switch (type) {
    case 'COMPARE_IN':
    case 'COMPARE_NOT_IN':
      return { kind: 'in', isNegated: type === 'COMPARE_NOT_IN', expression: first, list: others, ...here }
    case 'ARRAY_EXTRACT':
    case 'ARRAY_SLICE':
      return { kind: 'access', base: first, indexes: others, ...here }
    case 'OPERATOR_UNPACK':
      return first.kind === 'columns' ? { ...first, isUnpacked: true } : unknown(context, node)
    case 'STRUCT_EXTRACT': {
      const field = others[0]
      if (field?.kind !== 'literal') return unknown(context, node)
      return { kind: 'access', base: first, field: duckdbName(field.value), indexes: [], ...here }
    }
    default:
      return unknown(context, node)
  }
}

function call(context: DuckdbContext, node: AstNode, here: { readonly start?: number }): Expression {
  const name = functionName(node)
  const isLambda = (each: AstNode, index: number) =>
    index > 0 && each.class === 'LAMBDA' && lambdaFunctions.test(name)
  const children = nodes(node.children).map((each, index) =>
    isLambda(each, index) ? lambda(context, each, at(context, each)) : duckdbExpression(context, each),
  )
  const [base, field] = children
  if (name === 'struct_extract' && base !== undefined && field?.kind === 'literal' && field.type === 'string')
    return { kind: 'access', base, field: duckdbName(field.value), indexes: [], ...here }
  if (node.is_operator === true) return { kind: 'operation', operator: name, operands: children, ...here }
  if (name === 'row') return { kind: 'tuple', items: children, ...here }
  const orders = isNode(node.order_bys) ? node.order_bys.orders : undefined
  return {
    kind: 'call',
    name,
    traits: context.traitsOf(name, children.length),
    arguments: children,
    isDistinct: node.distinct === true,
    ...(node.filter === undefined ? {} : { filter: duckdbExpression(context, node.filter) }),
    orderBy: orderings(context, orders),
    ...here,
  }
}

/** The grammar itself puts `main` before functions that it makes of syntax. */
function functionName(node: AstNode): string {
  const schema = node.schema === 'main' ? undefined : node.schema
  return [node.catalog, schema, node.function_name]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join('.')
    .toLowerCase()
}

function windowCall(context: DuckdbContext, node: AstNode, here: { readonly start?: number }): Call {
  const extra = [node.offset_expr, node.default_expr].filter(isNode)
  const children = [...nodes(node.children), ...extra].map((each) => duckdbExpression(context, each))
  const name = functionName(node)
  return {
    kind: 'call',
    name,
    traits: context.traitsOf(name, children.length),
    arguments: children,
    isDistinct: node.distinct === true,
    ...(node.filter_expr === undefined ? {} : { filter: duckdbExpression(context, node.filter_expr) }),
    orderBy: orderings(context, node.arg_orders),
    over: windowOf(context, node),
    ...here,
  }
}

function windowOf(context: DuckdbContext, node: AstNode): Window {
  const start = String(node.start)
  const end = String(node.end)
  // UNBOUNDED does not say its unit; with both ends unbounded all units mean the same.
  const unit = [start, end].map((bound) => /_(ROWS|RANGE|GROUPS)$/.exec(bound)?.[1]).find((each) => each)
  const frame: Frame = {
    unit: (unit?.toLowerCase() ?? 'range') as Frame['unit'],
    from: frameBound(context, start, node.start_expr),
    to: frameBound(context, end, node.end_expr),
    hasExclusion: node.exclude_clause !== undefined && node.exclude_clause !== 'NO_OTHER',
  }
  return {
    partitionBy: nodes(node.partitions).map((each) => duckdbExpression(context, each)),
    orderBy: orderings(context, node.orders),
    frame,
  }
}

function frameBound(context: DuckdbContext, bound: string, expression: unknown): FrameBound {
  if (bound.startsWith('UNBOUNDED')) {
    return { kind: 'unbounded', side: bound === 'UNBOUNDED_FOLLOWING' ? 'following' : 'preceding' }
  }
  if (bound.startsWith('CURRENT_ROW')) return { kind: 'current' }
  return {
    kind: 'offset',
    side: bound.startsWith('EXPR_FOLLOWING') ? 'following' : 'preceding',
    expression: duckdbExpression(context, expression),
  }
}

function subquery(context: DuckdbContext, node: AstNode, here: { readonly start?: number }): Expression {
  const inner = isNode(node.subquery) && isNode(node.subquery.node) ? node.subquery.node : undefined
  if (inner === undefined) return unknown(context, node)
  const query = context.query(inner)
  switch (node.subquery_type) {
    case 'SCALAR':
      return { kind: 'subquery', form: 'scalar', query, ...here }
    case 'EXISTS':
      return { kind: 'subquery', form: 'exists', query, ...here }
    case 'NOT_EXISTS': {
      const exists: Expression = { kind: 'subquery', form: 'exists', query, ...here }
      return { kind: 'operation', operator: 'not', operands: [exists], ...here }
    }
    case 'ANY': {
      const comparison = comparisons[String(node.comparison_type)]
      if (comparison === undefined) return unknown(context, node)
      const operand = duckdbExpression(context, node.child)
      const form = comparison === '=' ? 'in' : 'any'
      return { kind: 'subquery', form, operand, operator: comparison, query, ...here }
    }
    default:
      return unknown(context, node)
  }
}

function lambda(context: DuckdbContext, node: AstNode, here: { readonly start?: number }): Expression {
  const left = isNode(node.lhs) ? node.lhs : {}
  const heads = left.class === 'COLUMN_REF' ? [left] : nodes(left.children)
  const parameters = heads.flatMap((each) => duckdbNames(each.column_names))
  const isPlain = heads.length > 0 && heads.every((each) => duckdbNames(each.column_names).length === 1)
  if (!isPlain) return unknown(context, node)
  return { kind: 'lambda', parameters, body: duckdbExpression(context, node.expr), ...here }
}
