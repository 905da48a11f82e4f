import type { Dialect } from '../adapter.ts'
import { Gathering, Interned, type Packed } from './composed.ts'
import { DirectLineage, type LineageRequest } from './direct.ts'
import { type Downstream, downstreamOf } from './downstream.ts'
import { byText, sourcesOf } from './flow.ts'
import type { ColumnLineage, ColumnSource, Nullability, QueryLineage, Unresolved } from './lineage.ts'

export type { LineageRequest } from './direct.ts'
export type { Downstream, HitColumn } from './downstream.ts'

export interface UpstreamRequest {
  /** Only this column. */
  readonly column?: string
  /** Through so many models: 1 is what the model itself names. Left out: to sources and seeds. */
  readonly depth?: number
}

/** Column lineage of a project, made model by model when it is asked for. */
export interface ProjectLineage {
  /** What one model takes from the relations that it names. */
  direct(model: string): Promise<QueryLineage>
  /** Makes the lineage of many models at once, which costs less than one by one: texts are parsed together. */
  prepare(models: Iterable<string>): Promise<void>
  /** Like `direct`, but through so many models, by default to sources and seeds; `reads` is what is read in the end. */
  composed(model: string, depth?: number): Promise<QueryLineage>
  /** What a model's columns come from, through models that they pass: columns of sources and seeds. All its columns, or one. Those that decide
   * the rows are merged in. Empty for a column that the model does not have. */
  upstream(model: string, request?: UpstreamRequest): Promise<readonly ColumnLineage[]>
  /** Columns downstream of a column, or of the rows of a relation (`column` left out), at most so many models away. */
  downstream(relation: string, column?: string, depth?: number): Promise<Downstream>
  /** Names of a relation's columns; undefined if they are not known. Of a model whose columns are not known in full: those that are. */
  columns(relation: string): Promise<readonly string[] | undefined>
  /** Whether columns of a relation can hold NULL, by name. */
  nullability(relation: string): Promise<ReadonlyMap<string, Nullability>>
}

export function projectLineage(request: LineageRequest): ProjectLineage {
  return new LazyLineage(request)
}

/** What a model's columns come from at some depth. */
interface Composed {
  /** By folded name. */
  readonly columns: ReadonlyMap<string, Packed>
  readonly rows: Packed
}

class LazyLineage implements ProjectLineage {
  readonly #direct: DirectLineage
  readonly #dialect: Dialect
  readonly #interned = new Interned()
  /** By depth, then model. */
  readonly #composed = new Map<number, Map<string, Composed>>()

  constructor(request: LineageRequest) {
    this.#direct = new DirectLineage(request)
    this.#dialect = request.dialect
  }

  async direct(model: string): Promise<QueryLineage> {
    await this.#direct.prepare([model])
    return this.#direct.of(model)
  }

  async prepare(models: Iterable<string>): Promise<void> {
    await this.#direct.prepare(models)
  }

  async columns(relation: string): Promise<readonly string[] | undefined> {
    const node = this.#direct.project.nodes.get(relation)
    if (node?.kind === 'model') await this.#direct.prepare([relation])
    const known = this.#direct.columnsOf(relation)?.map(({ name }) => name)
    if (known !== undefined || node === undefined) return known
    if (node.kind === 'model') return this.#direct.of(relation).columns.map(({ column }) => column)
    return node.kind === 'source' && node.columns.length > 0
      ? node.columns.map(({ name }) => name)
      : undefined
  }

