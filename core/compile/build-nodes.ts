import { join } from 'node:path'
import type { RelationName } from '../adapter.ts'
import type {
  CheckFile,
  ModelFile,
  PartitionConfig,
  Project,
  SeedFile,
  SourceConfig,
} from '../config/project.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type LayoutOrigin, layoutOf } from '../time/layout.ts'
import { type Analysed, type AnalysisContext, modelProblem, resolveWritten } from './analyse.ts'
import type {
  CompiledCheck,
  CompiledModel,
  CompiledNode,
  CompiledObserve,
  CompiledSeed,
  CompiledSource,
} from './compiled.ts'
import { checkNodeName } from './compiled.ts'
import type { CompiledChecks } from './conditions.ts'
import { decidingConfig, hashOf, layoutId } from './fingerprint.ts'
import type { SourceQueries } from './source-queries.ts'
import { isAddress } from './templates.ts'

type Relations = ReadonlyMap<string, { readonly relation: RelationName }>

/** Makes the nodes of the project from what was analysed, fingerprints and gates included. Throws with every problem found. */
export function buildNodes(
  context: AnalysisContext,
  relations: Relations,
  analysed: ReadonlyMap<string, Analysed>,
  checks: ReadonlyMap<string, CompiledChecks>,
  sourceQueries: ReadonlyMap<string, SourceQueries>,
): ReadonlyMap<string, CompiledNode> {
  return new NodeBuilder(context, relations, analysed, checks, sourceQueries).build()
}

class NodeBuilder {
  private readonly context: AnalysisContext
  private readonly project: Project
  private readonly relations: Relations
  private readonly analysed: ReadonlyMap<string, Analysed>
  private readonly checks: ReadonlyMap<string, CompiledChecks>
  private readonly sourceQueries: ReadonlyMap<string, SourceQueries>
  private readonly problems: Diagnostic[] = []
  private readonly fingerprints = new Map<string, string>()
  private readonly models: ReadonlyMap<string, ModelFile>
  private readonly sources: ReadonlyMap<string, SourceConfig>
  private readonly seeds: ReadonlyMap<string, SeedFile>

  constructor(
    context: AnalysisContext,
    relations: Relations,
    analysed: ReadonlyMap<string, Analysed>,
    checks: ReadonlyMap<string, CompiledChecks>,
    sourceQueries: ReadonlyMap<string, SourceQueries>,
  ) {
    this.context = context
    this.project = context.project
    this.relations = relations
    this.analysed = analysed
    this.checks = checks
    this.sourceQueries = sourceQueries
    this.models = new Map(this.project.models.map((model) => [model.name, model]))
    this.sources = new Map(this.project.sources.map((source) => [source.name, source]))
    this.seeds = new Map(this.project.seeds.map((seed) => [seed.name, seed]))
  }

  build(): ReadonlyMap<string, CompiledNode> {
    const nodes = new Map<string, CompiledNode>()
    const customChecks = this.project.checks.map((check) => this.customCheck(check))
    for (const source of this.project.sources) nodes.set(source.name, this.source(source))
    for (const seed of this.project.seeds)
      nodes.set(seed.name, this.seed(seed, gatesOf(seed.name, customChecks)))
    for (const model of this.project.models)
      nodes.set(model.name, this.model(model, gatesOf(model.name, customChecks)))
    for (const check of customChecks) {
      if (nodes.has(check.name)) {
        this.problems.push(
          modelProblem('SL351', check, {
            message: `the check ${check.name} has the name of a relation`,
            hint: 'Rename the file of the check.',
          }),
        )
      }
      nodes.set(check.name, check)
    }
    if (this.problems.length > 0) throw new SluiceError(this.problems)
    return nodes
  }

  private model(model: ModelFile, gates: readonly CompiledCheck[]): CompiledModel {
    const analysed = this.analysed.get(model.name)!
    const { config } = model
    if (analysed.readsItself && config.materialized !== 'incremental') {
      this.problems.push(
        modelProblem('SL357', model, {
          message: `${model.name} is a ${config.materialized} and reads itself`,
          hint: 'Only incremental models may read their own earlier partitions.',
        }),
      )
    }
    const reads = this.upstreamKeys(model, analysed, 'reads', config.reads)
    const follow = this.upstreamKeys(model, analysed, 'follow', config.follow)
    const layout = config.partition === undefined ? undefined : this.layout(model)
    return {
      kind: 'model',
      ...this.described(model, config.tags, config.description),
      ...this.relationParts(model.name, config, gates),
      upstream: analysed.upstream,
      config: { ...remaining(config), reads, follow },
      ...(layout === undefined ? {} : { layout }),
      layoutId: layoutId(config),
      sql: analysed.sql,
      readsItself: analysed.readsItself,
      ...(analysed.batch === undefined ? {} : { batch: analysed.batch }),
      fingerprint: this.fingerprint(model.name),
    }
  }

  private layout(model: ModelFile) {
    const place = { file: model.path, line: 1, column: 1 }
    return this.layoutFrom(model.config.partition!, { model: model.name, place })
  }

