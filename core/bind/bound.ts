import type { Column } from '../adapter.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** What is known of a relation's columns without its data. */
export type BoundRelation =
  | { readonly kind: 'bound'; readonly columns: readonly Column[] }
  /** Nobody declared or captured a source's columns, or something that it is made of is broken or unknown itself. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** Every model, seed and source with its columns, and what the engine found wrong. */
export interface BoundProject {
  /** By logical name. */
  readonly relations: ReadonlyMap<string, BoundRelation>
  readonly problems: readonly Diagnostic[]
}
