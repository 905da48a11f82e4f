import type { Column } from '../adapter.ts'
import { assumedType } from '../compile/clock.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import { isSnapshot, snapshotColumns } from '../compile/snapshot.ts'
import type { Window } from '../compile/symbols.ts'
import type { ColumnType } from '../config/project.ts'
import { diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { outputColumn } from '../run/attempt.ts'
import { newestWins, PARTITION_START, partitionType, windowOf } from '../run/binding.ts'
import { comparedBounds, confusedBound, confusion } from '../run/compared-bounds.ts'
import { partitionAt } from '../time/layout.ts'
import { NOBODY } from './asker.ts'
import type { Binding } from './bind-project.ts'
import type { BindAnswer, BindQuery, Stub } from './binder.ts'
import { ownFunction } from './own-functions.ts'
import { engineProblem, repeatedColumn, start } from './problem.ts'

/** A model on its way to the engine. */
interface Asked {
  readonly model: CompiledModel
  readonly window: Window | undefined
  readonly sql: FinalSql
  readonly query: BindQuery
}

/** Binds the models, level by level: those of a level read only what is bound already, and are asked about together. */
export async function bindModels(binding: Binding): Promise<void> {
  for (const level of levelsOf(binding)) {
    const asked: Asked[] = []
    for (const model of level) {
      const prepared = await prepare(binding, model)
      if (prepared !== undefined) asked.push(prepared)
    }
    const answers = await binding.asker.ask(asked.map(({ query }) => query))
    const bound: Asked[] = []
    for (const [index, each] of asked.entries()) {
      if (await settle(binding, each, answers[index]!)) bound.push(each)
    }
    await bindAgain(binding, bound)
  }
}

function levelsOf(binding: Binding): readonly (readonly CompiledModel[])[] {
  const levels: CompiledModel[][] = []
  const levelOf = new Map<string, number>()
  for (const name of binding.wanted) {
    const node = binding.node(name)
    if (node?.kind !== 'model') continue
    const level = Math.max(0, ...node.upstream.map((each) => (levelOf.get(each) ?? -1) + 1))
    levelOf.set(name, level)
    levels[level] ??= []
    levels[level].push(node)
  }
  return levels
}

async function prepare(binding: Binding, model: CompiledModel): Promise<Asked | undefined> {
  const stubs = binding.stubsOf(model.upstream)
  if (typeof stubs === 'string') {
    binding.relations.set(model.name, { kind: 'unknown', reason: stubs })
    return undefined
  }
  const own = model.readsItself ? ownStub(binding, model) : []
  if (own === undefined) return undefined
  const window = windowOfModel(binding, model)
  const sql = await finalSql(binding, model, window)
  if (sql === undefined) return undefined
  return { model, window, sql, query: { text: sql.text, stubs: [...stubs, ...own] } }
}

/** The SQL over stubs. A template whose logic looks at the partition is rendered for this one, which can fail. */
async function finalSql(
  binding: Binding,
  model: CompiledModel,
  window: Window | undefined,
): Promise<FinalSql | undefined> {
  try {
    return await binding.request.texts.model(model, window, binding.textOf)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    binding.problems.push(...error.diagnostics)
    binding.relations.set(model.name, { kind: 'unknown', reason: `${model.name} has a mistake` })
    return undefined
  }
}

/** Any partition will do: its bounds have the types of all of them. */
function windowOfModel({ request }: Binding, model: CompiledModel, type?: ColumnType): Window | undefined {
  const { layout, config } = model
  if (layout === undefined || config.partition === undefined) return undefined
  const partition = partitionAt(layout, layout.start)
  if (partition === undefined) throw new Error(`${model.name} has no first partition`)
  return windowOf(request.project, model, partition, type ?? assumedType(config.partition))
}

/** The model's own table as its first run will make it, from the declared columns. */
function ownStub(binding: Binding, model: CompiledModel): readonly Stub[] | undefined {
  const columns: Column[] = []
  for (const { name, type } of model.columns) {
    const found = type === undefined ? undefined : binding.typeOf(type)
    if (found?.kind === 'known') columns.push({ name, type: found.type })
    if (found?.kind !== 'refused') continue
    binding.problems.push(
      diagnostic('SL372', {
        message: `the type \`${type}\` of ${model.name}.${name} is not known: ${found.message}`,
        model: model.name,
        place: start(model),
        ...(found.hint === undefined ? {} : { hint: found.hint }),
      }),
    )
    binding.relations.set(model.name, {
      kind: 'unknown',
      reason: `${model.name}: the type of a column is not known`,
    })
    return undefined
  }
  if (columns.length > 0 && columns.length === model.columns.length) {
    return [binding.ownStub(model, stored(binding, model, columns))]
  }
  binding.relations.set(model.name, {
    kind: 'unknown',
    reason: `${model.name} reads itself and does not declare its columns`,
  })
  if (binding.asker.unreachable === undefined) {
    binding.problems.push(
      diagnostic('SL373', {
        severity: 'warning',
        message: `${model.name} reads itself, so its columns are known only if it declares them`,
        model: model.name,
        place: start(model),
        hint: 'Declare every column with its type in the header: `columns: [{ name: day, type: date }, …]`.',
      }),
    )
  }
  return undefined
}

/** Takes an answer; true if the model is bound. */
async function settle(binding: Binding, asked: Asked, answer: BindAnswer): Promise<boolean> {
  const { model, sql, query } = asked
  if (answer.kind === 'bound') return settleColumns(binding, model, answer.columns)
  const own = ownFunction(binding, answer)
  if (own !== undefined) return settle(binding, asked, own)
  const unknown = (reason: string) => binding.relations.set(model.name, { kind: 'unknown', reason })
  if (answer.kind === 'failed') {
    binding.problems.push(await engineProblem(model, answer.error, sql, query.stubs))
    unknown(`${model.name} has a mistake`)
  } else if (answer.kind === 'out_of_reach') {
    unknown(`${model.name}: ${answer.reason}`)
    if (answer !== NOBODY) {
      binding.problems.push(
        diagnostic('SL374', {
          severity: 'warning',
          message: `the columns of ${model.name} are not known: ${answer.reason}`,
          model: model.name,
          place: start(model),
          hint: 'Nothing is wrong with it, but neither it nor what reads it can be looked at without data.',
        }),
      )
    }
  }
  return false
}

function settleColumns(binding: Binding, model: CompiledModel, columns: readonly Column[]): boolean {
  const { dialect, capabilities } = binding.request
  const repeated = repeatedColumn(columns, (name) => dialect.fold(name, true))
  if (repeated !== undefined) {
    binding.problems.push(
      diagnostic('SL377', {
        message: `${model.name} has two columns \`${repeated}\``,
        model: model.name,
        place: start(model),
        hint: 'Give one of them another name with `as`, or take it out.',
      }),
    )
    binding.relations.set(model.name, { kind: 'unknown', reason: `${model.name} has a mistake` })
    return false
  }
  const all = binding.attempt(() => stored(binding, model, columns)) ?? columns
  binding.relations.set(model.name, {
    kind: 'bound',
    columns: all,
    ...(all === columns ? {} : { output: columns }),
  })
  const { partition, uniqueKey } = model.config
  const side = { dialect, capabilities }
  if (partition !== undefined && !isSnapshot(model)) {
    binding.attempt(() => {
      const column = outputColumn(side, model, columns, partition.column.name, 'partition column')
      return partitionType(dialect, model, column)
    })
  }
  for (const key of uniqueKey)
    binding.attempt(() => outputColumn(side, model, columns, key, 'merge key column'))
  for (const { columns: names } of model.indexes) {
    for (const name of names) binding.attempt(() => outputColumn(side, model, all, name, 'index column'))
  }
  return true
}

/** The columns of the table, which may have more than the query. Throws SL618, SL694 or SL695 of a snapshot. */
function stored({ request }: Binding, model: CompiledModel, columns: readonly Column[]): readonly Column[] {
  if (isSnapshot(model)) return snapshotColumns(request.dialect, model, columns).stored
  if (newestWins(model)) return [...columns, { name: PARTITION_START, type: request.dialect.timestampType }]
  return columns
}

/** What depends on the type of the partition column, which is known only now: literals of another type, and what bounds are compared with. */
async function bindAgain(binding: Binding, bound: readonly Asked[]): Promise<void> {
  const { dialect } = binding.request
  const again: Asked[] = []
  const withBounds: {
    asked: Asked
    window: Window
    sql: FinalSql
    query: BindQuery
    compared: ReturnType<typeof comparedBounds>['compared']
  }[] = []
  for (const asked of bound) {
    const { model, window, query } = asked
    if (window === undefined || model.sql.symbolsDecide) continue
    const type = typeOfPartition(binding, model) ?? window.columnType
    const exact = type === window.columnType ? window : windowOfModel(binding, model, type)!
    const sql = exact === window ? asked.sql : await binding.request.texts.model(model, exact, binding.textOf)
    if (sql.text !== asked.sql.text)
      again.push({ model, window: exact, sql, query: { text: sql.text, stubs: query.stubs } })
    const { text, compared } = comparedBounds(dialect, model, exact, binding.textOf)
    if (compared.length === 0) continue
    withBounds.push({
      asked,
      window: exact,
      sql,
      compared,
      query: { text, stubs: query.stubs, parameters: compared.length },
    })
  }
  const answers = await binding.asker.ask([...again, ...withBounds].map(({ query }) => query))
  for (const [index, { model, sql, query }] of again.entries()) {
    const answer = answers[index]!
    if (answer.kind === 'failed' && ownFunction(binding, answer) === undefined)
      binding.problems.push(await engineProblem(model, answer.error, sql, query.stubs))
  }
  for (const [index, { asked, window, sql, compared }] of withBounds.entries()) {
    const answer = answers[again.length + index]!
    if (answer.kind !== 'parameters') continue
    const confused = confusedBound(dialect, asked.model, window, compared, answer.types)
    if (confused !== undefined) binding.problems.push(await confusion(asked.model, confused, sql))
  }
}

/** The window of some partition, with the type that the partition column has; undefined where that is not known. */
export function exactWindow(binding: Binding, model: CompiledModel): Window | undefined {
  const type = typeOfPartition(binding, model)
  return windowOfModel(binding, model, type)
}

function typeOfPartition({ request, relations }: Binding, model: CompiledModel): ColumnType | undefined {
  const relation = relations.get(model.name)
  const { partition } = model.config
  if (relation?.kind !== 'bound' || partition === undefined || isSnapshot(model)) return undefined
  try {
    const { name } = partition.column
    const column = outputColumn(request, model, relation.output ?? relation.columns, name, 'partition column')
    return partitionType(request.dialect, model, column)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return undefined // It was said before.
  }
}