  private layoutFrom(partition: PartitionConfig, origin: LayoutOrigin) {
    try {
      return layoutOf(partition, origin)
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      this.problems.push(...error.diagnostics)
      return undefined
    }
  }

  private seed(seed: SeedFile, gates: readonly CompiledCheck[]): CompiledSeed {
    const types = Object.fromEntries(
      seed.columns.flatMap((column) => (column.type === undefined ? [] : [[column.name, column.type]])),
    )
    return {
      kind: 'seed',
      ...this.described(seed, seed.tags, seed.description),
      ...this.relationParts(seed.name, seed, gates),
      upstream: [],
      file: join(this.project.root, seed.path),
      delimiter: seed.delimiter,
      types,
      fingerprint: hashOf(['seed', seed.contentHash, seed.delimiter, types]),
    }
  }

  private source(source: SourceConfig): CompiledSource {
    return {
      kind: 'source',
      ...this.described(source, source.tags, source.description),
      upstream: [],
      checks: this.checks.get(source.name)!.checks,
      columns: source.columns,
      ...(source.captured === undefined ? {} : { captured: source.captured }),
      place: source.place,
      ...(source.mayBeUnused === undefined ? {} : { mayBeUnused: true }),
      sql: this.context.physical(source.name).sql,
      fingerprint: hashOf(['source', this.context.templates.sourcePhysical(source).written]),
      layoutId: layoutId(source),
      ...this.watched(source),
    }
  }

  private watched(source: SourceConfig) {
    const { partition, ready } = source
    const observe = this.observe(source)
    const sql = this.sourceQueries.get(source.name)?.ready
    const layout =
      partition === undefined
        ? undefined
        : this.layoutFrom(partition, { model: source.name, place: source.place })
    return {
      ...(partition === undefined ? {} : { partition }),
      ...(layout === undefined ? {} : { layout }),
      ...(observe === undefined ? {} : { observe }),
      ...this.freshness(source),
      ...(source.schemaChange === undefined ? {} : { schemaChange: source.schemaChange }),
      ...(ready?.kind === 'column' ? { ready } : {}),
      ...(ready?.kind === 'query' && sql !== undefined ? { ready: { kind: 'query', sql } as const } : {}),
    }
  }

  /** How the source can be observed on this target: files on one may be a relation on another. */
  private observe(source: SourceConfig): CompiledObserve | undefined {
    const { observe, partition, loadedAt } = source
    const { templates } = this.context
    const path = templates.engine.capabilities.readsFiles ? templates.sourcePath(source)?.path : undefined
    switch (observe?.kind) {
      case undefined:
        return undefined
      case 'query': {
        const sql = this.sourceQueries.get(source.name)?.observe
        return sql === undefined ? undefined : { kind: 'query', sql }
      }
      case 'column':
        return observe
      case 'files':
        return path === undefined ? undefined : this.files(source, path)
      case 'natural': {
        if (path !== undefined && partition === undefined) return this.files(source, path)
        const column = loadedAt ?? partition?.column.name
        return column === undefined ? undefined : { kind: 'column', column }
      }
    }
  }

  private freshness(source: SourceConfig): Pick<CompiledSource, 'freshness'> {
    const { freshness } = source
    if (freshness === undefined) return {}
    const { by, ...limits } = freshness
    const { templates } = this.context
    if (by.kind === 'files') {
      const pattern = templates.engine.capabilities.readsFiles
        ? templates.sourcePath(source)?.path
        : undefined
      if (pattern === undefined) return {}
      this.files(source, pattern)
      return { freshness: { ...limits, by: { kind: 'files', pattern } } }
    }
    const sql = this.sourceQueries.get(source.name)?.freshness
    return sql === undefined ? {} : { freshness: { ...limits, by: { kind: 'query', sql } } }
  }

  private files(source: SourceConfig, pattern: string): CompiledObserve {
    if (isAddress(pattern)) {
      this.problems.push(
        diagnostic('SL154', {
          message: `size and time of ${pattern} are not known`,
          model: source.name,
          place: source.place,
          hint: 'Observe a column or a query of the source.',
        }),
      )
    }
    return { kind: 'files', pattern }
  }

  private customCheck(check: CheckFile): CompiledCheck {
    const name = checkNodeName(check.name)
    const analysed = this.analysed.get(name)!
    if (analysed.upstream.length === 0) {
      this.problems.push(
        modelProblem(
          'SL358',
          { name, path: check.path },
          {
            message: `the check ${check.name} reads no model, seed or source`,
            hint: 'Select the failing rows from the relation that the check is about.',
          },
        ),
      )
    }
    const gateOf = this.gateOf(analysed.upstream)
    const gate = gateOf === undefined ? undefined : this.models.get(gateOf)
    const usesPartition = analysed.sql.parts.some((part) => 'symbol' in part)
    if (usesPartition && gate?.config.partition === undefined) {
      this.problems.push(
        modelProblem(
          'SL355',
          { name, path: check.path },
          {
            message: `the check ${check.name} uses \`partition\`, but does not gate a model with partitions`,
            hint: 'Only a check whose most downstream model is incremental has a partition.',
          },
        ),
      )
    }
    return {
      kind: 'check',
      ...this.described({ name, path: check.path }, check.tags, check.description),
      upstream: analysed.upstream,
      severity: check.severity,
      ...(check.warnIf === undefined ? {} : { warnIf: check.warnIf }),
      ...(check.errorIf === undefined ? {} : { errorIf: check.errorIf }),
      sql: analysed.sql,
      ...(gateOf === undefined ? {} : { gateOf }),
      fingerprint: analysed.meaning,
    }
  }

