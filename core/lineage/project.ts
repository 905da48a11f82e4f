import type { ColumnLineage, Nullability, QueryLineage, Role, Unresolved } from './lineage.ts'

/** A column downstream that a change of another one reaches. */
export interface HitColumn {
  readonly relation: string
  readonly column: string
  /** The strongest role on any way, or each role by which it decides rows. */
  readonly roles: readonly Role[]
}

/** Who is hit by a column. */
export interface Downstream {
  /** Upstream relations first, columns in their order. */
  readonly hits: readonly HitColumn[]
  /** What may be hit too, as its lineage is not known in full. */
  readonly unresolved: readonly Unresolved[]
}

/** Column lineage of a project, made model by model when it is asked for. */
export interface ProjectLineage {
  /** What one model takes from the relations that it names. */
  direct(model: string): Promise<QueryLineage>
  /** Ultimate sources of a model's columns: columns of sources and seeds. All its columns, or one. Those that decide the rows are merged in. */
  upstream(model: string, column?: string): Promise<readonly ColumnLineage[]>
  /** Columns downstream of a column (or of the rows of a relation: `column` left out), through any number of models. */
  downstream(relation: string, column?: string): Promise<Downstream>
  /** Whether columns of a relation can hold NULL, by name. */
  nullability(relation: string): Promise<ReadonlyMap<string, Nullability>>
}
