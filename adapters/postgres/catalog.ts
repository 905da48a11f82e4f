import type { Catalog, Column, RelationKind, RelationName, Session } from '../../core/adapter.ts'
import { dependents, preserve } from './dependents.ts'
import { describeQuery } from './describe.ts'
import { doBlock, stringLiteral } from './literal.ts'
import { PostgresSession, PostgresTransaction } from './session.ts'

/** The catalogue of one database. */
export function postgresCatalog(): Catalog {
  const typeNames = new Map<string, string>()
  return {
    kind,
    columns,
    describe: (session, select) => describe(session, select, typeNames),
    parameterTypes,
    declared,
    indexes,
    dependents,
    preserve,
    grants,
  }
}

const CLASS = 'pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace'
const NAMED = 'n.nspname = $1 and c.relname = $2'

async function kind(session: Session, name: RelationName): Promise<RelationKind | undefined> {
  const rows = await session.query(`select c.relkind::text as kind from ${CLASS} where ${NAMED}`, [
    name.schema,
    name.name,
  ])
  switch (rows[0]?.kind) {
    case 'r':
    case 'p':
    case 'f':
      return 'table'
    case 'v':
    case 'm':
      return 'view'
    default:
      return undefined
  }
}

async function columns(session: Session, name: RelationName): Promise<readonly Column[] | undefined> {
  const rows = await session.query(
    `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type
from ${CLASS} left join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where ${NAMED} and c.relkind in ('r', 'p', 'f', 'v', 'm')
order by a.attnum`,
    [name.schema, name.name],
  )
  if (rows.length === 0) return undefined
  // A relation without columns is found with one row of nulls.
  return rows
    .filter((row) => row.name !== null)
    .map((row) => ({ name: String(row.name), type: String(row.type) }))
}

async function describe(
  session: Session,
  select: string,
  typeNames: Map<string, string>,
): Promise<readonly Column[]> {
  if (!(session instanceof PostgresSession)) throw new Error('not a session of this adapter')
  const work = () => describeQuery(session.connection, select, typeNames)
  return session instanceof PostgresTransaction ? session.guarded(work) : work()
}

/** Prepared in a block, whose errors do not end the transaction. */
async function parameterTypes(
  session: Session,
  select: string,
  count: number,
): Promise<readonly (string | undefined)[]> {
  const prepare = stringLiteral(`prepare sluice_bounds as\n${select}`)
  await session.execute(
    doBlock(`begin
  begin execute 'deallocate sluice_bounds'; exception when others then null; end;
  begin execute ${prepare}; exception when others then null; end;
end`),
  )
  const [row] = await session.query(
    `select array_to_string(parameter_types::text[], '|') as types from pg_catalog.pg_prepared_statements where name = 'sluice_bounds'`,
  )
  const types = row === undefined ? [] : String(row.types).split('|')
  return Array.from({ length: count }, (_, index) => types[index])
}

async function declared(
  session: Session,
  name: RelationName,
): Promise<{ readonly notNull: readonly string[]; readonly key: readonly string[] }> {
  const rows = await session.query(
    `select a.attname::text as name, a.attnotnull as required, exists (
  select 1 from pg_catalog.pg_index as x where x.indrelid = c.oid and x.indisprimary and a.attnum = any(x.indkey::int2[])) as keyed
from ${CLASS} join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where ${NAMED} order by a.attnum`,
    [name.schema, name.name],
  )
  const names = (found: typeof rows) => found.map((row) => String(row.name))
  return {
    notNull: names(rows.filter((row) => row.required === true)),
    key: names(rows.filter((row) => row.keyed === true)),
  }
}

async function indexes(session: Session, name: RelationName): Promise<readonly string[]> {
  const rows = await session.query(
    `select i.relname::text as name
from pg_catalog.pg_index as x join pg_catalog.pg_class as i on i.oid = x.indexrelid
where starts_with(i.relname::text, 'sluice_') and x.indrelid = (select c.oid from ${CLASS} where ${NAMED})
order by 1`,
    [name.schema, name.name],
  )
  return rows.map((row) => String(row.name))
}

async function grants(
  session: Session,
  name: RelationName,
): Promise<readonly { readonly privilege: string; readonly role: string }[]> {
  const rows = await session.query(
    `select lower(acl.privilege_type) as privilege, coalesce(role.rolname::text, 'public') as role
from ${CLASS} cross join lateral aclexplode(c.relacl) as acl left join pg_catalog.pg_roles as role on role.oid = acl.grantee
where ${NAMED} and acl.grantee <> c.relowner
order by 2, 1`,
    [name.schema, name.name],
  )
  return rows.map((row) => ({ privilege: String(row.privilege), role: String(row.role) }))
}
