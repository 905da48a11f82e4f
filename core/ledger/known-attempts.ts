const columns =
  'id, run_id, worker, model, partition_keys, number, status, started_at, finished_at, rows, read_seq, accepted, error'
const columnsOfVersion2 = 'change_seq, fingerprint, layout, outcome'

/**
 * A table expression: all attempts that the ledger knows. Where leases are in memory an attempt is recorded when it ends, and of one that
 * lasts only its leases are told.
 */
export function knownAttempts(version: number): string {
  const recorded = version >= 2 ? `${columns}, ${columnsOfVersion2}` : columns
  const unknown = `null, null, null, null, null${version >= 2 ? ', null, null, null, null' : ''}`
  return `(select ${recorded} from sluice.attempts
union all
select l.attempt, w.run_id, l.worker, l.model, '["' || string_agg(l.partition_key, '","' order by l.partition_key) || '"]',
(select 1 + count(*) from sluice.attempts b where b.run_id = w.run_id and b.model = l.model and position('"' || min(l.partition_key) || '"' in b.partition_keys) > 0),
'running', min(l.claimed_at), ${unknown}
from sluice.leases l join sluice.workers w on w.id = l.worker
where not exists (select 1 from sluice.attempts a where a.id = l.attempt)
group by l.attempt, w.run_id, l.worker, l.model)`
}
