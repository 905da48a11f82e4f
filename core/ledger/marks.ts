import type { Adapter, Session, Statement, Transaction } from '../adapter.ts'
import { text } from './snapshot.ts'
import type { LedgerSession } from './stored-runs.ts'
import { instantOf, jsonOf } from './stored-values.ts'

/** What somebody says of published partitions: that they stand for today's code, or are not to be trusted. */
export interface MarkRequest {
  readonly kind: 'stamp' | 'invalidate'
  /** Unique; it is the lease's token too. */
  readonly id: string
  readonly reason: string
  /** Who says it. */
  readonly by: string
  readonly at: Date
  readonly models: readonly MarkedModel[]
}

export interface MarkedModel {
  /** The ledger's name. */
  readonly model: string
  /** Sorted. */
  readonly keys: readonly string[]
  /** Of today's code and layout: a stamp concerns only partitions of another fingerprint and the same layout. */
  readonly fingerprint: string
  readonly layout: string
}

/** What became of one model's partitions. */
export interface MarkOutcome {
  readonly model: string
  /** Sorted. */
  readonly marked: readonly string[]
  /** Partitions that somebody is publishing now. */
  readonly held: readonly string[]
}

/** A mark as the ledger has it. */
export interface StoredMark {
  readonly id: string
  readonly kind: MarkRequest['kind']
  /** The ledger's name. */
  readonly model: string
  readonly keys: readonly string[]
  readonly reason: string
  readonly by: string
  /** UTC milliseconds. */
  readonly at: number
  readonly changeSeq: number
}

/** How often the transaction is sent again after a conflict with another one. */
const CONFLICT_TRIES = 10

/**
 * Marks published partitions in one transaction. It takes their leases first, so that nobody publishes them meanwhile; those that somebody holds
 * are left out and named. Their number of change moves, so that plans that know them look again; their rows and version stay.
 */
export async function markPartitions(
  adapter: Adapter,
  request: MarkRequest,
): Promise<readonly MarkOutcome[]> {
  for (let tries = 1; ; tries++) {
    try {
      const { value } = await adapter.transaction((transaction) => mark(adapter, transaction, request))
      return value
    } catch (error) {
      const { kind } = adapter.explain(error)
      if ((kind !== 'conflict' && kind !== 'constraint') || tries === CONFLICT_TRIES) throw error
    }
  }
}

async function mark(
  adapter: Adapter,
  transaction: Transaction,
  request: MarkRequest,
): Promise<readonly MarkOutcome[]> {
  const outcomes: MarkOutcome[] = []
  for (const model of request.models) outcomes.push(await claim(adapter, transaction, request, model))
  const marked = outcomes.filter((each) => each.marked.length > 0)
  if (marked.length > 0) {
    transaction.commitWith([
      ...marked.flatMap((outcome, at) => statementsOf(adapter, request, outcome, at)),
      { sql: 'delete from sluice.leases where token = $1', params: [request.id] },
    ])
  }
  return outcomes
}

/**
 * The leases are taken and given back in this transaction: nobody sees them, and who wants one of them waits until it has ended. Where one process
 * has the database to itself, which is this one, nobody else can want them.
 */
async function claim(
  { dialect, capabilities }: Adapter,
  transaction: Transaction,
  { id, at, kind }: MarkRequest,
  { model, keys, fingerprint, layout }: MarkedModel,
): Promise<MarkOutcome> {
  if (keys.length === 0) return { model, marked: [], held: [] }
  if (capabilities.sharedServer) {
    await transaction.execute(
      `insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at)
select model, partition_key, $2, $2, $2, $3 from sluice.partitions
where model = $1 and partition_key in (${dialect.list(keys)}) order by partition_key
on conflict (model, partition_key) do nothing`,
      [model, id, at],
    )
  }
  // After the leases: what was published until then is seen, and nothing is published from then on.
  const wanted = await wantedKeys(transaction, kind, model, dialect.list(keys), fingerprint, layout)
  const rows = await transaction.query(
    `select partition_key from sluice.leases where model = $1 and token <> $2 and partition_key in (${dialect.list(keys)})`,
    [model, id],
  )
  const held = new Set(rows.map((row) => text(row.partition_key)))
  return {
    model,
    marked: keys.filter((key) => wanted.has(key) && !held.has(key)),
    held: keys.filter((key) => held.has(key)),
  }
}

async function wantedKeys(
  session: Session,
  kind: MarkRequest['kind'],
  model: string,
  keys: string,
  fingerprint: string,
  layout: string,
): Promise<ReadonlySet<string>> {
  const isOutdated = kind === 'stamp' ? ' and fingerprint <> $2 and layout = $3' : ''
  const rows = await session.query(
    `select partition_key from sluice.partitions
where model = $1 and data_seq is not null and partition_key in (${keys})${isOutdated}`,
    kind === 'stamp' ? [model, fingerprint, layout] : [model],
  )
  return new Set(rows.map((row) => text(row.partition_key)))
}

/** The mark takes a number, and its partitions get the same one. */
function statementsOf(
  { dialect }: Adapter,
  request: MarkRequest,
  { model, marked }: MarkOutcome,
  at: number,
): readonly Statement[] {
  const { kind, id, reason, by } = request
  const { fingerprint } = request.models.find((each) => each.model === model)!
  const where = `where model = $1 and partition_key in (${dialect.list(marked)})`
  return [
    {
      sql: `insert into sluice.marks (id, kind, model, partition_keys, reason, made_by, made_at, change_seq)
values ($1, $2, $3, $4, $5, $6, $7, ${dialect.nextChange})`,
      params: [`${id}-${at}`, kind, model, JSON.stringify(marked), reason, by, request.at],
    },
    kind === 'stamp'
      ? {
          sql: `update sluice.partitions set change_seq = ${dialect.lastChange}, fingerprint = $2 ${where}`,
          params: [model, fingerprint],
        }
      : {
          sql: `update sluice.partitions set change_seq = ${dialect.lastChange},
invalidated = '{"seq":' || ${dialect.lastChange} || ',' || $2 ${where}`,
          params: [model, JSON.stringify({ reason, by, at: request.at.toISOString() }).slice(1)],
        },
  ]
}

/** The marks of a model, newest first. */
export async function readMarks(
  { session, version }: LedgerSession,
  model: string,
): Promise<readonly StoredMark[]> {
  if (version < 2) return []
  const rows = await session.query(
    'select id, kind, model, partition_keys, reason, made_by, made_at, change_seq from sluice.marks where model = $1 order by change_seq desc',
    [model],
  )
  return rows.map((row) => ({
    id: text(row.id),
    kind: row.kind as StoredMark['kind'],
    model: text(row.model),
    keys: jsonOf(row.partition_keys) as readonly string[],
    reason: text(row.reason),
    by: text(row.made_by),
    at: instantOf(row.made_at)!,
    changeSeq: Number(row.change_seq),
  }))
}
