import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgres } from '../../adapters/postgres/index.ts'
import type { Adapter } from '../../core/adapter.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

let database: TestDatabase
let admin: Client
let adapter: Adapter
beforeAll(async () => {
  database = await createDatabase()
  admin = new Client({ connectionString: database.url })
  await admin.connect()
  adapter = await postgres.open(
    { name: 'test', adapter: 'postgres', url: database.url, schema: {}, vars: {} },
    { threads: 2, readOnly: false, applicationName: 'test' },
  )
  // Roles belong to the server, which lives as long as a watching test run; what they owned went with its database.
  for (const role of ['catalog_owner', '"catalog Reader"', 'catalog_default']) {
    await admin.query(`drop role if exists ${role}; create role ${role}`)
  }
  await admin.query('create schema s')
})
afterAll(async () => {
  await adapter?.close()
  await admin?.end()
  await database?.drop()
})

/** Everything about a schema's views that a user could miss. */
async function inventory(schema: string): Promise<unknown> {
  const views = await admin.query(
    `select c.relname, c.relkind, pg_get_viewdef(c.oid) as def, pg_get_userbyid(c.relowner) as owner, (select array_agg(option order by option) from unnest(c.reloptions) as option) as reloptions, c.relispopulated,
  obj_description(c.oid, 'pg_class') as comment,
  (select array_agg(entry order by entry) from (select format('%s:%s:%s', grantee::regrole, privilege_type, is_grantable) as entry
     from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner)))) as entries) as acl,
  (select jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod), col_description(c.oid, attnum), attacl::text,
     (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = c.oid and adnum = attnum)) order by attnum)
   from pg_attribute where attrelid = c.oid and attnum > 0) as columns,
  (select array_agg(pg_get_triggerdef(oid) order by tgname) from pg_trigger where tgrelid = c.oid) as triggers,
  (select array_agg(pg_get_ruledef(oid) order by rulename) from pg_rewrite where ev_class = c.oid) as rules,
  (select array_agg(pg_get_indexdef(indexrelid) order by indexrelid) from pg_index where indrelid = c.oid) as indexes
from pg_class as c where c.relkind in ('v', 'm') and c.relnamespace = $1::regnamespace order by 1`,
    [schema],
  )
  return views.rows
}

describe('the dependents of a table', () => {
  test('come back exactly as they were', async () => {
    await admin.query(`
create table s.t (a int, b text, "C d" numeric(10, 2));
insert into s.t values (1, 'x', 1.5), (2, 'y', 2.5);
create view s.plain as select * from s.t;
create view s.guarded with (security_barrier = true, check_option = local) as select a, b from s.t where a > 0;
create view s."Up on" (first, "2nd") with (security_invoker) as select g.a, p.b from s.guarded g join s.plain p using (a) order by 1;
create recursive view s.counting (n) as select a from s.t union all select n + 1 from counting where n < 5;
create materialized view s.stored with (fillfactor = 70) as select first, count(*) as n from s."Up on" group by first;
create unique index stored_first on s.stored (first);
create index on s.stored (n) where n > 0;
comment on index s.stored_first is 'one row each';
create materialized view s.unfilled as select a from s.plain with no data;
alter view s.guarded owner to catalog_owner;
grant usage, create on schema s to catalog_owner; grant select on s.t to catalog_owner;
revoke insert on s.guarded from catalog_owner;
grant select on s.guarded to "catalog Reader" with grant option;
grant select, update on s.plain to public;
grant select (a), update (b) on s.guarded to public;
grant select on s.stored to "catalog Reader";
comment on view s.plain is 'it''s plain \\ really';
comment on column s.guarded.b is 'b';
comment on materialized view s.stored is 'stored';
alter view s.plain alter column a set default 7;
create function s.refuse() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger instead instead of insert on s.plain for each row execute function s.refuse();
create rule quiet as on delete to s.plain do instead nothing;`)
    // Made after the views: a new view would get these, the restored ones must not.
    await admin.query(`alter default privileges in schema s grant select on tables to catalog_default`)
    const before = await inventory('s')
    await adapter.transaction(async (transaction) => {
      const { catalog, dialect } = adapter
      const found = await catalog.dependents(transaction, { schema: 's', name: 't' })
      const names = found.map((each) => each.relation.name)
      expect([...names].sort()).toEqual(['Up on', 'counting', 'guarded', 'plain', 'stored', 'unfilled'])
      expect(names.indexOf('Up on')).toBeGreaterThan(names.indexOf('guarded'))
      expect(names.indexOf('stored')).toBeGreaterThan(names.indexOf('Up on'))
      for (const each of [...found].reverse()) {
        await transaction.execute(dialect.dropRelation(each.relation, each.kind))
      }
      expect(await catalog.dependents(transaction, { schema: 's', name: 't' })).toEqual([])
      for (const each of found) for (const sql of each.restore) await transaction.execute(sql)
    })
    expect(await inventory('s')).toEqual(before)
  })

  test('that nobody can restore stop the change, and nothing is lost', async () => {
    await admin.query(`create schema hurt;
create table hurt.t (a int); create view hurt.v as select a from hurt.t;
create function hurt.f() returns setof hurt.v language sql begin atomic select a from hurt.v; end;`)
    const dropping = adapter.transaction((transaction) =>
      transaction.execute(adapter.dialect.dropRelation({ schema: 'hurt', name: 'v' }, 'view')),
    )
    const error = await dropping.catch((each: unknown) => each)
    expect(adapter.explain(error)).toMatchObject({
      engineCode: '2BP01',
      detail: expect.stringContaining('hurt.f()'),
    })
    expect((await admin.query(`select to_regclass('hurt.v') is not null as kept`)).rows).toEqual([
      { kept: true },
    ])
  })
})

