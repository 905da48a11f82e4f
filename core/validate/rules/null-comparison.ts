import type { Expression, Query } from '../../sql/relational/ir.ts'
import { walkQuery } from '../../sql/relational/walk.ts'
import type { QueryFinding } from '../query-lint.ts'

const comparisons: ReadonlySet<string> = new Set(['=', '==', '<>', '!=', '<', '<=', '>', '>='])

/** Comparisons with the literal NULL, which hold for no row. */
export function nullComparisons(query: Query): readonly QueryFinding[] {
  const found: QueryFinding[] = []
  walkQuery(query, {
    expression: (each) => {
      const what = comparedWithNull(each)
      if (what !== undefined) found.push({ rule: 'null_comparison', what, start: each.start ?? 0 })
      return true
    },
  })
  return found
}

function comparedWithNull(each: Expression): string | undefined {
  switch (each.kind) {
    case 'operation':
      return each.operands.length === 2 && comparisons.has(each.operator) && each.operands.some(isNull)
        ? `\`${each.operator} null\``
        : undefined
    case 'in':
      return each.isNegated && each.list.some(isNull) ? '`not in` a list with NULL' : undefined
    case 'case':
      return each.operand !== undefined && each.branches.some((branch) => isNull(branch.when))
        ? '`when null` of a CASE that compares'
        : undefined
    default:
      return undefined
  }
}

function isNull(expression: Expression): boolean {
  return expression.kind === 'literal' && expression.type === 'null'
}
