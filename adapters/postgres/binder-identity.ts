import type { Session } from '../../core/adapter.ts'

/** Functions, types, operators and casts that somebody added to the server: what a query means may depend on each of them. */
const ADDED = `select md5(coalesce(string_agg(line, E'\\n' order by line collate "C"), '')) as hash from (
select 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_arguments(p.oid) || ') ' || coalesce(pg_get_function_result(p.oid), '') || p.prokind::text as line
  from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace where p.oid >= 16384
union all select 'type ' || n.nspname || '.' || t.typname || ' ' || t.typtype::text || format_type(t.typbasetype, t.typtypmod)
    || coalesce((select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_catalog.pg_enum as e where e.enumtypid = t.oid), '')
    || coalesce((select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ',' order by a.attnum) from pg_catalog.pg_attribute as a where a.attrelid = t.typrelid), '')
  from pg_catalog.pg_type as t join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
  where t.oid >= 16384 and (t.typrelid = 0 or exists (select 1 from pg_catalog.pg_class as c where c.oid = t.typrelid and c.relkind = 'c')) and t.typelem = 0
union all select 'operator ' || o.oid::regoperator::text || ' ' || o.oprresult::regtype::text from pg_catalog.pg_operator as o where o.oid >= 16384
union all select 'cast ' || c.castsource::regtype::text || ' ' || c.casttarget::regtype::text || c.castcontext::text from pg_catalog.pg_cast as c where c.oid >= 16384
union all select 'collation ' || n.nspname || '.' || c.collname from pg_catalog.pg_collation as c join pg_catalog.pg_namespace as n on n.oid = c.collnamespace where c.oid >= 16384
) as added`

/** What decides how this server binds a query over given relations. */
export async function serverIdentity(session: Session): Promise<string> {
  const [server] = await session.query(
    `select current_setting('server_version') as version, current_setting('server_encoding') as encoding, current_user::text as role, current_schemas(false)::text as path`,
  )
  const [added] = await session.query(ADDED)
  return JSON.stringify([
    'postgres',
    server?.version,
    server?.encoding,
    server?.role,
    server?.path,
    added?.hash,
  ])
}
