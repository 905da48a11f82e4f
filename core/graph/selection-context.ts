import type { Graph } from './graph.ts'
import type { NamedSelectors } from './named-selectors.ts'
import type { Aspect, Status } from './selector.ts'

/** What selecting needs to know of a project. What is not given is asked only by the methods that it is for. */
export interface SelectionContext {
  readonly graph: Graph
  readonly facts?: (name: string) => NodeFacts
  readonly selectors?: NamedSelectors
  /** For `state:`; undefined where there is no saved manifest to compare with. */
  readonly changeOf?: ChangeOf
  /** For `status:`. */
  readonly statusOf?: StatusOf
}

/** What a node is, beyond its place in the graph. */
export interface NodeFacts {
  readonly materialization: string
  readonly owner?: string
  /** Names and kinds of the checks that it declares; of a check, its own name. */
  readonly checks: readonly string[]
}

/** How a node differs from a saved manifest; without aspects, not at all. */
export type Change =
  | { readonly kind: 'new' }
  | { readonly kind: 'known'; readonly differs: ReadonlySet<Aspect> }

export type ChangeOf = (name: string) => Change

/** The states that at least one due partition of a relation is in; none of what is not built. */
export type StatusOf = (name: string) => ReadonlySet<Status>
