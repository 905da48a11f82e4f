import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Session } from '../../core/adapter.ts'
import type { EngineUnderTest } from './suite.ts'

type Value = number | string | null
type Line = readonly [Value, Value, Value]

const few = { seed: 7, numRuns: 150 }

/** From so few values that rows, pairs of rows and swapped values repeat all the time. */
const line: fc.Arbitrary<Line> = fc.tuple(
  fc.constantFrom<Value>(0, 1, 2, -1, null),
  fc.constantFrom<Value>('', 'a', 'b', 'NULL', ',', '"', null),
  fc.constantFrom<Value>(0, 0.5, -0.5, 1e-9, 3e20, null),
)
const table = fc.array(line, { maxLength: 6 })

function written(value: Value, type: string): string {
  const text = value === null ? 'null' : typeof value === 'string' ? `'${value}'` : String(value)
  return `cast(${text} as ${type})`
}

const types = ['integer', 'varchar', 'double precision']

function selectOf(lines: readonly Line[]): string {
  const values = lines.map((each) => `(${each.map((value, at) => written(value, types[at]!)).join(', ')})`)
  const none = `(${types.map((type) => written(null, type)).join(', ')}, 0)`
  return `select i, t, d from (values ${[none, ...values.map((each) => each.replace(/\)$/, ', 1)'))].join(', ')}) as v(i, t, d, is_there) where is_there = 1`
}

export function rowHashSuite(engine: EngineUnderTest): void {
  /** What `data_hash` keeps of a query's rows. */
  async function contentOf(session: Session, select: string): Promise<string> {
    const { dialect, catalog } = engine().adapter
    const hash = dialect.rowHash(await catalog.describe(session, select))
    expect(hash).toBeDefined()
    const [row] = await session.query(
      `select count(*) as n, cast(sum(${hash}) as varchar) as hash from (${select}) as r`,
    )
    return `${row!.n} ${row!.hash}`
  }

  const content = (select: string) => engine().adapter.session((session) => contentOf(session, select))

  describe('hashes of rows', () => {
    test('are equal exactly for tables of the same rows, each as often', async () => {
      const canonical = (lines: readonly Line[]) =>
        JSON.stringify(lines.map((each) => JSON.stringify(each)).sort())
      await engine().adapter.session((session) =>
        fc.assert(
          fc.asyncProperty(table, table, async (a, b) => {
            const isSame = canonical(a) === canonical(b)
            expect((await contentOf(session, selectOf(a))) === (await contentOf(session, selectOf(b)))).toBe(
              isSame,
            )
          }),
          few,
        ),
      )
    })

    test('do not depend on the order of rows', async () => {
      await engine().adapter.session((session) =>
        fc.assert(
          fc.asyncProperty(
            table.chain((rows) =>
              fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows.keys()], { minLength: rows.length })),
            ),
            async ([rows, order]) => {
              const other = order.map((at) => rows[at]!)
              expect(await contentOf(session, selectOf(other))).toBe(await contentOf(session, selectOf(rows)))
            },
          ),
          few,
        ),
      )
    })

    test('see rows that swapped a value, and pairs of rows that came twice', async () => {
      const tables: readonly (readonly Line[])[] = [
        [
          [1, 'a', 0],
          [2, 'b', 0],
        ],
        [
          [1, 'b', 0],
          [2, 'a', 0],
        ],
        [
          [1, 'a', 0],
          [1, 'a', 0],
          [2, 'b', 0],
          [2, 'b', 0],
        ],
        [
          [1, 'a', 0],
          [1, 'a', 0],
          [1, 'a', 0],
          [1, 'a', 0],
        ],
        [
          [2, 'b', 0],
          [2, 'b', 0],
          [2, 'b', 0],
          [2, 'b', 0],
        ],
        [
          [1, 'b', 0],
          [1, 'b', 0],
          [2, 'a', 0],
          [2, 'a', 0],
        ],
      ]
      const found = await Promise.all(tables.map((rows) => content(selectOf(rows))))
      expect(new Set(found).size).toBe(tables.length)
    })

    test('take floats for the same that differ in their last bits', async () => {
      const of = (value: string, type = 'double precision') =>
        content(`select cast(${value} as ${type}) as d`)
      const pairs = [
        ['0.1', '0.10000000000000002'],
        ['1234567.8912345', '1234567.8912345001'],
        ['-1e200', '-1.0000000000000002e200'],
        ['999999999999.99999', '1000000000000'],
        ["'-0'", "'0'"],
      ]
      for (const [a, b] of pairs) expect(await of(a!), `${a} and ${b}`).toBe(await of(b!))
      const different = [
        '0',
        '0.1',
        '0.100000000002',
        '1e-300',
        '2e-300',
        '1e308',
        "'NaN'",
        "'Infinity'",
        "'-Infinity'",
        '-0.1',
      ]
      const found = await Promise.all(different.map((value) => of(value)))
      expect(new Set(found).size).toBe(different.length)
      expect(await of('0.1', 'real')).not.toBe(await of('0.2', 'real'))
    })

    test('tell apart what only looks alike', async () => {
      const alike = [
        ["interval '1 month'", "interval '30 days'"],
        ['cast(null as integer)', '0'],
        ["cast('' as varchar)", 'cast(null as varchar)'],
        ['array[array[1], array[2]]', 'array[array[1, 2]]'],
        ['cast(array[] as integer[])', 'cast(null as integer[])'],
        ['cast(array[null] as integer[])', 'cast(array[] as integer[])'],
        ["array['a, b']", "array['a', 'b']"],
        ["array['NULL']", 'cast(array[null] as varchar[])'],
        ["array['']", 'cast(array[] as varchar[])'],
        ['array[\'"a"\']', "array['a']"],
        ['cast(1.5 as numeric(10, 2))', 'cast(1.51 as numeric(10, 2))'],
        ["timestamp '2024-01-01 00:00:00'", "timestamp '2024-01-01 00:00:00.000001'"],
      ]
      for (const [a, b] of alike)
        expect(await content(`select ${a} as v`), `${a} and ${b}`).not.toBe(await content(`select ${b} as v`))
    })

    test('of many rows are the same whenever they are asked for', async () => {
      const { adapter } = engine()
      await adapter.transaction(async (transaction) => {
        const stage = adapter.dialect.createStage(
          'hashed',
          'select i, i / 3.0e0 as d, cast(i % 7 as varchar) as t from generate_series(1, 50000) as g(i)',
        )
        await transaction.execute(stage.sql)
        const select = `select * from ${adapter.dialect.stage('hashed')}`
        const first = await contentOf(transaction, select)
        expect(await contentOf(transaction, `${select} order by i desc`)).toBe(first)
        expect(await contentOf(transaction, `${select} where i < 50000`)).not.toBe(first)
      })
    })
  })
}
