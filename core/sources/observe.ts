import { relative } from 'node:path'
import type { Adapter, Row, Session } from '../adapter.ts'
import { bucketsOf } from '../checks/buckets.ts'
import type { CompiledObserve, CompiledSource } from '../compile/compiled.ts'
import { hashOf } from '../compile/fingerprint.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { WHOLE } from '../ledger/records.ts'
import { withinAny } from '../sql/intervals.ts'
import type { Partition } from '../time/interval.ts'
import { type BoundSource, boundOf, sourceColumn } from './bind-source.ts'
import type { FindFiles } from './files.ts'
import { chunked, queryText } from './queries.ts'
import type { Observation } from './source-view.ts'

/** What observing needs besides the database. */
export interface Eyes {
  /** Absolute folder of the project: a project that moves has not changed. */
  readonly root: string
  readonly findFiles: FindFiles
}

/** What was counted or returned of one partition, before it becomes a hash. */
interface Value {
  readonly value: unknown
  readonly rows: number
}

/**
 * Looks at a source as its `observe` says: once for each of the partitions (oldest first), or once for all of it. The names and types of its
 * columns are part of what is seen. Throws the engine's error, or SL65x.
 */
export async function observeSource(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  partitions: readonly Partition[] | undefined,
  eyes: Eyes,
): Promise<readonly Observation[]> {
  const { source, columns } = bound
  const { observe } = source
  if (observe === undefined || partitions?.length === 0) return []
  const values = await valuesOf(adapter, session, bound, observe, partitions, eyes)
  const identity = [observe.kind, observe.kind === 'column' ? observe.column : '', source.layoutId]
  const types = columns.map(({ name, type }) => [name, type])
  return values.map(({ value, rows }, index) => {
    const partition = partitions?.[index]
    return {
      source: source.name,
      key: partition?.key ?? WHOLE,
      ...(partition === undefined ? {} : { interval: { start: partition.start, end: partition.end } }),
      layout: source.layoutId,
      hash: hashOf(['observed', identity, types, value]),
      rows,
    }
  })
}

function valuesOf(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  observe: CompiledObserve,
  partitions: readonly Partition[] | undefined,
  eyes: Eyes,
): Promise<readonly Value[]> {
  switch (observe.kind) {
    case 'files':
      return filesValue(bound.source, observe.pattern, eyes)
    case 'column':
      return partitions === undefined
        ? wholeColumn(adapter, session, bound, observe.column)
        : columnByPartition(adapter, session, bound, observe.column, partitions)
    case 'query':
      return queryValues(adapter, session, bound, observe, partitions ?? [undefined])
  }
}

async function filesValue(source: CompiledSource, pattern: string, eyes: Eyes): Promise<readonly Value[]> {
  const files = await eyes.findFiles(pattern)
  if (files.length === 0) {
    throw SluiceError.of('SL650', {
      message: `${source.name}: there is no file ${pattern}`,
      model: source.name,
      place: source.place,
      hint: 'Correct the path of the source, or put the files there.',
    })
  }
  const value = files.map(({ path, size, modifiedNs }) => [
    relative(eyes.root, path).replaceAll('\\', '/'),
    String(size),
    String(modifiedNs),
  ])
  return [{ value, rows: 0 }]
}

async function wholeColumn(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  name: string,
): Promise<readonly Value[]> {
  const column = observedColumn(adapter, bound, name)
  const [row] = await session.query(
    `select count(*) as n, cast(max(${column}) as varchar) as newest from ${bound.source.sql} as s`,
  )
  return [countAndMaximum(row)]
}

/** Partitions that one statement tells apart: its text and the engine's work on it grow with them. */
const AT_ONCE = 2000

/** One look at the rows of all partitions, or one for each stretch of a long history. */
async function columnByPartition(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  name: string,
  partitions: readonly Partition[],
): Promise<readonly Value[]> {
  const column = observedColumn(adapter, bound, name)
  const { column: keyColumn, type } = bound.partition!
  const key = (alias: string) => `${alias}.${adapter.dialect.quote(keyColumn.name)}`
  const literal = boundOf(adapter, bound)
  const values: Value[] = []
  for (let from = 0; from < partitions.length; from += AT_ONCE) {
    const stretch = partitions.slice(from, from + AT_ONCE)
    const buckets = bucketsOf(stretch, type, key, literal)
    const rows = await session.query(
      `select bucket, count(*) as n, cast(max(observed) as varchar) as newest from (
select ${buckets.of('s')} as bucket, ${column} as observed
from ${bound.source.sql} as s where ${withinAny(key('s'), stretch, literal)}) as seen group by bucket`,
    )
    const found = new Map(rows.map((row) => [buckets.keyOf(row.bucket), row]))
    values.push(...stretch.map((partition) => countAndMaximum(found.get(partition.key))))
  }
  return values
}

function observedColumn(adapter: Adapter, { source, columns }: BoundSource, name: string): string {
  return `s.${adapter.dialect.quote(sourceColumn(adapter, source, columns, name, 'the observed column').name)}`
}

/** Count and maximum; a partition without rows has none of both. */
function countAndMaximum(row: Row | undefined): Value {
  const count = String(row?.n ?? 0)
  return { value: [count, row?.newest ?? null], rows: Number(count) }
}

async function queryValues(
  adapter: Adapter,
  session: Session,
  bound: BoundSource,
  observe: Extract<CompiledObserve, { kind: 'query' }>,
  partitions: readonly (Partition | undefined)[],
): Promise<readonly Value[]> {
  const values: Value[] = []
  for (const chunk of chunked(partitions)) {
    const rows = await session.query(
      chunk
        .map(
          ([index, partition]) =>
            `select ${index} as sluice_index, q.* from (\n${queryText(adapter.dialect, observe.sql, bound, partition)}\n) as q`,
        )
        .join('\nunion all\n'),
    )
    for (const [index] of chunk) {
      const own = rows.filter((row) => Number(row.sluice_index) === index)
      if (own.length !== 1) throw notOneRow(bound.source, own.length)
      const { sluice_index: _, ...value } = own[0]!
      values.push({ value: JSON.parse(JSON.stringify(Object.entries(value), bigintsAsText)), rows: 0 })
    }
  }
  return values
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function notOneRow(source: CompiledSource, count: number): SluiceError {
  return SluiceError.of('SL652', {
    message: `\`observe\` of ${source.name} returned ${count} rows`,
    model: source.name,
    place: source.place,
    hint: 'Let it return exactly one row, for example `select count(*), max(id) from …`.',
  })
}
