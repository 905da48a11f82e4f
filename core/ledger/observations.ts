import type { Adapter, Dialect, Session } from '../adapter.ts'
import type { Observation } from '../sources/source-view.ts'
import { commitShort } from './short-commit.ts'

/** Rows of one INSERT. */
const AT_ONCE = 500

/** Who wrote a row that no run wrote. */
const OBSERVER = 'observation'

/** What an observation is kept for. `nameOf` gives a source's name in the ledger. */
export interface ObservationLedger {
  readonly adapter: Adapter
  readonly nameOf: (source: string) => string
}

/** Those of the observations that differ from what the ledger holds: never seen before, or changed since. */
export async function changedObservations(
  { nameOf, adapter }: ObservationLedger,
  session: Session,
  observations: readonly Observation[],
): Promise<readonly Observation[]> {
  const sources = [...new Set(observations.map(({ source }) => source))]
  if (sources.length === 0) return []
  const rows = await session.query(
    `select model, partition_key, layout, data_hash from sluice.partitions
where model in (${adapter.dialect.list(sources.map(nameOf))}) and data_seq is not null`,
  )
  const known = new Map(
    rows.map((row) => [identity(String(row.model), String(row.partition_key), row.layout), row.data_hash]),
  )
  return observations.filter(
    ({ source, key, layout, hash }) => known.get(identity(nameOf(source), key, layout)) !== hash,
  )
}

function identity(model: string, key: string, layout: unknown): string {
  return `${model}\0${key}\0${String(layout)}`
}

/**
 * Records what was seen, before anything reads the sources: what differs gets a new version, in one transaction under the ordering lock. Two that
 * observe at once agree there: only what still differs from the newest record is written. Returns what changed.
 */
export async function recordObservations(
  ledger: ObservationLedger,
  observations: readonly Observation[],
  at: Date,
): Promise<readonly Observation[]> {
  const { adapter, nameOf } = ledger
  const changed = await adapter.session((session) => changedObservations(ledger, session, observations))
  if (changed.length === 0) return changed
  const statements = [...upserts(adapter.dialect, nameOf, changed, at)]
  const layouts = new Map(changed.map(({ source, layout }) => [source, layout]))
  await commitShort(adapter, async (transaction) => {
    // Partitions of a layout that the source had before would stand for nothing.
    for (const [source, layout] of layouts) {
      await transaction.execute('delete from sluice.partitions where model = $1 and layout <> $2', [
        nameOf(source),
        layout,
      ])
    }
    transaction.commitWith(statements)
  })
  return changed
}

function* upserts(
  dialect: Dialect,
  nameOf: ObservationLedger['nameOf'],
  observations: readonly Observation[],
  at: Date,
): Generator<{ readonly sql: string }> {
  const instant = (ms: number | undefined) => (ms === undefined ? 'null' : dialect.instant(ms, 'timestamptz'))
  for (let from = 0; from < observations.length; from += AT_ONCE) {
    const rows = observations
      .slice(from, from + AT_ONCE)
      .map(({ source, key, interval, layout, hash, rows }) => {
        const texts = [nameOf(source), key, layout, hash].map((text) => dialect.literal(text))
        return `(${[...texts, rows, instant(interval?.start), instant(interval?.end)].join(', ')})`
      })
    yield {
      sql: `insert into sluice.partitions (model, partition_key, start_at, end_at, change_seq, data_seq, read_seq, fingerprint, layout,
  rows, published_at, published_by, last_attempt, last_run, last_status, data_hash)
select o.model, o.partition_key, o.start_at, o.end_at, o.n, o.n, o.n, '', o.layout, o.rows, ${instant(at.getTime())},
  '${OBSERVER}', '${OBSERVER}', '${OBSERVER}', 'succeeded', o.data_hash
from (select v.model, v.partition_key, v.layout, v.data_hash, v.rows, cast(v.start_at as timestamptz) as start_at,
  cast(v.end_at as timestamptz) as end_at, ${dialect.nextChange} as n
from (values ${rows.join(',\n')}) as v(model, partition_key, layout, data_hash, rows, start_at, end_at)) as o
on conflict (model, partition_key) do update set start_at = excluded.start_at, end_at = excluded.end_at,
  change_seq = excluded.change_seq, data_seq = excluded.data_seq, read_seq = excluded.read_seq, layout = excluded.layout,
  rows = excluded.rows, published_at = excluded.published_at, data_hash = excluded.data_hash
where sluice.partitions.data_hash is distinct from excluded.data_hash`,
    }
  }
}
