import { type NumberColumns, readNumbers } from '../../../core/columns.ts'
import type { PartitionDetail } from '../../../core/docs/facts/stored-facts.ts'
import { text } from '../../../core/ledger/snapshot.ts'
import type { OpenLedger } from '../../open-ledger.ts'

/** What is read of one relation: its name in the project and the start from which on (UTC milliseconds; none without partitions). */
export interface AskedDetails {
  readonly name: string
  readonly from?: number
}

export interface Details {
  readonly byRelation: ReadonlyMap<string, ReadonlyMap<number, PartitionDetail>>
  readonly runIds: readonly string[]
}

const isFailed = `p.last_status in ('failed', 'timed_out', 'crashed')`

/** Runs, durations and checks of partitions, in three queries for all relations. Numbers come in columns, as there may be a million. */
export async function readDetails(ledger: OpenLedger, asked: readonly AskedDetails[]): Promise<Details> {
  if (asked.length === 0) return { byRelation: new Map(), runIds: [] }
  const { session, adapter, list, version, nameOf } = ledger
  const relations = `(values ${asked
    .map(({ name, from }, id) => {
      const start =
        from === undefined || !Number.isFinite(from) ? 'null' : adapter.dialect.instant(from, 'timestamptz')
      return `(${id}, ${list([nameOf(name)])}, cast(${start} as timestamptz))`
    })
    .join(',\n')}) as m(id, name, first_start)`
  const within = `m.name = p.model and (m.first_start is null or p.start_at >= m.first_start)`
  const runs = await session.query(
    `select distinct p.last_run from sluice.partitions p join ${relations} on ${within} order by p.last_run`,
  )
  const runIds = runs.map((row) => text(row.last_run))
  if (runIds.length === 0) return { byRelation: new Map(), runIds }
  const numbers = `(values ${runIds.map((id, at) => `(${list([id])}, ${at})`).join(',\n')}) as r(id, n)`
  // Of a batch that was tried again without some of its partitions, only those that it published share the time.
  const shares = `greatest(1, ${
    version >= 2
      ? `coalesce(nullif((length(a.outcome) - length(replace(a.outcome, '"key"', ''))) / 5, 0), ${keysIn('a')})`
      : keysIn('a')
  })`
  const tried = await readNumbers(
    session,
    `select m.id, p.start_at, r.n, (extract(epoch from a.finished_at) - extract(epoch from a.started_at)) * 1000 / ${shares} as duration
from sluice.partitions p join ${relations} on ${within}
left join ${numbers} on r.id = p.last_run left join sluice.attempts a on a.id = p.published_by`,
    ['number', 'instant', 'number', 'number'],
  )
  const sum = (condition: string): string => `sum(case when ${condition} then 1 else 0 end)`
  const checked = await readNumbers(
    session,
    `select m.id, p.start_at, ${sum('c.passed')} as passed, ${sum(`not c.passed and c.severity <> 'warn'`)} as failed,
${sum(`not c.passed and c.severity = 'warn'`)} as warned
from sluice.partitions p join ${relations} on ${within}
join sluice.check_results c on c.attempt = case when ${isFailed} then p.last_attempt else p.published_by end
  and c.model = p.model and c.partition_key = p.partition_key
group by m.id, p.start_at`,
    ['number', 'instant', 'number', 'number', 'number'],
  )
  return { byRelation: detailsOf(asked, tried, checked), runIds }
}

type Detail = { -readonly [K in keyof PartitionDetail]: PartitionDetail[K] }

/** Loops over columns, as an object for each row and query would cost more than the queries. */
function detailsOf(
  asked: readonly AskedDetails[],
  tried: NumberColumns,
  checked: NumberColumns,
): ReadonlyMap<string, ReadonlyMap<number, PartitionDetail>> {
  const found = asked.map(() => new Map<number, Detail>())
  const [ids, starts, runs, durations] = tried.columns
  for (let row = 0; row < tried.count; row++) {
    const detail: Detail = {}
    if (!Number.isNaN(runs![row]!)) detail.run = runs![row]!
    if (!Number.isNaN(durations![row]!)) detail.durationMs = Math.max(0, Math.round(durations![row]!))
    found[ids![row]!]!.set(placeOf(starts![row]!), detail)
  }
  const [checkIds, checkStarts, passed, failed, warned] = checked.columns
  for (let row = 0; row < checked.count; row++) {
    const detail = found[checkIds![row]!]!.get(placeOf(checkStarts![row]!))
    if (detail === undefined) continue
    detail.checks = { passed: passed![row]!, failed: failed![row]!, warned: warned![row]! }
  }
  return new Map(asked.map(({ name }, id) => [name, found[id]!]))
}

/** A relation without partitions has one record, without a start. */
function placeOf(start: number): number {
  return Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start
}

/** How many keys are in the attempt's list, which is written without spaces. */
function keysIn(alias: string): string {
  return `((length(${alias}.partition_keys) - length(replace(${alias}.partition_keys, '","', ''))) / 3 + 1)`
}
