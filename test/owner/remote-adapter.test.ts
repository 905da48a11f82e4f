import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { OwnerConnection } from '../../cli/owner/connection.ts'
import { RemoteAdapter } from '../../cli/owner/remote-adapter.ts'
import { Seat } from '../../cli/owner/seat.ts'
import { OwnerServer } from '../../cli/owner/server.ts'
import type { Adapter, Param, Session } from '../../core/adapter.ts'
import { readNumbers } from '../../core/columns.ts'
import { Lines } from '../../core/owner/lines.ts'
import { readMessage, readRequest, requestLine } from '../../core/owner/protocol.ts'
import { decodeValue, encodeValue } from '../../core/owner/values.ts'
import { duckdbTarget } from '../adapters/duckdb-target.ts'

let folder: string
let own: Adapter
let remote: Adapter
let server: OwnerServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-remote-'))
  own = await duckdb.open(duckdbTarget(join(folder, 'x.duckdb')), {
    threads: 1,
    readOnly: false,
    applicationName: 'test',
  })
  await own.session(async (session) => {
    await session.execute(`create table t as select * from (values
      (1, 2::hugeint ** 100, 1.5, 'a', true, date '2024-01-05', timestamp '2024-01-05 10:00:00', timestamptz '2024-01-05 10:00:00.123+02', [1, 2], null),
      (2, -5, 'nan'::double, 'ü💧\n', false, date 'infinity', '-infinity'::timestamp, '0001-01-01'::timestamptz, [], 3)
    ) as v(id, huge, float, text, flag, day, moment, zoned, list, nothing)`)
    await session.execute('create view v as select id, text from t')
    await session.execute(`comment on view v is 'what it shows'`)
    await session.execute('create index sluice_t on t (id)')
  })
  const path = join(folder, 'sockets', 'x.sock')
  server = await OwnerServer.listen([path], own, new Seat('test'))
  const reach = async () => {
    const connection = await OwnerConnection.open([path])
    if (connection === undefined) throw new Error('nobody listens')
    return { kind: 'owner', connection } as const
  }
  const { connection } = await reach()
  remote = new RemoteAdapter(duckdb, connection.info, reach)
  connection.close()
})

afterAll(async () => {
  await server.close()
  await own.close()
  await rm(folder, { recursive: true, force: true })
})

/** What both say, the owner's own first. */
async function both<T>(ask: (session: Session, adapter: Adapter) => Promise<T>): Promise<readonly [T, T]> {
  const of = (adapter: Adapter) => adapter.session((session) => ask(session, adapter))
  return [await of(own), await of(remote)]
}

describe('what is read through the owner', () => {
  test.each([
    'select * from t order by id',
    'select * from v where false',
    'select id, id, count(*) over () from t',
    'select range, range::varchar as text from range(5000)',
    'explain select 1',
    'from t',
    'with a as (select 1 as x) select * from a',
    'describe t',
  ])('is the same as what it reads itself: %s', async (sql) => {
    const [self, through] = await both((session) => session.query(sql))
    expect(through).toStrictEqual(self)
  })

  test('parameters keep their types', async () => {
    const params: readonly Param[] = [1, 2n ** 70n, 0.5, 'x', true, null, new Date('2024-01-05T10:00:00Z')]
    const sql = `select ${params.map((_, at) => `$${at + 1} as p${at}, typeof($${at + 1}) as t${at}`).join(', ')}`
    const [self, through] = await both((session) => session.query(sql, params))
    expect(through).toStrictEqual(self)
  })

  test('numbers come in columns', async () => {
    const sql = `select range, case when range % 3 = 0 then null else range / 7 end, timestamptz '2024-01-05' + to_days(range::int) from range(70000)`
    const [self, through] = await both((session) =>
      readNumbers(session, sql, ['number', 'number', 'instant']),
    )
    expect(through.count).toBe(70_000)
    expect(through).toStrictEqual(self)
  })

  test('the catalogue is the same', async () => {
    for (const name of ['t', 'v', 'nothing']) {
      const relation = { schema: 'main', name }
      const [self, through] = await both(async (session, { catalog }) => [
        await catalog.kind(session, relation),
        await catalog.columns(session, relation),
        await catalog.indexes(session, relation),
        await catalog.dependents(session, relation),
        await catalog.preserve(session, relation),
        await catalog.grants(session, relation),
      ])
      expect(through).toStrictEqual(self)
    }
    const [self, through] = await both((session, { catalog }) => catalog.describe(session, 'select * from t'))
    expect(through).toStrictEqual(self)
    expect(await remote.ledgerVersion()).toBe(await own.ledgerVersion())
  })

  test.each(['select * form t', 'select missing from t', 'select * from nowhere', `select 'x'::int`])(
    'errors are explained alike: %s',
    async (sql) => {
      const [self, through] = await both(async (session, adapter) =>
        session.query(sql).then(
          () => undefined,
          (error: unknown) => adapter.explain(error),
        ),
      )
      expect(self).toBeDefined()
      expect(through).toStrictEqual(self)
    },
  )

  test('waits for no statement of the owner', async () => {
    const stop = new AbortController()
    const long = own.session(
      (session) =>
        session.query('select count(*) from range(4000000) a, range(4000000) b where a.range = -b.range'),
      stop.signal,
    )
    expect(await remote.session((session) => session.query('select 1 as n'))).toEqual([{ n: 1 }])
    stop.abort()
    await expect(long).rejects.toThrow()
  })

  test('is interrupted when the one who asked gives up, which leaves room for others', async () => {
    for (let at = 0; at < 5; at++) {
      const stop = new AbortController()
      const long = remote.session(async (session) => {
        await session.query('select 1')
        setImmediate(() => stop.abort())
        return session.query(
          'select count(*) from range(4000000) a, range(4000000) b where a.range = -b.range',
        )
      }, stop.signal)
      const error = await long.then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(remote.explain(error).kind).toBe('canceled')
    }
    expect(await remote.session((session) => session.query('select 1 as n'))).toEqual([{ n: 1 }])
  })
})

describe('the protocol', () => {
  test('any value of a row arrives as it was', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n }),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }),
    )
    fc.assert(
      fc.property(value, (each) => {
        expect(decodeValue(JSON.parse(JSON.stringify(encodeValue(each))))).toStrictEqual(each)
      }),
    )
  })

  test('a query arrives as it was, however its line is cut', () => {
    const query = fc.record({
      sql: fc.string(),
      params: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
    })
    fc.assert(
      fc.property(fc.array(query), fc.array(fc.nat({ max: 40 })), (queries, cuts) => {
        const text = queries.map((each) => requestLine({ op: 'query', ...each }, encodeValue)).join('')
        const lines = new Lines(1_000_000)
        const found: string[] = []
        let from = 0
        for (const length of [...cuts, text.length]) {
          found.push(...(lines.take(text.slice(from, from + length)) ?? []))
          from += length
        }
        expect(found.map(readRequest)).toEqual(queries.map((each) => ({ op: 'query', ...each })))
      }),
    )
  })

  test('a line that is too long is not kept', () => {
    const lines = new Lines(5)
    expect(lines.take('12345\n1234')).toEqual(['12345'])
    expect(lines.take('56')).toBeUndefined()
  })

  test('nothing that is sent makes reading it fail', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        readRequest(line)
        readMessage(line)
      }),
    )
  })
})
