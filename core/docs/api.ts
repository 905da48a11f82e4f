/**
 * The JSON of the docs site, one value for each file of the API. The static site has each as `api/ADDRESS.js`, a server as
 * `api/ADDRESS.json`; every page has its own embedded, too. Names, keys, SQL and messages are text as users wrote it: whoever shows
 * them escapes them. Lists instead of objects by name, as a name may be `__proto__`. Instants are UTC ISO 8601, durations milliseconds.
 */
import type { SelectorDefinition } from '../graph/named-selectors.ts'
import type { PagedKind } from './address.ts'
import type { GraphDrawing } from './drawing.ts'
import type { Markdown } from './markdown.ts'

export type NodeKind = 'model' | 'seed' | 'source' | 'check' | 'exposure'
export type Materialization = 'view' | 'table' | 'incremental' | 'snapshot'

/** What a relation is worth: of one with partitions the newest due one decides. `unknown`: nothing tells it (no ledger, or a source that
 * is not observed); `none`: nothing is due yet. */
export type NodeState =
  | 'fresh'
  | 'drifted'
  | 'stale'
  | 'missing'
  | 'failed'
  | 'running'
  | 'blocked'
  | 'late'
  | 'none'
  | 'unknown'

/** `api/site`: what every page says of the site. */
export interface SiteInfo {
  readonly project: string
  readonly target: string
  readonly adapter: string
  readonly generatedAt: string
  readonly version: string
  /** Why states and runs are not there: no ledger yet, a database that could not be asked, or nobody wanted them. */
  readonly withoutState?: string
  /** Samples of failing rows are in it. */
  readonly hasSamples: boolean
  /** What is wrong with the project, so that the site may be without some of it, or show how it was before. */
  readonly mistakes?: readonly {
    readonly code: string
    readonly message: string
    /** `models/a.sql:3:7` */
    readonly place?: string
  }[]
  /** How many more mistakes there are. */
  readonly mistakesLeftOut?: number
}

/** A page's data. `kind` decides the page. */
export type PageData =
  | HomePage
  | GraphPage
  | CatalogPage
  | ModelPage
  | SeedPage
  | SourcePage
  | CheckPage
  | ExposurePage
  | RunsPage
  | RunPage

/** A node as it is named by another page. */
export interface NodeRef {
  readonly kind: NodeKind
  readonly name: string
}

export interface NodeLine extends NodeRef {
  readonly materialization?: Materialization
  readonly state: NodeState
  readonly tags: readonly string[]
  readonly owner?: string
  /** Plain text of the description's beginning. */
  readonly summary?: string
  /** Checks declared for it, the project's own that gate it included. */
  readonly checks: number
  /** Of them, those whose newest outcome failed with severity error, and with severity warn. */
  readonly failing: number
  readonly warning: number
}

// ---------------------------------------------------------------- home, catalog

export interface HomePage {
  readonly kind: 'home'
  readonly counts: readonly { readonly kind: NodeKind; readonly count: number }[]
  readonly states: readonly { readonly state: NodeState; readonly count: number }[]
  /** What somebody should look at, worst first. */
  readonly attention: readonly Attention[]
  /** The newest runs. */
  readonly runs: readonly RunLine[]
  readonly coverage: Coverage
  readonly exposures: readonly NodeLine[]
}

export interface Attention {
  readonly node: NodeRef
  readonly why: 'failed' | 'stale' | 'missing' | 'late' | 'check' | 'blocked'
  readonly severity: 'error' | 'warning'
  /** One sentence: what is wrong. */
  readonly message: string
  readonly partitions?: number
  readonly since?: string
  readonly run?: string
  /** A command to type, without the program's name. */
  readonly next?: string
}

export interface Coverage {
  readonly models: number
  readonly withChecks: number
  readonly withDescription: number
  readonly withOwner: number
  readonly withContract: number
  readonly columns: number
  readonly columnsDescribed: number
  /** Models without any check. */
  readonly unchecked: readonly string[]
  /** Models with columns that nobody describes: how many of how many. */
  readonly undescribed: readonly { readonly model: string; readonly missing: number; readonly of: number }[]
}

