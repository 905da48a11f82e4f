import type { CompiledSql } from '../compile/compiled.ts'
import type { VarValue } from '../config/project.ts'
import type { Place } from '../diagnostics/diagnostic.ts'
import type { Limit } from './limits.ts'

export type Severity = 'error' | 'warn'
export type CheckScope = 'partition' | 'table'

interface CheckBase {
  /** Unique within its model; given by the user or made from kind and columns. */
  readonly name: string
  /** How bad it is to break what the check says by itself; the limits below have severities of their own. */
  readonly severity: Severity
  /** SQL condition that limits the rows looked at. */
  readonly where?: string
  readonly place?: Place
  /** What is measured (of most kinds the failing rows) is a warning beyond this limit. */
  readonly warnIf?: Limit
  /** … and an error beyond this one, which comes first. */
  readonly errorIf?: Limit
}

/** Bounds of a measured value, inclusive. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** What of a column's values is measured as one number. */
export const statistics = ['null_share', 'distinct_count', 'mean', 'sum', 'minimum', 'maximum'] as const
export type Statistic = (typeof statistics)[number]

/** Which earlier row counts count. */
export interface Lookback {
  /** The most of them, newest first. */
  readonly last: number
  /** Only partitions of the same day of the week (below a day also of the same time of day). */
  readonly weekday: boolean
  /** With fewer of them nothing is judged. */
  readonly minHistory: number
}

/** An SQL expression on each side of a comparison. */
export interface Pair {
  readonly ours: string
  readonly theirs: string
}

/** How far two numbers may be apart: so much, or so large a share of the other side's. */
export interface Tolerance {
  readonly value: number
  readonly unit: 'absolute' | 'share'
}

/** A built-in check as declared on a model, seed or source. */
export type Check =
  | (CheckBase & { readonly kind: 'not_null'; readonly columns: readonly string[] })
  | (CheckBase & { readonly kind: 'unique'; readonly columns: readonly string[]; readonly scope: CheckScope })
  | (CheckBase & {
      readonly kind: 'accepted_values'
      readonly column: string
      readonly values: readonly (string | number | boolean)[]
    })
  | (CheckBase & {
      readonly kind: 'relationships'
      readonly column: string
      readonly to: string
      readonly field: string
    })
  | (CheckBase & { readonly kind: 'row_count' } & Bounds)
  | (CheckBase & { readonly kind: 'expression'; readonly expression: string })
  | (CheckBase & Bounds & { readonly kind: Statistic; readonly column: string; readonly scope: CheckScope })
  | (CheckBase &
      Bounds & {
        readonly kind: 'quantile'
        readonly column: string
        /** 0–1. */
        readonly q: number
        readonly scope: CheckScope
      })
  | (CheckBase &
      Lookback & {
        readonly kind: 'volume'
        readonly against: 'previous' | 'mean' | 'median'
        /** The largest share by which there may be fewer rows. */
        readonly drop?: number
        /** … and more rows. */
        readonly rise?: number
      })
  | (CheckBase & Lookback & { readonly kind: 'z_score'; readonly max?: number })
  | (CheckBase & {
      readonly kind: 'reconcile'
      /** The other relation: as written, once compiled its logical name. */
      readonly with: string
      /** Expressions by which both sides are grouped; none: all rows together. */
      readonly by: readonly Pair[]
      /** Aggregates that must agree. */
      readonly compare: readonly Pair[]
      /** SQL condition that limits the other relation's rows. */
      readonly withWhere?: string
      /** The other relation's column that a partition's window limits; undefined: that of its own partitions, if it has some. */
      readonly withColumn?: string
      readonly tolerance: Tolerance
    })
  | (CheckBase & {
      readonly kind: 'macro'
      /** Its file is `macros/checks/NAME.sql`. */
      readonly macro: string
      /** As written beside it; columns are under `column` and `columns`. */
      readonly arguments: Readonly<Record<string, VarValue>>
      /** Once compiled: the query that selects failing rows from `sluice_checked`. */
      readonly sql?: CompiledSql
    })

/** What a check measured, where that is more than a number of failing rows of which none may be. */
export interface Measure {
  /** Null: there was nothing to measure, or nobody may see it. */
  readonly value: number | 'NaN' | 'Infinity' | '-Infinity' | null
  /** `share`: 0.5 is 50 %. */
  readonly unit: 'rows' | 'share' | 'number' | 'seconds'
  /** The limit that was broken: `> 1%`, `at most 5`. */
  readonly broken?: string
  /** The value is left out because it is one of a column that is not shown. */
  readonly isHidden?: boolean
  /** Why the check passed without a verdict. */
  readonly notJudged?: string
  /** Rows of which failing ones are a share. */
  readonly rows?: number
  /** What a number of rows was compared with. */
  readonly history?: {
    readonly count: number
    readonly expected: number
    /** Standard deviation. */
    readonly deviation?: number
  }
}

/** What checks other than declared ones are called in outcomes: SQL below `checks/`, and what is looked at of sources. */
export type OtherKind = 'custom' | 'freshness' | 'columns' | 'readable'

/** The result of one check on one partition (or relation). */
export interface CheckOutcome {
  readonly name: string
  readonly kind: Check['kind'] | OtherKind
  /** Of the limit that was broken; of a check that passed, the worst that it could have been. */
  readonly severity: Severity
  readonly model: string
  readonly partition?: string
  readonly passed: boolean
  /** Failing rows (for `unique`, duplicated keys; for `row_count`, the count found; for a measured value 1 if it is out of bounds). */
  readonly failing: number
  /** Of `row_count`: how many rows were demanded, limits included. */
  readonly expected?: Bounds
  readonly measure?: Measure
  /** At most 20 failing rows, columns that opted out removed. */
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}
