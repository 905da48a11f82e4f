import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Adapter, Param, Row } from '../../core/adapter.ts'
import { closeTargets, duckdbTarget, openTarget } from './duckdb-target.ts'

let adapter: Adapter
const seed = 20010105

beforeAll(async () => {
  adapter = await openTarget(duckdbTarget(':memory:'))
})
afterAll(closeTargets)

const query = (sql: string, params?: readonly Param[]): Promise<readonly Row[]> =>
  adapter.session((session) => session.query(sql, params))
const one = async (expression: string, params?: readonly Param[]): Promise<unknown> =>
  (await query(`select ${expression} as v`, params))[0]?.v

/** Any characters; `binary` makes no lone surrogates, which have no UTF-8. */
const text = fc.string({ unit: 'binary', maxLength: 20 })
const strange = fc.oneof(
  text,
  fc.constantFrom('', '\0', "'", "a'b\0c", '--', '\\', '\u{1f600}é', '$1', '{{x}}'),
)
const instants = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})

describe('values', () => {
  it('come back as they were sent, as parameters and as literals', async () => {
    const value = fc.oneof(
      strange,
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
      fc.bigInt({ min: -(2n ** 126n), max: 2n ** 126n }),
      fc.boolean(),
      fc.constant(null),
    )
    const expected = (sent: unknown): unknown =>
      typeof sent === 'bigint' && Number.isSafeInteger(Number(sent)) ? Number(sent) : sent
    await fc.assert(
      fc.asyncProperty(value, async (sent) => {
        expect(await one('$1', [sent])).toEqual(expected(sent))
        const literal = adapter.dialect.literal(sent)
        const cast = typeof sent === 'number' && !Number.isInteger(sent) ? `${literal}::double` : literal
        if (typeof sent !== 'number' || Math.abs(sent) < 1e15) expect(await one(cast)).toEqual(expected(sent))
      }),
      { seed, numRuns: 300 },
    )
  })

  it('write instants exactly into every timestamp type and read them back', async () => {
    await adapter.session((session) =>
      session.execute('create or replace table instants (tz timestamptz, ts timestamp, d date, s varchar)'),
    )
    await fc.assert(
      fc.asyncProperty(instants, async (at) => {
        const { dialect } = adapter
        await adapter.session(async (session) => {
          await session.execute('delete from instants')
          await session.execute(
            `insert into instants values ($1, $1, $1, strftime($1, '%Y-%m-%dT%H:%M:%S.%gZ'))`,
            [at],
          )
          const [row] = await session.query('select tz, ts, d, s from instants')
          const day = at.toISOString().slice(0, 10)
          expect(row).toMatchObject({ tz: at, ts: at, d: day })
          const [found] = await session.query(
            `select count(*) as n from instants where tz = ${dialect.instant(at.getTime(), 'timestamptz')} and ts = ${dialect.instant(at.getTime(), 'timestamp')} and d = ${dialect.instant(at.getTime(), 'date')} and tz = $1 and ts = $1`,
            [at],
          )
          expect(found).toEqual({ n: 1 })
        })
      }),
      { seed, numRuns: 100 },
    )
  })

  it('are plain for every type', async () => {
    const [row] =
      await query(`select 1.10::decimal(10,2) as decimal, 9007199254740993 as long, 1::hugeint as short,
      date '2024-02-29' as day, date 'infinity' as never, date '0044-03-15 (BC)' as ides,
      timestamp '1969-12-31 23:59:59.999999' as before, timestamp_ns '2024-01-01 00:00:00.123456789' as nano,
      timestamptz '2024-01-01 12:00:00+02' as zoned, timestamp 'infinity' as endless,
      time '10:00:00.5' as time, interval '1 month 2 days' as span, [1, null] as list, [9007199254740993] as longs,
      {'a': date '2024-01-01', 'b "c"': 1.50::decimal(3,2)} as struct, map {'k': ['é']} as map, [1.5, 2]::double[2] as array,
      '{"a": 1}'::json as json, 'x'::enum('x', 'y') as enum, 'nan'::double as nan, null as nothing, true as yes,
      uuid '00000000-0000-0000-0000-000000000001' as id, '\\xAA'::blob as bytes`)
    expect(row).toEqual({
      decimal: '1.10',
      long: 9007199254740993n,
      short: 1,
      day: '2024-02-29',
      never: 'infinity',
      ides: '0044-03-15 (BC)',
      before: new Date('1969-12-31T23:59:59.999Z'),
      nano: new Date('2024-01-01T00:00:00.123Z'),
      zoned: new Date('2024-01-01T10:00:00Z'),
      endless: 'infinity',
      time: '10:00:00.5',
      span: '1 month 2 days',
      list: '[1,null]',
      longs: '[9007199254740993]',
      struct: '{"a":"2024-01-01","b \\"c\\"":1.50}',
      map: '{"k":["é"]}',
      array: '[1.5,2]',
      json: '{"a": 1}',
      enum: 'x',
      nan: Number.NaN,
      nothing: null,
      yes: true,
      id: '00000000-0000-0000-0000-000000000001',
      bytes: '\\xAA',
    })
  })

  it('name columns of one name apart', async () => {
    expect(await query('select 1 as a, 2 as a')).toEqual([{ a: 1, 'a:1': 2 }])
  })

  it('are refused as literals where SQL has none', () => {
    expect(() => adapter.dialect.literal(Number.NaN)).toThrow('NaN')
    expect(() => adapter.dialect.literal(Number.POSITIVE_INFINITY)).toThrow('Infinity')
  })

  it('quote any identifier', async () => {
    const names = strange.filter((name) => name !== '' && !name.includes('\0'))
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const [row] = await query(`select 1 as ${adapter.dialect.quote(name)}`)
        expect(Object.keys(row ?? {})).toEqual([name])
      }),
      { seed, numRuns: 100 },
    )
  })

  it('render instants for text and integer columns by their format', () => {
    const at = Date.UTC(2001, 0, 5, 13, 4, 9)
    const { dialect } = adapter
    expect(dialect.instant(at, 'integer', 'YYYYMMDD')).toBe('20010105')
    expect(dialect.instant(at, 'text', 'YYYY-MM-DD HH:mm:ss')).toBe(`'2001-01-05 13:04:09'`)
    expect(() => dialect.instant(at, 'integer')).toThrow('format')
  })
})
