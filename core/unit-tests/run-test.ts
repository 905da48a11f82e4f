import type { Column, Transaction } from '../adapter.ts'
import { assumedType } from '../compile/clock.ts'
import { type CompiledModel, hasRows } from '../compile/compiled.ts'
import type { Window } from '../compile/symbols.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { windowOf } from '../run/binding.ts'
import { diagnose, withUserSql } from '../run/diagnose.ts'
import { type ColumnKind, columnKind, compareRows, type RowDifference, type TextRow } from './compare.ts'
import { type ResolvedTest, refused, resolveTest } from './resolve.ts'
import { inOwnSchema, Scratch } from './scratch.ts'
import type { TestWorld } from './test-world.ts'
import type { UnitTest } from './unit-test.ts'

/** What became of a unit test. */
export type TestOutcome =
  | { readonly kind: 'passed'; readonly rows: number }
  | {
      readonly kind: 'failed'
      /** The columns that were compared. */
      readonly columns: readonly Column[]
      readonly differences: readonly RowDifference[]
      readonly expected: number
      readonly actual: number
    }
  /** The test is wrong, or the model cannot be run over its rows. */
  | { readonly kind: 'broken'; readonly problem: Diagnostic }

/** Rows that a model gives, as text. */
export interface Produced {
  readonly columns: readonly Column[]
  readonly rows: readonly TextRow[]
}

/** Runs one unit test in a transaction that is rolled back. */
export async function runUnitTest(
  world: TestWorld,
  test: UnitTest,
  signal?: AbortSignal,
): Promise<TestOutcome> {
  return inScratch(world, test, signal, (session, resolved) => compare(world, session, resolved))
}

/** What the model of a test gives for the given rows; nothing is compared. */
export async function produce(
  world: TestWorld,
  test: UnitTest,
  signal?: AbortSignal,
): Promise<Produced | Diagnostic> {
  const found = await inScratch(world, test, signal, async (session, resolved) => {
    const columns = await build(world, session, resolved)
    return {
      kind: 'produced' as const,
      columns,
      rows: await textRows(world, session, stageOf(world), columns),
    }
  })
  return found.kind === 'broken' ? found.problem : found
}

async function inScratch<T>(
  world: TestWorld,
  test: UnitTest,
  signal: AbortSignal | undefined,
  work: (session: Transaction, resolved: ResolvedTest) => Promise<T>,
): Promise<T | { readonly kind: 'broken'; readonly problem: Diagnostic }> {
  const { adapter } = world
  try {
    const resolved = resolveTest(world.project, test)
    await adapter.transaction(async (session) => {
      throw new RolledBack(await work(session, resolved))
    }, signal)
    throw new Error('a unit test was committed')
  } catch (error) {
    if (error instanceof RolledBack) return error.value as T
    if (signal?.aborted === true) throw error
    if (!(error instanceof SluiceError)) {
      const { kind } = adapter.explain(error)
      if (kind === 'disconnected' || kind === 'unreachable') throw error
    }
    const model = modelOf(world, test)
    const subject = { model: model?.name ?? test.model, path: model?.path ?? test.place.file }
    const found = withoutScratch(world, await diagnose(adapter, error, subject), test)
    return { kind: 'broken', problem: model === undefined ? found : withUnknown(world, found, model) }
  }
}

/** Carries the answer out of a transaction that nothing of may stay. */
class RolledBack extends Error {
  readonly value: unknown

  constructor(value: unknown) {
    super('rolled back')
    this.value = value
  }
}

const STAGE = 'sluice_actual'

function stageOf({ adapter }: TestWorld): string {
  return adapter.dialect.stage(STAGE)
}

async function build(
  world: TestWorld,
  session: Transaction,
  resolved: ResolvedTest,
): Promise<readonly Column[]> {
  const { project, texts, adapter } = world
  const { model, given, test } = resolved
  const scratch = new Scratch(world, session, test)
  const own = model.readsItself ? [model.name] : []
  for (const relation of [...model.upstream, ...own]) {
    const declared = relation === model.name ? declaredColumns(model.columns) : []
    await scratch.fill(relation, given.get(relation), declared)
  }
  const textOf = (name: string) => {
    const node = project.nodes.get(name)
    return !hasRows(node) ? undefined : adapter.dialect.relation(inOwnSchema(world, node))
  }
  const sql = await texts.model(model, windowFor(world, resolved), textOf)
  const create = adapter.dialect.createStage(STAGE, sql.text)
  await withUserSql(sql, create.offset, () => session.execute(create.sql))
  return adapter.catalog.describe(session, `select * from ${stageOf(world)}`)
}

