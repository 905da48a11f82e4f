import type { Capabilities, Column, Dialect } from '../adapter.ts'
import type { ContentCache } from '../cache/content-cache.ts'
import { type CompiledModel, type CompiledNode, type CompiledProject, hasRows } from '../compile/compiled.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { SqlTexts } from '../run/attempt.ts'
import { Asker } from './asker.ts'
import { bindChecks } from './bind-checks.ts'
import { bindModels } from './bind-models.ts'
import { bindSourceQueries } from './bind-source-queries.ts'
import type { Binder, BinderFactory, Stub } from './binder.ts'
import type { BoundProject, BoundRelation } from './bound.ts'
import { columnsOfSeeds, unknownSeedType } from './seed-columns.ts'
import { columnsOfSource, writtenTypes } from './source-columns.ts'
import { type StubbedNode, stubOf, stubText } from './stubs.ts'
import { knownTypes, type TypeOf } from './types.ts'

export interface BindRequest {
  readonly project: CompiledProject
  readonly texts: SqlTexts
  readonly dialect: Dialect
  readonly capabilities: Capabilities
  readonly csvTypes: BinderFactory['csvTypes']
  /** `BinderFactory.identity` where it is known; undefined: the binder is opened at once and says it. */
  readonly identity?: string
  /** Opens the engine, at the first query that the cache cannot answer. */
  readonly open: () => Promise<Binder>
  readonly cache?: ContentCache
  /** Only these relations and checks, and all that they read. */
  readonly only?: ReadonlySet<string>
  /** Columns of sources that somebody knows better: those of the real catalogue. */
  readonly known?: ReadonlyMap<string, BoundRelation>
}

/**
 * Binds every model over empty relations, upstream first, and with them what else is SQL: checks, conditions, queries of sources. Mistakes are collected; a
 * broken model hides no mistake of another, and what reads something unknown is unknown itself, not wrong.
 */
export async function bindProject(request: BindRequest): Promise<BoundProject> {
  const asker = new Asker({ identity: request.identity, open: request.open, cache: request.cache })
  try {
    const binding = new Binding(request, asker)
    await binding.leaves()
    await bindModels(binding)
    await bindChecks(binding)
    await bindSourceQueries(binding)
    return {
      relations: binding.relations,
      problems: binding.problems,
      ...(asker.unreachable === undefined ? {} : { unreachable: asker.unreachable }),
    }
  } finally {
    await asker.close()
  }
}

/** What is known so far while a project is bound. */
export class Binding {
  readonly request: BindRequest
  readonly asker: Asker
  readonly relations = new Map<string, BoundRelation>()
  readonly problems: Diagnostic[] = []
  /** Names of what is bound, in topological order. */
  readonly wanted: readonly string[]
  private readonly stubs = new Map<string, Stub>()
  private readonly keys = new Map<string, readonly string[]>()
  private readonly stubTexts = new Map<string, string>()
  private types: TypeOf = () => ({ kind: 'unknown' })

  constructor(request: BindRequest, asker: Asker) {
    this.request = request
    this.asker = asker
    const { project, only } = request
    this.wanted =
      only === undefined ? project.graph.order : project.graph.order.filter(closure(project, only))
  }

  node(name: string): CompiledNode | undefined {
    return this.request.project.nodes.get(name)
  }

  /** What stands for a relation in the SQL that is bound. */
  readonly textOf = (name: string): string | undefined => {
    const known = this.stubTexts.get(name)
    if (known !== undefined) return known
    const node = this.node(name)
    if (!hasRows(node)) return undefined
    const text = stubText(this.request.dialect, node)
    this.stubTexts.set(name, text)
    return text
  }

  /** The empty relations in place of these; or why there are none. */
  stubsOf(names: readonly string[]): readonly Stub[] | string {
    const stubs: Stub[] = []
    for (const name of names) {
      const relation = this.relations.get(name)
      const node = this.node(name)
      if (!hasRows(node)) continue
      if (relation?.kind !== 'bound') return relation?.reason ?? `${name} was not looked at`
      stubs.push(this.stub(node, relation.columns))
    }
    return stubs
  }

  /** A model's own table, as it declares it, for `{{this}}`. */
  ownStub(model: CompiledModel, columns: readonly Column[]): Stub {
    return stubOf(model, columns)
  }

  /** Keeps what is refused as a problem. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      this.problems.push(...error.diagnostics)
      return undefined
    }
  }

  typeOf(written: string): ReturnType<TypeOf> {
    return this.types(written)
  }

  /** Sources and seeds, of which the columns of everything else follow. */
  async leaves(): Promise<void> {
    const { project, dialect, known } = this.request
    const fold = (name: string) => dialect.fold(name, true)
    const nodes = this.wanted.map((name) => project.nodes.get(name)!)
    const sources = nodes.filter((node) => node.kind === 'source')
    const seeds = await columnsOfSeeds(
      this,
      nodes.filter((node) => node.kind === 'seed'),
    )
    const declared = nodes.flatMap((node) =>
      node.kind === 'model' && node.readsItself ? node.columns.flatMap(({ type }) => type ?? []) : [],
    )
    this.types = await knownTypes(this.asker, [
      ...sources.flatMap(writtenTypes),
      ...seeds.flatMap(({ columns }) => columns.map(({ type }) => type)),
      ...declared,
    ])
    for (const source of sources) {
      const better = known?.get(source.name)
      if (better !== undefined) {
        this.relations.set(source.name, better)
        continue
      }
      const { relation, key, problems } = columnsOfSource(source, this.types, fold)
      this.relations.set(source.name, relation)
      if (key !== undefined) this.keys.set(source.name, key)
      const readers = project.graph.downstream.get(source.name) ?? []
      const isRead = source.checks.length > 0 || readers.some((name) => this.node(name)?.kind !== 'exposure')
      this.problems.push(...problems.filter(({ code }) => code !== 'SL370' || isRead))
    }
    for (const { seed, columns } of seeds) {
      const typed = columns.map(({ name, type }) => ({ name, found: this.types(type), type }))
      const bound = typed.flatMap(({ name, found }) =>
        found.kind === 'known' ? [{ name, type: found.type }] : [],
      )
      const refused = typed.find(({ found }) => found.kind === 'refused')
      if (refused?.found.kind === 'refused')
        this.problems.push(unknownSeedType(seed, refused.name, refused.type, refused.found))
      this.relations.set(
        seed.name,
        bound.length === columns.length
          ? { kind: 'bound', columns: bound }
          : { kind: 'unknown', reason: `${seed.name}: the type of a column is not known` },
      )
    }
  }

  private stub(node: StubbedNode, columns: readonly Column[]): Stub {
    const known = this.stubs.get(node.name)
    if (known?.columns === columns) return known
    const stub = stubOf(node, columns, this.keys.get(node.name))
    this.stubs.set(node.name, stub)
    return stub
  }
}

function closure({ graph }: CompiledProject, only: ReadonlySet<string>): (name: string) => boolean {
  const all = new Set(only)
  for (const name of only) if (graph.nodes.has(name)) for (const each of graph.ancestors(name)) all.add(each)
  return (name) => all.has(name)
}
