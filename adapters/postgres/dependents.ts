import type { Dependent, RelationName, Session } from '../../core/adapter.ts'
import { grantee, quote, relation } from './identifiers.ts'
import { doBlock, stringLiteral } from './literal.ts'

interface View {
  readonly oid: number
  readonly name: RelationName
  readonly isMaterialized: boolean
}

/** Views and materialized views that read the relation, directly or through others. A view comes after every view that it
 * reads, so that the reverse order can be dropped. */
export async function dependents(session: Session, name: RelationName): Promise<readonly Dependent[]> {
  const rows = await session.query(
    `with recursive reading(oid, depth) as (
  select to_regclass($1)::oid, 0
  union
  select rule.ev_class, reading.depth + 1
  from reading
  join pg_catalog.pg_depend as dep on dep.refclassid = 'pg_catalog.pg_class'::regclass and dep.refobjid = reading.oid
    and dep.classid = 'pg_catalog.pg_rewrite'::regclass
  join pg_catalog.pg_rewrite as rule on rule.oid = dep.objid and rule.ev_class <> reading.oid
  where reading.depth < 200
)
select c.oid, n.nspname::text as schema, c.relname::text as name, c.relkind = 'm' as materialized
from (select oid, max(depth) as depth from reading group by oid) as deepest
join pg_catalog.pg_class as c on c.oid = deepest.oid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where deepest.depth > 0 and c.relkind in ('v', 'm')
order by deepest.depth, 2, 3`,
    [relation(name)],
  )
  const found: Dependent[] = []
  for (const row of rows) {
    const view: View = {
      oid: Number(row.oid),
      name: { schema: String(row.schema), name: String(row.name) },
      isMaterialized: row.materialized === true,
    }
    const restore = [...(await definition(session, view)), ...(await properties(session, view))]
    found.push({ relation: view.name, kind: 'view', restore })
  }
  return found
}

/** What a view has besides its query, for a view that gets another one: applied only to columns that it still has. */
export async function preserve(session: Session, name: RelationName): Promise<readonly string[]> {
  const rows = await session.query(
    `select c.oid, c.relkind = 'm' as materialized, c.reloptions::text[] is not null as "hasOptions",
  (select string_agg(option_name || '=' || quote_literal(option_value), ', ' order by option_name)
   from pg_catalog.pg_options_to_table(c.reloptions)) as options
from pg_catalog.pg_class as c where c.oid = to_regclass($1) and c.relkind in ('v', 'm')`,
    [relation(name)],
  )
  const row = rows[0]
  if (row === undefined) return []
  const view: View = { oid: Number(row.oid), name, isMaterialized: row.materialized === true }
  const options =
    typeof row.options === 'string' ? [`alter ${kindOf(view)} ${relation(name)} set (${row.options})`] : []
  return [...options, ...(await properties(session, view, 'if_present'))]
}

function kindOf(view: View): string {
  return view.isMaterialized ? 'materialized view' : 'view'
}

async function texts(session: Session, sql: string, oid: number): Promise<readonly string[]> {
  const rows = await session.query(sql, [oid])
  return rows.map((row) => String(row.text))
}

/** CREATE with the view's query, options and, if materialized, its storage, content and indexes. */
async function definition(session: Session, view: View): Promise<readonly string[]> {
  const rows = await session.query(
    `select pg_get_viewdef(c.oid) as query, c.relispopulated as populated, am.amname::text as method, ts.spcname::text as space,
  (select string_agg(option_name || '=' || quote_literal(option_value), ', ' order by option_name)
   from pg_catalog.pg_options_to_table(c.reloptions)) as options,
  (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_catalog.pg_attribute where attrelid = c.oid and attnum > 0) as columns
from pg_catalog.pg_class as c
left join pg_catalog.pg_am as am on am.oid = c.relam
left join pg_catalog.pg_tablespace as ts on ts.oid = c.reltablespace
where c.oid = $1`,
    [view.oid],
  )
  const row = rows[0]
  if (row === undefined) return []
  const query = String(row.query).replace(/;\s*$/, '')
  const options = row.options === null ? '' : ` with (${row.options})`
  const head = `create ${kindOf(view)} ${relation(view.name)} (${row.columns})`
  if (!view.isMaterialized) return [`${head}${options} as\n${query}`]
  const method = row.method === null ? '' : ` using ${quote(String(row.method))}`
  const space = row.space === null ? '' : ` tablespace ${quote(String(row.space))}`
  const data = row.populated === true ? 'with data' : 'with no data'
  const indexes = await texts(
    session,
    `select pg_get_indexdef(indexrelid) as text from pg_catalog.pg_index where indrelid = $1 order by indexrelid`,
    view.oid,
  )
  return [`${head}${method}${options}${space} as\n${query}\n${data}`, ...indexes]
}

type ColumnRule = 'all' | 'if_present'

