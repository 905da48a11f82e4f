import {
  DuckDBArrayValue,
  type DuckDBDataChunk,
  type DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  type DuckDBMaterializedResult,
  type DuckDBPreparedStatement,
  DuckDBStructValue,
  type DuckDBTimestampMillisecondsValue,
  type DuckDBTimestampNanosecondsValue,
  type DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Param, Row } from '../../core/adapter.ts'

/** The rows of a result in the core's values. */
export function rowsOf(result: DuckDBMaterializedResult): readonly Row[] {
  const names = result.deduplicatedColumnNames()
  const rows: Row[] = []
  for (let index = 0; index < result.chunkCount; index++) {
    appendRows(rows, result.getChunk(index), names)
  }
  return rows
}

/** The rows of one portion of a result. */
export function rowsOfChunk(chunk: DuckDBDataChunk, names: readonly string[]): readonly Row[] {
  const rows: Row[] = []
  appendRows(rows, chunk, names)
  return rows
}

function appendRows(rows: Row[], chunk: DuckDBDataChunk, names: readonly string[]): void {
  for (let at = 0; at < chunk.rowCount; at++) {
    const row: Record<string, unknown> = {}
    chunk.visitRowValues(at, (value, _row, column, type) => {
      row[names[column]!] = plain(value, type)
    })
    rows.push(row)
  }
}

function plain(value: DuckDBValue, type: DuckDBType): unknown {
  if (value === null) return null
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value
    case 'bigint':
      return wholeNumber(value)
    default:
      break
  }
  switch (type.typeId) {
    case DuckDBTypeId.DATE:
      return dateText(value as DuckDBDateValue)
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return instant((value as DuckDBTimestampValue).micros, 1000n, value)
    case DuckDBTypeId.TIMESTAMP_S:
      return instant((value as DuckDBTimestampSecondsValue).seconds * 1000n, 1n, value)
    case DuckDBTypeId.TIMESTAMP_MS:
      return instant((value as DuckDBTimestampMillisecondsValue).millis, 1n, value)
    case DuckDBTypeId.TIMESTAMP_NS:
      return instant((value as DuckDBTimestampNanosecondsValue).nanos, 1_000_000n, value)
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
    case DuckDBTypeId.STRUCT:
    case DuckDBTypeId.MAP:
    case DuckDBTypeId.UNION:
      return jsonText(value)
    default:
      return String(value)
  }
}

function wholeNumber(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

const DAY_MS = 86_400_000
const INFINITE_DAYS = 2 ** 31 - 1

function dateText(date: DuckDBDateValue): string {
  if (Math.abs(date.days) === INFINITE_DAYS) return date.days > 0 ? 'infinity' : '-infinity'
  const at = new Date(date.days * DAY_MS)
  const year = at.getUTCFullYear()
  return year >= 1 && year <= 9999 ? at.toISOString().slice(0, 10) : String(date)
}

const FURTHEST_MS = 8_640_000_000_000_000

/** Instants that a Date cannot hold (infinity, the year 290000) stay the engine's text. Parts of a millisecond are cut off downwards. */
function instant(count: bigint, perMs: bigint, value: DuckDBValue): Date | string {
  const cut = count / perMs - (count < 0n && count % perMs !== 0n ? 1n : 0n)
  const ms = Number(cut)
  return Math.abs(ms) > FURTHEST_MS ? String(value) : new Date(ms)
}

/** A nested value as JSON. Decimals and whole numbers keep all their digits; what JSON has no form for is a string. */
function jsonText(value: DuckDBValue): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : JSON.stringify(String(value))
    default:
      break
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return `[${value.items.map(jsonText).join(',')}]`
  }
  if (value instanceof DuckDBStructValue) return jsonObject(Object.entries(value.entries))
  if (value instanceof DuckDBMapValue) {
    return jsonObject(value.entries.map((entry) => [String(entry.key), entry.value] as const))
  }
  if (value instanceof DuckDBUnionValue) return jsonText(value.value)
  if (value instanceof DuckDBDecimalValue) return String(value)
  return JSON.stringify(String(value))
}

function jsonObject(entries: readonly (readonly [string, DuckDBValue])[]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join(',')}}`
}

/**
 * Binds `$1`, `$2`, … Whole numbers are BIGINT (HUGEINT where they are too long), others DOUBLE, a Date is TIMESTAMPTZ:
 * with the session in UTC that is exact for columns of every timestamp type.
 */
export function bindParams(statement: DuckDBPreparedStatement, params: readonly Param[]): void {
  params.forEach((param, index) => {
    bindParam(statement, index + 1, param)
  })
}

function bindParam(statement: DuckDBPreparedStatement, index: number, param: Param): void {
  if (param === null) statement.bindNull(index)
  else if (typeof param === 'string') statement.bindVarchar(index, param)
  else if (typeof param === 'boolean') statement.bindBoolean(index, param)
  else if (typeof param === 'bigint') bindWhole(statement, index, param)
  else if (param instanceof Date) statement.bindTimestampTZ(index, timestampTz(index, param))
  else if (Number.isSafeInteger(param)) statement.bindBigInt(index, BigInt(param))
  else statement.bindDouble(index, param)
}

function bindWhole(statement: DuckDBPreparedStatement, index: number, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) statement.bindBigInt(index, value)
  else statement.bindHugeInt(index, value)
}

function timestampTz(index: number, at: Date): DuckDBTimestampTZValue {
  const ms = at.getTime()
  if (Number.isNaN(ms)) throw new Error(`parameter $${index} is an invalid Date`)
  return new DuckDBTimestampTZValue(BigInt(ms) * 1000n)
}
