import type { Row, Session } from '../adapter.ts'
import {
  type AttemptStatus,
  type LeaseHolder,
  type LedgerSnapshot,
  leaseId,
  type PartitionRecord,
} from './records.ts'

/** Everything that the ledger holds of the models in the scope (`ledgerScope`). */
export async function readSnapshot(session: Session, scope: string): Promise<LedgerSnapshot> {
  const rows = await session.query(
    `select model, partition_key, start_at, end_at, change_seq, data_seq, read_seq, fingerprint, layout, rows, published_at, published_by,
last_attempt, last_run, last_status from sluice.partitions`,
  )
  const held = await session.query(
    `select l.model, l.partition_key, l.worker, a.run_id, w.host, w.pid
from sluice.leases l join sluice.attempts a on a.id = l.attempt join sluice.workers w on w.id = l.worker`,
  )
  const partitions = new Map<string, Map<string, PartitionRecord>>()
  let seq = 0
  for (const row of rows) {
    const stored = partitionRecord(row)
    seq = Math.max(seq, stored.changeSeq)
    if (!stored.model.startsWith(scope)) continue
    const record = { ...stored, model: stored.model.slice(scope.length) }
    const ofModel = partitions.get(record.model)
    if (ofModel === undefined) partitions.set(record.model, new Map([[record.key, record]]))
    else ofModel.set(record.key, record)
  }
  const leases = new Map<string, LeaseHolder>()
  for (const row of held) {
    const model = text(row.model)
    if (!model.startsWith(scope)) continue
    leases.set(leaseId(model.slice(scope.length), text(row.partition_key)), leaseHolder(row))
  }
  return { partitions, seq, leases }
}

/** A column that is text, whatever the driver made of it. */
export function text(value: unknown): string {
  return String(value)
}

/** Who holds a lease, from a row of its worker and attempt. */
export function leaseHolder(row: Row): LeaseHolder {
  return { worker: text(row.worker), run: text(row.run_id), host: text(row.host), pid: Number(row.pid) }
}

function partitionRecord(row: Row): PartitionRecord {
  const base = {
    model: text(row.model),
    key: text(row.partition_key),
    ...(row.start_at === null
      ? {}
      : { interval: { start: (row.start_at as Date).getTime(), end: (row.end_at as Date).getTime() } }),
    lastAttempt: text(row.last_attempt),
    lastRun: text(row.last_run),
    lastStatus: row.last_status as AttemptStatus,
    changeSeq: Number(row.change_seq),
  }
  if (row.data_seq === null) return base
  return {
    ...base,
    data: {
      dataSeq: Number(row.data_seq),
      readSeq: Number(row.read_seq),
      fingerprint: text(row.fingerprint),
      layout: text(row.layout),
      rows: Number(row.rows),
      publishedAt: (row.published_at as Date).getTime(),
      publishedBy: text(row.published_by),
    },
  }
}
