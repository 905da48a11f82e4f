export type NodeKind = 'model' | 'source' | 'seed' | 'check'

/** A node of the dependency graph. Names are qualified logical names (`staging.flights`) and unique. */
export interface GraphNode {
  readonly name: string
  readonly kind: NodeKind
  /** Project-relative path of the file that defines it. */
  readonly path: string
  readonly tags: readonly string[]
  readonly upstream: readonly string[]
}
