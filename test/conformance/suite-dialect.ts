import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failure, newSchema, newTable, rowOf, rowsOf } from './spaces.ts'
import type { EngineUnderTest } from './suite.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '$', '$1', '--', '/*', '*/', ';', '\n', '%', 'é', '😀', 'a'),
  }),
)
const storable = text.filter((each) => !each.includes('\0'))
const seed = { seed: 11, numRuns: 80 }

export function dialectSuite(engine: EngineUnderTest): void {
  describe('literals', () => {
    test('stand for exactly the string', async () => {
      const { adapter } = engine()
      await adapter.session((session) =>
        fc.assert(
          fc.asyncProperty(storable, async (value) => {
            const literal = adapter.dialect.literal(value)
            expect(await rowOf(session, `select ${literal} as v, 1 as after`)).toEqual({ v: value, after: 1 })
          }),
          seed,
        ),
      )
    })

    test('stand for exactly the number, also after a minus sign', async () => {
      const { adapter } = engine()
      const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      await adapter.session((session) =>
        fc.assert(
          fc.asyncProperty(
            whole,
            fc.maxSafeInteger(),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            async (big, safe, real) => {
              const { literal } = adapter.dialect
              const row = await rowOf(
                session,
                `select cast(${literal(big)} as bigint) as big, cast(${literal(safe)} as bigint) as safe, cast(${literal(real)} as double precision) as r,
  cast(0-${literal(safe)} as bigint) as negated`,
              )
              expect(BigInt(row.big as number | bigint)).toBe(big)
              expect(row.safe).toBe(safe)
              expect((row.r as number) + 0).toBe(real + 0)
              expect((row.negated as number) + 0).toBe(0 - safe)
            },
          ),
          seed,
        ),
      )
    })

    test('stand for booleans, null, and lists', async () => {
      const { adapter } = engine()
      const { literal, list } = adapter.dialect
      const sql = `select ${literal(true)} as yes, ${literal(false)} as no, ${literal(null)} is null as nothing,
  'it''s' in (${list(['a', "it's"])}) as listed, 3 in (${list([1, -2])}) as unlisted`
      expect(await rowsOf(adapter, sql)).toEqual([
        { yes: true, no: false, nothing: true, listed: true, unlisted: false },
      ])
    })
  })

  describe('instants', () => {
    const instant = fc
      .date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T00:00:00Z'),
        noInvalidDate: true,
      })
      .map((date) => date.getTime())

    test('are literals of exactly the partition column’s type', async () => {
      const { adapter } = engine()
      const ms = Date.UTC(2001, 0, 5)
      for (const type of ['date', 'timestamp', 'timestamptz', 'text'] as const) {
        const select = `select ${adapter.dialect.instant(ms, type, 'YYYY-MM-DD')} as v`
        const columns = await adapter.session((session) => adapter.catalog.describe(session, select))
        expect(columns.map((column) => adapter.dialect.columnType(column.type))).toEqual([type])
      }
    })

    test('round-trip through the engine', async () => {
      const { adapter } = engine()
      await adapter.session((session) =>
        fc.assert(
          fc.asyncProperty(instant, async (ms) => {
            const at = (type: 'date' | 'timestamp' | 'timestamptz') => adapter.dialect.instant(ms, type)
            const row = await rowOf(
              session,
              `select ${at('date')} as d, ${at('timestamp')} as ts, ${at('timestamptz')} as tz, ${adapter.dialect.instant(ms, 'integer', 'YYYYMMDD')} as i,
  ${adapter.dialect.instant(ms, 'text', 'YYYY-MM-DD HH:mm:ss')} as t`,
            )
            const iso = new Date(ms).toISOString()
            expect(row).toEqual({
              d: iso.slice(0, 10),
              ts: new Date(ms),
              tz: new Date(ms),
              i: Number(iso.slice(0, 10).replaceAll('-', '')),
              t: iso.slice(0, 19).replace('T', ' '),
            })
          }),
          seed,
        ),
      )
    })

    test('the clock is an instant of the ledger', async () => {
      const { adapter } = engine()
      const [row] = await rowsOf(
        adapter,
        `select ${adapter.dialect.now} as n, ${adapter.dialect.now} - interval '60 seconds' as earlier`,
      )
      expect(row?.n).toBeInstanceOf(Date)
      expect(row?.earlier).toBeInstanceOf(Date)
    })
  })

  describe('identifiers', () => {
    test('are quoted so that any name works', async () => {
      const { adapter } = engine()
      const limit = adapter.dialect.maxIdentifierBytes ?? 200
      const name = storable.filter(
        (each) => each !== '' && Buffer.byteLength(each) <= limit && each !== '__proto__',
      )
      await adapter.session((session) =>
        fc.assert(
          fc.asyncProperty(name, async (each) => {
            expect(await rowOf(session, `select 1 as ${adapter.dialect.quote(each)}`)).toEqual({ [each]: 1 })
          }),
          seed,
        ),
      )
    })

    test('name relations and columns that need quotes', async () => {
      const { adapter } = engine()
      const schema = await newSchema(adapter)
      const relation = { schema, name: 'Order "of" select; --' }
      const table = await newTable(adapter, relation, [['From "x"', 'integer']], '(1)')
      expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([{ 'From "x"': 1 }])
      const columns = await adapter.session((session) => adapter.catalog.columns(session, relation))
      expect(columns?.map((column) => column.name)).toEqual(['From "x"'])
    })

    test('fold exactly as the engine looks them up', async () => {
      const { adapter } = engine()
      const { dialect } = adapter
      const schema = await newSchema(adapter)
      const names = ['Mixed', 'mixed', 'MIXED', 'ÄRGER', 'ärger']
      for (const made of names) {
        await adapter.session((session) =>
          session.execute(dialect.createTable({ schema, name: made }, [{ name: 'a', type: 'integer' }])),
        )
        for (const used of names) {
          for (const [text, isQuoted] of [
            [used, false],
            [dialect.quote(used), true],
          ] as const) {
            const found = await rowsOf(adapter, `select * from ${dialect.quote(schema)}.${text}`).then(
              () => true,
              () => false,
            )
            expect({ made, text, found }).toEqual({
              made,
              text,
              found: dialect.fold(used, isQuoted) === dialect.fold(made, true),
            })
          }
        }
        await adapter.session((session) =>
          session.execute(dialect.dropRelation({ schema, name: made }, 'table')),
        )
      }
    })
  })

  describe('statements', () => {
    test('create a schema once, also when several ask at once', async () => {
      const { adapter, reopen } = engine()
      const other = await reopen()
      const create = adapter.dialect.createSchema('asked for "often"')
      await Promise.all(
        [adapter, other, adapter, other].map((each) => each.session((session) => session.execute(create))),
      )
      await adapter.session((session) => session.execute(create))
      await other.close()
    })

    test('add, retype and drop columns', async () => {
      const { adapter } = engine()
      const { dialect, catalog } = adapter
      const relation = { schema: await newSchema(adapter), name: 't' }
      const table = await newTable(adapter, relation, [['a', 'integer']], '(1)')
      await adapter.session(async (session) => {
        await session.execute(dialect.addColumn(relation, { name: 'B c', type: 'text' }))
        await session.execute(dialect.alterColumnType(relation, { name: 'a', type: 'bigint' }))
        expect((await catalog.columns(session, relation))?.map((column) => column.name)).toEqual(['a', 'B c'])
        expect(await session.query(`select * from ${table}`)).toEqual([{ a: 1, 'B c': null }])
        await session.execute(dialect.dropColumn(relation, 'B c'))
        const [bigint] = await catalog.describe(session, 'select cast(1 as bigint) as a')
        expect(await catalog.columns(session, relation)).toEqual([bigint])
      })
    })

    test('create a stage that ends with its transaction or when it is dropped', async () => {
      const { adapter } = engine()
      const { dialect } = adapter
      const select = 'select 1 as a, 2 as b -- and a comment'
      const made = dialect.createStage('Stage 1', select)
      expect(made.sql.slice(made.offset, made.offset + select.length)).toBe(select)
      for (let round = 0; round < 2; round++) {
        await adapter.transaction(async (transaction) => {
          await transaction.execute(made.sql)
          expect(await transaction.query(`select * from ${dialect.stage('Stage 1')}`)).toEqual([
            { a: 1, b: 2 },
          ])
          if (round === 0) await transaction.execute(dialect.dropStage('Stage 1'))
        })
      }
      await adapter.transaction(async (transaction) => {
        await transaction.execute(dialect.dropStage('Stage 1'))
        await transaction.execute(made.sql)
      })
    })

    test('insert by column name, whatever the order and the comments of the query', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
        ['b', 'text'],
        ['c', 'integer'],
      ])
      const select = `select 'x' as b, 1 as a -- no more`
      const insert = adapter.dialect.insertByName(table, ['a', 'b'], select)
      expect(insert.sql.slice(insert.offset, insert.offset + select.length)).toBe(select)
      expect(await adapter.session((session) => session.execute(insert.sql))).toBe(1)
      expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([{ a: 1, b: 'x', c: null }])
    })

    test('create and drop indexes, which the catalogue lists if they are ours', async () => {
      const { adapter } = engine()
      const { dialect, catalog } = adapter
      const relation = { schema: await newSchema(adapter), name: 't' }
      const table = await newTable(
        adapter,
        relation,
        [
          ['a', 'integer'],
          ['b', 'integer'],
        ],
        '(1, 1), (1, 2)',
      )
      await adapter.session(async (session) => {
        await session.execute(dialect.createIndex(relation, 'sluice_one', ['a', 'b'], true))
        await session.execute(dialect.createIndex(relation, 'sluice_one', ['a', 'b'], true))
        await session.execute(dialect.createIndex(relation, 'foreign_one', ['b'], false))
        expect(await catalog.indexes(session, relation)).toEqual(['sluice_one'])
        const error = await failure(session.execute(`insert into ${table} values (1, 2)`))
        expect(adapter.explain(error).kind).toBe('constraint')
        await session.execute(dialect.dropIndex(relation, 'sluice_one'))
        await session.execute(dialect.dropIndex(relation, 'sluice_one'))
        expect(await catalog.indexes(session, relation)).toEqual([])
      })
    })

    test('replace a view that gets another column', async () => {
      const { adapter } = engine()
      const { dialect, catalog } = adapter
      const relation = { schema: await newSchema(adapter), name: 'v' }
      await adapter.session(async (session) => {
        for (const select of ['select 1 as a -- first', 'select 1 as a, 2 as b']) {
          const made = dialect.createOrReplaceView(relation, select)
          expect(made.sql.slice(made.offset, made.offset + select.length)).toBe(select)
          await session.execute(made.sql)
        }
        expect(await session.query(`select * from ${dialect.relation(relation)}`)).toEqual([{ a: 1, b: 2 }])
        expect(await catalog.kind(session, relation)).toBe('view')
        await session.execute(dialect.dropRelation(relation, 'view'))
        expect(await catalog.kind(session, relation)).toBeUndefined()
        await session.execute(dialect.dropRelation(relation, 'view'))
      })
    })

    test('comment on tables and views, and take the comment away', async () => {
      const { adapter } = engine()
      const { dialect } = adapter
      const schema = await newSchema(adapter)
      await newTable(adapter, { schema, name: 't' }, [['a', 'integer']])
      await adapter.session(async (session) => {
        await session.execute(dialect.createOrReplaceView({ schema, name: 'v' }, 'select 1 as a').sql)
        for (const words of [`it's "new" \\`, null]) {
          await session.execute(dialect.comment({ schema, name: 't' }, 'table', words))
          await session.execute(dialect.comment({ schema, name: 'v' }, 'view', words))
        }
      })
    })

    test('let one transaction at a time go on under a name, and see what the one before committed', async () => {
      const { adapter } = engine()
      const alone = adapter.dialect.exclusive(`it's one`)
      if (alone === undefined) return
      const order: string[] = []
      let enter = (): void => {}
      const entered = new Promise<void>((resolve) => {
        enter = resolve
      })
      const relation = { schema: await newSchema(adapter), name: 't' }
      const first = adapter.transaction(async (transaction) => {
        await transaction.query(alone)
        enter()
        await rowsOf(adapter, 'select 1')
        await transaction.execute(adapter.dialect.createTable(relation, [{ name: 'a', type: 'integer' }]))
        order.push('first')
      })
      await entered
      const second = adapter.transaction(async (transaction) => {
        await transaction.query('select 1 as a')
        await transaction.query(alone)
        order.push('second')
        return adapter.catalog.kind(transaction, relation)
      })
      const [, { value }] = await Promise.all([first, second])
      expect(order).toEqual(['first', 'second'])
      expect(value).toBe('table')
    })

    test('let many transactions share a name, but not with one that has it alone', async () => {
      const { adapter } = engine()
      const { dialect } = adapter
      const alone = dialect.exclusive('shared by many')
      const shared = dialect.shared('shared by many')
      if (alone === undefined || shared === undefined) return
      const relation = { schema: await newSchema(adapter), name: 't' }
      let late: Promise<unknown> = Promise.resolve()
      await adapter.transaction(async (transaction) => {
        await transaction.query(shared)
        // Two at once: with a lock of one alone this would never end.
        await adapter.transaction((other) => other.query(`${shared};\nselect 1 as a`))
        late = adapter.transaction(async (other) => {
          await other.query(alone)
          return adapter.catalog.kind(other, relation)
        })
        await transaction.execute(dialect.createTable(relation, [{ name: 'a', type: 'integer' }]))
      })
      expect(await late).toMatchObject({ value: 'table' })
    })

    test('grant and revoke, where the engine knows rights', async () => {
      const { adapter } = engine()
      if (!adapter.capabilities.grants) return
      const { dialect, catalog } = adapter
      const relation = { schema: await newSchema(adapter), name: 't' }
      await newTable(adapter, relation, [['a', 'integer']])
      await adapter.session(async (session) => {
        await session.execute(dialect.grant(relation, 'select', 'public'))
        expect(await catalog.grants(session, relation)).toEqual([{ privilege: 'select', role: 'public' }])
        await session.execute(dialect.revoke(relation, 'select', 'public'))
        expect(await catalog.grants(session, relation)).toEqual([])
      })
    })
  })

  test('types that can be a partition column, and types that can be compared, are known', async () => {
    const { adapter } = engine()
    const { dialect } = adapter
    const types = await adapter.session((session) =>
      adapter.catalog.describe(
        session,
        `select date '2001-01-01' as a, cast(null as timestamp) as b, cast(null as timestamptz) as c, cast(1 as smallint) as d, cast(1 as integer) as e,
  cast(1 as bigint) as f, cast('x' as varchar) as g, cast(1 as double precision) as h, cast(1 as numeric(10, 2)) as i, true as j`,
      ),
    )
    expect(types.map((column) => dialect.columnType(column.type))).toEqual([
      'date',
      'timestamp',
      'timestamptz',
      'integer',
      'integer',
      'integer',
      'text',
      undefined,
      undefined,
      undefined,
    ])
    expect(types.filter((column) => !dialect.comparable(column.type)).map(({ name }) => name)).toEqual(['h'])
    expect(types.map((column) => dialect.identity('x', column.type))).not.toContain(undefined)
    expect(dialect.columnType(dialect.timestampType)).toBe('timestamp')
  })
}
