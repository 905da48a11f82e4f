import { text } from './snapshot.ts'
import { type LedgerSession, readRuns, type StoredRun } from './stored-runs.ts'
import { jsonOf } from './stored-values.ts'

/** What a run was to do, as it was kept; undefined for runs of ledgers that did not keep it. */
export async function readPlan({ session, version }: LedgerSession, run: string): Promise<unknown> {
  if (version < 2) return undefined
  const [row] = await session.query('select plan from sluice.runs where id = $1', [run])
  return jsonOf(row?.plan) ?? undefined
}

/** The runs that went on with a run, and those that went on with these, oldest first. */
export async function readResumptions(ledger: LedgerSession, run: string): Promise<readonly StoredRun[]> {
  if (ledger.version < 2) return []
  const found: StoredRun[] = []
  for (let parents: readonly string[] = [run]; parents.length > 0; ) {
    const children = await readRuns(ledger, { parents })
    found.push(...children)
    parents = children.map((each) => each.id)
  }
  return found.sort((a, b) => a.startedAt - b.startedAt)
}

/** Every partition that runs tried, oldest try first; names of models are those of the ledger. */
export async function readTried(
  { session, list }: LedgerSession,
  runs: readonly string[],
): Promise<readonly { readonly model: string; readonly keys: readonly string[]; readonly status: string }[]> {
  const rows = await session.query(
    `select model, partition_keys, status from sluice.attempts where run_id in (${list(runs)}) order by started_at, number, id`,
  )
  return rows.map((row) => ({
    model: text(row.model),
    keys: jsonOf(row.partition_keys) as readonly string[],
    status: text(row.status),
  }))
}
