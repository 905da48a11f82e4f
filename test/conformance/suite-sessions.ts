import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failure, newSchema, newTable, rowOf, rowsOf } from './spaces.ts'
import type { EngineUnderTest } from './suite.ts'

export function sessionSuite(engine: EngineUnderTest): void {
  describe('values', () => {
    test('come back as plain numbers, strings, booleans, nulls and dates', async () => {
      const row = await engine().adapter.session((session) =>
        rowOf(
          session,
          `select cast(1 as integer) as i, cast(9007199254740991 as bigint) as safe, cast(9007199254740993 as bigint) as b,
  cast(1.5 as double precision) as f, 'x' as t, true as yes, cast(null as integer) as n, date '2001-01-05' as d,
  timestamp '2001-01-05 01:02:03.456' as ts, timestamptz '2001-01-05 01:02:03+02' as tz, cast(1.5 as numeric(10, 2)) as num`,
        ),
      )
      expect(row).toEqual({
        i: 1,
        safe: 9007199254740991,
        b: 9007199254740993n,
        f: 1.5,
        t: 'x',
        yes: true,
        n: null,
        d: '2001-01-05',
        ts: new Date('2001-01-05T01:02:03.456Z'),
        tz: new Date('2001-01-04T23:02:03Z'),
        num: '1.50',
      })
    })

    test('pass through parameters unchanged', async () => {
      await engine().adapter.session((session) =>
        fc.assert(
          fc.asyncProperty(
            fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
            fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.boolean(),
            fc.date({
              min: new Date('0001-01-01T00:00:00Z'),
              max: new Date('9999-12-31T23:59:59Z'),
              noInvalidDate: true,
            }),
            async (text, whole, real, flag, at) => {
              const [row] = await session.query(
                `select cast($1 as text) as text, cast($2 as bigint) as whole, cast($3 as double precision) as "real", cast($4 as boolean) as flag,
  cast($5 as timestamptz) as tz, cast($5 as timestamp) as ts, cast($6 as text) as missing`,
                [text, whole, real, flag, at, null],
              )
              const number = Number(whole)
              expect(row).toEqual({
                text,
                whole: Number.isSafeInteger(number) ? number : whole,
                real: real === 0 ? expect.closeTo(0) : real,
                flag,
                tz: at,
                ts: at,
                missing: null,
              })
            },
          ),
          { seed: 7, numRuns: 60 },
        ),
      )
    })
  })

  describe('a session', () => {
    test('counts the rows that a statement changed', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      await adapter.session(async (session) => {
        expect(await session.execute(`insert into ${table} values (1), (2), (3)`)).toBe(3)
        expect(await session.execute(`update ${table} set a = a + $1 where a > $2`, [10, 1])).toBe(2)
        expect(await session.execute(`delete from ${table} where a = 1`)).toBe(1)
        expect(await session.execute(`delete from ${table} where a = 1`)).toBe(0)
      })
    })

    test('goes on after an error', async () => {
      await engine().adapter.session(async (session) => {
        await expect(session.query('select * from no_such_table')).rejects.toThrow()
        expect(await session.query('select 1 as a')).toEqual([{ a: 1 }])
      })
    })

    test('runs in UTC', async () => {
      const rows = await rowsOf(
        engine().adapter,
        `select cast(timestamptz '2001-01-05 23:30:00-05' as date) as d`,
      )
      expect(rows).toEqual([{ d: '2001-01-06' }])
    })
  })

  describe('a transaction', () => {
    test('is seen by others once it has committed, and returns its value', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      const committed = await adapter.transaction(async (transaction) => {
        await transaction.execute(`insert into ${table} values (1)`)
        expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([])
        return 'done'
      })
      expect(committed).toEqual({ value: 'done', rows: [] })
      expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([{ a: 1 }])
    })

    test('leaves nothing behind when its work throws, tables included', async () => {
      const { adapter } = engine()
      const schema = await newSchema(adapter)
      const relation = { schema, name: 't' }
      const error = new Error('changed my mind')
      const work = adapter.transaction(async (transaction) => {
        await transaction.execute(adapter.dialect.createTable(relation, [{ name: 'a', type: 'integer' }]))
        throw error
      })
      expect(await failure(work)).toBe(error)
      expect(await adapter.session((session) => adapter.catalog.kind(session, relation))).toBeUndefined()
    })

    test('is rolled back after a failed statement, even if its work goes on', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      const work = adapter.transaction(async (transaction) => {
        await transaction.execute(`insert into ${table} values (1)`)
        await transaction.query('select * from no_such_table').catch(() => undefined)
        await transaction.execute(`insert into ${table} values (2)`).catch(() => undefined)
      })
      expect(adapter.explain(await failure(work)).kind).toBe('unknown_relation')
      expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([])
    })

    test('commits its last statements with it, and returns the rows of the last one', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
        ['b', 'text'],
      ])
      const hostile = `it's $1 "quoted" \\ -- $2`
      const committed = await adapter.transaction(async (transaction) => {
        transaction.commitWith([{ sql: `insert into ${table} values ($1, $2)`, params: [1, hostile] }])
        transaction.commitWith([
          { sql: `insert into ${table} select $1, $2 where '$1' <> 'x'`, params: [2, null] },
          { sql: `select a, b from ${table} order by a` },
        ])
      })
      const rows = [
        { a: 1, b: hostile },
        { a: 2, b: null },
      ]
      expect(committed.rows).toEqual(rows)
      expect(await rowsOf(adapter, `select a, b from ${table} order by a`)).toEqual(rows)
    })

    test('is rolled back when one of its last statements fails', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      const work = adapter.transaction(async (transaction) => {
        await transaction.execute(`insert into ${table} values (1)`)
        transaction.commitWith([
          { sql: `insert into ${table} values (2)` },
          { sql: 'insert into no_such_table values (1)' },
          { sql: `insert into ${table} values (3)` },
        ])
      })
      expect(adapter.explain(await failure(work)).kind).toBe('unknown_relation')
      expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([])
    })

    test('numbers changes in the order in which others can see them', async () => {
      const { adapter, reopen } = engine()
      await adapter.migrate([{ version: 1, createTables: [], addColumns: [] }])
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['n', 'bigint'],
      ])
      const other = await reopen()
      const seen: number[][] = []
      const publish = async (writer: typeof adapter) => {
        await writer.transaction(async (transaction) => {
          await transaction.query('select 1')
          transaction.commitWith([{ sql: `insert into ${table} select ${adapter.dialect.nextChange}` }])
        })
      }
      let isWriting = true
      const read = async () => {
        while (isWriting) {
          const rows = await rowsOf(adapter, `select n from ${table} order by n`)
          seen.push(rows.map((row) => Number(row.n)))
        }
      }
      const writers = [adapter, other, adapter, other].map(async (writer) => {
        for (let i = 0; i < 20; i++) await publish(writer)
      })
      const reading = read()
      await Promise.all(writers)
      isWriting = false
      await reading
      await other.close()
      const all = (await rowsOf(adapter, `select n from ${table} order by n`)).map((row) => Number(row.n))
      expect(all).toHaveLength(80)
      expect(new Set(all).size).toBe(80)
      // Whoever sees a change sees every change before it.
      for (const numbers of seen) expect(numbers).toEqual(all.slice(0, numbers.length))
    })
  })

  describe('an abort', () => {
    test('cancels the running statement and rolls back', async () => {
      const { adapter, endless } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      const abort = new AbortController()
      const work = adapter.transaction(async (transaction) => {
        await transaction.execute(`insert into ${table} values (1)`)
        const running = transaction.query(endless)
        setImmediate(() => abort.abort())
        await running
      }, abort.signal)
      expect(adapter.explain(await failure(work)).kind).toBe('canceled')
      expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([])
    })

    test('cancels a statement outside a transaction', async () => {
      const { adapter, endless } = engine()
      const abort = new AbortController()
      const work = adapter.session(async (session) => {
        const running = session.query(endless)
        setImmediate(() => abort.abort())
        await running
      }, abort.signal)
      expect(adapter.explain(await failure(work)).kind).toBe('canceled')
    })

    test('between two statements stops the transaction', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      const abort = new AbortController()
      const work = adapter.transaction(async (transaction) => {
        await transaction.execute(`insert into ${table} values (1)`)
        abort.abort()
      }, abort.signal)
      expect(adapter.explain(await failure(work)).kind).toBe('canceled')
      expect(await rowsOf(adapter, `select * from ${table}`)).toEqual([])
    })

    test('that came before starts nothing', async () => {
      const { adapter } = engine()
      let hasRun = false
      const work = adapter.transaction(async () => {
        hasRun = true
      }, AbortSignal.abort())
      expect(adapter.explain(await failure(work)).kind).toBe('canceled')
      expect(hasRun).toBe(false)
    })

    test('that comes late never hits a later statement', async () => {
      const { adapter } = engine()
      for (let round = 0; round < 40; round++) {
        const abort = new AbortController()
        const work = adapter.transaction(async (transaction) => {
          const running = transaction.query('select 1 as a')
          if (round % 2 === 0) setImmediate(() => abort.abort())
          else abort.abort()
          await running
          await transaction.query('select 2 as a')
        }, abort.signal)
        await work.catch((error: unknown) => expect(adapter.explain(error).kind).toBe('canceled'))
        expect(await rowsOf(adapter, 'select 3 as a')).toEqual([{ a: 3 }])
      }
    })

    test('after the end changes nothing', async () => {
      const { adapter } = engine()
      const abort = new AbortController()
      await adapter.transaction((transaction) => transaction.query('select 1'), abort.signal)
      abort.abort()
      expect(await rowsOf(adapter, 'select 1 as a')).toEqual([{ a: 1 }])
    })
  })

  test('a closed adapter refuses work', async () => {
    const adapter = await engine().fresh()
    await adapter.session((session) => session.query('select 1'))
    await adapter.close()
    await expect(adapter.session((session) => session.query('select 1'))).rejects.toThrow()
  })
}
