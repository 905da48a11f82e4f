import type { Adapter, Column, RelationKind, RelationName, Session } from '../adapter.ts'
import type { CompiledRelation } from '../compile/compiled.ts'
import type { OnSchemaChange } from '../config/project.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { aroundDependents, refreshingDependents, type ViewContext } from './dependents.ts'
import { indexesOf } from './indexes.ts'

/** What a table must look like before rows are written. */
export interface WantedShape {
  readonly node: CompiledRelation
  readonly columns: readonly Column[]
  readonly mode: OnSchemaChange
  /** Whether the ledger knows published rows of this relation; asked under the relation's lock. */
  readonly isPublished: () => Promise<boolean>
  /** The user asked to replace whatever stands there. */
  readonly isRebuilt: boolean
  /** No row stays: the caller writes all of them anew. */
  readonly replacesRows: boolean
}

export interface ColumnChanges {
  readonly added: readonly Column[]
  readonly removed: readonly Column[]
  readonly retyped: readonly Column[]
}

/**
 * Makes the table have the wanted columns, indexes and grants, inside the caller's transaction, and tells whether its columns changed.
 * Nothing is dropped with CASCADE: views that stand in the way are dropped and restored if Sluice owns them, else the change is refused
 * (section 7). Views of ours that read the table follow its columns.
 * Throws SL613–SL616, SL624.
 */
export async function reshape(context: ViewContext, session: Session, wanted: WantedShape): Promise<boolean> {
  const { adapter } = context
  const { node } = wanted
  let changed = true
  const lock = adapter.dialect.exclusive(adapter.dialect.relation(node.relation))
  if (lock !== undefined) await session.query(lock)
  const kind = await adapter.catalog.kind(session, node.relation)
  if (kind === undefined) await create(adapter, session, wanted)
  else if (kind === 'view') await replaceView(context, session, wanted)
  else changed = await alter(context, session, wanted)
  await reconcileIndexes(adapter, session, node, wanted.columns)
  await reconcileGrants(adapter, session, node)
  return changed
}

async function create(adapter: Adapter, session: Session, wanted: WantedShape): Promise<void> {
  const { node } = wanted
  if (!wanted.isRebuilt && (await wanted.isPublished())) {
    throw SluiceError.of('SL616', {
      message: `the table ${adapter.dialect.relation(node.relation)} is gone, but the ledger has published partitions of it`,
      model: node.name,
      hint: 'Somebody dropped it. Rebuild every partition that was published, in one transaction.',
      next: `run --select ${node.name} --full-refresh`,
    })
  }
  await session.execute(adapter.dialect.createSchema(node.relation.schema))
  await session.execute(adapter.dialect.createTable(node.relation, wanted.columns))
  if (node.description !== undefined) {
    await session.execute(adapter.dialect.comment(node.relation, 'table', node.description))
  }
}

/** A view of ours becomes a table: drop it (its readers too, and back), then create. */
async function replaceView(context: ViewContext, session: Session, wanted: WantedShape): Promise<void> {
  const { adapter } = context
  await refuseForeign(adapter, wanted, 'view')
  await aroundDependents(context, session, wanted.node, async () => {
    await session.execute(adapter.dialect.dropRelation(wanted.node.relation, 'view'))
    await create(adapter, session, { ...wanted, isPublished: async () => false })
  })
}

/** Tells whether a column was added, changed or dropped. */
async function alter(context: ViewContext, session: Session, wanted: WantedShape): Promise<boolean> {
  const { adapter } = context
  const { node } = wanted
  await refuseForeign(adapter, wanted, 'table')
  const existing = (await adapter.catalog.columns(session, node.relation)) ?? []
  const changes = changesOf(adapter, existing, wanted.columns)
  const mode = wanted.isRebuilt ? 'sync' : wanted.mode
  if (!isAllowed(mode, changes)) throw columnsChanged(wanted, existing, changes)
  if (mode === 'sync' && changes.removed.length + changes.retyped.length > 0) {
    await aroundDependents(context, session, node, async () => {
      await dropOwnIndexes(adapter, session, node)
      await alterColumns(adapter, session, node.relation, changes, wanted.replacesRows)
    })
    return true
  }
  if (changes.added.length === 0) return false
  await refreshingDependents(context, session, node, async () => {
    for (const column of changes.added)
      await session.execute(adapter.dialect.addColumn(node.relation, column))
  })
  return true
}

async function alterColumns(
  adapter: Adapter,
  session: Session,
  relation: RelationName,
  changes: ColumnChanges,
  replacesRows: boolean,
): Promise<void> {
  const { dialect } = adapter
  const removed = replacesRows ? [...changes.removed, ...changes.retyped] : changes.removed
  const added = replacesRows ? [...changes.added, ...changes.retyped] : changes.added
  // A table cannot lose its last column, so the new ones come first, except where a name is used again.
  const reused = new Set(replacesRows ? changes.retyped.map((column) => column.name) : [])
  for (const column of added)
    if (!reused.has(column.name)) await session.execute(dialect.addColumn(relation, column))
  for (const column of removed) {
    if (!reused.has(column.name)) await session.execute(dialect.dropColumn(relation, column.name))
  }
  for (const column of changes.retyped) {
    if (!replacesRows) await session.execute(dialect.alterColumnType(relation, column))
    else await replaceColumn(adapter, session, relation, column)
  }
}

