import type { Expression, Query, TableRef } from '../sql/relational/ir.ts'
import type { InputColumn } from './query.ts'
import type { Relation, Value } from './relation.ts'
import type { Scope } from './scope.ts'

/** What resolving needs besides the scope. */
export interface Reading {
  /** Relations of WITH that are visible here, by key. */
  readonly ctes: ReadonlyMap<string, Relation>
  /** All rows that a recursive CTE has made so far, by key. */
  readonly recurring: ReadonlyMap<string, Relation>
  /** USING puts the columns that it merges before all others. */
  readonly putsMergedFirst: boolean
  /** What stands for COLUMNS(…) in the expression that is read. */
  readonly current?: Value
  /** Each group has rows: an aggregate of values that are never NULL is none. */
  readonly hasRowsInGroups: boolean
  nextId(): number
  relationOf(table: TableRef): string | undefined
  columnsOf(relation: string): readonly InputColumn[] | undefined
  fold(name: string): string
  read(relation: string): void
  /** `readQuery`, for what stands within a query. */
  query(reading: Reading, query: Query, outer: Scope | undefined): Relation
  /** `readExpression`, for what an expression itself is read with. */
  expression(reading: Reading, expression: Expression, scope: Scope): Value
}