/** Every model, seed, source, check of the project's own and exposure, upstream first. */
export interface CatalogPage {
  readonly kind: 'catalog'
  readonly nodes: readonly (NodeLine & { readonly columns?: number; readonly rows?: number })[]
}

/** `api/search`: loaded when somebody searches. */
export interface SearchIndex {
  readonly entries: readonly {
    readonly kind: PagedKind
    readonly name: string
    readonly summary?: string
    readonly tags: readonly string[]
    /** Names of its columns. */
    readonly columns: readonly string[]
  }[]
}

// ---------------------------------------------------------------- the graph

/** `api/graph`, and the page. */
export interface GraphPage {
  readonly kind: 'graph'
  /** Upstream first. */
  readonly nodes: readonly GraphNode[]
  /** Indexes into `nodes`: rows of the first decide the second. `check`: only a check reads it. */
  readonly edges: readonly GraphEdge[]
  /** The default view, laid out: all of a small project, the folders of a large one. */
  readonly drawing?: GraphDrawing
  /** What selectors need beside the nodes: the project's named selectors, as sluice.yml has them. `select` is it as one text, where that can be. */
  readonly selectors: readonly {
    readonly name: string
    readonly select: string
    readonly definition?: SelectorDefinition
  }[]
}

export interface GraphNode extends NodeLine {
  /** Relative to the project root. */
  readonly path: string
  /** Folder below `models/`; of others the kind's: `sources`, `seeds`, `checks`, `exposures`. */
  readonly folder: string
  readonly columns: number
  /** Of the newest due partition: what its state is said of. */
  readonly partition?: string
  /** What `check:` is held against: names and kinds of its checks; of a check its own name. */
  readonly checkNames?: readonly string[]
}

export type GraphEdge = readonly [from: number, to: number, kind?: 'check']

// ---------------------------------------------------------------- column lineage

export type Role = 'copied' | 'transformed' | 'aggregated' | 'filter' | 'join' | 'group' | 'order'

/** `api/lineage/SLUG`: one step of column lineage in both directions, by which a column is followed through the graph. */
export interface RelationLineage {
  readonly relation: string
  readonly columns: readonly ColumnSteps[]
  /** Columns that decide which rows there are: they count for each column. */
  readonly rows: readonly ColumnStep[]
  /** Of `rows`, the other way: relations whose rows columns of this one decide. */
  readonly rowReaders: readonly { readonly column: string; readonly relation: string; readonly role: Role }[]
  /** What could not be resolved, so that sources may be missing. */
  readonly unresolved: readonly string[]
}

export interface ColumnSteps {
  readonly name: string
  readonly type?: string
  /** What it is made of, one model upstream. */
  readonly sources: readonly ColumnStep[]
  /** What is made of it, one model downstream. */
  readonly readers: readonly ColumnStep[]
  readonly unresolved?: readonly string[]
}

export interface ColumnStep {
  readonly relation: string
  readonly column: string
  readonly role: Role
}

// ---------------------------------------------------------------- pages of nodes

interface NodePageBase extends NodeLine {
  readonly path: string
  readonly description?: Markdown
  readonly columns: readonly ColumnDoc[]
  /** Checks that are declared with it, and the project's own checks that read it. */
  readonly checkList: readonly CheckLine[]
  readonly upstream: readonly NodeLine[]
  readonly downstream: readonly NodeLine[]
  /** Why columns are missing or without types. */
  readonly columnsNote?: string
}

export interface ColumnDoc {
  readonly name: string
  /** As the engine binds it. */
  readonly type?: string
  readonly description?: Markdown
  /** What the contract promises of it. */
  readonly contract?: { readonly type?: string; readonly nullable: boolean }
  readonly nullable?: boolean
  /** Part of the unique key, or the partition column. */
  readonly roles: readonly ('key' | 'partition')[]
  /** Names of checks that look at it. */
  readonly checks: readonly string[]
  readonly sources: readonly ColumnStep[]
  readonly readers: readonly ColumnStep[]
}

