import type { Row, Session } from '../adapter.ts'
import { isRelation } from '../compile/compiled.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
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
  const rows = await session.query(
    shared === undefined ? leaseQuery(context) : `${shared};\n${leaseQuery(context)}`,
  )
  if (rows.length < keysOf(context.task).length) throw new Fenced()
  if (context.task.fullRefresh) await refuseUnplanned(context, session)
  if (rows.some((row) => isNews(context, row) || row.news_of_inputs !== null)) throw new ChangedMeanwhile()
  return {
    at,
    readSeq: Number(rows[0]!.read_seq),
    recorded: new Set(rows.filter((row) => row.change_seq !== null).map((row) => String(row.partition_key))),
  }
}

/** The task's leases with what the ledger has of each partition, the newest change of all, and the newest that another run has made
 * of an input since the plan. */
function leaseQuery(context: AttemptContext): string {
  const { dialect, capabilities } = context.adapter
  const news =
    context.inputs.length === 0
      ? 'null'
      : `(select max(change_seq) from sluice.partitions where change_seq > ${context.plannedAt}
and last_run <> ${dialect.literal(context.run)} and model in (${dialect.list(context.inputs.map(context.ledgerName))}))`
  return `select l.partition_key, p.change_seq, p.last_run, (select coalesce(max(change_seq), 0) from sluice.partitions) as read_seq,
${news} as news_of_inputs
from sluice.leases l
left join sluice.partitions p on p.model = l.model and p.partition_key = l.partition_key
where l.token = ${dialect.literal(context.token)} order by l.model, l.partition_key${capabilities.rowLocks ? ' for update of l' : ''}`
}

/** Another run has changed the partition since the plan was made. */
function isNews(context: AttemptContext, row: Row): boolean {
  return row.change_seq !== null && Number(row.change_seq) > context.plannedAt && row.last_run !== context.run
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
