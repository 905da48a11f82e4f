import type { Row, Session } from '../adapter.ts'
import { isRelation } from '../compile/compiled.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { heldLeases } from '../ledger/held-leases.ts'
import { type AttemptContext, ChangedMeanwhile, Fenced, keysOf } from './attempt.ts'

/** What a publishing transaction knows once it has begun. */
export interface Begun {
  /** When it began: what is due later cannot have been read. */
  readonly at: Date
  /** The largest `change_seq` that the following statements are sure to see. */
  readonly readSeq: number
  /** Keys of the task's partitions that the ledger has a record of. */
  readonly recorded: ReadonlySet<string>
}

/** How a publisher holds its relation: `shared` with those of other partitions, or `alone`, as it may change what is theirs. */
export type Hold = 'shared' | 'alone'

/**
 * Steps 1 and 2 of publishing in one statement: lock the lease rows by token, and sample `read_seq`. Fewer rows than claimed means that somebody
 * took over. Where the lock had to be waited for, the sample is as old as the statement: too small is safe, too large would not be.
 *
 * The hold on the relation comes first, so that what is read here is what stands when it was granted. It is never raised later: two that
 * share it and both want it alone would wait for each other.
 */
export async function beginPublishing(
  context: AttemptContext,
  session: Session,
  hold?: Hold,
): Promise<Begun> {
  const at = context.now()
  const { dialect } = context.adapter
  const isAlone = hold === 'alone' || context.task.fullRefresh
  const relation = relationOf(context)
  const alone = isAlone && relation !== undefined ? dialect.exclusive(relation) : undefined
  if (alone !== undefined) await session.query(alone)
  const shared =
    !isAlone && hold === 'shared' && relation !== undefined ? dialect.shared(relation) : undefined
  const found =
    context.adapter.owned === undefined
      ? await readLeases(context, session, shared)
      : await readRecords(context, session)
  if (found === undefined) throw new Fenced()
  if (context.task.fullRefresh) await refuseUnplanned(context, session)
  // Another run has changed a partition or an input since the plan was made.
  if (found.isNews) throw new ChangedMeanwhile()
  return { at, readSeq: found.readSeq, recorded: found.recorded }
}

/** What the ledger has of the task's partitions. */
interface Found extends Omit<Begun, 'at'> {
  /** Another run has changed a partition or an input since the ledger was looked at. */
  readonly isNews: boolean
}

/** Undefined if a lease has been lost. */
async function readLeases(
  context: AttemptContext,
  session: Session,
  shared: string | undefined,
): Promise<Found | undefined> {
  const rows =
    shared === undefined
      ? await session.query(leaseQuery(context, parameter), [context.token, context.plannedAt, context.run])
      : await session.query(`${shared};\n${leaseQuery(context, inlined(context))}`)
  if (rows.length < keysOf(context.task).length) return undefined
  return {
    readSeq: Number(rows[0]!.read_seq),
    isNews: rows.some((row) => row.is_news === true || row.news_of_inputs !== null),
    recorded: recordedIn(rows),
  }
}

/** So many keys of a task are parameters: an engine that is asked the same text again need not plan it again. */
const MOST_PARAMETERS = 16

/** The same where the leases are in memory. No other process can have changed an input. */
async function readRecords(context: AttemptContext, session: Session): Promise<Found | undefined> {
  const { adapter, task, token, plannedAt, run } = context
  if (heldLeases(adapter)?.has(token) !== true) return undefined
  const keys = keysOf(task)
  const isShort = keys.length <= MOST_PARAMETERS
  const list = isShort ? keys.map((_, index) => `$${index + 4}`).join(', ') : adapter.dialect.list(keys)
  const rows = await session.query(
    `select partition_key, change_seq, (change_seq > cast($1 as bigint) and last_run <> $2) as is_news
from sluice.partitions where model = $3 and partition_key in (${list})
union all select null, coalesce(max(change_seq), 0), null from sluice.partitions`,
    [plannedAt, run, context.ledgerName(task.model), ...(isShort ? keys : [])],
  )
  const ofPartitions = rows.filter((row) => row.partition_key !== null)
  const [newest] = rows.filter((row) => row.partition_key === null)
  return {
    readSeq: Number(newest!.change_seq),
    isNews: ofPartitions.some((row) => row.is_news === true),
    recorded: recordedIn(ofPartitions),
  }
}

function recordedIn(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(rows.filter((row) => row.change_seq !== null).map((row) => String(row.partition_key)))
}

/** The values of the lease query: its token, the ledger's number that the plan knew, the run. */
type ValueOf = (name: 'token' | 'plannedAt' | 'run') => string

/** An engine that is asked the same text again need not plan it again. */
const parameter: ValueOf = (name) => ({ token: '$1', plannedAt: 'cast($2 as bigint)', run: '$3' })[name]

/** Several statements in one message take no parameters. */
function inlined({ adapter, token, plannedAt, run }: AttemptContext): ValueOf {
  const values = { token, plannedAt, run }
  return (name) => adapter.dialect.literal(values[name])
}

/** The task's leases with what the ledger has of each partition and the newest change of all. */
function leaseQuery(context: AttemptContext, value: ValueOf): string {
  return `select l.partition_key, (p.change_seq > ${value('plannedAt')} and p.last_run <> ${value('run')}) as is_news, p.change_seq,
(select coalesce(max(change_seq), 0) from sluice.partitions) as read_seq,
${newsOfInputs(context, value)} as news_of_inputs
from sluice.leases l
left join sluice.partitions p on p.model = l.model and p.partition_key = l.partition_key
where l.token = ${value('token')}${context.adapter.capabilities.rowLocks ? ' order by l.model, l.partition_key for update of l' : ''}`
}

/** The newest change that another run has made of an input since the plan. Where one process has the database to itself there is no other run. */
function newsOfInputs({ adapter, inputs, ledgerName }: AttemptContext, value: ValueOf): string {
  if (inputs.length === 0 || !adapter.capabilities.sharedServer) return 'null'
  return `(select max(change_seq) from sluice.partitions where change_seq > ${value('plannedAt')}
and last_run <> ${value('run')} and model in (${adapter.dialect.list(inputs.map(ledgerName))}))`
}

/** A rebuild writes the partitions that its plan knew and deletes all rows: what another run published besides would be lost. */
async function refuseUnplanned(context: AttemptContext, session: Session): Promise<void> {
  const { dialect } = context.adapter
  const rows = await session.query(
    `select partition_key from sluice.partitions where model = $1 and change_seq > $2 and last_run <> $3 and data_seq is not null
and partition_key not in (${dialect.list(keysOf(context.task))}) order by start_at`,
    [context.ledgerName(context.task.model), context.ledgerSeq, context.run],
  )
  if (rows.length === 0) return
  const { model } = context.task
  throw SluiceError.of('SL626', {
    message: `another run published ${rows.map((row) => String(row.partition_key)).join(', ')} of ${model} after this rebuild was planned`,
    model,
    hint: 'Nothing was changed. Planned again, the rebuild contains these partitions too.',
    next: `run --select ${model} --full-refresh`,
  })
}

function relationOf({ project, adapter, task }: AttemptContext): string | undefined {
  const node = project.nodes.get(task.model)
  return isRelation(node) ? adapter.dialect.relation(node.relation) : undefined
}
