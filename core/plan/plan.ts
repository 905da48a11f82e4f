import type { Partition } from '../time/interval.ts'

export type StaleCause =
  | { readonly kind: 'code' }
  | { readonly kind: 'input'; readonly upstream: string; readonly partition?: string }
  | { readonly kind: 'early' }

/** Why a task is in the plan. The text a user sees is made from this, never parsed back. */
export type Reason =
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly run: string }
  | { readonly kind: 'stale'; readonly cause: StaleCause }
  | { readonly kind: 'forced' }
  | { readonly kind: 'upstream_planned'; readonly upstream: string }

/** One task: one model × one batch of adjacent partitions. Unpartitioned relations have no partitions. */
export interface PlannedTask {
  /** `model` or `model@key`; unique within the plan. */
  readonly id: string
  readonly model: string
  readonly kind: 'model' | 'seed' | 'check'
  readonly materialization: string
  readonly partitions: readonly Partition[]
  readonly reason: Reason
  /** Ids of tasks of this plan that must succeed first. */
  readonly after: readonly string[]
}

/** An input that is not there. */
export interface Need {
  readonly upstream: string
  /** Keys, oldest first; empty for an unpartitioned upstream. */
  readonly partitions: readonly string[]
  readonly because: 'missing' | 'stale' | 'failed' | 'not_due'
}

/** A partition that was asked for and will not run. */
export interface HeldTask {
  readonly id: string
  readonly model: string
  readonly partitions: readonly Partition[]
  readonly state: 'waiting' | 'blocked'
  readonly needs: readonly Need[]
  /** ISO instant from which a not-yet-due partition may run. */
  readonly dueAt?: string
  /** The command that would help. */
  readonly next?: string
}

export interface SkippedTask {
  readonly id: string
  readonly model: string
  readonly partitions: readonly Partition[]
  readonly because: 'fresh'
}

/** What a command would do, in an order in which it could run one by one. */
export interface Plan {
  readonly tasks: readonly PlannedTask[]
  readonly held: readonly HeldTask[]
  readonly skipped: readonly SkippedTask[]
}
