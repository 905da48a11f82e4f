import type { Place } from '../diagnostics/diagnostic.ts'

/** How a column of an input decides an output column: its value (first three, weakest first), or only which rows there are. */
export type ValueRole = 'copied' | 'transformed' | 'aggregated'
export type RowRole = 'filter' | 'join' | 'group' | 'order'
export type Role = ValueRole | RowRole

export interface ColumnSource {
  /** Logical name. */
  readonly relation: string
  readonly column: string
  readonly role: Role
  /** Fields of a struct below the column, where only they are read. */
  readonly fields?: readonly string[]
}

/** What could not be resolved, so that sources may be missing. */
export interface Unresolved {
  readonly reason: string
  readonly place?: Place
}

export interface ColumnLineage {
  readonly column: string
  /** Own sources first, then those that decide the rows; each group sorted by relation and column. */
  readonly sources: readonly ColumnSource[]
  readonly unresolved?: readonly Unresolved[]
}

/** What one query takes from the relations that it names. */
export interface QueryLineage {
  /** In the order of the output; `sources` are own sources only. */
  readonly columns: readonly ColumnLineage[]
  /** Columns that decide which rows there are: they count for each output column, and for whoever counts the rows. */
  readonly rows: readonly ColumnSource[]
  readonly unresolved: readonly Unresolved[]
  /** Relations that it reads, by logical name, sorted. */
  readonly reads: readonly string[]
}
