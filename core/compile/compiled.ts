import type { RelationName } from '../adapter.ts'
import type { BatchVerdict } from '../batch/verdict.ts'
import type { Check } from '../checks/check.ts'
import type { Limit } from '../checks/limits.ts'
import type { CapturedSource } from '../config/captured.ts'
import type {
  ColumnConfig,
  ExposureType,
  GrantConfig,
  IndexConfig,
  ModelConfig,
  PartitionConfig,
  Project,
  SchemaChange,
} from '../config/project.ts'
import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts'
import type { Graph } from '../graph/graph.ts'
import type { Part } from '../template/edit.ts'
import type { Layout } from '../time/grain.ts'

/** SQL with physical names, ready but for the symbols in it. */
export interface CompiledSql {
  readonly parts: readonly Part[]
  /** The template's logic looks at symbols: the text must be compiled anew for each partition. */
  readonly symbolsDecide: boolean
}

interface CompiledBase {
  readonly name: string
  /** Relative to the project root. */
  readonly path: string
  readonly tags: readonly string[]
  readonly description?: string
  /** Direct upstreams whose rows decide this one's, by logical name, sorted; the relation itself excluded. */
  readonly upstream: readonly string[]
}

interface CompiledRelationBase extends CompiledBase {
  readonly relation: RelationName
  readonly checks: readonly Check[]
  readonly columns: readonly ColumnConfig[]
  readonly indexes: readonly IndexConfig[]
  readonly grants: readonly GrantConfig[]
  /** Hash of what decides its rows, views that it reads included. */
  readonly fingerprint: string
  /** Relations that only its checks read. */
  readonly checkReads: readonly string[]
  /** Custom checks that run inside its publishing transaction. */
  readonly gates: readonly CompiledCheck[]
}

export interface CompiledModel extends CompiledRelationBase {
  readonly kind: 'model'
  readonly config: Omit<ModelConfig, 'checks' | 'columns' | 'indexes' | 'grants' | 'tags' | 'description'>
  readonly layout?: Layout
  /** Identity of the layout: column and how it writes time, grain, zone, first day of the week; empty without partitions. */
  readonly layoutId: string
  readonly sql: CompiledSql
  readonly readsItself: boolean
  /** Of incremental models: whether adjacent partitions may run as one statement. */
  readonly batch?: BatchVerdict
}

export interface CompiledSeed extends CompiledRelationBase {
  readonly kind: 'seed'
  /** Absolute. */
  readonly file: string
  readonly delimiter: string
  /** Column types that the project declares. */
  readonly types: Readonly<Record<string, string>>
}

export interface CompiledSource extends CompiledBase {
  readonly kind: 'source'
  readonly checks: readonly Check[]
  readonly columns: readonly ColumnConfig[]
  /** What `sluice sources pull` captured for the target's dialect. */
  readonly captured?: CapturedSource
  /** Where it is declared. */
  readonly place: Place
  /** That nothing reads it is meant. */
  readonly mayBeUnused?: true
  /** What stands in SQL for it: a quoted name or a reader function. */
  readonly sql: string
  /** Hash of where its rows come from, as the project writes it. */
  readonly fingerprint: string
  readonly partition?: PartitionConfig
  readonly layout?: Layout
  /** Identity of the layout; empty without partitions. */
  readonly layoutId: string
  /** How its changes are seen on this target; undefined: they cannot be. */
  readonly observe?: CompiledObserve
  /** When it is there; undefined: always. */
  readonly ready?: CompiledReady
  /** Undefined: it may be of any age, or nothing tells it on this target. */
  readonly freshness?: CompiledFreshness
  readonly schemaChange?: Partial<SchemaChange>
}

/** What is looked at to see whether a source has changed. */
export type CompiledObserve =
  /** Path, size and time of each file; a pattern as the engine understands it, absolute. */
  | { readonly kind: 'files'; readonly pattern: string }
  /** How many rows there are and the newest value of the column, in all or in each partition. */
  | { readonly kind: 'column'; readonly column: string }
  /** What a query of one row returns. */
  | { readonly kind: 'query'; readonly sql: CompiledSql }

/** How old a source may be, and what tells when it was loaded last on this target. */
export interface CompiledFreshness {
  readonly warnMs?: number
  readonly failMs?: number
  readonly by:
    | { readonly kind: 'query'; readonly sql: CompiledSql }
    /** A pattern as the engine understands it, absolute. */
    | { readonly kind: 'files'; readonly pattern: string }
}

