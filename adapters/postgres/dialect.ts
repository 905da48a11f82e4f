import type { Column, Dialect, Embedded, RelationName } from '../../core/adapter.ts'
import type { ColumnType } from '../../core/config/project.ts'
import { grantee, quote, relation, stage } from './identifiers.ts'
import { instantLiteral } from './instant.ts'
import { doBlock, literal, stringLiteral } from './literal.ts'
import { mergeStatement } from './merge.ts'
import { widens } from './widening.ts'

/** The texts of PostgreSQL 15 and later. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  defaultSchema: 'public',
  maxIdentifierBytes: 63,
  nextChange: `nextval('sluice.change_seq')`,
  lastChange: `currval('sluice.change_seq')`,
  now: 'clock_timestamp()',
  fold: (name, quoted) => (quoted ? name : name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  quote,
  relation,
  literal,
  fromJson(json, type) {
    const isArray = type.endsWith('[]') && json.startsWith('[')
    if (!isArray) return `cast(${literal(json)} as ${type})`
    const items = `select e.item from jsonb_array_elements_text(${literal(json)}) with ordinality as e(item, at) order by e.at`
    return `cast(array(${items}) as ${type})`
  },
  list: (values) => values.map(literal).join(', '),
  instant: instantLiteral,
  readFiles() {
    throw new Error('Postgres does not read files in place')
  },
  timestampType: 'timestamp without time zone',
  columnType,
  comparable,
  widens,
  identity: (expression, engineType) => {
    if (comparable(engineType)) return expression
    return COMPARABLE_AS_TEXT.has(elementType(engineType)) ? `${expression}::text` : undefined
  },
  differs: (left, right, engineType) =>
    WITHOUT_EQUALITY.has(elementType(engineType))
      ? `${left}::text is distinct from ${right}::text`
      : `${left} is distinct from ${right}`,
  rowHash,
  version: 'version()',

  exclusive: (name) => `select pg_advisory_xact_lock(${lockKey(name)})`,
  shared: (name) => `select pg_advisory_xact_lock_shared(${lockKey(name)})`,
  createSchema,
  createTable: (name, columns) =>
    `create table ${relation(name)} (${columns.map((column) => `${quote(column.name)} ${column.type}`).join(', ')})`,
  createStage: (name, select) => embed(`create temp table ${quote(name)} on commit drop as\n`, select),
  stage,
  dropStage: (name) => `drop table if exists ${stage(name)}`,
  insertByName,
  merge: mergeStatement,
  createIndex: (name, index, columns, unique) =>
    `create ${unique ? 'unique ' : ''}index if not exists ${quote(index)} on ${relation(name)} (${columns.map(quote).join(', ')})`,
  dropIndex: (name, index) => `drop index if exists ${relation({ ...name, name: index })}`,
  addColumn: (name, column) =>
    `alter table ${relation(name)} add column ${quote(column.name)} ${column.type}`,
  dropColumn: (name, column) => `alter table ${relation(name)} drop column ${quote(column)}`,
  alterColumnType: (name, column) =>
    `alter table ${relation(name)} alter column ${quote(column.name)} type ${column.type} using ${quote(column.name)}::${column.type}`,
  createOrReplaceView: (name, select) => embed(`create or replace view ${relation(name)} as\n`, select),
  dropRelation: (name, kind) =>
    kind === 'table' ? `drop table if exists ${relation(name)}` : dropView(name),
  orElse: (first, second) =>
    doBlock(`begin
${executed(first)}
exception when others then
${executed(second)}
end`),
  grant: (name, privilege, role) =>
    `grant ${privilegeName(privilege)} on ${relation(name)} to ${grantee(role)}`,
  revoke: (name, privilege, role) =>
    `revoke ${privilegeName(privilege)} on ${relation(name)} from ${grantee(role)}`,
  comment: (name, kind, text) =>
    `comment on ${kind} ${relation(name)} is ${text === null ? 'null' : stringLiteral(text)}`,
}

/** The hash of a row's text, as sums of `hash_record_extended`, which is linear in its values, would hide rows that swapped a value. */
function rowHash(columns: readonly Column[]): string {
  const values = columns.map(({ name, type }) => hashable(`r.${quote(name)}`, baseType(type)))
  return `hashtextextended(row(${values.join(', ')})::text collate "C", 0)`
}

/** A float with 12 significant digits, -0 as 0; `to_char` cannot say what is not finite. */
function hashable(expression: string, type: string): string {
  if (type !== 'real' && type !== 'double precision') return expression
  const value = `${expression}::double precision`
  return `case when abs(${value}) < 'Infinity' then to_char(${value} + 0, '9.99999999999EEEE') else ${value}::text end`
}

