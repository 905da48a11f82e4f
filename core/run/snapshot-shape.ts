import type { Column, Session } from '../adapter.ts'
import type { SnapshotColumns, SnapshotModel } from '../compile/snapshot.ts'
import { recordsIntervals } from '../config/resolve-snapshot.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { ViewContext } from './dependents.ts'
import { reshape, type WantedShape } from './shape.ts'

/**
 * Makes the table of a snapshot have its columns. Nothing of the history is ever dropped or converted: columns are added, those of the query only
 * with `on_schema_change: append`. Throws SL615, SL616, SL624, SL691.
 */
export async function reshapeSnapshot(
  context: ViewContext,
  session: Session,
  model: SnapshotModel,
  columns: SnapshotColumns,
  { isPublished, isRebuilt }: Pick<WantedShape, 'isPublished' | 'isRebuilt'>,
): Promise<void> {
  const { adapter } = context
  const existing = await adapter.catalog.columns(session, model.relation)
  if (isRebuilt && existing !== undefined && !(await isPublished()))
    await refuseUnknown(context, session, model)
  if (!isRebuilt && existing !== undefined && (await isPublished()))
    refuseChanges(context, model, existing, columns)
  await reshape(context, session, {
    node: model,
    columns: columns.stored,
    mode: 'append',
    isPublished,
    isRebuilt,
    replacesRows: isRebuilt,
  })
}

/** A table that the ledger knows nothing of may be a history whose ledger was lost. */
async function refuseUnknown(
  { adapter }: ViewContext,
  session: Session,
  model: SnapshotModel,
): Promise<void> {
  if ((await adapter.catalog.kind(session, model.relation)) !== 'table') return
  const relation = adapter.dialect.relation(model.relation)
  const rows = await session.query(`select 1 as found from ${relation} limit 1`)
  if (rows.length === 0) return
  throw SluiceError.of('SL615', {
    message: `a table ${relation} with rows exists, and the ledger has no record of it`,
    model: model.name,
    hint: 'It may hold a history that nothing can make again, so Sluice does not replace it. Rename it, or drop it yourself.',
  })
}

function refuseChanges(
  { adapter }: ViewContext,
  model: SnapshotModel,
  existing: readonly Column[],
  columns: SnapshotColumns,
): void {
  const fold = (name: string) => adapter.dialect.fold(name, true)
  const { names } = model.config.snapshot
  if (!recordsIntervals(model.config.snapshot) && (columns.deletedAt ?? columns.isDeleted) !== undefined)
    throw deletesForgotten(model)
  const added = new Set(
    [...Object.values(names), ...columns.stored.slice(columns.query.length).map((c) => c.name)].map(fold),
  )
  const before = new Map(existing.map((column) => [fold(column.name), column]))
  const wanted = new Map(columns.stored.map((column) => [fold(column.name), column]))
  const mayAdd = model.config.onSchemaChange === 'append'
  const said = [
    ...columns.query
      .filter(({ name }) => !before.has(fold(name)) && !mayAdd)
      .map(({ name, type }) => `${name} is new (${type})`),
    ...existing
      .filter(({ name }) => !wanted.has(fold(name)) && !added.has(fold(name)) && !mayAdd)
      .map(({ name, type }) => `${name} is gone (${type})`),
  ]
  const retyped = columns.stored.flatMap(({ name, type }) => {
    const old = before.get(fold(name))?.type
    return old === undefined || old === type ? [] : [`${name} was ${old} and is ${type}`]
  })
  if (said.length + retyped.length === 0) return
  throw SluiceError.of('SL691', {
    message: `the columns of ${model.name} changed: ${[...said, ...retyped].join(', ')}`,
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
    hint:
      retyped.length > 0
        ? 'Cast the column to its type in the query: nothing may rewrite the history.'
        : '`on_schema_change: append` in the header lets the table follow: what is new is NULL in versions recorded before, what is gone in those to come.',
  })
}

/** Versions that follow each other without a gap would hide when their key was gone. */
function deletesForgotten(model: SnapshotModel): SluiceError {
  return SluiceError.of('SL691', {
    message: `the history of ${model.name} says when keys were gone, and \`deletes: ignore\` does not`,
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
    hint: 'Keep `deletes` as it was, or begin another history in a model of its own.',
  })
}
