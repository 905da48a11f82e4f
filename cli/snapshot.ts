import type { Adapter } from '../core/adapter.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { Ledger, ledgerScope } from '../core/ledger/ledger.ts'
import { emptySnapshot, type LedgerSnapshot, type SnapshotRequest } from '../core/ledger/records.ts'
import { wholeLedger } from '../core/plan/snapshot-request.ts'
import type { Workspace } from './workspace.ts'

/** What the ledger of the target remembers, without changing anything. A database that does not exist yet remembers nothing. */
export async function readSnapshot(
  workspace: Workspace,
  now: () => number,
  request: SnapshotRequest = wholeLedger(workspace.project, { measures: true }),
): Promise<LedgerSnapshot> {
  let adapter: Adapter
  try {
    adapter = await workspace.connect({ readOnly: true })
  } catch (error) {
    if (isNoDatabase(error)) return emptySnapshot
    throw error
  }
  try {
    return await new Ledger(
      adapter,
      () => new Date(now()),
      ledgerScope(workspace.project.project.target.schema),
    ).snapshot(request)
  } finally {
    await adapter.close()
  }
}

function isNoDatabase(error: unknown): boolean {
  return error instanceof SluiceError && error.diagnostics.every((each) => each.code === 'SL506')
}