/** Where all rows are replaced, a column changes its type by being made anew: no conversion can fail. */
async function replaceColumn(
  adapter: Adapter,
  session: Session,
  relation: RelationName,
  column: Column,
): Promise<void> {
  const { dialect } = adapter
  await session.execute(dialect.addColumn(relation, { name: 'sluice_placeholder', type: column.type }))
  await session.execute(dialect.dropColumn(relation, column.name))
  await session.execute(dialect.addColumn(relation, column))
  await session.execute(dialect.dropColumn(relation, 'sluice_placeholder'))
}

async function refuseForeign(adapter: Adapter, wanted: WantedShape, kind: RelationKind): Promise<void> {
  if (wanted.isRebuilt || (await wanted.isPublished())) return
  throw SluiceError.of('SL615', {
    message: `a ${kind} ${adapter.dialect.relation(wanted.node.relation)} exists, and the ledger has no record of it`,
    model: wanted.node.name,
    hint: 'Rename the model, drop the relation, or let Sluice replace its contents.',
    next: `run --select ${wanted.node.name} --full-refresh`,
  })
}

function columnsChanged(
  { node }: WantedShape,
  existing: readonly Column[],
  changes: ColumnChanges,
): SluiceError {
  return SluiceError.of('SL613', {
    message: `the columns of ${node.name} changed: ${changesText(existing, changes)}`,
    model: node.name,
    place: { file: node.path, line: 1, column: 1 },
    hint: `\`on_schema_change: ${changes.retyped.length + changes.removed.length > 0 ? 'sync' : 'append'}\` in the header lets the table follow.`,
    next: `run --select ${node.name} --full-refresh`,
  })
}

/** `a is new (INTEGER), b is gone (DATE)` */
export function changesText(existing: readonly Column[], changes: ColumnChanges): string {
  const typeOf = (name: string) => existing.find((column) => column.name === name)?.type ?? '?'
  return [
    ...changes.added.map((column) => `${column.name} is new (${column.type})`),
    ...changes.removed.map((column) => `${column.name} is gone (${column.type})`),
    ...changes.retyped.map((column) => `${column.name} was ${typeOf(column.name)} and is ${column.type}`),
  ].join(', ')
}

/** How the columns of a table differ from those that are wanted. */
export function changesOf(
  adapter: Pick<Adapter, 'dialect'>,
  existing: readonly Column[],
  wanted: readonly Column[],
): ColumnChanges {
  const fold = (name: string) => adapter.dialect.fold(name, true)
  const before = new Map(existing.map((column) => [fold(column.name), column]))
  const after = new Map(wanted.map((column) => [fold(column.name), column]))
  return {
    added: wanted.filter((column) => !before.has(fold(column.name))),
    removed: existing.filter((column) => !after.has(fold(column.name))),
    retyped: wanted.filter((column) => {
      const old = before.get(fold(column.name))
      return old !== undefined && old.type !== column.type
    }),
  }
}

/** Whether a table may follow these changes. */
export function isAllowed(mode: OnSchemaChange, changes: ColumnChanges): boolean {
  return mode === 'sync' || (mode === 'append' && changes.retyped.length === 0) || isUnchanged(changes)
}

function isUnchanged(changes: ColumnChanges): boolean {
  return changes.added.length + changes.removed.length + changes.retyped.length === 0
}

async function dropOwnIndexes(adapter: Adapter, session: Session, node: CompiledRelation): Promise<void> {
  for (const name of await adapter.catalog.indexes(session, node.relation)) {
    await session.execute(adapter.dialect.dropIndex(node.relation, name))
  }
}

/** Indexes that Sluice made are exactly the declared ones; others are left alone. */
export async function reconcileIndexes(
  adapter: Adapter,
  session: Session,
  node: CompiledRelation,
  columns: readonly Column[],
): Promise<void> {
  const wanted = new Map(indexesOf(adapter, node, columns).map((index) => [index.name, index]))
  const existing = new Set(await adapter.catalog.indexes(session, node.relation))
  for (const name of existing) {
    if (!wanted.has(name)) await session.execute(adapter.dialect.dropIndex(node.relation, name))
  }
  for (const index of wanted.values()) {
    if (existing.has(index.name)) continue
    await session.execute(adapter.dialect.createIndex(node.relation, index.name, index.columns, index.unique))
  }
}

/** Grants of the declared privileges are exactly the declared roles; a model that declares none keeps what it has. */
export async function reconcileGrants(
  adapter: Adapter,
  session: Session,
  node: CompiledRelation,
): Promise<void> {
  if (node.grants.length === 0 || !adapter.capabilities.grants) return
  const held = await adapter.catalog.grants(session, node.relation)
  const has = (privilege: string, role: string) =>
    held.some((each) => each.privilege.toLowerCase() === privilege.toLowerCase() && each.role === role)
  for (const { privilege, to } of node.grants) {
    for (const role of to) {
      if (!has(privilege, role)) await session.execute(adapter.dialect.grant(node.relation, privilege, role))
    }
    for (const each of held) {
      if (each.privilege.toLowerCase() !== privilege.toLowerCase() || to.includes(each.role)) continue
      await session.execute(adapter.dialect.revoke(node.relation, privilege, each.role))
    }
  }
}
