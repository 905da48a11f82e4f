import type { Dialect } from '../adapter.ts'
import type { BoundProject } from '../bind/bound.ts'
import { type ContentCache, contentKey } from '../cache/content-cache.ts'
import { type CompiledModel, type CompiledNode, type CompiledProject, hasRows } from '../compile/compiled.ts'
import { isSnapshot } from '../compile/snapshot.ts'
import type { SqlParser } from '../sql/parser.ts'
import type { Relational } from '../sql/relational/ir.ts'
import { historyLineage } from './history.ts'
import type { Nullability, QueryLineage } from './lineage.ts'
import { type ModelText, modelText } from './model-text.ts'
import { type InputColumn, type LineageInputs, lineageOf, nullabilityOf } from './query.ts'

export interface LineageRequest {
  readonly project: CompiledProject
  readonly dialect: Dialect
  /** Asked for when the first text has to be parsed. */
  readonly parser: () => Promise<SqlParser>
  /** Columns of relations as far as they are known. */
  readonly bound: Pick<BoundProject, 'relations'>
  readonly cache?: ContentCache
}

/** Texts that are parsed at once: their trees are large. */
const BATCH = 250
/** Is part of the keys: what is resolved otherwise than before has another. */
const REVISION = 1

interface Kept {
  readonly lineage: QueryLineage
}

/** Lineage of single models, each made once. */
export class DirectLineage {
  readonly #request: LineageRequest
  readonly #lineages = new Map<string, QueryLineage>()
  /** Of snapshots, by that of their query. */
  readonly #histories = new WeakMap<QueryLineage, QueryLineage>()
  readonly #nulls = new Map<string, ReadonlyMap<string, Nullability>>()
  readonly #keys = new Map<string, string>()
  #positions: ReadonlyMap<string, number> | undefined

  constructor(request: LineageRequest) {
    this.#request = request
  }

  get project(): CompiledProject {
    return this.#request.project
  }

  /** The lineage of a model that `prepare` was called for. */
  of(model: string): QueryLineage {
    const found = this.#lineages.get(model)
    if (found === undefined) throw new Error(`the lineage of ${model} was not prepared`)
    const node = this.project.nodes.get(model)
    if (!isSnapshot(node)) return found
    const known = this.#histories.get(found)
    if (known !== undefined) return known
    const made = historyLineage(node, found, (name) => this.#request.dialect.fold(name, true))
    this.#histories.set(found, made)
    return made
  }

  /** Columns of a relation: as they are bound, or as far as a model's text alone tells them; undefined if they are not known. */
  columnsOf(relation: string): readonly InputColumn[] | undefined {
    const bound = this.#request.bound.relations.get(relation)
    if (bound?.kind === 'bound') return bound.columns
    const node = this.project.nodes.get(relation)
    if (node === undefined) return undefined
    if (node.kind !== 'model') return undefined
    const lineage = this.#lineages.get(relation)
    if (lineage === undefined || lineage.isOpen || node.config.materialized === 'snapshot') return undefined
    return lineage.columns.map(({ column }) => ({ name: column }))
  }

  /** Makes the lineage of these models, with that of others whose columns only it tells. */
  async prepare(models: Iterable<string>): Promise<void> {
    const missing = this.#withUnbound(models).filter((name) => !this.#lineages.has(name))
    const { cache } = this.#request
    for (let from = 0; from < missing.length; from += BATCH) {
      const batch = missing.slice(from, from + BATCH).map((name) => this.#model(name))
      const unknown = batch.filter((model) => {
        const kept = cache?.get(this.#keyOf(model)) as Kept | undefined
        if (kept?.lineage !== undefined) this.#lineages.set(model.name, kept.lineage)
        return kept?.lineage === undefined
      })
      if (unknown.length === 0) continue
      const texts = unknown.map((model) => this.#textOf(model))
      const parsed = await this.#parse(texts.map(({ text }) => text))
      for (const [index, model] of unknown.entries()) {
        const lineage = this.#resolve(model, texts[index]!, parsed[index])
        this.#lineages.set(model.name, lineage)
        cache?.set(this.#keyOf(model), { lineage } satisfies Kept)
      }
    }
    cache?.save()
  }

  /** Whether columns of these relations, upstream first, can hold NULL. */
  async nulls(order: readonly string[]): Promise<void> {
    const models: CompiledModel[] = []
    for (const name of order) {
      const node = this.project.nodes.get(name)
      if (node === undefined || this.#nulls.has(name)) continue
      if (node.kind === 'model') models.push(node)
      else this.#nulls.set(name, declared(node))
    }
    await this.prepare(models.map(({ name }) => name))
    for (let from = 0; from < models.length; from += BATCH) {
      const batch = models.slice(from, from + BATCH)
      const texts = batch.map((model) => this.#textOf(model))
      const parsed = await this.#parse(texts.map(({ text }) => text))
      for (const [index, model] of batch.entries()) {
        const { columns } = this.of(model.name)
        const relational = parsed[index]
        const inputs = this.#inputs(model, texts[index]!)
        const nulls = relational === undefined ? [] : nullabilityOf(relational, inputs)
        this.#nulls.set(
          model.name,
          new Map(columns.map(({ column }, at) => [column, recorded(model, nulls[at] ?? 'unknown')])),
        )
      }
    }
  }

  nullsOf(relation: string): ReadonlyMap<string, Nullability> {
    return this.#nulls.get(relation) ?? new Map()
  }

  /** Upstream first. */
  #withUnbound(models: Iterable<string>): readonly string[] {
    const wanted = new Set<string>()
    const waiting = [...models]
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const node = this.project.nodes.get(name)
      if (node?.kind !== 'model' || wanted.has(name)) continue
      wanted.add(name)
      for (const upstream of node.upstream) if (!this.#isBound(upstream)) waiting.push(upstream)
    }
    return this.ordered(wanted)
  }

  /** Upstream first, at a cost that does not grow with the project. */
  ordered(names: ReadonlySet<string>): readonly string[] {
    this.#positions ??= new Map(this.project.graph.order.map((name, position) => [name, position]))
    const positions = this.#positions
    return [...names].sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0))
  }

  #isBound(relation: string): boolean {
    return this.#request.bound.relations.get(relation)?.kind === 'bound'
  }

  #model(name: string): CompiledModel {
    const node = this.project.nodes.get(name)
    if (node?.kind !== 'model') throw new Error(`${name} is no model`)
    return node
  }

  #textOf(model: CompiledModel): ModelText {
    return modelText(model, this.#request.dialect)
  }

  async #parse(texts: readonly string[]): Promise<readonly (Relational | undefined)[]> {
    const parser = await this.#request.parser()
    const results = await parser.parse(texts, new Set(texts.keys()))
    return results.map((result) => (result.ok ? result.query.relational : undefined))
  }

