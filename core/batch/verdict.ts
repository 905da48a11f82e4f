import type { Place } from '../diagnostics/diagnostic.ts'

/** Whether adjacent partitions of a model may run as one statement, as far as its SQL and configuration show. */
export type BatchVerdict =
  | { readonly batchable: true }
  | {
      readonly batchable: false
      /** Why not, as a clause: `LIMIT cuts the rows of all partitions together`. */
      readonly reason: string
      /** What in the user's file is in the way, if it is one thing. */
      readonly place?: Place
      /** True if the model cannot run in batches, whatever `batch:` says. */
      readonly isFinal: boolean
    }