/** Keeps these locks apart from other programs' locks on hashes of names. */
const LOCK_SEED = '5142885012070519'

function lockKey(name: string): string {
  return `hashtextextended(${stringLiteral(name)}, ${LOCK_SEED})`
}

/** Words only: a privilege is the one thing here that cannot be quoted. */
function privilegeName(privilege: string): string {
  if (!/^[a-z]+( [a-z]+)*$/i.test(privilege)) throw new Error(`not a privilege: ${privilege}`)
  return privilege
}

/** Asks for the schema first: CREATE SCHEMA IF NOT EXISTS demands the right to create schemas even where there is nothing
 * to create, and fails when two sessions create it at once. */
function createSchema(schema: string): string {
  return doBlock(`begin
  if not exists (select from pg_catalog.pg_namespace where nspname = ${stringLiteral(schema)}) then
    execute ${stringLiteral(`create schema ${quote(schema)}`)};
  end if;
exception when duplicate_schema or unique_violation then null;
end`)
}

/** Statements as PL/pgSQL runs them: a block with an exception handler is a subtransaction. */
function executed(statements: readonly string[]): string {
  return statements.map((statement) => `  execute ${stringLiteral(statement)};`).join('\n')
}

/** A materialized view is a view to the core, but not to DROP. */
function dropView(name: RelationName): string {
  const kind = `(select relkind from pg_catalog.pg_class where oid = to_regclass(${stringLiteral(relation(name))}))`
  return doBlock(`begin
  if ${kind} = 'm' then execute ${stringLiteral(`drop materialized view ${relation(name)}`)};
  else execute ${stringLiteral(`drop view if exists ${relation(name)}`)};
  end if;
end`)
}

function insertByName(target: string, columns: readonly string[], select: string): Embedded {
  const names = columns.map(quote).join(', ')
  return embed(`insert into ${target} (${names})\nselect ${names} from (\n`, select, '\n) as sluice_query')
}

/** A user's query stands on lines of its own, as it may end in a comment. */
function embed(prefix: string, select: string, suffix = ''): Embedded {
  return { sql: `${prefix}${select}${suffix}`, offset: prefix.length }
}

/** The type without its length, precision or scale: `timestamp(3) without time zone` → `timestamp without time zone`. */
function baseType(engineType: string): string {
  return engineType.replace(/\s*\([^)]*\)/, '').toLowerCase()
}

/** The type of an array's elements, or the type itself. */
function elementType(engineType: string): string {
  return baseType(engineType).replace(/(\[\])+$/, '')
}

/** A numeric with a scale shows every value in one way; one without keeps what was written: 1.0 is equal to 1.00. */
function comparable(engineType: string): boolean {
  return COMPARABLE.has(elementType(engineType)) || /^numeric\(/.test(engineType)
}

function columnType(engineType: string): ColumnType | undefined {
  switch (baseType(engineType)) {
    case 'date':
      return 'date'
    case 'timestamp':
    case 'timestamp without time zone':
      return 'timestamp'
    case 'timestamptz':
    case 'timestamp with time zone':
      return 'timestamptz'
    case 'smallint':
    case 'integer':
    case 'bigint':
      return 'integer'
    case 'text':
    case 'character varying':
    case 'character':
      return 'text'
    default:
      return undefined
  }
}

/** Types of which different values are never equal. Not json, xml and point, which have no equality, nor interval (`1 month` is
 * `30 days`), citext and the geometric types (areas). A type that is not listed is not compared, which is always safe. */
const COMPARABLE: ReadonlySet<string> = new Set([
  'boolean',
  'smallint',
  'integer',
  'bigint',
  'money',
  'text',
  'character varying',
  'character',
  '"char"',
  'name',
  'uuid',
  'bytea',
  'date',
  'timestamp without time zone',
  'timestamp with time zone',
  'time without time zone',
  'time with time zone',
  'inet',
  'cidr',
  'macaddr',
  'macaddr8',
  'bit',
  'bit varying',
  'oid',
  'int4range',
  'int8range',
  'daterange',
  'tsrange',
  'tstzrange',
])

/** Types without an operator `=`, or with one that compares sizes. */
const WITHOUT_EQUALITY: ReadonlySet<string> = new Set([
  'json',
  'xml',
  'point',
  'line',
  'lseg',
  'box',
  'path',
  'polygon',
  'circle',
  'pg_snapshot',
  'txid_snapshot',
])

/** Types of which different values can be equal, but never have the same text. */
const COMPARABLE_AS_TEXT: ReadonlySet<string> = new Set([
  'real',
  'double precision',
  'numeric',
  'numrange',
  'jsonb',
])
