import { createHash } from 'node:crypto'
import type { ModelConfig, PartitionConfig } from '../config/project.ts'
import { grainText } from '../time/grain.ts'
import { isUtc } from '../time/zone.ts'

/** Raised when the meaning of fingerprints changes, so that old ones are not compared with new ones by accident. */
const SCHEME = 1

/** A short hash of plain data; equal data gives equal hashes on every machine. */
export function hashOf(data: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([SCHEME, data]))
    .digest('hex')
    .slice(0, 32)
}

/** What of a model's configuration decides its rows. */
export function decidingConfig(config: ModelConfig): unknown {
  const { materialized, strategy, uniqueKey, deleteMissing, partition, reads } = config
  if (materialized === 'snapshot') {
    const read = Object.entries(reads).sort(([a], [b]) => (a < b ? -1 : 1))
    return { materialized, uniqueKey, snapshot: config.snapshot ?? null, reads: read }
  }
  if (materialized !== 'incremental') return { materialized }
  const column = partition?.column
  return {
    materialized,
    strategy,
    uniqueKey: strategy === 'merge' ? uniqueKey : [],
    deleteMissing,
    column: column && [
      column.name,
      column.type ?? null,
      column.format ?? null,
      ...(column.clock === 'local' ? ['local'] : []),
    ],
    reads: Object.entries(reads).sort(([a], [b]) => (a < b ? -1 : 1)),
  }
}

/** Identity of a partition layout (section 1: column and how it writes time, grain, zone, first day of the week). */
export function layoutId(config: Pick<ModelConfig, 'partition'>): string {
  const { partition } = config
  if (partition === undefined) return ''
  return hashOf([
    partition.column.name,
    grainText(partition.grain),
    partition.grain === 'week' ? partition.firstDayOfWeek : '',
    partition.timezone,
    ...spelling(partition),
  ])
}

/** How a column writes time as text or numbers: rows in another spelling lie outside of every window of the new one, so that no
 * DELETE would find them; so do rows by another clock. Dates and timestamps compare with each other whatever was declared. */
function spelling({ column: { type, format, clock }, timezone }: PartitionConfig): readonly string[] {
  const isWritten = type === 'text' || type === 'integer'
  return [
    ...(isWritten || format !== undefined ? [type ?? '', format ?? ''] : []),
    ...(clock === 'local' && type !== 'date' && !isUtc(timezone) ? ['local'] : []),
  ]
}
