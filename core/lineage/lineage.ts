import type { Place } from '../diagnostics/diagnostic.ts'

/** How a column of an input decides an output column: its value (first three, weakest first), or only which rows there are. */
export type ValueRole = 'copied' | 'transformed' | 'aggregated'
export type RowRole = 'filter' | 'join' | 'group' | 'order'
export type Role = ValueRole | RowRole

export interface ColumnSource {
  /** Logical name. */
  readonly relation: string
  /** Spelled as the relation's column is, where its columns are known. */
  readonly column: string
  readonly role: Role
  /** Fields of a struct below the column, where only they are read. */
  readonly fields?: readonly string[]
}

/** What could not be resolved, so that sources may be missing. */
export interface Unresolved {
  readonly reason: string
  /** UTF-16 offset in the text that was parsed. */
  readonly start?: number
  /** The model in whose text it is, where several are put together. */
  readonly model?: string
  readonly place?: Place
}

/** Whether a column can hold NULL: `never` only where that is certain; `unknown` where it depends on columns of which nobody says. */
export type Nullability = 'never' | 'maybe' | 'unknown'

export interface ColumnLineage {
  readonly column: string
  /** Sorted by relation, column and role. Of one query only own sources; of a project those that decide the rows are merged in. */
  readonly sources: readonly ColumnSource[]
  readonly unresolved?: readonly Unresolved[]
}

/** What one query takes from the relations that it names. */
export interface QueryLineage {
  /** In the order of the output; `sources` are own sources only. */
  readonly columns: readonly ColumnLineage[]
  /** Columns that decide which rows there are: they count for each output column, and for whoever counts the rows. */
  readonly rows: readonly ColumnSource[]
  /** What concerns every column, as it concerns the rows or says that there may be more columns than those. */
  readonly unresolved: readonly Unresolved[]
  /** Relations that it reads, by logical name, sorted. */
  readonly reads: readonly string[]
  /** There may be more columns, as a star stands for columns that nobody knows. */
  readonly isOpen?: true
}
