import type { CheckOutcome } from './checks/check.ts'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import type { Plan, PlannedTask } from './plan/plan.ts'

export type RunStatus = 'succeeded' | 'failed' | 'canceled'

export interface RunTotals {
  readonly succeeded: number
  readonly failed: number
  readonly blocked: number
  readonly waiting: number
  readonly skipped: number
  readonly canceled: number
}

/** What a published task wrote. */
export interface Published {
  /** Rows now in the partition (or relation). */
  readonly rows: number
  /** False when the rows were identical to those that stood there. */
  readonly changed: boolean
}

/** Everything that happens in a run, in order. Reporters, the ledger, alerts and metrics are listeners.
 * `at` is the wall clock in ISO 8601 UTC; `elapsedMs` is measured by a monotonic clock. */
export type RunEvent =
  | {
      readonly type: 'run_started'
      readonly at: string
      readonly run: string
      readonly target: string
      readonly plan: Plan
    }
  | {
      readonly type: 'task_started'
      readonly at: string
      readonly task: PlannedTask
      readonly attempt: number
    }
  | {
      readonly type: 'task_waiting_for_lease'
      readonly at: string
      readonly task: PlannedTask
      readonly holder: string
    }
  | {
      readonly type: 'task_retrying'
      readonly at: string
      readonly task: PlannedTask
      readonly attempt: number
      readonly delayMs: number
      readonly error: Diagnostic
    }
  | {
      readonly type: 'check_finished'
      readonly at: string
      readonly task: PlannedTask
      readonly check: CheckOutcome
    }
  | {
      readonly type: 'task_succeeded'
      readonly at: string
      readonly task: PlannedTask
      readonly published: Published
      readonly elapsedMs: number
    }
  | {
      readonly type: 'task_skipped'
      readonly at: string
      readonly task: PlannedTask
      readonly because: string
    }
  | {
      readonly type: 'task_failed'
      readonly at: string
      readonly task: PlannedTask
      readonly error: Diagnostic
      readonly elapsedMs: number
    }
  | {
      readonly type: 'task_blocked'
      readonly at: string
      readonly task: PlannedTask
      readonly by: string
      readonly because: string
    }
  | { readonly type: 'task_canceled'; readonly at: string; readonly task: PlannedTask }
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
