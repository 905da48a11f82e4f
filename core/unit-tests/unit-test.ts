import type { VarValue } from '../config/project.ts'
import type { Place } from '../diagnostics/diagnostic.ts'
import type { WrittenNumber } from './written-number.ts'

/** A value as YAML or CSV says it; null is SQL's NULL. */
export type Cell =
  | null
  | string
  | number
  | boolean
  | WrittenNumber
  | readonly Cell[]
  | { readonly [name: string]: Cell }

/** Rows that a test gives or expects. */
export type RowsConfig =
  | {
      readonly kind: 'rows'
      /** Every name that occurs in a row, in the order in which they come. */
      readonly columns: readonly string[]
      /** In the order of the columns. A row that leaves a column out has NULL in it. */
      readonly rows: readonly (readonly Cell[])[]
    }
  /** One query over nothing. */
  | { readonly kind: 'sql'; readonly sql: string }

export interface ExpectConfig {
  readonly rows: RowsConfig
  /** Every column of the model must be named. */
  readonly isWhole: boolean
  /** The rows must come in this order. */
  readonly isOrdered: boolean
}

/** One unit test of `tests/*.yml`. */
export interface UnitTest {
  readonly name: string
  /** As written. */
  readonly model: string
  readonly description?: string
  /** Key of the partition that is built. */
  readonly partition?: string
  /** Variables that are other than the project's. */
  readonly vars: Readonly<Record<string, VarValue>>
  /** By name of what the model reads, as written. */
  readonly given: Readonly<Record<string, RowsConfig>>
  readonly expect: ExpectConfig
  readonly place: Place
}