/** Owner, defaults, triggers, rules, grants and comments, in an order in which they can be restored. */
async function properties(
  session: Session,
  view: View,
  rule: ColumnRule = 'all',
): Promise<readonly string[]> {
  return [
    ...(await texts(
      session,
      `select 'alter ' || case relkind when 'm' then 'materialized view ' else 'view ' end || ${NAME} || ' owner to ' || quote_ident(pg_get_userbyid(relowner)) as text
from ${CLASS} where c.oid = $1 and pg_get_userbyid(relowner) <> current_user`,
      view.oid,
    )),
    ...(await columnStatements(session, view, COLUMN_DEFAULTS, rule)),
    ...(await texts(session, TRIGGERS_AND_RULES, view.oid)),
    ...(await grantStatements(session, view)),
    ...(await columnStatements(session, view, COLUMN_GRANTS, rule)),
    ...(await comments(session, view)),
    ...(await columnStatements(session, view, COLUMN_COMMENTS, rule)),
  ]
}

const CLASS = 'pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace'
const NAME = `quote_ident(nspname) || '.' || quote_ident(relname)`
const ATTRIBUTE = `${CLASS} join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`

const TRIGGERS_AND_RULES = `select text from (
  select oid, pg_get_triggerdef(oid) as text from pg_catalog.pg_trigger where tgrelid = $1 and not tgisinternal
  union all
  select oid, pg_get_ruledef(oid) from pg_catalog.pg_rewrite where ev_class = $1 and rulename <> '_RETURN'
) as definitions order by oid`

const COLUMN_DEFAULTS = `select a.attname::text as column,
  'alter view ' || ${NAME} || ' alter column ' || quote_ident(attname) || ' set default ' || pg_get_expr(d.adbin, d.adrelid) as text
from ${ATTRIBUTE} join pg_catalog.pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
where c.oid = $1 and c.relkind = 'v' order by attnum`

const GRANTED = `' to ' || case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end || case when is_grantable then ' with grant option' else '' end`

const COLUMN_GRANTS = `select a.attname::text as column,
  'grant ' || lower(privilege_type) || ' (' || quote_ident(attname) || ') on ' || ${NAME} || ${GRANTED} as text
from ${ATTRIBUTE} cross join lateral aclexplode(a.attacl) where c.oid = $1 order by attnum, 2`

const COLUMN_COMMENTS = `select a.attname::text as column,
  'comment on column ' || ${NAME} || '.' || quote_ident(attname) || ' is ' || quote_literal(col_description(c.oid, attnum)) as text
from ${ATTRIBUTE} where c.oid = $1 and col_description(c.oid, attnum) is not null order by attnum`

async function columnStatements(
  session: Session,
  view: View,
  sql: string,
  rule: ColumnRule,
): Promise<readonly string[]> {
  const rows = await session.query(sql, [view.oid])
  return rows.map((row) =>
    rule === 'all' ? String(row.text) : ifColumn(view.name, String(row.column), String(row.text)),
  )
}

function ifColumn(name: RelationName, column: string, statement: string): string {
  return doBlock(`begin
  if exists (select from pg_catalog.pg_attribute where attrelid = to_regclass(${stringLiteral(relation(name))}) and attname = ${stringLiteral(column)} and not attisdropped) then
    execute ${stringLiteral(statement)};
  end if;
end`)
}

/** The recorded privileges, and only these: what default privileges give to a new view is taken away first. */
async function grantStatements(session: Session, view: View): Promise<readonly string[]> {
  const given = await texts(
    session,
    `select distinct case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end as text
from pg_catalog.pg_class as c
join pg_catalog.pg_default_acl as d on d.defaclobjtype = 'r' and d.defaclnamespace in (0, c.relnamespace)
cross join lateral aclexplode(d.defaclacl)
where c.oid = $1 and grantee <> c.relowner order by 1`,
    view.oid,
  )
  const grants = await texts(
    session,
    `select 'grant ' || string_agg(lower(privilege_type), ', ' order by privilege_type) || ' on ' || ${NAME} || ${GRANTED} as text
from ${CLASS} cross join lateral aclexplode(relacl) where c.oid = $1 group by nspname, relname, grantee, is_grantable order by grantee`,
    view.oid,
  )
  // Without a list of privileges the owner has them all; with one, only those that it names.
  const owners = grants.length === 0 ? [] : await texts(session, OWNER, view.oid)
  const revokes = [...owners, ...given].map(
    (role) => `revoke all on ${relation(view.name)} from ${grantee(role)}`,
  )
  return [...revokes, ...grants]
}

const OWNER = `select pg_get_userbyid(relowner)::text as text from pg_catalog.pg_class where oid = $1`

async function comments(session: Session, view: View): Promise<readonly string[]> {
  return texts(
    session,
    `select 'comment on ' || kind || ' is ' || quote_literal(description) as text from (
  select case relkind when 'm' then 'materialized view ' else 'view ' end || ${NAME} as kind, obj_description(c.oid, 'pg_class') as description
  from ${CLASS} where c.oid = $1
  union all
  select 'index ' || quote_ident(n.nspname) || '.' || quote_ident(i.relname), obj_description(i.oid, 'pg_class')
  from pg_catalog.pg_index as x join pg_catalog.pg_class as i on i.oid = x.indexrelid join pg_catalog.pg_namespace as n on n.oid = i.relnamespace
  where x.indrelid = $1
) as described where description is not null`,
    view.oid,
  )
}
