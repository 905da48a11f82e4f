import type { Diagnostic } from '../../../core/diagnostics/diagnostic.ts'
import type { Failure, Observed } from '../../../core/docs/facts/stored-facts.ts'
import { WHOLE } from '../../../core/ledger/records.ts'
import { text } from '../../../core/ledger/snapshot.ts'
import { instantOf, jsonOf } from '../../../core/ledger/stored-values.ts'
import type { OpenLedger } from '../../open-ledger.ts'

/** Failed partitions of one relation whose errors are read. */
const mostFailures = 50
const mostObservations = 100

/** Newest failures of all relations, by relation and key. */
export async function readFailures(
  ledger: OpenLedger,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Failure>>> {
  const rows = await ledger.session.query(
    `select q.model, q.partition_key, q.last_run, q.last_status, a.finished_at, a.error from (
select p.*, row_number() over (partition by p.model order by p.start_at desc, p.change_seq desc) as place
from sluice.partitions p where p.last_status in ('failed', 'timed_out', 'crashed')) as q
left join sluice.attempts a on a.id = q.last_attempt where q.place <= ${mostFailures}
order by q.model, q.start_at desc`,
  )
  const found = new Map<string, Map<string, Failure>>()
  for (const row of rows) {
    const name = ledger.modelOf(text(row.model))
    if (name === undefined) continue
    const at = instantOf(row.finished_at)
    const error = jsonOf(row.error) as Diagnostic | null | undefined
    const failure: Failure = {
      run: text(row.last_run),
      status: text(row.last_status),
      ...(at === undefined ? {} : { at }),
      ...(error === undefined || error === null ? {} : { error }),
    }
    found.set(name, (found.get(name) ?? new Map<string, Failure>()).set(text(row.partition_key), failure))
  }
  return found
}

/** Changes of sources that were recorded, newest first. */
export async function readObservations(
  ledger: OpenLedger,
  sources: readonly string[],
): Promise<ReadonlyMap<string, readonly Observed[]>> {
  const found = new Map<string, Observed[]>()
  if (sources.length === 0) return found
  const rows = await ledger.session.query(
    `select q.model, q.partition_key, q.published_at, q.data_seq from (
select p.*, row_number() over (partition by p.model order by p.data_seq desc, p.start_at desc) as place
from sluice.partitions p where p.model in (${ledger.list(sources.map(ledger.nameOf))}) and p.data_seq is not null) as q
where q.place <= ${mostObservations} order by q.model, q.place`,
  )
  for (const row of rows) {
    const name = ledger.modelOf(text(row.model))!
    const key = text(row.partition_key)
    const observed: Observed = {
      at: instantOf(row.published_at) ?? 0,
      ...(key === WHOLE ? {} : { partition: key }),
      version: Number(row.data_seq),
    }
    const known = found.get(name)
    if (known === undefined) found.set(name, [observed])
    else known.push(observed)
  }
  return found
}
