import type { Adapter, Dialect, Transaction } from '../adapter.ts'
import type { BoundProject } from '../bind/bound.ts'
import { assumedType } from '../compile/clock.ts'
import type { CompiledModel, CompiledNode, CompiledProject } from '../compile/compiled.ts'
import type { ColumnType } from '../config/project.ts'
import { diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { isView, layoutOfNode, readsOf } from '../plan/edges.ts'
import { widen } from '../plan/windows.ts'
import type { SqlTexts } from '../run/attempt.ts'
import { windowOf } from '../run/binding.ts'
import type { Interval, Partition } from '../time/interval.ts'
import { partitionsOverlapping, spanOf } from '../time/layout.ts'

/** One version of the project, whose models can be run. */
export interface RunnableSide {
  /** In messages: `the base`, `the project`. */
  readonly title: string
  readonly project: CompiledProject
  readonly texts: SqlTexts
  readonly bound?: BoundProject
}

export interface ScratchRequest {
  /** Distinguishes the tables of both sides. */
  readonly prefix: string
  readonly side: RunnableSide
  /** Models whose rows are wanted. */
  readonly wanted: ReadonlySet<string>
  /** Relations that are not what is published: they are built too where a wanted one reads them. */
  readonly changed: ReadonlySet<string>
  /** What is asked for of a relation with partitions. */
  readonly intervalOf: (node: CompiledModel) => Interval
  /** What to read for a source instead of what this side's SQL says. */
  readonly sourceText: (name: string) => string | undefined
  readonly signal: AbortSignal
}

/** Builds what one version of the project makes of models, in tables that end with the transaction. Reads what is published, but for what is changed
 * or was never published. Returns the name of each table, by model. */
export async function buildScratch(
  adapter: Adapter,
  transaction: Transaction,
  request: ScratchRequest,
): Promise<ReadonlyMap<string, string>> {
  return new Scratch(adapter, transaction, request).build()
}

class Scratch {
  private readonly adapter: Adapter
  private readonly transaction: Transaction
  private readonly request: ScratchRequest
  private readonly built = new Map<string, string>()
  private readonly dialect: Dialect

  constructor(adapter: Adapter, transaction: Transaction, request: ScratchRequest) {
    this.adapter = adapter
    this.transaction = transaction
    this.request = request
    this.dialect = adapter.dialect
  }

  async build(): Promise<ReadonlyMap<string, string>> {
    const { graph, nodes } = this.request.side.project
    const needed = await this.needed()
    for (const name of graph.order) {
      const interval = needed.get(name)
      if (interval === undefined) continue
      this.request.signal.throwIfAborted()
      const node = nodes.get(name)!
      const table = this.tableOf(node)
      if (node.kind === 'seed') {
        const { file: path, delimiter, types } = node
        await this.adapter.loadCsv(this.transaction, table, { path, delimiter, types })
      } else if (node.kind === 'model') await this.model(node, table, interval)
      this.built.set(name, this.dialect.stage(table))
    }
    return new Map([...this.built].filter(([name]) => this.request.wanted.has(name)))
  }

  /** What has to be built, and for which time: `all` without partitions. Downstream first, as what reads decides what is read. */
  private async needed(): Promise<ReadonlyMap<string, Interval | 'all'>> {
    const { side, wanted, intervalOf } = this.request
    const { graph, nodes } = side.project
    const needed = new Map<string, Interval | 'all'>()
    const doubtful = new Set([...wanted].flatMap((name) => [name, ...graph.ancestors(name)]))
    const built = await this.toBuild(doubtful)
    for (const name of [...graph.order].reverse()) {
      const node = nodes.get(name)
      if (!built.has(name) || (node?.kind !== 'model' && node?.kind !== 'seed')) continue
      const readers = graph.downstream.get(name)!.filter((reader) => needed.has(reader))
      if (!wanted.has(name) && readers.length === 0) continue
      const layout = layoutOfNode(node)
      if (layout === undefined || node.kind !== 'model') {
        needed.set(name, 'all')
        continue
      }
      const intervals = readers.map((reader) => {
        const window = needed.get(reader)!
        return window === 'all' ? intervalOf(node) : widen(layout, window, readsOf(nodes.get(reader)!, name))
      })
      needed.set(name, spanOf([...intervals, ...(wanted.has(name) ? [intervalOf(node)] : [])]))
    }
    return needed
  }

  /** What is changed, not published, or a view over such. */
  private async toBuild(names: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const { side, wanted, changed } = this.request
    const { graph, nodes } = side.project
    const found = new Set<string>()
    for (const name of graph.order) {
      const node = nodes.get(name)
      if (!names.has(name) || (node?.kind !== 'model' && node?.kind !== 'seed')) continue
      const isOver = isView(node) && node.upstream.some((each) => found.has(each))
      if (wanted.has(name) || changed.has(name) || isOver || !(await this.isPublished(node))) found.add(name)
    }
    return found
  }

  private async isPublished(node: CompiledNode): Promise<boolean> {
    if (node.kind !== 'model' && node.kind !== 'seed') return true
    return (await this.adapter.catalog.kind(this.transaction, node.relation)) !== undefined
  }

  private tableOf({ name }: CompiledNode): string {
    const { graph } = this.request.side.project
    return `sluice_diff_${this.request.prefix}_${graph.order.indexOf(name)}`
  }

  private async model(model: CompiledModel, table: string, interval: Interval | 'all'): Promise<void> {
    if (interval === 'all' || model.layout === undefined) {
      const text = await this.textOf(model, undefined)
      if (isView(model)) await this.run(model, `create temp view ${this.dialect.quote(table)} as\n${text}`)
      else await this.run(model, this.dialect.createStage(table, text).sql)
      return
    }
    const partitions = partitionsOverlapping(model.layout, interval)
    if (partitions.length === 0) {
      throw new SluiceError([
        diagnostic('SL434', {
          message: `${model.name} has no partition in what is asked for`,
          model: model.name,
          hint: 'ask for partitions that all of the models have',
        }),
      ])
    }
    const pieces: readonly Partition[] =
      model.batch?.batchable === true ? [{ ...spanOf(partitions), key: partitions[0]!.key }] : partitions
    for (const [at, partition] of pieces.entries()) {
      const text = await this.textOf(model, partition)
      await this.run(
        model,
        at === 0
          ? this.dialect.createStage(table, text).sql
          : `insert into ${this.dialect.stage(table)}\n${text}`,
      )
    }
  }

  private async textOf(model: CompiledModel, partition: Partition | undefined): Promise<string> {
    const { side, sourceText } = this.request
    const window =
      partition === undefined ? undefined : windowOf(side.project, model, partition, this.columnTypeOf(model))
    const { text } = await side.texts.model(model, window, (name) =>
      name === model.name ? undefined : (this.built.get(name) ?? sourceText(name)),
    )
    return text
  }

  private columnTypeOf(model: CompiledModel): ColumnType {
    const { column } = model.config.partition!
    if (column.type !== undefined) return column.type
    const bound = this.request.side.bound?.relations.get(model.name)
    const columns = bound?.kind === 'bound' ? bound.columns : []
    const key = this.dialect.fold(column.name, true)
    const found = columns.find(({ name }) => this.dialect.fold(name, true) === key)
    return (found && this.dialect.columnType(found.type)) ?? assumedType(model.config.partition!)
  }

  private async run(model: CompiledModel, sql: string): Promise<void> {
    try {
      await this.transaction.execute(sql)
    } catch (error) {
      if (error instanceof SluiceError || this.request.signal.aborted) throw error
      const { message, hint } = this.adapter.explain(error)
      throw SluiceError.of(
        'SL436',
        {
          message: `${model.name} of ${this.request.side.title} cannot be built for the comparison: ${message}`,
          model: model.name,
          ...(hint === undefined ? {} : { hint }),
        },
        { cause: error },
      )
    }
  }
}
