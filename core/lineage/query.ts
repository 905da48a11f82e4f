import type { Relational, TableRef } from '../sql/relational/ir.ts'
import type { Nullability, QueryLineage } from './lineage.ts'

/** A column of a relation that a query reads. */
export interface InputColumn {
  readonly name: string
  /** The engine's type, where it is known. */
  readonly type?: string
  /** What is known of NULLs in it; left out: nothing. */
  readonly nulls?: Nullability
}

/** What the text of a query does not tell. */
export interface LineageInputs {
  /** Logical name of the relation that a table reference means, by its `start` or its parts; undefined: nobody knows it. Never asked of a CTE. */
  relationOf(table: TableRef): string | undefined
  /** Columns of a relation in order, in its own spelling; undefined if nobody knows them. */
  columnsOf(relation: string): readonly InputColumn[] | undefined
  /** The key of a column's name as a catalogue spells it: `dialect.fold(name, true)`. */
  fold(name: string): string
  /** Names of the output columns as the engine bound them, where it did: what disagrees with them is unresolved. */
  readonly outputs?: readonly string[]
}

/** Where each output column of a query comes from. */
export function lineageOf(_relational: Relational, _inputs: LineageInputs): QueryLineage {
  return {
    columns: [],
    rows: [],
    unresolved: [{ reason: 'lineage is not resolved yet' }],
    reads: [],
  }
}

/** Whether each output column can hold NULL, in the order of the output. */
export function nullabilityOf(_relational: Relational, _inputs: LineageInputs): readonly Nullability[] {
  return []
}
