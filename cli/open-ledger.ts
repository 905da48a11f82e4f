import type { Adapter, Session } from '../core/adapter.ts'
import { readNumbers } from '../core/columns.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { refuseNewerLedger } from '../core/ledger/known-version.ts'
import { LEASE_TTL_MS, Ledger, ledgerScope } from '../core/ledger/ledger.ts'
import type { LedgerSnapshot, SnapshotRequest } from '../core/ledger/records.ts'
import type { LedgerSession } from '../core/ledger/stored-runs.ts'
import { wholeLedger } from '../core/plan/snapshot-request.ts'
import { withLedgerOf } from '../core/run/with-ledger.ts'
import type { Workspace } from './workspace.ts'
import { realWorld } from './world.ts'

/** A ledger that is open to be asked, not to be written. */
export interface OpenLedger extends LedgerSession {
  readonly adapter: Adapter
  /** A model's name in the ledger, and back: undefined for models of other targets that share the database. */
  nameOf(model: string): string
  modelOf(name: string): string | undefined
  snapshot(request: SnapshotRequest): Promise<LedgerSnapshot>
}

/** Work with the target's ledger, writing nothing; undefined where there is no database or no ledger yet. */
export async function withLedger<T>(
  workspace: Pick<Workspace, 'project' | 'connect'>,
  now: () => number,
  work: (ledger: OpenLedger) => Promise<T>,
): Promise<T | undefined> {
  let adapter: Adapter
  try {
    adapter = await workspace.connect({ readOnly: true })
  } catch (error) {
    if (isNoDatabase(error)) return undefined
    throw error
  }
  const ask = async (): Promise<T | undefined> => {
    const version = await adapter.ledgerVersion()
    if (version === 0) return undefined
    refuseNewerLedger(version, adapter.label)
    const scope = ledgerScope(workspace.project.project.target.schema)
    const ledger = new Ledger(adapter, () => new Date(now()), scope)
    return await work({
      adapter,
      session: sessions(adapter),
      version,
      list: (values) => adapter.dialect.list(values),
      silentBefore: `${adapter.dialect.now} - interval '${LEASE_TTL_MS / 1000} seconds'`,
      nameOf: (model) => ledger.nameOf(model),
      modelOf: (name) => (name.startsWith(scope) ? name.slice(scope.length) : undefined),
      snapshot: () => ledger.snapshot(wholeLedger(workspace.project, { measures: true })),
    })
  }
  try {
    const { signal } = new AbortController()
    return await withLedgerOf(adapter, 'the ledger cannot be read', realWorld(now), signal, ask)
  } finally {
    await adapter.close()
  }
}

/** A session of its own for each statement: nothing is held between questions. */
function sessions(adapter: Adapter): Session {
  return {
    query: (sql, params) => adapter.session((session) => session.query(sql, params)),
    execute: (sql, params) => adapter.session((session) => session.execute(sql, params)),
    readNumbers: (sql, kinds, hints) => adapter.session((session) => readNumbers(session, sql, kinds, hints)),
  }
}

function isNoDatabase(error: unknown): boolean {
  return error instanceof SluiceError && error.diagnostics.every((each) => each.code === 'SL506')
}