  #resolve(model: CompiledModel, text: ModelText, relational: Relational | undefined): QueryLineage {
    if (relational !== undefined) return lineageOf(relational, this.#inputs(model, text))
    const unresolved = [{ reason: 'the query could not be read' }]
    const columns = (this.#outputs(model) ?? []).map((column) => ({ column, sources: [], unresolved }))
    return { columns, rows: [], unresolved, reads: [...model.upstream] }
  }

  #inputs(model: CompiledModel, { relations }: ModelText): LineageInputs {
    const { dialect } = this.#request
    const outputs = this.#outputs(model)
    return {
      relationOf: ({ start }) => (start === undefined ? undefined : relations.get(start)),
      columnsOf: (relation) => {
        const nulls = this.#nulls.get(relation)
        const columns = this.columnsOf(relation)
        return nulls === undefined
          ? columns
          : columns?.map((each) => ({ ...each, nulls: nulls.get(each.name) ?? 'unknown' }))
      },
      fold: (name) => dialect.fold(name, true),
      ...(outputs === undefined ? {} : { outputs }),
    }
  }

  #outputs({ name }: CompiledModel): readonly string[] | undefined {
    const bound = this.#request.bound.relations.get(name)
    if (bound?.kind !== 'bound') return undefined
    return (bound.output ?? bound.columns).map((column) => column.name)
  }

  /** Of what decides a model's lineage; where columns of an upstream are not bound, of what decides that one's. */
  #keyOf(model: CompiledModel): string {
    const known = this.#keys.get(model.name)
    if (known !== undefined) return known
    const { text, relations } = this.#textOf(model)
    const upstream = [...model.upstream, ...(model.readsItself ? [model.name] : [])].map((name) => {
      const bound = this.#request.bound.relations.get(name)
      if (bound?.kind === 'bound') return bound.columns.map((column) => [column.name, column.type])
      const node = this.project.nodes.get(name)
      // A model's key is made before that of what reads it.
      return node?.kind === 'model' && name !== model.name ? this.#keyOf(node) : null
    })
    const outputs = this.#outputs(model) ?? null
    const key = contentKey([REVISION, this.#request.dialect.name, text, [...relations], upstream, outputs])
    this.#keys.set(model.name, key)
    return key
  }
}

/** A column that a snapshot's query got later is NULL in versions from before. */
function recorded(model: CompiledModel, nulls: Nullability): Nullability {
  return isSnapshot(model) && nulls === 'never' ? 'unknown' : nulls
}

/** What the project says of a source's or seed's columns. */
function declared(node: CompiledNode): ReadonlyMap<string, Nullability> {
  if (!hasRows(node)) return new Map()
  return new Map(
    node.columns.map((column) => [column.name, column.nullable === false ? 'never' : 'unknown'] as const),
  )
}
