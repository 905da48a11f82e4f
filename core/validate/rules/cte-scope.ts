import type { Cte, Query } from '../../sql/relational/ir.ts'

/** The CTEs that a query sees, nearest first. */
export interface CteScope {
  readonly cte: Cte
  /** Its column list names every column. */
  readonly isWhole: boolean
  /** What its own query sees. */
  readonly outer: CteScope | undefined
}

export function withCtes(query: Query, outer: CteScope | undefined): CteScope | undefined {
  let scope = outer
  for (const cte of query.with) scope = { cte, isWhole: cte.columns.length > 0, outer: scope }
  return scope
}

export function cteNamed(scope: CteScope | undefined, key: string): CteScope | undefined {
  for (let each = scope; each !== undefined; each = each.outer) if (each.cte.name.key === key) return each
  return undefined
}
