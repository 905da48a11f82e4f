import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { NodeKind } from '../graph/graph.ts'
import type { Role } from '../lineage/lineage.ts'
import type { RowClause } from './compare-queries.ts'

/** A part of what the project says of a node, in the words of its author. */
export type ChangedPart =
  | 'sql'
  | 'data'
  | 'location'
  | 'materialization'
  | 'partition'
  | 'contract'
  | 'checks'
  | 'config'

/** One part that differs, and how: short lines such as `strategy: delete_insert → merge`. */
export interface PartChange {
  readonly part: ChangedPart
  readonly details: readonly string[]
}

/** Something that a model's SQL is rendered from, and that differs. */
export interface Cause {
  readonly kind: 'macro' | 'var'
  readonly name: string
}

export type ColumnChange =
  | { readonly kind: 'added'; readonly column: string; readonly type: string }
  | { readonly kind: 'removed'; readonly column: string; readonly type: string }
  /** The same values under another name. */
  | { readonly kind: 'renamed'; readonly column: string; readonly to: string }
  | {
      readonly kind: 'type'
      readonly column: string
      readonly before: string
      readonly after: string
      /** Every value of the old type is one of the new. */
      readonly isWider: boolean
    }
  | { readonly kind: 'nullability'; readonly column: string; readonly after: 'may be null' | 'never null' }
  /** Another expression computes it. */
  | { readonly kind: 'values'; readonly column: string }

/** What of a changed model concerns its rows. */
export interface RowsChange {
  /** By what other rows, or rows more or less often, may come out; empty: not at all. */
  readonly by: readonly (RowClause | 'data')[]
}

interface DiffBase {
  readonly name: string
  readonly kind: NodeKind
  /** Of the file that defines it; of what is removed, where it was. */
  readonly path: string
  readonly materialization: string
  readonly parts: readonly PartChange[]
  /** The SQL in its file differs, whatever it renders to. */
  readonly isEdited: boolean
  /** What else its SQL is rendered from, and differs; if it was not edited, that is why. */
  readonly causes: readonly Cause[]
  readonly columns: readonly ColumnChange[]
  readonly rows: RowsChange
  /** Its SQL differs, and returns the same columns and rows as before from what it reads. */
  readonly returnsTheSame?: true
  /** Lines of a unified diff of the SQL, macros and values put in. */
  readonly sql: readonly string[]
}

export type NodeDiff =
  | (DiffBase & { readonly status: 'added' | 'removed' | 'changed' })
  /** The same SQL under another name, but for `parts`. */
  | (DiffBase & { readonly status: 'renamed'; readonly from: string })
  /** Its own definition is the same: what it reads gives it other columns. */
  | (DiffBase & { readonly status: 'follows' })

/** Why a column downstream is hit. */
export interface HitSource {
  readonly relation: string
  /** Undefined: the rows of the relation. */
  readonly column?: string
  readonly roles: readonly Role[]
}

/** A relation or an exposure downstream of a change. */
export interface ImpactedRelation {
  readonly name: string
  readonly kind: NodeKind
  /** `values`: some columns; `rows`: which rows there are, so all; `unclear`: its lineage is not known in full; `none`: it reads a changed relation, but
   * nothing of what changed. */
  readonly hit: 'values' | 'rows' | 'unclear' | 'none'
  /** Of `values`. */
  readonly columns: readonly { readonly column: string; readonly because: readonly HitSource[] }[]
  /** Of `rows`. */
  readonly because: readonly HitSource[]
  /** Of `unclear`. */
  readonly reasons: readonly string[]
  /** Of an exposure, which is hit by all that it reads: what people call it. */
  readonly label?: string
  /** Of an exposure: who should be told. */
  readonly owner?: string
}

/** How two versions of a project differ. */
export interface ProjectDiff {
  /** What is removed first, then in the order of the graph. */
  readonly nodes: readonly NodeDiff[]
  readonly impact: readonly ImpactedRelation[]
  /** What the engine refuses now and did not refuse before. */
  readonly problems: readonly Diagnostic[]
  /** Why less is known than could be, for people. */
  readonly gaps: readonly string[]
}

/** Whether whoever reads a relation may have to change for it. */
export function breaksColumn(change: ColumnChange): boolean {
  switch (change.kind) {
    case 'removed':
    case 'renamed':
      return true
    case 'type':
      return !change.isWider
    case 'nullability':
      return change.after === 'may be null'
    case 'added':
    case 'values':
      return false
    default:
      return change satisfies never
  }
}

export function isBreaking(node: NodeDiff): boolean {
  if (node.kind === 'check' || node.kind === 'exposure') return false
  if (node.status === 'removed' || node.status === 'renamed') return true
  return node.columns.some(breaksColumn)
}

export function hasBreaking(diff: ProjectDiff): boolean {
  return diff.problems.length > 0 || diff.nodes.some(isBreaking)
}
