import { describe, expect, test } from 'vitest'
import { dailyModel, engines, type Files, model, projects, type TestProject } from './project.ts'

const sources = { 'models/sources.yml': 'sources:\n  - name: raw.items\n' }

async function opened(open: (files: Files) => Promise<TestProject>, files: Files): Promise<TestProject> {
  const project = await open({ ...sources, ...files })
  await project.sql(
    'create schema raw',
    'create table raw.items (id integer, name varchar(20))',
    `insert into raw.items values (1, 'a'), (2, 'b')`,
  )
  return project
}

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)

describe.each(engines)('a table on %s', (engine) => {
  const open = projects(engine)

  test('is replaced as a whole, and readers in other connections see the old rows until the commit', async () => {
    const project = await opened(open, { 'models/m/items.sql': table('select id, name from raw.items') })
    await project.run()
    const seen: unknown[] = []
    const other = await project.openAdapter()
    await project.sql(`delete from raw.items where id = 1`, `insert into raw.items values (3, 'c'), (4, 'd')`)
    const read = async () =>
      seen.push((await project.query('select count(*) as n from m.items', other))[0]?.n)
    const run = await project.run({
      force: true,
      afterBegin: async () => void (await read()),
      beforeCommit: async () => void (await read()),
    })
    expect(run.error).toBeUndefined()
    await read()
    expect(seen.map(Number)).toEqual([2, 2, 3])
    expect(await project.rows('select id from m.items order by id')).toEqual([[2], [3], [4]])
  })

  test('that is rebuilt with the same rows keeps its version, and what reads it is skipped', async () => {
    const project = await opened(open, {
      'models/m/items.sql': table('select id, name from raw.items'),
      'models/m/counts.sql': table('select count(*) as n from m.items'),
    })
    await project.run()
    const before = (await project.partitions('m.items')).all!
    const again = await project.run({ select: ['m.items'], force: true })
    expect(again.events.find((event) => event.type === 'task_succeeded')).toMatchObject({
      published: { changed: false, rows: 2 },
    })
    const after = (await project.partitions('m.items')).all!
    expect(after.data_seq).toEqual(before.data_seq)
    expect(Number(after.change_seq)).toBeGreaterThan(Number(before.change_seq))
    const next = await project.run()
    expect(next.ended).toMatchObject({ succeeded: [], skipped: ['m.items', 'm.counts'] })
  })

  test('within one run, a reader of a table that did not change is skipped', async () => {
    const project = await opened(open, {
      'models/m/items.sql': table('select id, name from raw.items'),
      'models/m/counts.sql': table('select count(*) as n from m.items'),
    })
    await project.run()
    await project.write({ 'models/m/items.sql': table('select id, name from raw.items where id > 0') })
    const run = await project.run()
    expect(run.ended.succeeded).toContain('m.items')
    await project.sql('insert into raw.items values (9, null)')
    const changed = await project.run({ select: ['m.items+'], force: true })
    expect(changed.ended.succeeded).toEqual(['m.items', 'm.counts'])
  })

  test('rows that occur twice count as often as they occur', async () => {
    const project = await opened(open, { 'models/m/items.sql': table('select name from raw.items') })
    await project.sql(`insert into raw.items values (3, 'a'), (4, null)`)
    await project.run()
    await project.sql(`update raw.items set name = 'b' where id = 3`)
    const run = await project.run({ force: true })
    expect(run.events.find((event) => event.type === 'task_succeeded')).toMatchObject({
      published: { changed: true },
    })
    expect(
      await project.rows('select name, count(*) from m.items group by name order by name nulls last'),
    ).toEqual([
      ['a', 1],
      ['b', 2],
      [null, 1],
    ])
  })

  describe('when the columns of its query change', () => {
    const before = 'select id, name from raw.items'
    const changes = {
      added: 'select id, name, id * 2 as twice from raw.items',
      removed: 'select id from raw.items',
      retyped: `select cast(id as varchar(20)) as id, name from raw.items`,
      replaced: 'select id * 2 as twice from raw.items',
    }

    async function changed(to: keyof typeof changes, mode: string, files: Files = {}) {
      const project = await opened(open, { 'models/m/items.sql': table(before, mode), ...files })
      await project.run()
      await project.write({ 'models/m/items.sql': table(changes[to], mode) })
      return { project, run: await project.run({ select: ['m.items'] }) }
    }

    test.each(['added', 'removed', 'retyped', 'replaced'] as const)(
      'fails by default (%s), and says what changed',
      async (to) => {
        const { project, run } = await changed(to, '')
        expect(run.error).toMatchObject({ code: 'SL613', next: 'run --select m.items --full-refresh' })
        expect(await project.rows('select id, name from m.items order by id')).toEqual([
          [1, 'a'],
          [2, 'b'],
        ])
        const rebuilt = await project.run({ select: ['m.items'], fullRefresh: true })
        expect(rebuilt.error).toBeUndefined()
        expect(await project.value('select count(*) from m.items')).toBe(2)
      },
    )

    test('`append` adds new columns and refuses another type', async () => {
      const { project, run } = await changed('added', 'on_schema_change: append')
      expect(run.error).toBeUndefined()
      expect(await project.rows('select id, name, twice from m.items order by id')).toEqual([
        [1, 'a', 2],
        [2, 'b', 4],
      ])
      await project.write({ 'models/m/items.sql': table(changes.retyped, 'on_schema_change: append') })
      expect((await project.run()).error).toMatchObject({ code: 'SL613' })
    })

    test('`append` keeps a column that the query no longer has, empty', async () => {
      const { project, run } = await changed('removed', 'on_schema_change: append')
      expect(run.error).toBeUndefined()
      expect(await project.rows('select id, name from m.items order by id')).toEqual([
        [1, null],
        [2, null],
      ])
    })

    test.each(['added', 'removed', 'retyped', 'replaced'] as const)('`sync` follows (%s)', async (to) => {
      const { project, run } = await changed(
        to,
        `on_schema_change: sync${to === 'replaced' ? '' : '\nindexes: [[id]]'}`,
      )
      expect(run.error).toBeUndefined()
      const direct = await project.rows(`select * from (${changes[to]}) as q order by 1`)
      const names = Object.keys((await project.query(changes[to]))[0]!)
      expect(await project.rows(`select ${names.join(', ')} from m.items order by 1`)).toEqual(direct)
      const columns = await project.rows(
        `select column_name from information_schema.columns where table_schema = 'm' and table_name = 'items' order by 1`,
      )
      expect(columns.flat()).toEqual([...names].sort())
    })

    test('`sync` keeps a view of the project that reads the table', async () => {
      const { project, run } = await changed('retyped', 'on_schema_change: sync', {
        'models/m/names.sql': model(
          'materialized: view\ndescription: Names of items.',
          'select name from m.items',
        ),
      })
      expect(run.error).toBeUndefined()
      expect(await project.rows('select name from m.names order by 1')).toEqual([['a'], ['b']])
    })
  })

  test('declared indexes exist after the first run, follow their declaration, and survive rebuilds', async () => {
    const project = await opened(open, {
      'models/m/items.sql': table(
        'select id, name from raw.items',
        'indexes: [[id], { columns: [name], unique: true }]',
      ),
    })
    const indexes = () =>
      project.value(
        engine === 'postgres'
          ? `select count(*) from pg_indexes where schemaname = 'm'`
          : `select count(*) from duckdb_indexes() where schema_name = 'm'`,
      )
    await project.run()
    expect(await indexes()).toBe(2)
    await project.sql(`update raw.items set name = 'z' where id = 1`)
    expect((await project.run({ force: true })).error).toBeUndefined()
    expect(await indexes()).toBe(2)
    await project.write({ 'models/m/items.sql': table('select id, name from raw.items', 'indexes: [[id]]') })
    expect((await project.run({ force: true })).error).toBeUndefined()
    expect(await indexes()).toBe(1)
  })

  test('a unique index that the new rows break is an error that leaves the old rows', async () => {
    const project = await opened(open, {
      'models/m/items.sql': table(
        'select id, name from raw.items',
        'indexes: [{ columns: [id], unique: true }]',
      ),
    })
    await project.run()
    await project.sql(`insert into raw.items values (1, 'again')`)
    expect((await project.run({ force: true })).error).toMatchObject({ code: 'SL605', model: 'm.items' })
    expect(await project.rows('select id, name from m.items order by id')).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
  })

  test('a relation of the same name that the ledger does not know is left alone until it is adopted', async () => {
    const project = await opened(open, { 'models/m/items.sql': table('select id, name from raw.items') })
    await project.sql(
      'create schema m',
      'create table m.items (other integer)',
      'insert into m.items values (7)',
    )
    const refused = await project.run()
    expect(refused.error).toMatchObject({ code: 'SL615', next: 'run --select m.items --full-refresh' })
    expect(await project.rows('select * from m.items')).toEqual([[7]])
    const adopted = await project.run({ select: ['m.items'], fullRefresh: true })
    expect(adopted.error).toBeUndefined()
    expect(await project.rows('select id, name from m.items order by id')).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
  })

  test('a table that somebody dropped is noticed, and rebuilt on request', async () => {
    const project = await opened(open, { 'models/m/items.sql': table('select id, name from raw.items') })
    await project.run()
    await project.sql('drop table m.items')
    const run = await project.run({ force: true })
    expect(run.error).toMatchObject({ code: 'SL616', next: 'run --select m.items --full-refresh' })
    expect((await project.run({ select: ['m.items'], fullRefresh: true })).error).toBeUndefined()
    expect(await project.value('select count(*) from m.items')).toBe(2)
  })

  test('an incremental model follows its columns by the same rules', async () => {
    const file = (sql: string, mode: string) => ({
      'models/m/days.sql': dailyModel(sql, `on_schema_change: ${mode}`),
    })
    const before = `select cast('2024-01-01' as date) as day, 1 as id from raw.items where id = 1`
    const after = `select cast('2024-01-02' as date) as day, 2 as id, 'x' as extra from raw.items where id = 1`
    const project = await opened(open, file(before, 'fail'))
    await project.run({ partition: '2024-01-01' })
    await project.write(file(after, 'fail'))
    expect((await project.run({ partition: '2024-01-02' })).error).toMatchObject({ code: 'SL613' })
    await project.write(file(after, 'append'))
    expect((await project.run({ partition: '2024-01-02' })).error).toBeUndefined()
    expect(await project.rows('select day, id, extra from m.days order by day')).toEqual([
      ['2024-01-01', 1, null],
      ['2024-01-02', 2, 'x'],
    ])
    await project.write(
      file(
        `select cast('2024-01-03' as date) as day, cast('3' as varchar(9)) as id from raw.items where id = 1`,
        'sync',
      ),
    )
    expect((await project.run({ partition: '2024-01-03' })).error).toBeUndefined()
    expect(await project.rows('select * from m.days order by day')).toEqual([
      ['2024-01-01', '1'],
      ['2024-01-02', '2'],
      ['2024-01-03', '3'],
    ])
  })
})

