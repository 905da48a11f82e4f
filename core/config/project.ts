import type { Check } from '../checks/check.ts'
import type { Limit } from '../checks/limits.ts'
import type { Place } from '../diagnostics/diagnostic.ts'
import type { NamedSelectors } from '../graph/named-selectors.ts'
import type { Grain, Weekday } from '../time/grain.ts'
import type { CapturedSource } from './captured.ts'

export type Materialization = 'view' | 'table' | 'incremental' | 'snapshot'
export type Strategy = 'delete_insert' | 'merge'
export type OnSchemaChange = 'fail' | 'append' | 'sync'
export type ColumnType = 'date' | 'timestamp' | 'timestamptz' | 'integer' | 'text'
export type Follow = 'latest' | 'all' | 'never'
/** A value of `vars`: anything JSON can say. */
export type VarValue =
  | string
  | number
  | boolean
  | null
  | readonly VarValue[]
  | { readonly [name: string]: VarValue }

export interface PartitionConfig {
  readonly column: {
    readonly name: string
    /** Undefined: the type that the engine binds. */
    readonly type?: ColumnType
    /** For text and integer columns: `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-MM`, … */
    readonly format?: string
    /** What a timestamp, text or integer shows: UTC (the default), or the civil time of the zone, as a date always does. */
    readonly clock?: 'utc' | 'local'
  }
  readonly grain: Grain
  readonly firstDayOfWeek: Weekday
  /** IANA name of the zone in whose clock the history is cut. */
  readonly timezone: string
  /** As written: ISO date or date-time, civil time of the zone. */
  readonly start: string
  /** Inclusive key of the last partition, as written. */
  readonly end?: string
  readonly availableAfterMs: number
  readonly ahead: number
}

export interface IndexConfig {
  readonly columns: readonly string[]
  readonly unique: boolean
}

export interface GrantConfig {
  readonly privilege: string
  readonly to: readonly string[]
}

export interface ColumnConfig {
  readonly name: string
  readonly type?: string
  readonly description?: string
  /** False: the values of this column are never kept in samples of failing rows. */
  readonly sample: boolean
  /** False: it never holds NULL. Undefined: nothing is said of it. */
  readonly nullable?: boolean
}

/** Something in YAML, by keys and indexes from the root of its file (of a header from the root of the header). */
export interface YamlPath {
  /** Relative to the project root. */
  readonly file: string
  readonly path: readonly (string | number)[]
}

/** A column that a model promises. */
export interface ContractColumn {
  readonly name: string
  /** As written: `int`, `numeric(10, 2)`. Undefined: any type. */
  readonly type?: string
  /** False: it never holds NULL. */
  readonly nullable: boolean
  readonly at: YamlPath
}

/** The columns that a model promises: exactly these, in any order. */
export interface ContractConfig {
  readonly columns: readonly ContractColumn[]
}

export interface RetryConfig {
  readonly attempts: number
  readonly delayMs: number
  readonly factor: number
  readonly maxDelayMs: number
  /** 0–1: share of the delay that is random. */
  readonly jitter: number
}

/** What a `snapshot` does with keys that are no longer there: nothing, end their last version, or add a row that says so. */
export type SnapshotDeletes = 'ignore' | 'close' | 'new_row'

/** How a `snapshot` keeps the history of what its query returns. */
export interface SnapshotConfig {
  /** A column says when a row changed, or values are compared with those of the last version. */
  readonly strategy:
    | { readonly kind: 'timestamp'; readonly updatedAt: string }
    | { readonly kind: 'check'; readonly columns: 'all' | readonly string[] }
  readonly deletes: SnapshotDeletes
  /** Of which instant of its interval the query shows the state. */
  readonly asOf: 'end' | 'start'
  /** Of the columns that are added; those that `deletes` does not ask for have no effect. */
  readonly names: {
    readonly validFrom: string
    readonly validTo: string
    readonly deletedAt: string
    readonly isDeleted: string
  }
}

/** What is looked for in the SQL of models and in the project as a whole. `core/validate/rules.ts` says what each is. */
export const lintRules = [
  'select_star',
  'unqualified_column',
  'no_checks',
  'unused_source',
  'unused_macro',
  'arbitrary_rows',
  'null_comparison',
  'self_comparison',
  'nullable_contract',
  'reads_clock',
  'random',
  'no_partition_filter',
  'unproven_batch',
  'allow_without_reason',
  'unused_allow',
] as const
export type LintRule = (typeof lintRules)[number]

