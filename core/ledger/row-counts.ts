import type { Session } from '../adapter.ts'
import { WHOLE } from './records.ts'
import { instantOf } from './stored-values.ts'

/** How many rows a partition was published with. */
export interface RecordedCount {
  /** UTC milliseconds. */
  readonly start: number
  readonly rows: number
  /** It was published before its end, and so perhaps without all of its rows. */
  readonly isEarly: boolean
}

/**
 * Row counts of the published partitions of a layout that begin before `before`, newest first by logical time.
 * @param model as the ledger names it
 */
export async function readPartitionCounts(
  session: Session,
  model: string,
  layout: string,
  before: number,
  limit: number,
): Promise<readonly RecordedCount[]> {
  const rows = await session.query(
    `select start_at, rows, published_at < end_at as is_early from sluice.partitions
where model = $1 and layout = $2 and data_seq is not null and start_at < $3 order by start_at desc limit ${limit}`,
    [model, layout, new Date(before)],
  )
  return rows.map((row) => ({
    start: instantOf(row.start_at)!,
    rows: Number(row.rows),
    isEarly: row.is_early === true,
  }))
}

/**
 * Row counts of the versions of a relation without partitions, newest first. A build that left the rows as they were made no version.
 * @param former leaves out the version that is published now
 */
export async function readVersionCounts(
  session: Session,
  model: string,
  limit: number,
  { former }: { readonly former: boolean },
): Promise<readonly number[]> {
  const isVersion = `a.status = 'succeeded' and position($2 in a.outcome) > 0 and position('"kept"' in a.outcome) = 0`
  const isFormer = `a.change_seq < (select data_seq from sluice.partitions where model = $1 and partition_key = $3)`
  const rows = await session.query(
    `select a.rows from sluice.attempts as a where a.model = $1 and ${isVersion}${former ? ` and ${isFormer}` : ''} order by a.change_seq desc limit ${limit}`,
    [model, JSON.stringify({ key: WHOLE }).slice(1, -1), ...(former ? [WHOLE] : [])],
  )
  return rows.map((row) => Number(row.rows))
}
