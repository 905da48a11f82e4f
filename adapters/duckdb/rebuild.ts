import type { RelationName, Row } from '../../core/adapter.ts'
import { type DottedName, dottedName, isToken, nextToken } from '../../core/sql/tokens.ts'
import { quote, relation } from './identifiers.ts'
import { stringLiteral } from './literal.ts'

/** A change of one column, as the dialect spells it. */
export interface ColumnChange {
  readonly table: RelationName
  readonly column: string
  /** Undefined: the column is dropped. */
  readonly type?: string
}

/** Reads `alter table t drop column c` and `alter table t alter column c set data type x`; undefined for anything else. */
export function columnChange(sql: string): ColumnChange | undefined {
  const table = nameAfter(sql, 0, ['alter', 'table'])
  if (table === undefined) return undefined
  const dropped = nameAfter(sql, table.end, ['drop', 'column'])
  if (dropped !== undefined) return { table: named(table), column: dropped.parts[0]! }
  const altered = nameAfter(sql, table.end, ['alter', 'column'])
  if (altered === undefined) return undefined
  const type = wordsAfter(sql, altered.end, ['set', 'data', 'type'])
  if (type === undefined) return undefined
  return { table: named(table), column: altered.parts[0]!, type: sql.slice(type).trim() }
}

/**
 * Makes the change by writing the table anew under its name, inside the open transaction.
 *
 * An index that was dropped in a transaction holds its column until COMMIT, so DuckDB refuses ALTER TABLE for it; but dropping the
 * index, changing the column and making the index again must happen together. Views find the new table by name.
 *
 * @returns false, and nothing was changed, if the table has indexes or constraints that would be lost
 */
export async function rebuildTable(
  run: (sql: string) => Promise<readonly Row[]>,
  change: ColumnChange,
): Promise<boolean> {
  const { table, column, type } = change
  const here = (name: string): string =>
    `database_name = ${table.database === undefined ? 'current_database()' : stringLiteral(table.database)} and lower(schema_name) = lower(${stringLiteral(table.schema)}) and lower(${name}) = lower(${stringLiteral(table.name)})`
  const losses = await run(
    `select index_name from duckdb_indexes() where ${here('table_name')}
union all select constraint_type from duckdb_constraints() where ${here('table_name')}`,
  )
  if (losses.length > 0) return false
  const comments = await run(
    `select null as name, comment from duckdb_tables() where ${here('table_name')} and comment is not null
union all select column_name, comment from duckdb_columns() where ${here('table_name')} and comment is not null${type === undefined ? ` and lower(column_name) <> lower(${stringLiteral(column)})` : ''}`,
  )
  const old = relation(table)
  const fresh = relation({ ...table, name: 'sluice_rebuilt' })
  const columns =
    type === undefined
      ? `* exclude (${quote(column)})`
      : `* replace (cast(${quote(column)} as ${type}) as ${quote(column)})`
  await run(`create table ${fresh} as select ${columns} from ${old}`)
  await run(`drop table ${old}`)
  await run(`alter table ${fresh} rename to ${quote(table.name)}`)
  for (const row of comments) {
    const on = row.name === null ? `table ${old}` : `column ${old}.${quote(String(row.name))}`
    await run(`comment on ${on} is ${stringLiteral(String(row.comment))}`)
  }
  return true
}

function named(name: DottedName): RelationName {
  const [table = '', schema = 'main', database] = [...name.parts].reverse()
  return { schema, name: table, ...(database === undefined ? {} : { database }) }
}

function nameAfter(sql: string, from: number, words: readonly string[]): DottedName | undefined {
  const start = wordsAfter(sql, from, words)
  return start === undefined ? undefined : dottedName(sql, start)
}

/** Offset after the words, or undefined if others stand there. */
function wordsAfter(sql: string, from: number, words: readonly string[]): number | undefined {
  let end = from
  for (const word of words) {
    const token = nextToken(sql, end)
    if (token === undefined || !isToken(sql, token, word)) return undefined
    end = token.end
  }
  return end
}
