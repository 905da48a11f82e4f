import type { CheckOutcome } from './checks/check.ts'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import type { Plan, PlannedTask } from './plan/plan.ts'
import type { Partition } from './time/interval.ts'

export type RunStatus = 'succeeded' | 'failed' | 'canceled'

/** Counts of partitions; a relation without partitions counts as one. */
export interface RunTotals {
  readonly succeeded: number
  readonly failed: number
  readonly blocked: number
  readonly waiting: number
  readonly skipped: number
  readonly canceled: number
}

/** What was published of a task. */
export interface Published {
  /** Rows now in the partitions (or the relation). */
  readonly rows: number
  /** False when the rows were identical to those that stood there. */
  readonly changed: boolean
}

/** What an event is about: some partitions of a task, oldest first; of a relation without partitions none, and then it is the relation. */
interface OfTask {
  readonly at: string
  readonly task: PlannedTask
  readonly partitions: readonly Partition[]
}

/**
 * Everything that happens in a run, in order. Reporters, the ledger, alerts and metrics are listeners.
 * `at` is the wall clock in ISO 8601 UTC; `elapsedMs` is measured by a monotonic clock.
 *
 * The partitions of one task need not share its fate: `task_succeeded`, `task_failed`, `task_skipped`, `task_blocked` and `task_canceled` each
 * tell the end of those that they name. Each partition ends once, and a task has ended when all of its partitions have.
 */
export type RunEvent =
  | {
      readonly type: 'run_started'
      readonly at: string
      readonly run: string
      readonly target: string
      readonly plan: Plan
    }
  | (OfTask & {
      readonly type: 'task_started'
      readonly attempt: number
    })
  | (OfTask & {
      readonly type: 'task_waiting_for_lease'
      readonly holder: string
    })
  | (OfTask & {
      readonly type: 'task_retrying'
      readonly attempt: number
      readonly delayMs: number
      readonly error: Diagnostic
    })
  /** An attempt at several partitions published none of them; what is not to blame is tried again as these pieces. */
  | (OfTask & {
      readonly type: 'task_split'
      readonly into: readonly (readonly Partition[])[]
      readonly error: Diagnostic
    })
  /** The check of one partition, or what all of the partitions have in common: that they passed it. */
  | (OfTask & {
      readonly type: 'check_finished'
      readonly check: CheckOutcome
    })
  | (OfTask & {
      readonly type: 'task_succeeded'
      readonly published: Published
      readonly elapsedMs: number
    })
  | (OfTask & {
      readonly type: 'task_skipped'
      readonly because: string
    })
  | (OfTask & {
      readonly type: 'task_failed'
      readonly error: Diagnostic
      readonly elapsedMs: number
    })
  | (OfTask & {
      readonly type: 'task_blocked'
      readonly by: string
      readonly because: string
    })
  | (OfTask & { readonly type: 'task_canceled' })
  | {
      readonly type: 'run_finished'
      readonly at: string
      readonly run: string
      readonly status: RunStatus
      /** Why the run stopped before its end, if not by Ctrl-C: its timeout (SL630), or a request from outside (SL631). */
      readonly reason?: Diagnostic
      readonly totals: RunTotals
      readonly elapsedMs: number
      readonly next: readonly string[]
    }

export type RunListener = (event: RunEvent) => void
