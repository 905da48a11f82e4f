import type { Column } from '../adapter.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** What is known of a relation's columns without its data. */
export type BoundRelation =
  | {
      readonly kind: 'bound'
      /** As the engine's catalogue will say, in order. */
      readonly columns: readonly Column[]
      /** Of a model whose table has more columns than its query: those of the query. */
      readonly output?: readonly Column[]
    }
  /** Nobody declared or captured a source's columns, or something that it is made of is broken or unknown itself. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** Every model, seed and source with its columns, and what the engine found wrong. */
export interface BoundProject {
  /** By logical name. */
  readonly relations: ReadonlyMap<string, BoundRelation>
  readonly problems: readonly Diagnostic[]
  /** The engine could not be asked (a server that is not there), so all that only it knows is unknown. Not among the problems. */
  readonly unreachable?: Diagnostic
}
