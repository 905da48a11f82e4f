import { withLedger } from '../../open-ledger.ts'
import type { Workspace } from '../../workspace.ts'

/**
 * A text that changes when anything does that `readFacts` tells: a publication, a failure, a run that begins, ends or is at work. Costs a few
 * look-ups. Undefined where there is no ledger, or it cannot be asked.
 */
export async function ledgerMark(
  workspace: Pick<Workspace, 'project' | 'connect'>,
  now: () => number = Date.now,
): Promise<string | undefined> {
  try {
    return await withLedger(workspace, now, async ({ session }) => {
      const [row] = await session.query(
        `select (select max(change_seq) from sluice.partitions) as seq,
(select count(*) from sluice.partitions) as partitions,
(select count(*) from sluice.runs) as runs,
(select max(started_at) from sluice.runs) as started,
(select max(finished_at) from sluice.runs) as finished,
(select count(*) from sluice.leases) as leases,
(select max(claimed_at) from sluice.leases) as claimed`,
      )
      return Object.values(row ?? {})
        .map((value) => (value instanceof Date ? value.getTime() : String(value)))
        .join(' ')
    })
  } catch {
    return undefined
  }
}
