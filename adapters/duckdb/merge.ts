import type { MergeStatement } from '../../core/adapter.ts'
import { quote } from './identifiers.ts'

/** MERGE INTO, with WHEN NOT MATCHED BY SOURCE for `deleteMissingWhere`. DuckDB does not complain about two source rows of one
 * key, so whoever calls this proves the key first. */
export function mergeStatement(input: MergeStatement): string {
  const on = input.key.map((column) => `target.${quote(column)} = source.${quote(column)}`).join(' and ')
  const names = input.columns.map(quote)
  return [
    `merge into ${input.target} as target`,
    `using ${input.source} as source`,
    `on (${on})`,
    ...matched(input),
    `when not matched then insert (${names.join(', ')}) values (${names.map((name) => `source.${name}`).join(', ')})`,
    ...missing(input),
  ].join('\n')
}

function matched(input: MergeStatement): readonly string[] {
  const updated = input.columns.filter((column) => !input.key.includes(column))
  if (updated.length === 0) return []
  const conditions = [...newer(input), ...changed(input)].map((each) => ` and ${each}`)
  const set = updated.map((column) => `${quote(column)} = source.${quote(column)}`).join(', ')
  return [`when matched${conditions.join('')} then update set ${set}`]
}

function newer(input: MergeStatement): readonly string[] {
  if (input.newestBy === undefined) return []
  return [`source.${quote(input.newestBy)} >= target.${quote(input.newestBy)}`]
}

/** An unchanged row is left alone, so that a rerun writes nothing. What decides the newest is part of the row: a row that is
 * confirmed by a newer partition must not be changed by an older one afterwards. */
function changed(input: MergeStatement): readonly string[] {
  if (input.compared === undefined) return []
  const compared = new Set([...input.compared, ...(input.newestBy === undefined ? [] : [input.newestBy])])
  if (compared.size === 0) return ['false']
  const differs = [...compared].map(
    (column) => `target.${quote(column)} is distinct from source.${quote(column)}`,
  )
  return [`(${differs.join(' or ')})`]
}

function missing(input: MergeStatement): readonly string[] {
  if (input.deleteMissingWhere === undefined) return []
  return [`when not matched by source and (${input.deleteMissingWhere}) then delete`]
}
