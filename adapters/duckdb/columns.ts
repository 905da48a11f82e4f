import { type DuckDBPreparedStatement, DuckDBTypeId, StatementType } from '@duckdb/node-api'
import type { Column } from '../../core/adapter.ts'

/** Types that are spelled alike by the bindings and by the engine. */
const PLAIN: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.UUID,
  DuckDBTypeId.DATE,
  DuckDBTypeId.TIME,
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_TZ,
])

/** Columns of a prepared query, or undefined where only DESCRIBE can name their types (three times slower). */
export function preparedColumns(statement: DuckDBPreparedStatement): readonly Column[] | undefined {
  if (statement.statementType !== StatementType.SELECT) return undefined
  const columns: Column[] = []
  for (let index = 0; index < statement.columnCount; index++) {
    const type = statement.columnType(index)
    if (!PLAIN.has(type.typeId) || type.alias !== undefined) return undefined
    columns.push({ name: statement.columnName(index), type: type.toString() })
  }
  return columns
}

/** What a parameter of a prepared statement was bound as; undefined if the engine left it open. */
export function parameterType(
  statement: DuckDBPreparedStatement | undefined,
  index: number,
): string | undefined {
  if (statement === undefined || index > statement.parameterCount) return undefined
  try {
    return statement.parameterType(index).toString()
  } catch {
    return undefined // "Failed to get param logical type" is how the bindings say that there is none.
  }
}