  /** The one relation that is downstream of all others that the check reads, if it is not a view (section 8). */
  private gateOf(upstream: readonly string[]): string | undefined {
    const built = upstream.filter((name) => !this.sources.has(name))
    const last = built.find((name) => built.every((other) => other === name || this.readsFrom(name, other)))
    if (last === undefined) return undefined
    const reads = upstream.some((name) => this.models.get(name)?.config.materialized === 'view')
    return reads ? undefined : last
  }

  private readsFrom(name: string, ancestor: string, seen = new Set<string>()): boolean {
    for (const upstream of this.analysed.get(name)?.upstream ?? []) {
      if (upstream === ancestor) return true
      if (seen.has(upstream)) continue
      seen.add(upstream)
      if (this.readsFrom(upstream, ancestor, seen)) return true
    }
    return false
  }

  private relationParts(
    name: string,
    config: Pick<SeedFile, 'columns' | 'indexes' | 'grants'>,
    gates: readonly CompiledCheck[],
  ) {
    const checks = this.checks.get(name)!
    return {
      relation: this.relations.get(name)!.relation,
      checks: checks.checks,
      checkReads: checks.reads,
      columns: config.columns,
      indexes: config.indexes,
      grants: config.grants,
      gates,
    }
  }

  private described(
    node: { readonly name: string; readonly path: string },
    tags: readonly string[],
    description?: string,
  ) {
    return { name: node.name, path: node.path, tags, ...(description === undefined ? {} : { description }) }
  }

  /** `reads` and `follow` by resolved names; entries for what the model does not read, even through views, are mistakes. */
  private upstreamKeys<T>(
    model: ModelFile,
    analysed: Analysed,
    key: 'reads' | 'follow',
    settings: Readonly<Record<string, T>>,
  ): Readonly<Record<string, T>> {
    const known = this.throughViews(analysed.upstream)
    return Object.fromEntries(
      Object.entries(settings).map(([written, value]) => {
        const name = resolveWritten(this.context.index, written)
        if (name === undefined || !known.has(name)) {
          this.problems.push(
            modelProblem('SL353', model, {
              message: `\`${key}\` of ${model.name} names \`${written}\`, which the model does not read`,
              hint: didYouMean(written, [...known]) ?? `It reads ${[...known].join(', ') || 'nothing'}.`,
            }),
          )
        }
        if (key === 'reads' && name !== undefined && known.has(name) && !this.hasPartitions(name)) {
          this.problems.push(
            modelProblem('SL353', model, {
              message: `\`reads\` of ${model.name} names \`${written}\`, which has no partitions`,
              hint: 'A window is widened in partitions of an incremental upstream; behind a view, name the model that the view reads.',
            }),
          )
        }
        return [name ?? written, value]
      }),
    )
  }

  private hasPartitions(name: string): boolean {
    return (this.models.get(name)?.config ?? this.sources.get(name))?.partition !== undefined
  }

  private throughViews(names: readonly string[], found = new Set<string>()): ReadonlySet<string> {
    for (const name of names) {
      if (found.has(name)) continue
      found.add(name)
      if (this.models.get(name)?.config.materialized === 'view') {
        this.throughViews(this.analysed.get(name)?.upstream ?? [], found)
      }
    }
    return found
  }

  /** What decides a model's rows: its meaning and settings, with those of the views and sources that it reads folded in. */
  private fingerprint(name: string, open: ReadonlySet<string> = new Set()): string {
    const known = this.fingerprints.get(name)
    if (known !== undefined) return known
    if (open.has(name)) return '' // A cycle: buildGraph reports it.
    const inner = new Set([...open, name])
    const { upstream, meaning } = this.analysed.get(name)!
    const folded = upstream.flatMap((each) => {
      const source = this.sources.get(each)
      if (source !== undefined) return [[each, this.context.templates.sourcePhysical(source).written]]
      const isView = this.models.get(each)?.config.materialized === 'view'
      return isView && !this.seeds.has(each) ? [[each, this.fingerprint(each, inner)]] : []
    })
    const fingerprint = hashOf([meaning, decidingConfig(this.models.get(name)!.config), folded])
    this.fingerprints.set(name, fingerprint)
    return fingerprint
  }
}

/** A configuration without what stands in the node itself, or is done with once the model is compiled. */
function remaining(config: ModelFile['config']): CompiledModel['config'] {
  const { checks: _, columns: _1, indexes: _2, grants: _3, tags: _4, description: _5, ...others } = config
  return others
}

function gatesOf(name: string, checks: readonly CompiledCheck[]): readonly CompiledCheck[] {
  return checks.filter((check) => check.gateOf === name)
}
