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
  const adapter = await connectToRead(workspace)
  if (adapter === undefined) return emptySnapshot
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

/** The target, to be read; undefined if there is no such database yet. */
export async function connectToRead(workspace: Workspace): Promise<Adapter | undefined> {
  try {
    return await workspace.connect({ readOnly: true })
  } catch (error) {
    if (isNoDatabase(error)) return undefined
    throw error
  }
}

function isNoDatabase(error: unknown): boolean {
  return error instanceof SluiceError && error.diagnostics.every((each) => each.code === 'SL506')
}
