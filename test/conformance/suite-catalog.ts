import { describe, expect, test } from 'vitest'
import { failure, newSchema, newTable, rowsOf } from './spaces.ts'
import type { EngineUnderTest } from './suite.ts'

export function catalogSuite(engine: EngineUnderTest): void {
  describe('the catalogue', () => {
    test('tells tables from views, and both from nothing', async () => {
      const { adapter } = engine()
      const { catalog, dialect } = adapter
      const schema = await newSchema(adapter)
      await newTable(adapter, { schema, name: 't' }, [['a', 'integer']])
      await adapter.session(async (session) => {
        await session.execute(dialect.createOrReplaceView({ schema, name: 'v' }, 'select 1 as a').sql)
        expect(await catalog.kind(session, { schema, name: 't' })).toBe('table')
        expect(await catalog.kind(session, { schema, name: 'v' })).toBe('view')
        expect(await catalog.kind(session, { schema, name: 'x' })).toBeUndefined()
        expect(await catalog.kind(session, { schema: 'no such schema', name: 't' })).toBeUndefined()
        expect(await catalog.columns(session, { schema, name: 'x' })).toBeUndefined()
        expect(await catalog.columns(session, { schema, name: 'v' })).toHaveLength(1)
      })
    })

    test('describes a query with types that a table can be made of', async () => {
      const { adapter } = engine()
      const { catalog, dialect } = adapter
      const relation = { schema: await newSchema(adapter), name: 't' }
      const select = `select cast(1 as integer) as i, cast(1 as bigint) as b, cast(1.5 as numeric(12, 3)) as num, cast(1 as double precision) as f,
  'x' as t, cast('x' as varchar) as vc, true as flag, date '2001-01-05' as d, timestamp '2001-01-05 00:00:00' as ts, timestamptz '2001-01-05 00:00:00+00' as tz,
  null as nothing, cast(null as integer[]) as list -- the end`
      await adapter.session(async (session) => {
        const described = await catalog.describe(session, select)
        expect(described.map((column) => column.name)).toEqual([
          'i',
          'b',
          'num',
          'f',
          't',
          'vc',
          'flag',
          'd',
          'ts',
          'tz',
          'nothing',
          'list',
        ])
        expect(described[2]?.type.toLowerCase()).toMatch(/^(numeric|decimal)\(12, ?3\)$/)
        const typed = described.filter((column) => column.name !== 'nothing')
        await session.execute(dialect.createTable(relation, typed))
        expect(await catalog.columns(session, relation)).toEqual(typed)
      })
    })

    test('says what parameters are compared with, and goes on after a query that cannot be bound', async () => {
      const { adapter } = engine()
      const relation = { schema: await newSchema(adapter), name: 't' }
      await newTable(adapter, relation, [
        ['d', 'date'],
        ['ts', 'timestamp'],
        ['tz', 'timestamp with time zone'],
      ])
      const table = adapter.dialect.relation(relation)
      const ask = `select 1 from ${table} where d >= $1 and ts < $2 and tz between $3 and $4 -- the end`
      await adapter.transaction(async (transaction) => {
        const typesOf = async (select: string, count: number) =>
          (await adapter.catalog.parameterTypes(transaction, select, count)).map((type) =>
            type === undefined ? undefined : adapter.dialect.columnType(type),
          )
        expect(await typesOf(ask, 4)).toEqual(['date', 'timestamp', 'timestamptz', 'timestamptz'])
        expect(await typesOf('select nothing from nowhere where a = $1', 1)).toEqual([undefined])
        expect(await typesOf(ask, 4)).toEqual(['date', 'timestamp', 'timestamptz', 'timestamptz'])
        await transaction.execute(`insert into ${table} (d) values (date '2001-01-05')`)
      }, new AbortController().signal)
      expect(await rowsOf(adapter, `select d from ${table}`)).toHaveLength(1)
    })

    test('describes without running', async () => {
      const { adapter, endless } = engine()
      const columns = await adapter.session((session) => adapter.catalog.describe(session, endless))
      expect(columns).toHaveLength(1)
    })

    test('describes inside a transaction, tables of which are not committed yet', async () => {
      const { adapter } = engine()
      const { catalog, dialect } = adapter
      const relation = { schema: await newSchema(adapter), name: 't' }
      await adapter.transaction(async (transaction) => {
        await transaction.execute(dialect.createTable(relation, [{ name: 'a', type: 'integer' }]))
        const select = `select * from ${dialect.relation(relation)}`
        expect((await catalog.describe(transaction, select)).map((column) => column.name)).toEqual(['a'])
      })
    })

    test('places the errors of a description in the query', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      const select = `select '😀 é' as x,\n  bogus\nfrom ${table}`
      const error = await failure(adapter.session((session) => adapter.catalog.describe(session, select)))
      expect(adapter.explain(error)).toMatchObject({
        kind: 'unknown_column',
        offset: select.indexOf('bogus'),
      })
    })

    test('lists the views that read a relation, nearest first, so that they can be dropped and restored', async () => {
      const { adapter } = engine()
      const { catalog, dialect } = adapter
      const schema = await newSchema(adapter)
      const table = await newTable(adapter, { schema, name: 't' }, [['a', 'integer']], '(1), (2)')
      const view = (name: string) => dialect.relation({ schema, name })
      await adapter.session(async (session) => {
        const make = (name: string, select: string) =>
          session.execute(dialect.createOrReplaceView({ schema, name }, select).sql)
        await make('near', `select a from ${table}`)
        await make(
          'Far "one"',
          `select n.a + t.a as b from ${view('near')} as n join ${table} as t on t.a = n.a`,
        )
        await make('unrelated', 'select 1 as a')
        await session.execute(dialect.comment({ schema, name: 'near' }, 'view', `it's near`))
      })
      const [before, dependents] = await adapter.session(async (session) => [
        await session.query(`select b from ${view('Far "one"')} order by b`),
        await catalog.dependents(session, { schema, name: 't' }),
      ])
      const listed = [
        [schema, 'near', 'view'],
        [schema, 'Far "one"', 'view'],
      ]
      expect(dependents.map((each) => [each.relation.schema, each.relation.name, each.kind])).toEqual(
        engine().viewsPinTables ? listed : [],
      )
      await adapter.transaction(async (transaction) => {
        for (const each of [...dependents].reverse()) {
          await transaction.execute(dialect.dropRelation(each.relation, each.kind))
        }
        await transaction.execute(
          dialect.alterColumnType({ schema, name: 't' }, { name: 'a', type: 'bigint' }),
        )
        for (const each of dependents) {
          for (const sql of each.restore) await transaction.execute(sql)
        }
      })
      expect(await rowsOf(adapter, `select b from ${view('Far "one"')} order by b`)).toEqual(before)
      await adapter.session(async (session) => {
        expect(await catalog.dependents(session, { schema, name: 't' })).toEqual(dependents)
        expect(await catalog.dependents(session, { schema, name: 'Far "one"' })).toEqual([])
        expect(await catalog.dependents(session, { schema, name: 'nothing' })).toEqual([])
      })
    })

    test('preserves what a view has besides its query', async () => {
      const { adapter } = engine()
      const { catalog, dialect } = adapter
      const relation = { schema: await newSchema(adapter), name: 'v' }
      await adapter.transaction(async (transaction) => {
        await transaction.execute(dialect.createOrReplaceView(relation, 'select 1 as a, 2 as b').sql)
        await transaction.execute(dialect.comment(relation, 'view', `it's a view`))
        const kept = await catalog.preserve(transaction, relation)
        await transaction.execute(dialect.dropRelation(relation, 'view'))
        await transaction.execute(dialect.createOrReplaceView(relation, `select 'x' as a`).sql)
        for (const sql of kept) await transaction.execute(sql)
        expect(await catalog.preserve(transaction, relation)).toEqual(kept)
      })
    })
  })
}