/** A check, and what became of it last. */
export interface CheckLine {
  readonly name: string
  /** What it demands, in words. */
  readonly text: string
  readonly severity: 'error' | 'warn'
  readonly description?: Markdown
  /** It has a page: it is one of the project's own. */
  readonly node?: string
  readonly latest?: CheckResult
}

export interface CheckResult {
  readonly status: 'passed' | 'failed' | 'warned' | 'skipped'
  readonly run: string
  readonly at?: string
  readonly partition?: string
  readonly failures?: number
  readonly message?: string
  /** Failing rows, only where the site was built with them. */
  readonly sample?: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
}

export interface ModelPage extends NodePageBase {
  readonly kind: 'model'
  readonly materialization: Materialization
  /** Settings that are worth saying: strategy, unique key, grain, partition column, schedule, freshness, pool, reads, …, in words. */
  readonly settings: readonly { readonly name: string; readonly value: string }[]
  readonly schedule?: string
  readonly freshness?: {
    readonly warnMs?: number
    readonly failMs?: number
    readonly state?: 'fresh' | 'warn' | 'fail'
    readonly ageMs?: number
  }
  readonly relation: string
  readonly fingerprint: string
  readonly sql: SqlDoc
  readonly partitions?: PartitionHistory
  /** Of one without partitions: what is published. */
  readonly published?: Publication
  readonly unitTests: readonly {
    readonly name: string
    readonly path: string
    readonly description?: string
  }[]
}

export interface SeedPage extends NodePageBase {
  readonly kind: 'seed'
  readonly relation: string
  readonly published?: Publication
}

export interface SourcePage extends NodePageBase {
  readonly kind: 'source'
  /** How its changes are seen, when it is there, what stands for it; in words. */
  readonly settings: readonly { readonly name: string; readonly value: string }[]
  readonly freshness?: {
    readonly warnMs?: number
    readonly failMs?: number
    readonly state?: 'fresh' | 'warn' | 'fail'
    readonly newest?: string
  }
  /** Changes that were recorded, newest first. */
  readonly observations: readonly {
    readonly at: string
    readonly partition?: string
    readonly version: number
  }[]
}

/** A check of the project's own. */
export interface CheckPage extends NodeLine {
  readonly kind: 'check'
  readonly path: string
  readonly description?: Markdown
  readonly severity: 'error' | 'warn'
  /** The model inside whose publishing it runs; left out: it is a task of its own. */
  readonly gateOf?: string
  readonly demands: string
  readonly sql: SqlDoc
  readonly upstream: readonly NodeLine[]
  /** Newest first. */
  readonly results: readonly CheckResult[]
}

export interface ExposurePage extends NodeLine {
  readonly kind: 'exposure'
  readonly label: string
  /** dashboard, notebook, … */
  readonly type?: string
  /** Only http and https. */
  readonly url?: string
  readonly ownerEmail?: string
  readonly path: string
  readonly description?: Markdown
  /** What it reads, with their states. */
  readonly upstream: readonly NodeLine[]
  /** All relations that it depends on which are not well, nearest first. */
  readonly unwell: readonly NodeLine[]
}

/** A template and what becomes of it. */
export interface SqlDoc {
  /** The whole file as it was written. */
  readonly source: string
  /** The text with physical names: literal pieces, and symbols by index into `symbols`. */
  readonly compiled: readonly (string | number)[]
  /** What stands for them, as `partition.start`. */
  readonly symbols: readonly string[]
  /** For each partition that can be chosen, newest first: the literals of `symbols`, or the whole text where the template's logic looks
   * at the partition. */
  readonly partitions: readonly {
    readonly key: string
    readonly values?: readonly string[]
    readonly text?: string
  }[]
  /** Why there is no compiled text, or not for all partitions. */
  readonly note?: string
}