export type CompiledReady =
  | { readonly kind: 'query'; readonly sql: CompiledSql }
  | { readonly kind: 'column'; readonly column: string; readonly withinMs: number }

/** A custom check: a query that selects failing rows. */
export interface CompiledCheck extends CompiledBase {
  readonly kind: 'check'
  /** The worst that it can be. */
  readonly severity: 'error' | 'warn'
  /** How many rows it may select; left out: none. */
  readonly warnIf?: Limit
  readonly errorIf?: Limit
  readonly sql: CompiledSql
  /** The model inside whose publishing it runs; undefined: it is a task of its own, after what it reads. */
  readonly gateOf?: string
  readonly fingerprint: string
}

/** Somebody outside of the project who uses its relations. It is never run and has no state of its own. */
export interface CompiledExposure extends CompiledBase {
  readonly kind: 'exposure'
  /** What people call it. */
  readonly label: string
  readonly type?: ExposureType
  /** http or https, without a password. */
  readonly url?: string
  /** A team or a person by name. */
  readonly owner?: string
  readonly ownerEmail?: string
  /** Where it is declared. */
  readonly place: Place
}

export type CompiledNode = CompiledModel | CompiledSeed | CompiledSource | CompiledCheck | CompiledExposure
/** What is built. */
export type CompiledRelation = CompiledModel | CompiledSeed
/** What a plan can have tasks for. */
export type RunnableNode = CompiledRelation | CompiledCheck

/** What of the project's settings running needs. No texts, and nothing of the target that may be secret. */
export interface ProjectSettings
  extends Pick<
    Project,
    | 'root'
    | 'name'
    | 'targetNames'
    | 'timezone'
    | 'pools'
    | 'runTimeoutMs'
    | 'selectors'
    | 'lint'
    | 'defaultTarget'
    | 'allowFunctions'
  > {
  readonly target: TargetSummary
}

export type TargetSummary = Pick<
  Project['target'],
  'name' | 'adapter' | 'schema' | 'database' | 'role' | 'threads'
>

export interface CompiledProject {
  readonly project: ProjectSettings
  readonly nodes: ReadonlyMap<string, CompiledNode>
  readonly graph: Graph
  readonly warnings: readonly Diagnostic[]
}

/** The node name of a custom check. */
export function checkNodeName(name: string): string {
  return `checks.${name}`
}

export function settingsOf(project: Project): ProjectSettings {
  const { root, name, targetNames, timezone, pools, runTimeoutMs, selectors, lint, defaultTarget } = project
  const { allowFunctions } = project
  return {
    root,
    name,
    targetNames,
    timezone,
    pools,
    ...(runTimeoutMs === undefined ? {} : { runTimeoutMs }),
    selectors,
    lint,
    allowFunctions,
    ...(defaultTarget === undefined ? {} : { defaultTarget }),
    target: summaryOf(project.target),
  }
}

/** A target without its connection. */
export function summaryOf(target: Project['target']): TargetSummary {
  const { name, adapter, schema, database, role, threads } = target
  return {
    name,
    adapter,
    schema,
    ...(database === undefined ? {} : { database }),
    ...(role === undefined ? {} : { role }),
    ...(threads === undefined ? {} : { threads }),
  }
}

export function isRelation(node: CompiledNode | undefined): node is CompiledRelation {
  return node !== undefined && (node.kind === 'model' || node.kind === 'seed')
}

/** What a plan can have tasks for. */
export function isRunnable(node: CompiledNode | undefined): node is RunnableNode {
  return isRelation(node) || node?.kind === 'check'
}

/** What has rows: a model, a seed or a source. */
export function hasRows(node: CompiledNode | undefined): node is CompiledRelation | CompiledSource {
  return isRelation(node) || node?.kind === 'source'
}

/** Who answers for a node: the name, of an exposure without one the e-mail address. */
export function ownerOf(node: CompiledNode): string | undefined {
  if (node.kind === 'model') return node.config.owner
  return node.kind === 'exposure' ? (node.owner ?? node.ownerEmail) : undefined
}

/** A source that is observed, waited for or cut into partitions: what reads it depends on more than its being there. */
export function isWatched(node: CompiledNode | undefined): node is CompiledSource {
  if (node?.kind !== 'source') return false
  return node.observe !== undefined || node.ready !== undefined || node.layout !== undefined
}

export function materializationOf(node: CompiledNode): string {
  return node.kind === 'model' ? node.config.materialized : node.kind
}
