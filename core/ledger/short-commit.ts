import type { Adapter, Transaction } from '../adapter.ts'

/** How often a short transaction of the ledger is sent again after a conflict with another one. */
const CONFLICT_TRIES = 10

/** A short transaction of the ledger alone, sent again while it conflicts with another one: it has done nothing yet. A snapshot that is
 * older than another's key shows as a violated constraint. */
export async function commitShort(
  adapter: Adapter,
  work: (transaction: Transaction) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await adapter.transaction(work, signal)
      return
    } catch (error) {
      const { kind } = adapter.explain(error)
      const isConflict = kind === 'conflict' || kind === 'constraint'
      if (!isConflict || tries === CONFLICT_TRIES) throw error
    }
  }
}