/** What is published of a relation or partition. */
export interface Publication {
  readonly state: NodeState
  readonly reason?: string
  readonly version?: number
  readonly run?: string
  readonly rows?: number
  readonly durationMs?: number
  readonly publishedAt?: string
  readonly checks?: CheckCounts
}

export interface CheckCounts {
  readonly passed: number
  readonly failed: number
  readonly warned: number
}

/** Every partition that is due or published, oldest first, column by column: all lists are of the same length, but for `older`. */
export interface PartitionHistory {
  readonly grain: string
  readonly timezone: string
  readonly keys: readonly string[]
  /** UTC milliseconds. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly states: readonly NodeState[]
  readonly versions: readonly (number | null)[]
  /** Indexes into `runIds`: the run of the newest attempt. */
  readonly runs: readonly (number | null)[]
  readonly runIds: readonly string[]
  readonly rows: readonly (number | null)[]
  /** Of the attempt that published it; of a batch its share. */
  readonly durationsMs: readonly (number | null)[]
  readonly publishedAt: readonly (number | null)[]
  readonly checks: readonly (CheckCounts | null)[]
  /** Indexes into `reasonTexts`: why it is stale, or how it failed. */
  readonly reasons: readonly (number | null)[]
  readonly reasonTexts: readonly string[]
  /** Partitions before the first that is listed, counted by state. */
  readonly older?: {
    readonly from: string
    readonly states: readonly { readonly state: NodeState; readonly count: number }[]
  }
}

// ---------------------------------------------------------------- runs

export type RunStatus = 'running' | 'succeeded' | 'failed' | 'timed_out' | 'canceled' | 'crashed'

export interface RunLine {
  readonly id: string
  readonly command: string
  readonly status: RunStatus
  readonly startedAt: string
  readonly finishedAt?: string
  readonly elapsedMs?: number
  readonly user?: string
  readonly counts: readonly { readonly status: string; readonly count: number }[]
}

export interface RunsPage {
  readonly kind: 'runs'
  /** Newest first. */
  readonly runs: readonly RunLine[]
  /** How many older ones are left out. */
  readonly older: number
}

export interface RunPage extends RunLine {
  readonly kind: 'run'
  readonly target: string
  readonly host?: string
  readonly parent?: string
  /** What was asked for, as one would type it, without the program's name. */
  readonly request?: string
  /** In the order in which they began. */
  readonly tasks: readonly RunTask[]
  /** Attempts that are left out, because there are too many; those that failed are kept. */
  readonly moreAttempts?: number
  /** What to type next, if something is left to do. */
  readonly next?: string
}

export interface RunTask {
  readonly node: NodeRef
  /** The node is still in the project, so it has a page. */
  readonly isKnown: boolean
  /** First and last key, or one. Empty without partitions. */
  readonly partitions: readonly string[]
  readonly partitionCount: number
  readonly status: string
  readonly rows?: number
  /** Its tries, oldest first. */
  readonly attempts: readonly {
    readonly number: number
    readonly status: string
    readonly startedAt: string
    readonly finishedAt?: string
    readonly elapsedMs?: number
    /** Why it did not publish. */
    readonly message?: string
  }[]
  readonly checks: readonly (CheckResult & { readonly name: string; readonly severity: 'error' | 'warn' })[]
  readonly error?: {
    readonly code?: string
    readonly message: string
    readonly hint?: string
    readonly next?: string
    readonly path?: string
    readonly line?: number
    readonly column?: number
    /** The lines around the mistake, or the statement that failed. */
    readonly statement?: string
  }
}

// ---------------------------------------------------------------- the API as a whole

/** Every value of the API, by the part of its address before the first slash. */
export interface Api {
  readonly site: SiteInfo
  readonly search: SearchIndex
  readonly lineage: RelationLineage
  readonly page: PageData
}
