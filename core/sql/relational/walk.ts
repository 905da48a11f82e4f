import type { Expression, From, Ordering, Query, SelectItem, UnknownNode } from './ir.ts'

/** What is met on a walk through a query. `enter` of an expression or FROM entry returns false to leave out what is below it. */
export interface Visitor {
  query?(query: Query): void
  expression?(expression: Expression): boolean | undefined
  from?(from: From): boolean | undefined
  item?(item: SelectItem): void
  unknown?(node: UnknownNode): void
}

/** The expressions directly below one, without those of subqueries. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'column':
    case 'literal':
    case 'parameter':
    case 'row':
    case 'ordinal':
      return []
    case 'call':
      return [
        ...expression.arguments,
        ...(expression.filter === undefined ? [] : [expression.filter]),
        ...ordered(expression.orderBy),
        ...(expression.over === undefined ? [] : windowExpressions(expression.over)),
      ]
    case 'operation':
      return expression.operands
    case 'cast':
      return [expression.expression]
    case 'case':
      return [
        ...(expression.operand === undefined ? [] : [expression.operand]),
        ...expression.branches.flatMap((branch) => [branch.when, branch.then]),
        ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
      ]
    case 'between':
      return [expression.expression, expression.low, expression.high]
    case 'in':
      return [expression.expression, ...expression.list]
    case 'subquery':
      return expression.operand === undefined ? [] : [expression.operand]
    case 'tuple':
      return expression.items
    case 'access':
      return [expression.base, ...expression.indexes]
    case 'lambda':
      return [expression.body]
    case 'columns':
      return expression.star.replaced.map((each) => each.expression)
    case 'unknown':
      return expression.parts
    default:
      return expression satisfies never
  }
}

function windowExpressions({
  partitionBy,
  orderBy,
  frame,
}: NonNullable<Extract<Expression, { kind: 'call' }>['over']>): readonly Expression[] {
  const bounds = [frame.from, frame.to].flatMap((bound) =>
    bound.kind === 'offset' ? [bound.expression] : [],
  )
  return [...partitionBy, ...ordered(orderBy), ...bounds]
}

export function ordered(orderBy: readonly Ordering[]): readonly Expression[] {
  return orderBy.map((each) => each.expression)
}

/** Visits a query with everything below it, subqueries included, outer before inner. */
export function walkQuery(query: Query, visitor: Visitor): void {
  visitor.query?.(query)
  for (const cte of query.with) walkQuery(cte.query, visitor)
  walkBody(query, visitor)
  for (const expression of ordered(query.orderBy)) walkExpression(expression, visitor)
  for (const expression of [query.limit?.count, query.limit?.offset]) {
    if (expression !== undefined) walkExpression(expression, visitor)
  }
}

function walkBody({ body }: Query, visitor: Visitor): void {
  switch (body.kind) {
    case 'select': {
      const { distinct, items, from, where, groupBy, having, qualify } = body
      if (from !== undefined) walkFrom(from, visitor)
      for (const item of items) walkItem(item, visitor)
      const groups = groupBy?.kind === 'sets' ? groupBy.expressions : []
      const others = [where, ...groups, having, qualify, ...(distinct.kind === 'on' ? distinct.on : [])]
      for (const each of others) if (each !== undefined) walkExpression(each, visitor)
      return
    }
    case 'set':
      walkQuery(body.left, visitor)
      walkQuery(body.right, visitor)
      return
    case 'values':
      for (const row of body.rows) for (const each of row) walkExpression(each, visitor)
      return
    case 'nested':
      walkQuery(body.query, visitor)
      return
    case 'recursion':
      walkQuery(body.anchor, visitor)
      walkQuery(body.step, visitor)
      for (const each of body.keys) walkExpression(each, visitor)
      return
    case 'unknown':
      visitor.unknown?.(body)
      return
    default:
      body satisfies never
  }
}

export function walkItem(item: SelectItem, visitor: Visitor): void {
  visitor.item?.(item)
  switch (item.kind) {
    case 'expression':
      walkExpression(item.expression, visitor)
      return
    case 'star':
      for (const { expression } of item.replaced) walkExpression(expression, visitor)
      return
    case 'fields':
      walkExpression(item.expression, visitor)
      return
    case 'unknown':
      visitor.unknown?.(item)
      return
    default:
      item satisfies never
  }
}

/** Visits one FROM entry with everything below it. */
export function walkFrom(from: From, visitor: Visitor): void {
  if (visitor.from?.(from) === false) return
  switch (from.kind) {
    case 'table':
      return
    case 'derived':
      walkQuery(from.query, visitor)
      return
    case 'function':
      for (const call of from.calls) walkExpression(call, visitor)
      return
    case 'values':
      for (const row of from.rows) for (const each of row) walkExpression(each, visitor)
      return
    case 'computed':
      for (const each of from.expressions) walkExpression(each, visitor)
      return
    case 'pivot':
      walkFrom(from.input, visitor)
      for (const { expression } of from.aggregates) walkExpression(expression, visitor)
      for (const each of from.on) walkExpression(each, visitor)
      return
    case 'unpivot':
      walkFrom(from.input, visitor)
      for (const entry of from.entries) {
        const expressions =
          entry.kind === 'values' ? entry.expressions : entry.star.replaced.map((each) => each.expression)
        for (const each of expressions) walkExpression(each, visitor)
      }
      return
    case 'join':
      walkFrom(from.left, visitor)
      walkFrom(from.right, visitor)
      if (from.condition.kind === 'on') walkExpression(from.condition.expression, visitor)
      return
    case 'unknown':
      visitor.unknown?.(from)
      for (const input of from.inputs) walkFrom(input, visitor)
      return
    default:
      from satisfies never
  }
}

/** Visits an expression with everything below it, subqueries included. */
export function walkExpression(expression: Expression, visitor: Visitor): void {
  if (visitor.expression?.(expression) === false) return
  if (expression.kind === 'unknown') visitor.unknown?.(expression)
  for (const child of childrenOf(expression)) walkExpression(child, visitor)
  if (expression.kind === 'subquery') walkQuery(expression.query, visitor)
}