  async composed(model: string, depth = Number.POSITIVE_INFINITY): Promise<QueryLineage> {
    const { columns, rows } = await this.#composedTo(model, depth)
    const { isOpen } = this.#direct.of(model)
    const names = (await this.columns(model)) ?? []
    const shown = names.map((name) => this.#shown(name, columns.get(this.#fold(name)) ?? this.#interned.none))
    const ofRows = this.#shown('', rows)
    const relations = [...shown, ofRows].flatMap(({ sources }) => sources.map(({ relation }) => relation))
    return {
      columns: shown,
      rows: ofRows.sources,
      unresolved: ofRows.unresolved ?? [],
      reads: [...new Set(relations)].sort(byText),
      ...(isOpen ? { isOpen } : {}),
    }
  }

  async upstream(
    model: string,
    { column, depth = Number.POSITIVE_INFINITY }: UpstreamRequest = {},
  ): Promise<readonly ColumnLineage[]> {
    const { columns, rows } = await this.#composedTo(model, depth)
    const names = (await this.columns(model)) ?? []
    const wanted = column === undefined ? undefined : this.#fold(column)
    return names
      .filter((name) => wanted === undefined || this.#fold(name) === wanted)
      .map((name) => this.#shown(name, columns.get(this.#fold(name)) ?? this.#interned.none, rows))
  }

  async #composedTo(model: string, depth: number): Promise<Composed> {
    const { graph, nodes } = this.#direct.project
    const isWhole = depth === Number.POSITIVE_INFINITY
    const known = this.#composed.get(depth)
    const wanted = new Set<string>()
    if (!isWhole) for (const each of graph.ancestors(model, depth - 1)) wanted.add(each)
    const waiting = isWhole ? [model] : []
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (wanted.has(name) || known?.has(name)) continue
      wanted.add(name)
      waiting.push(...(graph.upstream.get(name) ?? []))
    }
    if (!known?.has(model)) wanted.add(model)
    const models = this.#direct.ordered(wanted).filter((name) => nodes.get(name)?.kind === 'model')
    await this.#direct.prepare(models)
    // Each model's upstreams are composed before it, so that no chain is too long for the stack.
    if (isWhole) for (const name of models) this.#compose(name, depth)
    return this.#compose(model, depth)
  }

  async downstream(relation: string, column?: string, depth?: number): Promise<Downstream> {
    const { graph, nodes } = this.#direct.project
    const found = graph.descendants(relation, depth)
    const itself = nodes.get(relation)
    const readsItself = itself?.kind === 'model' && itself.readsItself
    const order = graph.order.filter(
      (name) => (found.has(name) || (readsItself && name === relation)) && nodes.get(name)?.kind === 'model',
    )
    await this.#direct.prepare(order)
    return downstreamOf(
      { relation, ...(column === undefined ? {} : { column }) },
      order.map((name) => ({ name, lineage: this.#direct.of(name) })),
      (name) => this.#fold(name),
    )
  }

  async nullability(relation: string): Promise<ReadonlyMap<string, Nullability>> {
    const { graph } = this.#direct.project
    const ancestors = graph.ancestors(relation)
    await this.#direct.nulls(graph.order.filter((name) => name === relation || ancestors.has(name)))
    return this.#direct.nullsOf(relation)
  }

  #fold(name: string): string {
    return this.#dialect.fold(name, true)
  }

  #compose(model: string, depth: number): Composed {
    const known = this.#composed.get(depth)
    const found = known?.get(model)
    if (found !== undefined) return found
    const made = this.#composeOnce(model, depth)
    if (known === undefined) this.#composed.set(depth, new Map([[model, made]]))
    else known.set(model, made)
    return made
  }

  #composeOnce(model: string, depth: number): Composed {
    const node = this.#direct.project.nodes.get(model)
    const readsItself = node?.kind === 'model' && node.readsItself
    let composed = this.#pass(model, depth, undefined)
    if (!readsItself || depth === 1) return composed
    // What it reads of itself comes from what was found so far; equal lists are one object.
    for (;;) {
      const next = this.#pass(model, depth, composed)
      if (isSame(composed, next)) return next
      composed = next
    }
  }

  /** `itself` is what the model's own columns come from, where it reads itself. */
  #pass(model: string, depth: number, itself: Composed | undefined): Composed {
    const lineage = this.#direct.of(model)
    const inner = new Map<string, Composed | undefined>()
    for (const relation of lineage.reads) inner.set(relation, this.#inner(model, relation, depth, itself))
    const add = (gathering: Gathering, source: ColumnSource) => {
      const { relation, column, role, fields = [] } = source
      const composed = inner.get(relation)
      if (composed === undefined) gathering.addSource(source)
      else {
        const found = composed.columns.get(this.#fold(column))
        if (found !== undefined) gathering.addThrough(role, found, fields)
        else if (relation !== model && this.#direct.of(relation).isOpen) {
          gathering.addIssue({
            model: relation,
            reason: `where \`${relation}.${column}\` comes from is not known`,
          })
        }
      }
    }
    const columns = new Map<string, Packed>()
    for (const { column, sources, unresolved = [] } of lineage.columns) {
      const own = new Gathering(this.#interned)
      for (const source of sources) add(own, source)
      for (const issue of unresolved) own.addIssue({ ...issue, model })
      columns.set(this.#fold(column), own.finish())
    }
    const rows = new Gathering(this.#interned)
    for (const source of lineage.rows) add(rows, source)
    for (const issue of lineage.unresolved) rows.addIssue({ ...issue, model })
    for (const composed of inner.values()) if (composed !== undefined) rows.addAll(composed.rows)
    return { columns, rows: rows.finish() }
  }

  /** What a relation's columns come from; undefined where the way ends. */
  #inner(model: string, relation: string, depth: number, itself: Composed | undefined): Composed | undefined {
    if (depth === 1 || this.#direct.project.nodes.get(relation)?.kind !== 'model') return undefined
    if (relation === model) return itself ?? { columns: new Map(), rows: this.#interned.none }
    return this.#compose(relation, depth - 1)
  }

  #shown(column: string, ...parts: readonly Packed[]): ColumnLineage {
    const all = new Gathering(this.#interned)
    for (const part of parts) all.addAll(part)
    const packed = all.finish()
    const entries = this.#interned.sourcesOf(packed).map((each) => ({ ...each, fields: each.fields ?? [] }))
    const unresolved: readonly Unresolved[] = this.#interned.issuesOf(packed)
    return {
      column,
      sources: sourcesOf({ flow: new Map(entries.map((entry, index) => [String(index), entry])) }),
      ...(unresolved.length === 0 ? {} : { unresolved }),
    }
  }
}

function isSame(a: Composed, b: Composed): boolean {
  const equal = (left: Packed | undefined, right: Packed | undefined) =>
    left?.sources === right?.sources && left?.issues === right?.issues
  return equal(a.rows, b.rows) && [...a.columns].every(([name, packed]) => equal(packed, b.columns.get(name)))
}