/** Rules that a single model can be excused from. */
export const allowedWarnings = [
  'select_star',
  'unqualified_column',
  'no_checks',
  'arbitrary_rows',
  'null_comparison',
  'self_comparison',
  'nullable_contract',
  'reads_clock',
  'random',
  'no_partition_filter',
  'unproven_batch',
] as const satisfies readonly LintRule[]
export type AllowedWarning = (typeof allowedWarnings)[number]

/** What a model may do without a warning, and why. */
export interface Allowance {
  readonly rule: AllowedWarning
  readonly reason?: string
  readonly at: YamlPath
  /** Said of a folder, so that it need not concern each model in it. */
  readonly isShared?: true
}

export type LintSeverity = 'error' | 'warning' | 'off'
/** Rules whose severity the project sets. */
export type LintSettings = { readonly [Rule in LintRule]?: LintSeverity }

export interface ModelConfig {
  readonly materialized: Materialization
  readonly partition?: PartitionConfig
  readonly strategy: Strategy
  readonly uniqueKey: readonly string[]
  readonly deleteMissing: boolean
  /** Of snapshots. */
  readonly snapshot?: SnapshotConfig
  readonly onSchemaChange: OnSchemaChange
  /** Upstream name → partitions of that upstream read before and after the overlapping window. */
  readonly reads: Readonly<Record<string, { readonly before: number; readonly after: number }>>
  readonly follow: Readonly<Record<string, Follow>>
  readonly checks: readonly Check[]
  readonly columns: readonly ColumnConfig[]
  readonly indexes: readonly IndexConfig[]
  readonly grants: readonly GrantConfig[]
  readonly tags: readonly string[]
  readonly description?: string
  readonly owner?: string
  readonly schedule?: string
  readonly freshness?: { readonly warnMs?: number; readonly failMs?: number }
  readonly pool?: string
  readonly concurrency?: number
  /** Of what may start, higher goes first. */
  readonly priority: number
  /** The most adjacent partitions in one statement. Undefined: as many as are provably the same as one by one. */
  readonly batch?: number | 'all'
  /** Warnings about its SQL that its author means to ignore. */
  readonly allow: readonly Allowance[]
  /** Undefined: its columns may be what its SQL gives. */
  readonly contract?: ContractConfig
  /** Content that is written anew but is the same keeps its version: a hash of it is kept and compared. */
  readonly dataHash?: true
  readonly timeoutMs?: number
  readonly retry: RetryConfig
}

/** One `.sql` file below `models/`. */
export interface ModelFile {
  /** Qualified logical name: `staging.flights`, or `flights` in the default schema. */
  readonly name: string
  readonly schema?: string
  readonly table: string
  /** Relative to the project root, with `/`. */
  readonly path: string
  /** The whole file. */
  readonly text: string
  /** UTF-16 offset at which the SQL template begins (after the header). */
  readonly bodyStart: number
  readonly config: ModelConfig
}

export interface SourceFiles {
  /** A template over `vars`; relative to the project root after rendering. */
  readonly path: string
  readonly format: 'parquet' | 'csv' | 'json'
  /** Reader options, passed by name: `{ header: true }`. */
  readonly options: Readonly<Record<string, string | number | boolean>>
  readonly place: Place
}

/** How changes of a source are seen. `natural`: files by their stat, else by `loaded_at` or the partition column. */
export type ObserveConfig =
  | { readonly kind: 'natural' }
  | { readonly kind: 'files' }
  | { readonly kind: 'column'; readonly column: string }
  /** A template that renders to a query of one row. */
  | { readonly kind: 'query'; readonly query: string }

/** When a source, or a partition of it, is there. */
export type ReadyConfig =
  /** A template that renders to a query of one boolean. */
  | { readonly kind: 'query'; readonly query: string }
  /** The newest value of the column has come to the partition's end (to now, without partitions), but for `withinMs`. */
  | { readonly kind: 'column'; readonly column: string; readonly withinMs: number }

/** How old a source may be. */
export interface SourceFreshness {
  readonly warnMs?: number
  readonly failMs?: number
  /** What tells when it was loaded last: the newest value of a column, a query of one date or timestamp, or its files. */
  readonly by:
    | { readonly kind: 'column'; readonly column: string; readonly where?: string }
    | { readonly kind: 'query'; readonly query: string }
    | { readonly kind: 'files' }
}

/** How bad it is if the columns of a source are not those that were declared or captured. */
export interface SchemaChange {
  readonly missing: ChangeSeverity
  readonly retyped: ChangeSeverity
  readonly new: ChangeSeverity
}
export type ChangeSeverity = 'error' | 'warn' | 'ignore'

