import type { Dependent, Session } from '../adapter.ts'
import type { CompiledModel, CompiledRelation } from '../compile/compiled.ts'
import { isRelation } from '../compile/compiled.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { WHOLE } from '../ledger/records.ts'
import type { AttemptContext } from './attempt.ts'

/** What of an attempt is needed to drop views and bring them back. */
export type ViewContext = Pick<AttemptContext, 'adapter' | 'project' | 'texts' | 'ledgerName' | 'owned'>

/** A view that was dropped, and the statements that bring it back: the first list, or if it fails the second. */
interface Restored {
  readonly dependent: Dependent
  readonly first: readonly string[]
  readonly second: readonly string[]
}

/** Drops the views that read the relation, nearest last, does the work, and brings them back. Throws SL614. */
export async function aroundDependents(
  context: ViewContext,
  session: Session,
  node: CompiledRelation,
  work: () => Promise<void>,
): Promise<void> {
  const dependents = await context.adapter.catalog.dependents(session, node.relation)
  const foreign = dependents.find((each) => !isOwned(context, each))
  if (foreign !== undefined) throw inTheWay(context, node, foreign)
  await around(context, session, node, dependents, work)
}

/**
 * Does work that no view stands in the way of, and makes the views of ours that read the relation anew, so that `select *` has the columns
 * that it gained. What somebody else's view reads cannot be dropped, and stays as it is.
 */
export async function refreshingDependents(
  context: ViewContext,
  session: Session,
  node: CompiledRelation,
  work: () => Promise<void>,
): Promise<void> {
  const { catalog } = context.adapter
  const ours: Dependent[] = []
  for (const each of await catalog.dependents(session, node.relation)) {
    if (!isOwned(context, each)) continue
    const readers = await catalog.dependents(session, each.relation)
    if (readers.every((reader) => isOwned(context, reader))) ours.push(each)
  }
  await around(context, session, node, ours, work)
}

async function around(
  context: ViewContext,
  session: Session,
  node: CompiledRelation,
  dependents: readonly Dependent[],
  work: () => Promise<void>,
): Promise<void> {
  const { adapter } = context
  const dropped: Restored[] = []
  for (const each of dependents) dropped.push(await restoredBy(context, session, each))
  for (const each of [...dependents].reverse()) {
    await session.execute(adapter.dialect.dropRelation(each.relation, each.kind))
  }
  await work()
  for (const each of dropped) await restore(context, session, node, each)
}

/**
 * A view whose code is what was published comes back from that code. One that waits for its own task stays what it was until then, unless
 * that cannot stand on the changed columns.
 */
async function restoredBy(context: ViewContext, session: Session, dependent: Dependent): Promise<Restored> {
  const { adapter, texts } = context
  const asItWas = dependent.restore
  const view = viewOf(context, dependent)
  if (view === undefined) return { dependent, first: asItWas, second: asItWas }
  const sql = await texts.model(view, undefined)
  const compiled = [
    adapter.dialect.createOrReplaceView(view.relation, sql.text).sql,
    ...(await adapter.catalog.preserve(session, dependent.relation)),
  ]
  return (await isCurrent(context, session, view))
    ? { dependent, first: compiled, second: asItWas }
    : { dependent, first: asItWas, second: compiled }
}

async function restore(
  context: ViewContext,
  session: Session,
  node: CompiledRelation,
  { dependent, first, second }: Restored,
): Promise<void> {
  const { adapter } = context
  try {
    await session.execute(adapter.dialect.orElse(first, second))
  } catch (error) {
    const explained = adapter.explain(error)
    const isAboutColumns = ['unknown_column', 'unknown_relation', 'unknown_function', 'type'].includes(
      explained.kind,
    )
    if (!isAboutColumns) throw error
    const view = viewOf(context, dependent)
    throw SluiceError.of(
      'SL614',
      {
        message: `the view ${adapter.dialect.relation(dependent.relation)} cannot stand on the changed columns of ${adapter.dialect.relation(node.relation)}: ${explained.message}`,
        model: node.name,
        ...(view === undefined ? {} : { place: { file: view.path, line: 1, column: 1 } }),
        hint: 'Change the view too, then run again; or keep the columns as they were.',
      },
      { cause: error },
    )
  }
}

function isOwned({ owned, adapter }: ViewContext, dependent: Dependent): boolean {
  return owned.has(adapter.dialect.relation(dependent.relation))
}

function viewOf({ project, adapter }: ViewContext, dependent: Dependent): CompiledModel | undefined {
  const name = adapter.dialect.relation(dependent.relation)
  for (const node of project.nodes.values()) {
    if (!isRelation(node) || adapter.dialect.relation(node.relation) !== name) continue
    return node.kind === 'model' && node.config.materialized === 'view' ? node : undefined
  }
  return undefined
}

/** Whether the view that stands there was made from today's code. */
async function isCurrent(
  { ledgerName }: ViewContext,
  session: Session,
  view: CompiledModel,
): Promise<boolean> {
  const [row] = await session.query(
    'select fingerprint from sluice.partitions where model = $1 and partition_key = $2 and data_seq is not null',
    [ledgerName(view.name), WHOLE],
  )
  return row?.fingerprint === view.fingerprint
}

function inTheWay({ adapter }: ViewContext, node: CompiledRelation, foreign: Dependent): SluiceError {
  return SluiceError.of('SL614', {
    message: `the ${foreign.kind} ${adapter.dialect.relation(foreign.relation)} reads ${adapter.dialect.relation(node.relation)} and is not Sluice's, so the columns cannot change under it`,
    model: node.name,
    hint: 'Drop it or change it, then run again; or keep the columns as they were.',
  })
}