describe('a table on postgres', () => {
  const open = projects('postgres')

  test('keeps readers, grants, comments, foreign views and indexes through a rebuild', async () => {
    const project = await opened(open, {
      'models/m/items.sql': table(
        'select id, name from raw.items',
        'description: Things.\ngrants: { select: [pg_monitor] }',
      ),
    })
    await project.run()
    await project.sql(
      'create view public.foreign_view as select * from m.items',
      'grant insert on m.items to pg_read_all_data',
      'create index by_hand on m.items (name)',
      `comment on column m.items.name is 'its name'`,
    )
    const client = await project.client()
    await client.query('begin isolation level repeatable read')
    await client.query('select 1')
    await project.sql(`insert into raw.items values (3, 'c')`)
    expect((await project.run({ force: true })).error).toBeUndefined()
    expect((await client.query('select * from m.items')).rowCount).toBe(2)
    await client.query('commit')
    expect((await client.query('select * from public.foreign_view')).rowCount).toBe(3)
    expect(await project.rows(`select indexname from pg_indexes where schemaname = 'm'`)).toEqual([
      ['by_hand'],
    ])
    expect(
      await project.rows(
        `select grantee, privilege_type from information_schema.role_table_grants where table_schema = 'm' and grantee <> 'postgres' order by 1`,
      ),
    ).toEqual([
      ['pg_monitor', 'SELECT'],
      ['pg_read_all_data', 'INSERT'],
    ])
    expect(
      await project.rows(
        `select obj_description('m.items'::regclass), col_description('m.items'::regclass, 2)`,
      ),
    ).toEqual([['Things.', 'its name']])
  })

  test('a view of the project comes back with its grants and comments when the columns change under it', async () => {
    const files = (sql: string): Files => ({
      'models/m/items.sql': table(sql, 'on_schema_change: sync'),
      'models/m/names.sql': model('materialized: view\ndescription: Names.', 'select name from m.items'),
      'models/m/upper.sql': model('materialized: view', 'select upper(name) as name from m.names'),
    })
    const project = await opened(open, files('select id, name from raw.items'))
    await project.run()
    await project.sql(
      'grant select on m.names to pg_monitor',
      `comment on column m.names.name is 'of the thing'`,
    )
    await project.write(files('select cast(id as text) as id, cast(name as text) as name from raw.items'))
    const run = await project.run({ select: ['m.items'] })
    expect(run.error).toBeUndefined()
    expect(await project.rows('select name from m.upper order by 1')).toEqual([['A'], ['B']])
    expect(
      await project.rows(
        `select has_table_privilege('pg_monitor', 'm.names', 'select'), obj_description('m.names'::regclass), col_description('m.names'::regclass, 1)`,
      ),
    ).toEqual([[true, 'Names.', 'of the thing']])
  })

  test("a view that is not the project's stops a change of columns, and is untouched", async () => {
    const project = await opened(open, {
      'models/m/items.sql': table('select id, name from raw.items', 'on_schema_change: sync'),
    })
    await project.run()
    await project.sql('create view public.foreign_view as select name from m.items')
    const oid = await project.value(`select 'public.foreign_view'::regclass::oid`)
    await project.write({ 'models/m/items.sql': table('select id from raw.items', 'on_schema_change: sync') })
    const run = await project.run()
    expect(run.error).toMatchObject({ code: 'SL614' })
    expect(run.error?.message).toContain('foreign_view')
    expect(await project.value(`select 'public.foreign_view'::regclass::oid`)).toBe(oid)
    expect(await project.rows('select name from public.foreign_view order by 1')).toEqual([['a'], ['b']])
  })

  test('declared grants are given and taken away, other privileges stay', async () => {
    const file = (grants: string) => ({ 'models/m/items.sql': table('select id from raw.items', grants) })
    const project = await opened(open, file('grants: { select: [pg_monitor, pg_read_all_data] }'))
    await project.run()
    await project.sql('grant update on m.items to pg_monitor')
    await project.write(file('grants: { select: pg_monitor }'))
    await project.run({ force: true })
    expect(
      await project.rows(
        `select has_table_privilege('pg_monitor', 'm.items', 'select') as s, has_table_privilege('pg_monitor', 'm.items', 'update') as u,
(select count(*) from information_schema.role_table_grants where table_schema = 'm' and grantee = 'pg_read_all_data')`,
      ),
    ).toEqual([[true, true, 0]])
  })
})