export interface SourceConfig {
  readonly name: string
  readonly schema?: string
  readonly table: string
  readonly path: string
  readonly place: Place
  readonly description?: string
  readonly tags: readonly string[]
  readonly columns: readonly ColumnConfig[]
  readonly checks: readonly Check[]
  /** Physical relation by target name; default: the logical name itself, without the target's schema rule. */
  readonly relations: Readonly<Record<string, string>>
  /** Files by target name. */
  readonly files: Readonly<Record<string, SourceFiles>>
  /** How its history is cut, so that it is observed and waited for by partition. */
  readonly partition?: PartitionConfig
  /** Undefined: its changes cannot be seen. */
  readonly observe?: ObserveConfig
  /** Undefined: it is always there. */
  readonly ready?: ReadyConfig
  /** The column that tells when a row was loaded. */
  readonly loadedAt?: string
  readonly freshness?: SourceFreshness
  /** What is not said here is as bad as it usually is. */
  readonly schemaChange?: Partial<SchemaChange>
  /** That nothing reads it is meant. */
  readonly mayBeUnused?: true
  /** What `sluice sources pull` captured for the target's dialect. */
  readonly captured?: CapturedSource
}

export interface SeedFile {
  readonly name: string
  readonly schema?: string
  readonly table: string
  readonly path: string
  /** SHA-256 of the file, hex. */
  readonly contentHash: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly columns: readonly ColumnConfig[]
  readonly checks: readonly Check[]
  readonly indexes: readonly IndexConfig[]
  readonly grants: readonly GrantConfig[]
  readonly delimiter: string
}

/** Somebody outside of the project who uses its relations: a dashboard, a report. */
export interface ExposureConfig {
  readonly name: string
  /** The file that declares it, relative to the project root. */
  readonly path: string
  readonly place: Place
  /** Its entry. */
  readonly at: YamlPath
  readonly label: string
  readonly type?: ExposureType
  /** http or https, without a password. */
  readonly url?: string
  /** A team or a person by name. */
  readonly owner?: string
  readonly ownerEmail?: string
  readonly description?: string
  readonly tags: readonly string[]
  /** What it reads, as written. */
  readonly reads: readonly string[]
}

export type ExposureType = 'dashboard' | 'notebook' | 'report' | 'analysis' | 'ml' | 'application'

/** One file below `checks/`: a query that selects failing rows. */
export interface CheckFile {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly bodyStart: number
  readonly severity: 'error' | 'warn'
  /** How many rows it may select; left out: none. */
  readonly warnIf?: Limit
  readonly errorIf?: Limit
  readonly description?: string
  readonly tags: readonly string[]
}

/** One file below `macros/`: `macros/a/b.sql` is the partial `a/b`. */
export interface MacroFile {
  readonly name: string
  readonly path: string
  readonly text: string
}

export interface SchemaRule {
  /** Prefix of every schema of the target. */
  readonly prefix?: string
  /** Replacement: every model goes to this one schema. */
  readonly name?: string
}

interface TargetBase {
  readonly name: string
  readonly schema: SchemaRule
  readonly database?: string
  readonly role?: string
  readonly threads?: number
  readonly vars: Readonly<Record<string, VarValue>>
}

export type TargetConfig =
  | (TargetBase & {
      readonly adapter: 'duckdb' /** Absolute, or `:memory:`. */
      readonly path: string
      readonly settings: Readonly<Record<string, string | number | boolean>>
      readonly readOnly: boolean
    })
  | (TargetBase & { readonly adapter: 'postgres' /** A secret: never print it. */; readonly url: string })

export interface Project {
  /** Absolute path of the folder of `sluice.yml`. */
  readonly root: string
  readonly name: string
  readonly target: TargetConfig
  readonly targetNames: readonly string[]
  /** The target of commands that name none. */
  readonly defaultTarget?: string
  readonly timezone: string
  readonly vars: Readonly<Record<string, VarValue>>
  readonly pools: Readonly<Record<string, number>>
  /** What `selector:NAME` selects. */
  readonly selectors: NamedSelectors
  /** After so long a run is stopped, unless its command says otherwise. */
  readonly runTimeoutMs?: number
  /** Functions that models may call although they are volatile, read files or return tables. */
  readonly allowFunctions: readonly string[]
  /** Whether models may read files by a literal path. */
  readonly allowFiles: boolean
  readonly lint: LintSettings
  readonly models: readonly ModelFile[]
  readonly sources: readonly SourceConfig[]
  readonly seeds: readonly SeedFile[]
  readonly checks: readonly CheckFile[]
  readonly exposures: readonly ExposureConfig[]
  readonly macros: readonly MacroFile[]
}
