import type { Column, Session, Transaction } from '../adapter.ts'
import type { CompiledModel, CompiledRelation, CompiledSeed } from '../compile/compiled.ts'
import { enforceContract } from '../contracts/enforce.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import {
  type AttemptContext,
  type AttemptResult,
  ChecksFailed,
  commitOutcome,
  isPublished,
  publishedWhole,
} from './attempt.ts'
import { type Begun, beginPublishing } from './begin.ts'
import { runChecks, runCustomCheck, splitChecks } from './checking.ts'
import { wholeHash } from './data-hash.ts'
import { aroundDependents } from './dependents.ts'
import { withUserSql } from './diagnose.ts'
import { reconcileGrants, reshape } from './shape.ts'

const STAGE = 'sluice_stage'

/**
 * Publishes a table: build and check a stage, then DELETE and INSERT into the standing table in the same transaction, so that readers
 * never see it empty, and views, grants, indexes and comments stay (section 7). Identical content is left alone.
 */
export async function publishTable(
  context: AttemptContext,
  transaction: Transaction,
  model: CompiledModel,
): Promise<AttemptResult> {
  const begun = await beginPublishing(context, transaction)
  const sql = await context.texts.model(model, undefined)
  const create = context.adapter.dialect.createStage(STAGE, sql.text)
  const columns = await withUserSql(sql, 0, () => context.adapter.catalog.describe(transaction, sql.text))
  await enforceContract(context.adapter, transaction, model, columns)
  await withUserSql(sql, create.offset, () => transaction.execute(create.sql))
  return replaceFromStage(context, transaction, model, columns, begun)
}

/** Publishes a seed: the CSV file is loaded into a stage and goes the way of a table. */
export async function publishSeed(
  context: AttemptContext,
  transaction: Transaction,
  seed: CompiledSeed,
): Promise<AttemptResult> {
  const begun = await beginPublishing(context, transaction)
  const columns = await context.adapter.loadCsv(transaction, STAGE, {
    path: seed.file,
    delimiter: seed.delimiter,
    types: seed.types,
  })
  return replaceFromStage(context, transaction, seed, columns, begun)
}

async function replaceFromStage(
  context: AttemptContext,
  transaction: Transaction,
  node: CompiledRelation,
  columns: readonly Column[],
  begun: Begun,
): Promise<AttemptResult> {
  const { dialect } = context.adapter
  const stage = dialect.stage(STAGE)
  const { ofRows, ofItself } = splitChecks(dialect, node)
  const staged = { node, rows: { from: stage }, columns, checks: ofRows }
  const checked = await runChecks(context, transaction, staged, [])
  if (checked.outcomes.some(blocks)) throw new ChecksFailed(checked.outcomes)
  const before = await publishedWhole(context, transaction)
  const isReshaped = await reshape(context, transaction, {
    node,
    columns,
    mode: node.kind === 'model' ? node.config.onSchemaChange : 'sync',
    isPublished: () => isPublished(context, transaction),
    isRebuilt: context.task.fullRefresh,
    replacesRows: true,
  })
  const dataHash =
    node.kind === 'model' && node.config.dataHash
      ? await wholeHash(context, transaction, stage, columns)
      : undefined
  const isSame =
    before !== undefined &&
    !isReshaped &&
    !context.task.fullRefresh &&
    (dataHash === undefined
      ? await hasSameRows(context, transaction, node, columns)
      : before.dataHash === dataHash)
  if (!isSame) await replaceRows(context, transaction, node, columns)
  const outcomes = [...checked.outcomes]
  if (ofItself.length > 0) {
    const standing = { node, rows: { from: dialect.relation(node.relation) }, columns, checks: ofItself }
    outcomes.push(...(await runChecks(context, transaction, standing, [])).outcomes)
  }
  for (const gate of node.gates) outcomes.push(await runCustomCheck(context, transaction, gate, { node }))
  if (outcomes.some(blocks)) throw new ChecksFailed(outcomes)
  await transaction.execute(dialect.dropStage(STAGE))
  const kept = isSame && before !== undefined ? { keepDataSeq: before.dataSeq } : {}
  const hashed = dataHash === undefined ? {} : { dataHash }
  commitOutcome(context, transaction, node, begun, [{ rows: checked.rows, ...kept, ...hashed }], outcomes)
  return { rows: checked.rows, changed: !isSame, checks: outcomes }
}

async function replaceRows(
  context: AttemptContext,
  session: Session,
  node: CompiledRelation,
  columns: readonly Column[],
): Promise<void> {
  const { dialect } = context.adapter
  const target = dialect.relation(node.relation)
  await session.execute(`delete from ${target}`)
  const insert = dialect.insertByName(
    target,
    columns.map((column) => column.name),
    `select * from ${dialect.stage(STAGE)}`,
  )
  await session.execute(insert.sql)
}

