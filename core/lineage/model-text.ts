import type { Dialect } from '../adapter.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import { sentinel, symbolText, type Window } from '../compile/symbols.ts'
import { joinParts, type RelationText, relationsIn } from '../template/edit.ts'

/** A model's SQL in logical names, for parsing only. */
export interface ModelText {
  readonly text: string
  /** Logical names by the offset where they are named. */
  readonly relations: ReadonlyMap<number, string>
}

/** What stands for a relation in a text that is only parsed: its logical name, also where the engine would call a function. */
export function logicalText(dialect: Pick<Dialect, 'quote'>): RelationText {
  return (relation) => relation.split('.').map(dialect.quote).join('.')
}

/** A window that stands for any partition of a model; undefined without partitions. */
export function anyWindow({ config }: Pick<CompiledModel, 'config'>): Window | undefined {
  const { partition, reads } = config
  if (partition === undefined) return undefined
  const { type, format } = partition.column
  return {
    partition: sentinel,
    columnType: type ?? 'date',
    ...(format === undefined ? {} : { format }),
    reads: new Map(Object.keys(reads).map((name) => [name, sentinel])),
  }
}

export function modelText(model: CompiledModel, dialect: Dialect): ModelText {
  const window = anyWindow(model)
  const values: Record<string, string> = {}
  for (const part of model.sql.parts) {
    if ('symbol' in part && window !== undefined) {
      values[part.symbol] ??= symbolText(dialect, part.symbol, window)
    }
  }
  const relationText = logicalText(dialect)
  const named = relationsIn(model.sql.parts, values, relationText)
  return {
    text: joinParts(model.sql.parts, values, relationText),
    relations: new Map(named.map(({ start, relation }) => [start, relation])),
  }
}
