import type { Column, Session } from '../adapter.ts'
import { bucketsOf } from '../checks/buckets.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import { hashOf } from '../compile/fingerprint.ts'
import { WHOLE } from '../ledger/records.ts'
import { withinAny } from '../sql/intervals.ts'
import type { Partition } from '../time/interval.ts'
import type { AttemptContext, PublishedRows } from './attempt.ts'
import { type Bound, instantOf, windowFor } from './binding.ts'

/** Raised when the meaning of the hashes changes. */
const SCHEME = 1

/** A version that stands in the ledger, with the hash of its rows. */
interface Standing {
  readonly dataSeq: number
  readonly dataHash: string
}

/**
 * What was published with a hash of the rows that stand there now. A partition with the content that it had keeps its version, so that what was
 * made from it stays fresh (`data_hash: true`, section 3 of the semantics).
 */
export async function withDataHashes<T extends PublishedRows & { readonly partition: Partition }>(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  published: readonly T[],
): Promise<readonly T[]> {
  const partitions = published.map(({ partition }) => partition).sort((a, b) => a.start - b.start)
  const hashes = await partitionHashes(context, session, bound, partitions)
  if (hashes === undefined) return published
  const standing = await standingVersions(context, session, bound.model)
  return published.map((each) => {
    const dataHash = hashes.get(each.partition.key)!
    const before = standing.get(each.partition.key)
    return {
      ...each,
      dataHash,
      ...(before?.dataHash === dataHash ? { keepDataSeq: before.dataSeq } : {}),
    }
  })
}

/** The hash of each partition's rows by key, by one query; undefined if the engine has none for a column. */
async function partitionHashes(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  partitions: readonly Partition[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const { dialect } = context.adapter
  const { model, type, partitionColumn, stored } = bound
  const columns = inOrder(stored)
  const hash = dialect.rowHash(columns)
  if (hash === undefined || partitions.length === 0) return undefined
  const window = windowFor(context, model, partitions[0]!, type)
  const column = (alias: string) => `${alias}.${dialect.quote(partitionColumn.name)}`
  const literal = (ms: number) => instantOf(context, bound, window, ms)
  const buckets = bucketsOf(partitions, type, column, literal)
  const rows = await session.query(
    `select v.version, h.* from (select ${dialect.version} as version) as v left join (
select ${buckets.of('r')} as bucket, count(*) as n, cast(sum(${hash}) as varchar) as hash
from ${dialect.relation(model.relation)} as r where ${withinAny(column('r'), partitions, literal)} group by 1) as h on true`,
  )
  const version = String(rows[0]!.version)
  const found = new Map(
    rows.flatMap((row) => (row.n === null ? [] : [[buckets.keyOf(row.bucket), [String(row.n), row.hash]]])),
  )
  return new Map(
    partitions.map(({ key }) => [key, contentHash(version, columns, found.get(key) ?? ['0', null])]),
  )
}

/** The hash of all rows of a relation or stage, as SQL names it; undefined if the engine has none for a column. */
export async function wholeHash(
  context: AttemptContext,
  session: Session,
  relation: string,
  unordered: readonly Column[],
): Promise<string | undefined> {
  const { dialect } = context.adapter
  const columns = inOrder(unordered)
  const hash = dialect.rowHash(columns)
  if (hash === undefined) return undefined
  const [row] = await session.query(
    `select ${dialect.version} as version, count(*) as n, cast(sum(${hash}) as varchar) as hash from ${relation} as r`,
  )
  return contentHash(String(row!.version), columns, [String(row!.n), row!.hash])
}

/** Columns by name: their order is not content. */
function inOrder(columns: readonly Column[]): readonly Column[] {
  return [...columns].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function contentHash(version: string, columns: readonly Column[], content: readonly unknown[]): string {
  return hashOf(['content', SCHEME, version, columns.map(({ name, type }) => [name, type]), content])
}

/** The versions of a model's partitions that have a hash, by key (`all` without partitions). Those of another layout hold other rows. */
export async function standingVersions(
  context: AttemptContext,
  session: Session,
  model: CompiledModel,
): Promise<ReadonlyMap<string, Standing>> {
  const { dialect } = context.adapter
  const keys = context.task.partitions.length === 0 ? [WHOLE] : context.task.partitions.map(({ key }) => key)
  const rows = await session.query(
    `select partition_key, data_seq, data_hash from sluice.partitions where model = $1 and layout = $2
and data_seq is not null and data_hash is not null and partition_key in (${dialect.list(keys)})`,
    [context.ledgerName(model.name), model.layoutId],
  )
  return new Map(
    rows.map((row) => [
      String(row.partition_key),
      { dataSeq: Number(row.data_seq), dataHash: String(row.data_hash) },
    ]),
  )
}
