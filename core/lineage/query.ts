import type { Query, Relational, TableRef } from '../sql/relational/ir.ts'
import { readQuery } from './body.ts'
import { readExpression } from './expression.ts'
import { byText, type Origin, sourcesOf } from './flow.ts'
import type { ColumnLineage, Nullability, QueryLineage, Unresolved } from './lineage.ts'
import { type Output, outputsOf } from './output.ts'
import type { Reading } from './reading.ts'
import type { Scope } from './scope.ts'

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
export function lineageOf(relational: Relational, inputs: LineageInputs): QueryLineage {
  const { output, rows, reads } = read(relational, inputs)
  return {
    columns: output.columns.map(
      ({ name, value }): ColumnLineage => ({
        column: name,
        sources: sourcesOf(value),
        ...(value.issues.size === 0 ? {} : { unresolved: listed(value.issues) }),
      }),
    ),
    rows: sourcesOf(rows),
    unresolved: listed([...rows.issues, ...output.unresolved]),
    reads,
    ...(output.isOpen ? { isOpen: true } : {}),
  }
}

/** Whether each output column can hold NULL, in the order of the output. */
export function nullabilityOf(relational: Relational, inputs: LineageInputs): readonly Nullability[] {
  const { output } = read(relational, inputs)
  return output.columns.map(({ value }) => value.nulls)
}

interface Read {
  readonly output: Output
  readonly rows: Origin
  readonly reads: readonly string[]
}

function read({ query, aliases }: Relational, inputs: LineageInputs): Read {
  const reads = new Set<string>()
  let ids = 0
  const reading: Reading = {
    ctes: new Map(),
    recurring: new Map(),
    // Postgres has what USING merges first, DuckDB where the left relation has it.
    putsMergedFirst: aliases === 'group_by',
    hasRowsInGroups: false,
    nextId: () => ids++,
    relationOf: (table) => inputs.relationOf(table),
    columnsOf: (relation) => inputs.columnsOf(relation),
    fold: (name) => inputs.fold(name),
    read: (relation) => reads.add(relation),
    query: (inner: Reading, each: Query, outer: Scope | undefined) => readQuery(inner, each, outer, aliases),
    expression: readExpression,
  }
  const { items, rows } = readQuery(reading, query, undefined, aliases)
  const output = outputsOf(items, inputs)
  return { output, rows, reads: [...reads].sort(byText) }
}

/** Each once, in the order of the text. */
function listed(issues: Iterable<Unresolved>): readonly Unresolved[] {
  const found = new Map<string, Unresolved>()
  for (const issue of issues) found.set(`${issue.start ?? ''} ${issue.reason}`, issue)
  return [...found.values()].sort((a, b) => (a.start ?? 0) - (b.start ?? 0) || byText(a.reason, b.reason))
}
