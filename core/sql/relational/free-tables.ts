import type { Expression, From, Query } from './ir.ts'
import { childrenOf, walkFrom, walkItem } from './walk.ts'

/** Keys of the names of one part that a query takes for tables and does not define itself as CTEs. */
export function freeTables(query: Query): ReadonlySet<string> {
  const found = new Set<string>()
  collect(query, new Set(), found)
  return found
}

function collect(query: Query, hidden: ReadonlySet<string>, found: Set<string>): void {
  const names = new Set(hidden)
  // With RECURSIVE each sees all of them.
  if (query.isRecursive) for (const cte of query.with) names.add(cte.name.key)
  for (const cte of query.with) {
    collect(cte.query, new Set(names), found)
    names.add(cte.name.key)
  }
  const visitor = {
    from(from: From) {
      if (from.kind === 'table' && from.parts.length === 1 && !names.has(from.parts[0]!.key)) {
        found.add(from.parts[0]!.key)
      }
      if (from.kind !== 'derived') return true
      collect(from.query, names, found)
      return false
    },
    expression(expression: Expression) {
      expressionIn(expression)
      return false
    },
  }
  const expressionIn = (expression: Expression | undefined): void => {
    if (expression === undefined) return
    if (expression.kind === 'subquery') collect(expression.query, names, found)
    for (const child of childrenOf(expression)) expressionIn(child)
  }
  const { body } = query
  switch (body.kind) {
    case 'select':
      if (body.from !== undefined) walkFrom(body.from, visitor)
      for (const item of body.items) walkItem(item, visitor)
      for (const each of [body.where, body.having, body.qualify]) expressionIn(each)
      if (body.groupBy?.kind === 'sets') body.groupBy.expressions.forEach(expressionIn)
      if (body.distinct.kind === 'on') body.distinct.on.forEach(expressionIn)
      break
    case 'set':
      collect(body.left, names, found)
      collect(body.right, names, found)
      break
    case 'recursion':
      collect(body.anchor, names, found)
      collect(body.step, names, found)
      break
    case 'nested':
      collect(body.query, names, found)
      break
    case 'values':
      body.rows.flat().forEach(expressionIn)
      break
    case 'unknown':
      break
    default:
      body satisfies never
  }
  for (const { expression } of query.orderBy) expressionIn(expression)
  expressionIn(query.limit?.count)
  expressionIn(query.limit?.offset)
}
