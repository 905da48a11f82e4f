import type { Adapter, Session } from '../adapter.ts'
import { clockOf, instantText } from '../compile/clock.ts'
import type { CompiledReady } from '../compile/compiled.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { WHOLE } from '../ledger/records.ts'
import type { Partition } from '../time/interval.ts'
import { type BoundSource, sourceColumn } from './bind-source.ts'
import { chunked, queryText } from './queries.ts'

/**
 * What is not there yet of a source, and what is awaited, by key (`all` without partitions). A partition is there once its `ready` says so. Throws
 * the engine's error, or SL65x.
 */
export async function unreadyOf(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  partitions: readonly Partition[] | undefined,
  now: number,
): Promise<ReadonlyMap<string, string>> {
  const { ready } = bound.source
  if (ready === undefined || partitions?.length === 0) return new Map()
  const asked = partitions ?? [undefined]
  return ready.kind === 'query'
    ? byQuery(adapter, session, bound, ready, asked)
    : byColumn(adapter, session, bound, ready, asked, now)
}

async function byQuery(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  ready: Extract<CompiledReady, { kind: 'query' }>,
  partitions: readonly (Partition | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const unready = new Map<string, string>()
  for (const chunk of chunked(partitions)) {
    const rows = await session.query(
      chunk
        .map(
          ([index, partition]) =>
            `select ${index} as sluice_index, (\n${queryText(adapter.dialect, ready.sql, bound, partition)}\n) as is_ready`,
        )
        .join('\nunion all\n'),
    )
    for (const { sluice_index: index, is_ready: isReady } of rows) {
      if (isReady !== null && typeof isReady !== 'boolean') throw notBoolean(bound, isReady)
      if (isReady !== true)
        unready.set(partitions[Number(index)]?.key ?? WHOLE, 'its `ready` query does not say true')
    }
  }
  return unready
}

function notBoolean({ source }: BoundSource, value: unknown): SluiceError {
  return SluiceError.of('SL652', {
    message: `\`ready\` of ${source.name} returned a ${typeof value}, not a boolean`,
    model: source.name,
    place: source.place,
    hint: 'Return a condition, for example `select count(*) > 0 from …`.',
  })
}

/** The newest value of the column must have come to the end of each partition. */
async function byColumn(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  ready: Extract<CompiledReady, { kind: 'column' }>,
  partitions: readonly (Partition | undefined)[],
  now: number,
): Promise<ReadonlyMap<string, string>> {
  const { dialect } = adapter
  const { source, columns, partition: own } = bound
  const column = sourceColumn(adapter, source, columns, ready.column, 'the column of `ready`')
  const isOwn = own !== undefined && column.name === own.column.name
  const type = isOwn ? own.type : dialect.columnType(column.type)
  if (type === undefined || (!isOwn && (type === 'text' || type === 'integer'))) {
    throw SluiceError.of('SL653', {
      message: `the column \`${column.name}\` of \`ready\` of ${source.name} is ${column.type}, which is no time`,
      model: source.name,
      place: source.place,
      hint: 'Name a column of dates or timestamps, or use `ready: { query: … }`.',
    })
  }
  const format = isOwn ? source.partition!.column.format : undefined
  const awaited = partitions.map((partition) => (partition?.end ?? now) - ready.withinMs)
  const shown = {
    type,
    ...(format === undefined ? {} : { format }),
    ...(isOwn ? { clock: clockOf(source.partition!) } : {}),
  }
  const bounds = awaited.map((ms, index) => `(${index}, ${instantText(dialect, ms, shown)})`)
  const rows = await session.query(
    `select b.i, s.newest >= b.bound as is_ready, cast(s.newest as varchar) as newest
from (values ${bounds.join(', ')}) as b(i, bound)
cross join (select max(s.${dialect.quote(column.name)}) as newest from ${source.sql} as s) as s`,
  )
  const isHidden = source.columns.some(({ name, sample }) => !sample && name === column.name)
  const unready = new Map<string, string>()
  for (const row of rows) {
    if (row.is_ready === true) continue
    const index = Number(row.i)
    const come = row.newest === null ? 'empty' : `at ${isHidden ? '…' : String(row.newest)}`
    const until = new Date(awaited[index]!).toISOString().replace('.000Z', 'Z')
    unready.set(partitions[index]?.key ?? WHOLE, `${column.name} is ${come}, not yet at ${until}`)
  }
  return unready
}
