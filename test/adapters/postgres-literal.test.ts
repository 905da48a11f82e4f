import fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { utf16Offset } from '../../adapters/postgres/explain.ts'
import { instantText } from '../../adapters/postgres/instant.ts'
import { inline, literal } from '../../adapters/postgres/literal.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

let database: TestDatabase
let client: Client
beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

describe('parameters written into a statement', () => {
  test('stand only where the server would see a placeholder', () => {
    const cases: readonly (readonly [sql: string, written: string])[] = [
      ['select $1, $2', `select 'x', 'y'`],
      [`select '$1', "$1", $1`, `select '$1', "$1", 'x'`],
      [`select 'it''s $1', $2`, `select 'it''s $1', 'y'`],
      [`select E'a\\' $1', $1`, `select E'a\\' $1', 'x'`],
      ['select $$ $1 $$, $a$ $1 $$ $a$, $1', `select $$ $1 $$, $a$ $1 $$ $a$, 'x'`],
      ['select 1 -- $1\n, $1 /* $2 */', `select 1 -- $1\n, 'x' /* $2 */`],
      ['select a$1 from t where b = $2', `select a$1 from t where b = 'y'`],
    ]
    for (const [sql, written] of cases) expect(inline(sql, ['x', 'y'])).toBe(written)
  })

  test('mean the same as parameters', async () => {
    await client.query(
      'create table kinds (t text, n bigint, f double precision, b boolean, ts timestamptz, i integer)',
    )
    const insert = 'insert into kinds select $1, $2, $3, $4, $5, coalesce($6, 7) where $1 = $1'
    const param = fc.tuple(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.date({ min: new Date(-8e12 - 6.2e13), max: new Date(8e14), noInvalidDate: true }),
      fc.option(fc.integer()),
    )
    await fc.assert(
      fc.asyncProperty(param, async ([t, n, f, b, ts, i]) => {
        await client.query('truncate kinds')
        await client.query({ text: insert, values: [t, n, f, b, instantText(ts.getTime()), i] })
        await client.query(inline(insert, [t, n, f, b, ts, i]))
        const { rows } = await client.query(
          'select count(*)::int as n, (select extract(epoch from ts) * 1000 from kinds limit 1)::text as ms from (select distinct * from kinds) as d',
        )
        expect(rows[0].n).toBe(1)
        expect(Number(rows[0].ms)).toBe(ts.getTime())
      }),
      { seed: 3, numRuns: 60 },
    )
  })

  test('are never forgotten', () => {
    expect(() => inline('select $2', ['x'])).toThrow('$2')
  })
})

test('a text with NUL is refused, as the server would cut or refuse it', () => {
  expect(() => literal('a\0b')).toThrow(SluiceError)
})

test('the server’s positions count code points, offsets count UTF-16 units', async () => {
  const sql = `select '😀😀' as a, 'é' as b, bogus`
  const error = await client.query(sql).catch((each: { readonly position: string }) => each)
  expect(utf16Offset(sql, Number((error as { readonly position: string }).position) - 1)).toBe(
    sql.indexOf('bogus'),
  )
})
