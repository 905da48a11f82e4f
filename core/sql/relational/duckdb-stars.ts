import { type AstNode, isNode, nodes } from '../duckdb-ast-columns.ts'
import { at, type DuckdbContext, duckdbExpression, duckdbName } from './duckdb-expressions.ts'
import type { ColumnChoice, ExcludedColumn, Name, SelectItem, Star } from './ir.ts'

/** A `*`, a `t.*` or a COLUMNS(…). */
export function duckdbStar(context: DuckdbContext, node: AstNode): Star {
  const inner = isNode(node.expr) ? starBelow(node.expr) : undefined
  const chosen = isNode(node.expr) ? choiceOf(context, node.expr) : undefined
  const star = inner ?? node
  return {
    kind: 'star',
    ...(typeof star.relation_name === 'string' && star.relation_name !== ''
      ? { relation: [duckdbName(star.relation_name)] }
      : {}),
    excluded: excludedOf(star),
    replaced: nodes(star.replace_list).map((entry) => ({
      name: duckdbName(entry.key),
      expression: duckdbExpression(context, entry.value),
    })),
    renamed: nodes(star.rename_list).map((entry) => {
      const from = isNode(entry.key) ? entry.key : { column: entry.key }
      return { from: duckdbName(from.column ?? ''), to: duckdbName(entry.value), ...relationOf(from) }
    }),
    ...(chosen === undefined ? {} : { chosen }),
    ...at(context, node),
  }
}

function excludedOf(node: AstNode): readonly ExcludedColumn[] {
  const plain = Array.isArray(node.exclude_list) ? (node.exclude_list as readonly unknown[]) : []
  return [
    ...plain.filter((each) => typeof each === 'string').map(duckdbName),
    ...nodes(node.qualified_exclude_list).map((entry) => ({
      ...duckdbName(entry.column ?? ''),
      ...relationOf(entry),
    })),
  ]
}

function relationOf(entry: AstNode): { readonly relation?: Name } {
  return typeof entry.table === 'string' && entry.table !== '' ? { relation: duckdbName(entry.table) } : {}
}

/** `* LIKE 'a%'`: the grammar makes it an operator over a star. */
export function filteredStar(context: DuckdbContext, node: AstNode): SelectItem | undefined {
  const negated = node.type === 'OPERATOR_NOT' ? nodes(node.children)[0] : undefined
  const filter = negated ?? node
  const star = filter.class === 'FUNCTION' ? nodes(filter.children)[0] : undefined
  if (star?.class !== 'STAR' || star.columns === true) return undefined
  if (!starFilters.has(String(filter.function_name))) return undefined
  const parameter = duckdbName('*')
  const named = { class: 'COLUMN_REF', type: 'COLUMN_REF', column_names: ['*'] }
  if (filter.function_name === 'regexp_full_match' && negated === undefined) {
    // DuckDB 1.5 takes it for COLUMNS('…'), where a part may match; with NOT the whole name must.
    const [, pattern] = nodes(filter.children)
    return {
      ...duckdbStar(context, star),
      chosen: choiceOf(context, pattern ?? {}),
    }
  }
  const condition = duckdbExpression(context, {
    ...filter,
    children: [named, ...nodes(filter.children).slice(1)],
  })
  return {
    ...duckdbStar(context, star),
    chosen: {
      kind: 'lambda',
      parameter,
      condition:
        negated === undefined ? condition : { kind: 'operation', operator: 'not', operands: [condition] },
    },
  }
}

const starFilters = new Set(['~~', '!~~', '~~*', '!~~*', '~~~', 'regexp_full_match'])

/** The star that a COLUMNS(…) with a lambda or a list comprehension takes its columns from. */
function starBelow(node: AstNode): AstNode | undefined {
  if (node.class === 'STAR') return node
  return node.class === 'FUNCTION'
    ? nodes(node.children)
        .map(starBelow)
        .find((each) => each !== undefined)
    : undefined
}

function choiceOf(context: DuckdbContext, node: AstNode): ColumnChoice {
  const unknown: ColumnChoice = { kind: 'unknown', what: 'COLUMNS(…)' }
  const expression = duckdbExpression(context, node)
  if (expression.kind === 'literal' && expression.type === 'string') {
    return { kind: 'regexp', pattern: expression.value }
  }
  const items =
    expression.kind === 'operation' && expression.operator === 'array'
      ? expression.operands
      : expression.kind === 'call' && expression.name === 'list_value'
        ? expression.arguments
        : undefined
  if (items !== undefined) {
    const names = items.map((each) => (each.kind === 'literal' ? duckdbName(each.value) : undefined))
    return names.every((name) => name !== undefined) ? { kind: 'names', names } : unknown
  }
  return lambdaOf(context, node) ?? unknown
}

/** `list_filter(*, c -> …)`, and what the grammar makes of `[c for c in (*) if …]`. */
function lambdaOf(context: DuckdbContext, node: AstNode): ColumnChoice | undefined {
  const [list, lambda] = nodes(node.children)
  if (node.class !== 'FUNCTION' || list === undefined || lambda === undefined) return undefined
  if (list.class !== 'STAR') return comprehensionOf(context, node)
  if (node.function_name !== 'list_filter') return undefined
  return readLambda(context, lambda, lambda.expr)
}

function comprehensionOf(context: DuckdbContext, node: AstNode): ColumnChoice | undefined {
  let [list, lambda] = nodes(node.children)
  while (list !== undefined && list.class === 'FUNCTION') [list, lambda] = nodes(list.children)
  if (list?.class !== 'STAR' || lambda?.class !== 'LAMBDA' || !isNode(lambda.expr)) return undefined
  const parts = nodes(lambda.expr.children)
  const filter = parts.find((each) => each.alias === 'filter')
  const result = parts.find((each) => each.alias === 'result')
  const head = isNode(lambda.lhs) ? lambda.lhs.column_names : undefined
  const isItself =
    result?.class === 'COLUMN_REF' && JSON.stringify(result.column_names) === JSON.stringify(head)
  return isItself ? readLambda(context, lambda, filter) : undefined
}

function readLambda(context: DuckdbContext, lambda: AstNode, condition: unknown): ColumnChoice | undefined {
  const head = isNode(lambda.lhs) ? lambda.lhs.column_names : undefined
  if (lambda.class !== 'LAMBDA' || !Array.isArray(head) || head.length !== 1) return undefined
  return { kind: 'lambda', parameter: duckdbName(head[0]), condition: duckdbExpression(context, condition) }
}
