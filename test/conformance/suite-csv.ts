import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CsvFile, Row } from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { failure } from './spaces.ts'
import type { EngineUnderTest } from './suite.ts'

export function csvSuite(engine: EngineUnderTest): void {
  describe('a CSV file', () => {
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-csv-'))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    const load = async (text: string, rest: Partial<CsvFile> = {}) => {
      const { adapter } = engine()
      const path = join(folder, 'seed.csv')
      await writeFile(path, text)
      const { value } = await adapter.transaction(async (transaction) => {
        const columns = await adapter.loadCsv(transaction, 'Seed 1', {
          path,
          delimiter: ',',
          types: {},
          ...rest,
        })
        const select = `select * from ${adapter.dialect.stage('Seed 1')}`
        const described = await adapter.catalog.describe(transaction, select)
        const rows: readonly Row[] = await transaction.query(select)
        return { columns, described, rows }
      })
      return value
    }

    test('becomes a stage with types by the common rule', async () => {
      const { adapter } = engine()
      const { columns, described, rows } = await load(
        [
          'flag,n,big,f,d,ts,tz,code,t,empty',
          'true,1,9007199254740993,1.5,2024-01-31,2024-01-31 13:45:01,2024-01-31T13:45:01Z,007,"a ""b"", c",',
          'FALSE,-2,1,1e3,2024-02-29,2024-01-31,2024-01-31T13:45:01+02:00,1,"x\ty\\N\nz\r",',
          ',,,,,,,,,',
        ].join('\n'),
      )
      expect(rows).toEqual([
        {
          flag: true,
          n: 1,
          big: 9007199254740993n,
          f: 1.5,
          d: '2024-01-31',
          ts: new Date('2024-01-31T13:45:01Z'),
          tz: new Date('2024-01-31T13:45:01Z'),
          code: '007',
          t: 'a "b", c',
          empty: null,
        },
        {
          flag: false,
          n: -2,
          big: 1,
          f: 1000,
          d: '2024-02-29',
          ts: new Date('2024-01-31T00:00:00Z'),
          tz: new Date('2024-01-31T11:45:01Z'),
          code: '1',
          t: 'x\ty\\N\nz\r',
          empty: null,
        },
        {
          flag: null,
          n: null,
          big: null,
          f: null,
          d: null,
          ts: null,
          tz: null,
          code: null,
          t: null,
          empty: null,
        },
      ])
      const kinds = (list: typeof columns) =>
        list.map((column) => adapter.dialect.columnType(column.type) ?? '-')
      const expected = [
        '-',
        'integer',
        'integer',
        '-',
        'date',
        'timestamp',
        'timestamptz',
        'text',
        'text',
        'text',
      ]
      expect(columns).toEqual(described)
      expect(kinds(columns)).toEqual(expected)
    })

    test('keeps any text', async () => {
      const value = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0'))
      await fc.assert(
        fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 20 }), async (values) => {
          const quoted = values.map((each) => `"${each.replaceAll('"', '""')}"`)
          const { rows } = await load(`n,v\n${quoted.map((each, at) => `${at},${each}`).join('\n')}\n`, {
            types: { v: 'text' },
          })
          const read = [...rows].sort((a, b) => Number(a.n) - Number(b.n)).map((row) => row.v)
          expect(read).toEqual(values)
        }),
        { seed: 5, numRuns: 20 },
      )
    })

    test('without rows is an empty table', async () => {
      const { columns, rows } = await load('a,B c\n')
      expect(columns.map((column) => column.name)).toEqual(['a', 'B c'])
      expect(rows).toEqual([])
    })

    test('of many rows loads whole', async () => {
      const lines = Array.from({ length: 30_000 }, (_, n) => `${n},"row ${n}"`)
      const { rows } = await load(`n,t\n${lines.join('\n')}`)
      expect(rows).toHaveLength(30_000)
    })

    test('takes declared types and another delimiter', async () => {
      const { rows } = await load('a;b\n1;2\n', {
        delimiter: ';',
        types: { a: 'text', b: 'double precision' },
      })
      expect(rows).toEqual([{ a: '1', b: 2 }])
    })

    test('with a value that does not fit its declared type is a coded error, and nothing stays', async () => {
      const error = await failure(load('a,b\n1,2\nx,3\n', { types: { a: 'integer' } }))
      expect(error).toBeInstanceOf(SluiceError)
      expect((error as SluiceError).diagnostics[0]).toMatchObject({
        code: 'SL522',
        message: expect.stringContaining('a'),
      })
      expect((await load('a\n1\n')).rows).toEqual([{ a: 1 }])
    })

    test('without a declared column, or that is no table, is a coded error', async () => {
      const missing = await failure(load('a\n1\n', { types: { b: 'integer' } }))
      expect((missing as SluiceError).diagnostics).toMatchObject([{ code: 'SL521' }])
      const ragged = await failure(load('a,b\n1\n'))
      expect((ragged as SluiceError).diagnostics).toMatchObject([{ code: 'SL520' }])
      const absent = await failure(load('a\n', { path: join(folder, 'absent.csv') }))
      expect((absent as SluiceError).diagnostics).toMatchObject([{ code: 'SL520' }])
    })
  })
}