test('a view that gets another query keeps owner, options, grants, comments and triggers, as far as its columns exist', async () => {
  await admin.query(`create schema p;
create view p.v with (security_barrier = true) as select 1 as a, 2 as b, 3 as gone;
alter view p.v owner to catalog_owner; grant usage, create on schema p to catalog_owner;
grant select on p.v to "catalog Reader" with grant option;
grant update (a), update (gone) on p.v to public;
comment on view p.v is 'v'; comment on column p.v.a is 'a'; comment on column p.v.gone is 'gone';
create function p.refuse() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger instead instead of insert on p.v for each row execute function p.refuse();`)
  const relation = { schema: 'p', name: 'v' }
  await adapter.transaction(async (transaction) => {
    const kept = await adapter.catalog.preserve(transaction, relation)
    await transaction.execute(adapter.dialect.dropRelation(relation, 'view'))
    await transaction.execute(
      adapter.dialect.createOrReplaceView(relation, `select 'x' as a, 1 as fresh`).sql,
    )
    for (const sql of kept) await transaction.execute(sql)
  })
  expect(await inventory('p')).toMatchObject([
    {
      owner: 'catalog_owner',
      reloptions: ['security_barrier=true'],
      comment: 'v',
      acl: expect.arrayContaining(['"catalog Reader":SELECT:t']),
      columns: [
        ['a', 'text', 'a', expect.stringContaining('=w/'), null],
        ['fresh', 'integer', null, null, null],
      ],
      triggers: [expect.stringContaining('instead')],
    },
  ])
})

test('a materialized view is a view that can be dropped', async () => {
  await admin.query('create schema m; create materialized view m.v as select 1 as a')
  const relation = { schema: 'm', name: 'v' }
  await adapter.session(async (session) => {
    expect(await adapter.catalog.kind(session, relation)).toBe('view')
    await session.execute(adapter.dialect.dropRelation(relation, 'view'))
    expect(await adapter.catalog.kind(session, relation)).toBeUndefined()
  })
})

test('types in other schemas are named so that they work in DDL', async () => {
  await admin.query(
    `create schema "My types"; create type "My types".mood as enum ('sad', 'ok'); create domain "My types".small as int`,
  )
  const select = `select 'ok'::"My types".mood as a, 1::"My types".small as b, array['ok'::"My types".mood] as c, '1 day'::interval(3) as d, 'x'::varchar(7) as e`
  await adapter.transaction(async (transaction) => {
    const columns = await adapter.catalog.describe(transaction, select)
    expect(columns.map((column) => column.type)).toEqual([
      '"My types".mood',
      'integer', // The protocol tells a domain's base type.
      '"My types".mood[]',
      'interval(3)',
      'character varying(7)',
    ])
    await transaction.execute(adapter.dialect.createTable({ schema: 'My types', name: 't' }, columns))
    const insert = adapter.dialect.insertByName(
      '"My types".t',
      columns.map((each) => each.name),
      select,
    )
    expect(await transaction.execute(insert.sql)).toBe(1)
    expect(await transaction.query('select * from "My types".t')).toEqual([
      { a: 'ok', b: 1, c: '{ok}', d: '1 day', e: 'x' },
    ])
  })
})
