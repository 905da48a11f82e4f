import { WHOLE } from './records.ts'
import { text } from './snapshot.ts'
import type { LedgerSession } from './stored-runs.ts'
import { instantOf, optionalText, since } from './stored-values.ts'

/** Who made the rows that stand in a partition now. */
export interface Publication {
  /** UTC milliseconds. */
  readonly at?: number
  readonly run?: string
  readonly user?: string
  readonly host?: string
}

export interface PartitionName {
  /** The ledger's name. */
  readonly model: string
  /** Undefined without partitions. */
  readonly key?: string
}

/** Names in one statement. */
const AT_ONCE = 5000

/** By model and key, as `publicationId` joins them; partitions that are not published have none. */
export async function readPublications(
  { session, version, list }: LedgerSession,
  partitions: readonly PartitionName[],
): Promise<ReadonlyMap<string, Publication>> {
  const found = new Map<string, Publication>()
  const asked = new Map(partitions.map((each) => [publicationId(each), each]))
  // A publication of the same rows keeps the version: who made it is the attempt of that number.
  const made =
    version >= 2 ? 'left join sluice.attempts m on m.model = p.model and m.change_seq = p.data_seq' : ''
  const attempt = (column: string) => (version >= 2 ? `coalesce(m.${column}, a.${column})` : `a.${column}`)
  const wanted = [...asked.values()].map(({ model, key = WHOLE }) => `(${list([model])}, ${list([key])})`)
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const rows = await session.query(
      `select p.model, p.partition_key, coalesce(${attempt('finished_at')}, p.published_at) as made_at, ${attempt('run_id')} as run_id,
${since(2, version, 'started_by', 'r')}, ${since(2, version, 'host', 'r')}
from (values ${wanted.slice(from, from + AT_ONCE).join(',\n')}) as w(model, partition_key)
join sluice.partitions p on p.model = w.model and p.partition_key = w.partition_key
left join sluice.attempts a on a.id = p.published_by ${made}
left join sluice.runs r on r.id = ${attempt('run_id')}
where p.data_seq is not null`,
    )
    for (const row of rows) {
      const at = instantOf(row.made_at)
      found.set(publicationId({ model: text(row.model), key: text(row.partition_key) }), {
        ...(at === undefined ? {} : { at }),
        ...optionalText('run', row.run_id),
        ...optionalText('user', row.started_by),
        ...optionalText('host', row.host),
      })
    }
  }
  return found
}

export function publicationId({ model, key = WHOLE }: PartitionName): string {
  return `${model}\0${key}`
}
