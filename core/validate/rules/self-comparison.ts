import type { Expression, From, Query } from '../../sql/relational/ir.ts'
import { walkQuery } from '../../sql/relational/walk.ts'
import type { QueryFinding } from '../query-lint.ts'

/** Conditions of joins that compare a column with itself, so that every row of one side meets every row of the other. */
export function selfComparisons(query: Query): readonly QueryFinding[] {
  const found: QueryFinding[] = []
  walkQuery(query, {
    from: (from: From) => {
      if (from.kind === 'join' && from.condition.kind === 'on') {
        for (const each of conjunctsOf(from.condition.expression)) {
          const what = columnTwice(each)
          if (what !== undefined)
            found.push({ rule: 'self_comparison', what, start: each.start ?? from.start ?? 0 })
        }
      }
      return true
    },
  })
  return found
}

function conjunctsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'operation' && expression.operator === 'and') {
    return expression.operands.flatMap(conjunctsOf)
  }
  return [expression]
}

function columnTwice(each: Expression): string | undefined {
  if (each.kind !== 'operation' || each.operator !== '=' || each.operands.length !== 2) return undefined
  const [left, right] = each.operands
  if (left?.kind !== 'column' || right?.kind !== 'column') return undefined
  const same =
    left.parts.length === right.parts.length &&
    left.parts.every((part, index) => part.key === right.parts[index]!.key)
  return same ? left.parts.map((part) => part.text).join('.') : undefined
}
