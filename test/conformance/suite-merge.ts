import { describe, expect, test } from 'vitest'
import type { Adapter, MergeStatement } from '../../core/adapter.ts'
import { newSchema, newTable, rowsOf } from './spaces.ts'
import type { EngineUnderTest } from './suite.ts'

const columns = [
  ['k', 'integer'],
  ['v', 'text'],
  ['n', 'integer'],
] as const

async function merged(
  adapter: Adapter,
  target: string,
  source: string,
  rest: Partial<MergeStatement> = {},
): Promise<{ readonly rows: readonly string[]; readonly changed: number }> {
  const schema = await newSchema(adapter)
  const table = await newTable(adapter, { schema, name: 'target' }, columns, target)
  const from = await newTable(adapter, { schema, name: 'source' }, columns, source)
  const sql = adapter.dialect.merge({
    target: table,
    source: from,
    columns: ['k', 'v', 'n'],
    key: ['k'],
    ...rest,
  })
  const changed = await adapter.session((session) => session.execute(sql))
  const rows = await rowsOf(adapter, `select k, v, n from ${table} order by k`)
  return { rows: rows.map((row) => `${row.k} ${row.v} ${row.n}`), changed }
}

export function mergeSuite(engine: EngineUnderTest): void {
  describe('a merge', () => {
    test('updates rows with a known key and inserts the others', async () => {
      const { rows } = await merged(
        engine().adapter,
        `(1, 'old', 1), (2, 'kept', 1)`,
        `(1, 'new', 1), (3, 'added', 1)`,
      )
      expect(rows).toEqual(['1 new 1', '2 kept 1', '3 added 1'])
    })

    test('leaves unchanged rows alone if it knows what to compare, nulls included', async () => {
      const { rows, changed } = await merged(
        engine().adapter,
        `(1, 'same', 1), (2, null, null), (3, 'old', 1), (4, null, 1)`,
        `(1, 'same', 1), (2, null, null), (3, 'new', 1), (4, 'x', 1), (5, 'added', 1)`,
        { compared: ['v', 'n'] },
      )
      expect(rows).toEqual(['1 same 1', '2 null null', '3 new 1', '4 x 1', '5 added 1'])
      expect(changed).toBe(3)
    })

    test('without a comparison updates every matched row', async () => {
      const { changed } = await merged(engine().adapter, `(1, 'same', 1)`, `(1, 'same', 1)`)
      expect(changed).toBe(1)
    })

    test('lets the newest row win, in any order', async () => {
      const { adapter } = engine()
      const newest = { newestBy: 'n', compared: ['v'] }
      expect((await merged(adapter, `(1, 'second', 2)`, `(1, 'first', 1)`, newest)).rows).toEqual([
        '1 second 2',
      ])
      expect((await merged(adapter, `(1, 'first', 1)`, `(1, 'second', 2)`, newest)).rows).toEqual([
        '1 second 2',
      ])
      expect((await merged(adapter, `(1, 'wrong', 2)`, `(1, 'right', 2)`, newest)).rows).toEqual([
        '1 right 2',
      ])
      // The same content, confirmed by a newer partition, must withstand the older one afterwards.
      expect((await merged(adapter, `(1, 'same', 1)`, `(1, 'same', 2)`, newest)).rows).toEqual(['1 same 2'])
    })

    test('deletes what the source no longer has, within a condition', async () => {
      const { rows, changed } = await merged(
        engine().adapter,
        `(1, 'gone', 1), (2, 'other window', 2), (3, 'same', 1), (4, 'old', 1)`,
        `(3, 'same', 1), (4, 'new', 1), (5, 'added', 1)`,
        { deleteMissingWhere: 'target.n = 1 or target.n = 7', compared: ['v', 'n'] },
      )
      expect(rows).toEqual(['2 other window 2', '3 same 1', '4 new 1', '5 added 1'])
      expect(changed).toBe(3)
    })

    test('of keys alone inserts the new ones', async () => {
      const { adapter } = engine()
      const schema = await newSchema(adapter)
      const keys = [
        ['Key 1', 'integer'],
        ['select', 'text'],
      ] as const
      const target = await newTable(adapter, { schema, name: 't' }, keys, `(1, 'a')`)
      const source = await newTable(adapter, { schema, name: 's' }, keys, `(1, 'a'), (1, 'b')`)
      const names = ['Key 1', 'select']
      const sql = adapter.dialect.merge({ target, source, columns: names, key: names, compared: [] })
      expect(await adapter.session((session) => session.execute(sql))).toBe(1)
      expect(await rowsOf(adapter, `select count(*) as n from ${target}`)).toEqual([{ n: 2 }])
    })

    test('reads a stage', async () => {
      const { adapter } = engine()
      const { dialect } = adapter
      const schema = await newSchema(adapter)
      const target = await newTable(adapter, { schema, name: 't' }, columns, `(1, 'old', 1)`)
      await adapter.transaction(async (transaction) => {
        await transaction.execute(dialect.createStage('stage', `select 1 as n, 'new' as v, 1 as k`).sql)
        await transaction.execute(
          dialect.merge({ target, source: dialect.stage('stage'), columns: ['k', 'v', 'n'], key: ['k'] }),
        )
      })
      expect(await rowsOf(adapter, `select * from ${target}`)).toEqual([{ k: 1, v: 'new', n: 1 }])
    })
  })
}
