import type { Dialect } from '../adapter.ts'
import { clockOf } from '../compile/clock.ts'
import type { CompiledSql } from '../compile/compiled.ts'
import { symbolText, type Window } from '../compile/symbols.ts'
import { joinParts, type RelationText } from '../template/edit.ts'
import type { Partition } from '../time/interval.ts'
import type { BoundSource } from './bind-source.ts'

/** Queries that go to the engine as one statement. */
const AT_ONCE = 50

/** The text of a source's query for one of its partitions, or for the whole of it. */
export function queryText(
  dialect: Dialect,
  sql: CompiledSql,
  bound: BoundSource,
  partition: Partition | undefined,
  relationText?: RelationText,
): string {
  const values: Record<string, string> = {}
  for (const part of sql.parts) {
    if (!('symbol' in part)) continue
    values[part.symbol] ??= symbolText(dialect, part.symbol, windowOf(bound, partition))
  }
  return joinParts(sql.parts, values, relationText)
}

function windowOf({ source, partition: bound }: BoundSource, partition: Partition | undefined): Window {
  if (partition === undefined || bound === undefined) throw new Error(`${source.name} has no partitions`)
  const { format } = source.partition!.column
  return {
    partition,
    columnType: bound.type,
    ...(format === undefined ? {} : { format }),
    clock: clockOf(source.partition!),
    reads: new Map(),
  }
}

/** Items by the statement that they go into, each with its place among all. */
export function chunked<T>(items: readonly T[]): readonly (readonly (readonly [number, T])[])[] {
  const numbered = items.map((item, index) => [index, item] as const)
  const chunks: (readonly (readonly [number, T])[])[] = []
  for (let from = 0; from < numbered.length; from += AT_ONCE)
    chunks.push(numbered.slice(from, from + AT_ONCE))
  return chunks
}
