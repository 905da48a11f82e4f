import type { Partition } from '../time/interval.ts'

/** Why published rows are not what a run would write now. `upstream`: an input is itself stale. */
export type StaleCause =
  | { readonly kind: 'code' }
  | { readonly kind: 'layout' }
  | { readonly kind: 'early' }
  /** Somebody called the rows stale. */
  | { readonly kind: 'invalidated'; readonly reason: string; readonly by: string }
  | { readonly kind: 'input'; readonly upstream: string; readonly partition?: string }
  | { readonly kind: 'upstream'; readonly upstream: string; readonly partition?: string }

/** Why a task is in the plan. The text a user sees is made from this, never parsed back. */
export type Reason =
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly run: string }
  | { readonly kind: 'stale'; readonly cause: StaleCause }
  | { readonly kind: 'forced' }
  | { readonly kind: 'full_refresh' }
  /** Fresh now, but an input is in the plan; skipped at run time if that turns out unchanged. */
  | { readonly kind: 'upstream_planned'; readonly upstream: string }

export type TaskKind = 'model' | 'seed' | 'check'

/** One task: one model × one batch of adjacent partitions. Relations without partitions have none. */
export interface PlannedTask {
  /** `model` or `model@key`; unique within the plan. */
  readonly id: string
  readonly model: string
  readonly kind: TaskKind
  readonly materialization: string
  readonly partitions: readonly Partition[]
  readonly reason: Reason
  /** Ids of tasks of this plan that must succeed first. */
  readonly after: readonly string[]
  /** The relation is rebuilt from nothing, in one transaction. */
  readonly fullRefresh: boolean
  /** Inputs that the user accepted as they are. */
  readonly accepted: readonly Need[]
  /** Upstreams whose history does not reach over the whole window, so that nothing is waited for there. */
  readonly outside: readonly string[]
}

/** An input that is not there, or (`layout`) the model's own history, which stands in an older layout. */
export interface Need {
  readonly upstream: string
  /** Keys, oldest first; empty for an unpartitioned upstream. */
  readonly partitions: readonly string[]
  readonly because:
    | 'missing'
    | 'stale'
    | 'failed'
    | 'not_due'
    | 'waiting'
    | 'blocked'
    | 'layout'
    /** A snapshot's partition that cannot be recorded any more. */
    | 'past'
    /** A source that is not there yet; one that could not be looked at. */
    | 'not_ready'
    | 'unseen'
  /** What is awaited of a source, or why it could not be looked at; why a past cannot be recorded. */
  readonly detail?: string
}

/** A partition that was asked for and will not run. */
export interface HeldTask {
  readonly id: string
  readonly model: string
  readonly kind: TaskKind
  readonly partitions: readonly Partition[]
  readonly state: 'waiting' | 'blocked'
  readonly needs: readonly Need[]
  /** ISO instant from which a not-yet-due partition may run. */
  readonly dueAt?: string
  /** Arguments of the command that would help. */
  readonly next?: string
}

/** Adjacent partitions that need nothing. */
export interface SkippedTask {
  readonly id: string
  readonly model: string
  readonly kind: TaskKind
  /** How many partitions; 1 for a relation without any. */
  readonly count: number
  readonly first?: Partition
  readonly last?: Partition
  readonly because: 'fresh'
}

/** What a command would do, in an order in which it could run one by one. */
export interface Plan {
  readonly tasks: readonly PlannedTask[]
  readonly held: readonly HeldTask[]
  readonly skipped: readonly SkippedTask[]
  /** The ledger's `change_seq` that the plan was made at. */
  readonly ledgerSeq: number
}

/** The id of a task: the model, and the keys if it has any. */
export function taskId(model: string, partitions: readonly Partition[]): string {
  const first = partitions[0]
  if (first === undefined) return model
  const last = partitions.at(-1)!
  return first === last ? `${model}@${first.key}` : `${model}@${first.key}..${last.key}`
}
