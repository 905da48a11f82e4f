import type { Column, Dialect, Embedded } from '../../core/adapter.ts'
import type { ColumnType } from '../../core/config/project.ts'
import { fold, quote, relation, stage } from './identifiers.ts'
import { instantLiteral } from './instant.ts'
import { literal, stringLiteral } from './literal.ts'
import { mergeStatement } from './merge.ts'
import { exclusiveStatement } from './statement-kind.ts'
import { widens } from './widening.ts'

/** The texts of DuckDB 1.4 and later (MERGE). */
export const duckdbDialect: Dialect = {
  name: 'duckdb',
  defaultSchema: 'main',
  nextChange: `nextval('sluice.change_seq')`,
  lastChange: `currval('sluice.change_seq')`,
  now: 'now()',
  fold: (name) => fold(name),
  quote,
  relation,
  literal,
  fromJson: (json, type) => `cast(cast(${literal(json)} as json) as ${type})`,
  list: (values) => values.map(literal).join(', '),
  instant: instantLiteral,
  readFiles,
  timestampType: 'TIMESTAMP',
  columnType,
  comparable,
  widens,
  identity: (expression, engineType) => {
    if (comparable(engineType)) return expression
    return /^(?:FLOAT|DOUBLE)$/i.test(engineType) ? `cast(${expression} as varchar)` : undefined
  },
  differs: (left, right, engineType) =>
    /\b(?:VARIANT|GEOMETRY)\b/i.test(engineType)
      ? `cast(${left} as varchar) is distinct from cast(${right} as varchar)`
      : `${left} is distinct from ${right}`,
  rowHash,
  version: 'version()',
  exclusive: exclusiveStatement,
  shared: () => undefined,

  createSchema: (schema) => `create schema if not exists ${quote(schema)}`,
  createTable: (name, columns) => `create table ${relation(name)} (${columns.map(definition).join(', ')})`,
  createStage(name, select) {
    const prefix = `create or replace temp table ${quote(name)} as\n`
    return { sql: `${prefix}${select}`, offset: prefix.length }
  },
  stage,
  dropStage: (name) => `drop table if exists ${stage(name)}`,
  insertByName,
  merge: mergeStatement,
  createIndex: (name, index, columns, unique) =>
    `create ${unique ? 'unique ' : ''}index if not exists ${quote(index)} on ${relation(name)} (${columns.map(quote).join(', ')})`,
  dropIndex: (name, index) => `drop index if exists ${relation({ ...name, name: index })}`,
  addColumn: (name, column) => `alter table ${relation(name)} add column ${definition(column)}`,
  dropColumn: (name, column) => `alter table ${relation(name)} drop column ${quote(column)}`,
  alterColumnType: (name, column) =>
    `alter table ${relation(name)} alter column ${quote(column.name)} set data type ${column.type}`,
  createOrReplaceView(name, select) {
    const prefix = `create or replace view ${relation(name)} as\n`
    return { sql: `${prefix}${select}`, offset: prefix.length }
  },
  dropRelation: (name, kind) => `drop ${kind} if exists ${relation(name)}`,
  orElse: (first) => first.join(';\n'),
  grant: noGrants,
  revoke: noGrants,
  comment: (name, kind, text) =>
    `comment on ${kind} ${relation(name)} is ${text === null ? 'null' : stringLiteral(text.replaceAll('\0', ''))}`,
}

/** Hashed once more, because the hash of several values is a simple function of theirs: sums of it would hide rows that swapped a value. */
function rowHash(columns: readonly Column[]): string | undefined {
  const values = columns.map(({ name, type }) => hashable(`r.${quote(name)}`, type))
  return values.includes(undefined) ? undefined : `hash(hash(${values.join(', ')}))`
}

/** What can be hashed in the place of a value. The hash of nested values ignores how they nest (`[[1], [2]]` and `[[1, 2]]`), and that of intervals
 * what is equal; their texts do not. */
function hashable(expression: string, engineType: string): string | undefined {
  if (/^ENUM\(/i.test(engineType)) return expression
  if (/^(?:FLOAT|DOUBLE)$/i.test(engineType)) return rounded(`cast(${expression} as double)`)
  if (/\b(?:UNION|VARIANT|GEOMETRY)\b/i.test(engineType)) return undefined
  if (/\]$|^(?:STRUCT|MAP)\(|^(?:INTERVAL|TIMETZ|TIME WITH TIME ZONE)$/i.test(engineType))
    return `cast(${expression} as varchar)`
  return expression
}

/** A double with 12 significant digits; what is not finite, 0, or too small to be scaled as it is. */
function rounded(expression: string): string {
  const digits = `cast(11 - floor(log10(abs(${expression}))) as integer)`
  return `case when isfinite(${expression}) and ${expression} <> 0 then round(${expression}, ${digits}) else ${expression} end`
}

function definition(column: Column): string {
  return `${quote(column.name)} ${column.type}`
}

function noGrants(): never {
  throw new Error('DuckDB has no grants; ask capabilities.grants first')
}

function insertByName(target: string, columns: readonly string[], select: string): Embedded {
  const names = columns.map(quote).join(', ')
  const prefix = `insert into ${target} (${names})\nselect ${names} from (\n`
  return { sql: `${prefix}${select}\n) as sluice_query`, offset: prefix.length }
}

const READERS: Readonly<Record<string, string>> = {
  parquet: 'read_parquet',
  csv: 'read_csv',
  json: 'read_json',
}

function readFiles(
  path: string,
  format: string,
  options: Readonly<Record<string, string | number | boolean>>,
): string {
  const reader = READERS[format]
  if (reader === undefined) throw new Error(`DuckDB has no reader for ${format}`)
  const named = Object.entries(options).map(([name, value]) => `${quote(name)} = ${literal(value)}`)
  return `${reader}(${[stringLiteral(path), ...named].join(', ')})`
}

function columnType(engineType: string): ColumnType | undefined {
  switch (engineType.toUpperCase()) {
    case 'DATE':
      return 'date'
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
    case 'DATETIME':
      return 'timestamp'
    case 'TIMESTAMPTZ':
    case 'TIMESTAMP WITH TIME ZONE':
      return 'timestamptz'
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'INT':
    case 'BIGINT':
    case 'HUGEINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
    case 'UHUGEINT':
      return 'integer'
    case 'VARCHAR':
    case 'TEXT':
      return 'text'
    default:
      return undefined
  }
}

/** Types of which two different values can be equal (`0` and `-0`; `1 month` and `30 days`; one instant at two offsets), alone or nested. */
function comparable(engineType: string): boolean {
  return !/\b(?:FLOAT|DOUBLE|INTERVAL|TIME WITH TIME ZONE|TIMETZ|VARIANT|GEOMETRY)\b/i.test(engineType)
}