/** Whether the stage and the standing table hold the same rows, each as often. Columns without equality: assume not. */
async function hasSameRows(
  context: AttemptContext,
  session: Session,
  node: CompiledRelation,
  columns: readonly Column[],
): Promise<boolean> {
  const { dialect, catalog } = context.adapter
  const identities = columns.map((column) => dialect.identity(dialect.quote(column.name), column.type))
  if (identities.includes(undefined)) return false
  const standing = await catalog.columns(session, node.relation)
  if (standing?.length !== columns.length) return false
  const target = dialect.relation(node.relation)
  const stage = dialect.stage(STAGE)
  const list = identities.join(', ')
  const [row] = await session.query(
    `select (select count(*) from ${target}) = (select count(*) from ${stage})
and not exists (select ${list} from ${stage} except all select ${list} from ${target}) as same`,
  )
  return row!.same === true
}

/** Publishes a view: replaced in place where columns are only appended, else recreated with everything that reads it. */
export async function publishView(
  context: AttemptContext,
  transaction: Transaction,
  model: CompiledModel,
): Promise<AttemptResult> {
  const { adapter } = context
  const begun = await beginPublishing(context, transaction)
  const sql = await context.texts.model(model, undefined)
  const lock = adapter.dialect.exclusive(adapter.dialect.relation(model.relation))
  if (lock !== undefined) await transaction.query(lock)
  const columns = await withUserSql(sql, 0, () => adapter.catalog.describe(transaction, sql.text))
  await enforceContract(adapter, transaction, model, columns)
  await transaction.execute(adapter.dialect.createSchema(model.relation.schema))
  const existing = await existingView(context, transaction, model)
  const create = adapter.dialect.createOrReplaceView(model.relation, sql.text)
  const replace = () => withUserSql(sql, create.offset, () => transaction.execute(create.sql))
  if (existing === undefined || onlyAppends(existing, columns)) await replace()
  else await recreate(context, transaction, model, replace)
  if (model.description !== undefined) {
    await transaction.execute(adapter.dialect.comment(model.relation, 'view', model.description))
  }
  await reconcileGrants(adapter, transaction, model)
  const from = adapter.dialect.relation(model.relation)
  const { outcomes } =
    model.checks.length + model.gates.length === 0
      ? { outcomes: [] }
      : await runChecks(context, transaction, { node: model, rows: { from }, columns }, model.gates)
  if (outcomes.some(blocks)) throw new ChecksFailed(outcomes)
  const before = await publishedWhole(context, transaction)
  const isSame = before?.fingerprint === model.fingerprint
  const kept = isSame ? { keepDataSeq: before!.dataSeq } : {}
  commitOutcome(context, transaction, model, begun, [{ rows: 0, ...kept }], outcomes)
  return { rows: 0, changed: !isSame, checks: outcomes }
}

/** Columns of the view that stands there; a table of ours that became a view is dropped, anything else refused. */
async function existingView(
  context: AttemptContext,
  transaction: Transaction,
  model: CompiledModel,
): Promise<readonly Column[] | undefined> {
  const { adapter, task } = context
  const kind = await adapter.catalog.kind(transaction, model.relation)
  if (kind === undefined) return undefined
  if (!task.fullRefresh && !(await isPublished(context, transaction))) {
    throw SluiceError.of('SL615', {
      message: `a ${kind} ${adapter.dialect.relation(model.relation)} exists, and the ledger has no record of it`,
      model: model.name,
      hint: 'Rename the model, drop the relation, or let Sluice replace it.',
      next: `run --select ${model.name} --full-refresh`,
    })
  }
  if (kind === 'view') return adapter.catalog.columns(transaction, model.relation)
  await aroundDependents(context, transaction, model, async () => {
    await transaction.execute(adapter.dialect.dropRelation(model.relation, 'table'))
    const sql = await context.texts.model(model, undefined)
    const create = adapter.dialect.createOrReplaceView(model.relation, sql.text)
    await withUserSql(sql, create.offset, () => transaction.execute(create.sql))
  })
  return adapter.catalog.columns(transaction, model.relation)
}

function onlyAppends(existing: readonly Column[], wanted: readonly Column[]): boolean {
  return existing.every((column, index) => {
    const next = wanted[index]
    return next !== undefined && next.name === column.name && next.type === column.type
  })
}

async function recreate(
  context: AttemptContext,
  transaction: Transaction,
  model: CompiledModel,
  replace: () => Promise<unknown>,
): Promise<void> {
  const { adapter } = context
  const restore = await adapter.catalog.preserve(transaction, model.relation)
  await aroundDependents(context, transaction, model, async () => {
    await transaction.execute(adapter.dialect.dropRelation(model.relation, 'view'))
    await replace()
    for (const statement of restore) await transaction.execute(statement)
  })
}

function blocks(outcome: { readonly passed: boolean; readonly severity: string }): boolean {
  return !outcome.passed && outcome.severity === 'error'
}