function declaredColumns(
  columns: readonly { readonly name: string; readonly type?: string }[],
): readonly Column[] {
  const typed = columns.flatMap(({ name, type }) => (type === undefined ? [] : [{ name, type }]))
  return typed.length === columns.length ? typed : []
}

function windowFor(
  { project, adapter, relations }: TestWorld,
  { model, partition }: ResolvedTest,
): Window | undefined {
  const config = model.config.partition
  if (partition === undefined || config === undefined) return undefined
  const bound = relations.get(model.name)
  const { dialect } = adapter
  const column =
    bound?.kind === 'bound'
      ? bound.columns.find(({ name }) => dialect.fold(name, true) === dialect.fold(config.column.name, false))
      : undefined
  const type = config.column.type ?? (column === undefined ? undefined : dialect.columnType(column.type))
  return windowOf(project, model, partition, type ?? assumedType(config))
}

async function compare(world: TestWorld, session: Transaction, resolved: ResolvedTest): Promise<TestOutcome> {
  const { adapter } = world
  const { test, model } = resolved
  const columns = await build(world, session, resolved)
  const scratch = new Scratch(world, session, test)
  const { rows, isWhole, isOrdered } = test.expect
  const names = await scratch.columnsOf('expect', rows)
  const compared = comparedColumns(world, columns, names, rows.kind === 'rows' && rows.rows.length === 0)
  const expectedTable = await scratch.table('sluice_expected', `the output of ${model.name}`, compared, rows)
  const left = isWhole ? columns.filter((column) => !compared.includes(column)) : []
  if (left.length > 0) {
    throw refused('SL171', test, {
      message: `\`columns: all\` is said, and nothing is expected of ${left.map(({ name }) => name).join(', ')}`,
      hint: 'Add the columns to the expected rows, or remove `columns: all`.',
    })
  }
  const expected = await textRows(world, session, adapter.dialect.relation(expectedTable), compared)
  const actual = await textRows(world, session, stageOf(world), compared)
  const kinds = compared.map(({ type }): ColumnKind => columnKind(type))
  const differences = compareRows(expected, actual, kinds, isOrdered)
  if (differences.length === 0) return { kind: 'passed', rows: actual.length }
  return { kind: 'failed', columns: compared, differences, expected: expected.length, actual: actual.length }
}

/** Output columns that are expected, in the order of the expectation. Whoever expects no row expects nothing of columns. */
function comparedColumns(
  { adapter: { dialect } }: TestWorld,
  columns: readonly Column[],
  names: readonly string[],
  isEmpty: boolean,
): readonly Column[] {
  if (isEmpty) return columns
  const found = names.map(
    (written) =>
      columns.find(({ name }) => name === written) ??
      columns.find(({ name }) => dialect.fold(name, true) === dialect.fold(written, false)),
  )
  // What is missing is said when the expected rows are written.
  return found.includes(undefined) ? columns : (found as readonly Column[])
}

async function textRows(
  { adapter: { dialect } }: TestWorld,
  session: Transaction,
  from: string,
  columns: readonly Column[],
): Promise<readonly TextRow[]> {
  if (columns.length === 0) {
    const rows = await session.query(`select 1 as one from ${from}`)
    return rows.map(() => [])
  }
  const list = columns.map(({ name }, index) => `cast(${dialect.quote(name)} as text) as c${index}`)
  const rows = await session.query(`select ${list.join(', ')} from ${from}`)
  return rows.map((row) => columns.map((_, index) => (row[`c${index}`] ?? null) as string | null))
}

function modelOf({ project }: TestWorld, test: UnitTest): CompiledModel | undefined {
  try {
    return resolveTest(project, test).model
  } catch (error) {
    if (error instanceof SluiceError) return undefined
    throw error
  }
}

/** A column that is missing may only be one that nobody declared and the test does not give. */
function withUnknown({ relations }: TestWorld, found: Diagnostic, model: CompiledModel): Diagnostic {
  const unknown = model.upstream.filter((name) => relations.get(name)?.kind !== 'bound')
  if (found.code !== 'SL603' || unknown.length === 0) return found
  const names = unknown.join(', ')
  const own = `Nobody declares the columns of ${names}, so the test must give all that are read; or capture those of its sources: \`sluice sources pull\`.`
  return { ...found, hint: found.hint === undefined ? own : `${found.hint}\n${own}` }
}

/** Names of this process' own schemas mean nothing to anybody. */
function withoutScratch({ schemaPrefix }: TestWorld, found: Diagnostic, test: UnitTest): Diagnostic {
  const plain = (text: string) => text.replace(new RegExp(`"?${schemaPrefix}\\w*"?\\.`, 'g'), '')
  return {
    ...found,
    message: plain(found.message),
    ...(found.hint === undefined ? {} : { hint: plain(found.hint) }),
    place: found.place ?? test.place,
  }
}
