import type { Place } from '../diagnostics/diagnostic.ts'

export type Severity = 'error' | 'warn'
export type CheckScope = 'partition' | 'table'

interface CheckBase {
  /** Unique within its model; given by the user or made from kind and columns. */
  readonly name: string
  readonly severity: Severity
  /** SQL condition that limits the rows looked at. */
  readonly where?: string
  readonly place?: Place
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
  | (CheckBase & { readonly kind: 'row_count'; readonly min?: number; readonly max?: number })
  | (CheckBase & { readonly kind: 'expression'; readonly expression: string })

/** The result of one check on one partition (or relation). */
export interface CheckOutcome {
  readonly name: string
  readonly kind: Check['kind'] | 'custom'
  readonly severity: Severity
  readonly model: string
  readonly partition?: string
  readonly passed: boolean
  /** Failing rows (for `unique`, duplicated keys; for `row_count`, the count found). */
  readonly failing: number
  /** Of `row_count`: how many rows were demanded, limits included. */
  readonly expected?: { readonly min?: number; readonly max?: number }
  /** At most 20 failing rows, columns that opted out removed. */
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}
