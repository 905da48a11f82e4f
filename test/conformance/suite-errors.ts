import { describe, expect, test } from 'vitest'
import { failure, newSchema, newTable } from './spaces.ts'
import type { EngineUnderTest } from './suite.ts'

export function errorSuite(engine: EngineUnderTest): void {
  describe('an error', () => {
    const explained = async (sql: string) => {
      const { adapter } = engine()
      const error = await failure(adapter.session((session) => session.query(sql)))
      expect(adapter.classify(error)).toBe('permanent')
      return adapter.explain(error)
    }

    test('of syntax says where', async () => {
      const sql = `select 'é😀' as a,\n  1 as from from from`
      const found = await explained(sql)
      expect(found.kind).toBe('syntax')
      expect(found.offset).toBeGreaterThan(sql.indexOf('1 as'))
      expect(found.message).not.toMatch(/\n\s+at /)
    })

    test('of an unknown relation, column or function says where', async () => {
      const { adapter } = engine()
      const table = await newTable(adapter, { schema: await newSchema(adapter), name: 't' }, [
        ['a', 'integer'],
      ])
      const column = `select 'é😀' as x, nonsense from ${table}`
      expect(await explained(column)).toMatchObject({
        kind: 'unknown_column',
        offset: column.indexOf('nonsense'),
        message: expect.stringContaining('nonsense'),
      })
      const relation = `select 'é😀' as x from no_such_table`
      expect(await explained(relation)).toMatchObject({
        kind: 'unknown_relation',
        offset: relation.indexOf('no_such_table'),
        message: expect.stringContaining('no_such_table'),
      })
      const call = `select 'é😀' as x, no_such_function(1)`
      expect(await explained(call)).toMatchObject({
        kind: 'unknown_function',
        offset: call.indexOf('no_such_function'),
      })
    })

    test('of types is known', async () => {
      expect((await explained(`select cast('abc' as integer)`)).kind).toBe('type')
      expect((await explained(`select cast('2001-02-30' as date)`)).kind).toBe('type')
    })

    test('of a constraint is known', async () => {
      const { adapter } = engine()
      const relation = { schema: await newSchema(adapter), name: 't' }
      const table = await newTable(adapter, relation, [['a', 'integer']], '(1)')
      await adapter.session((session) =>
        session.execute(adapter.dialect.createIndex(relation, 'sluice_a', ['a'], true)),
      )
      expect((await explained(`insert into ${table} values (1)`)).kind).toBe('constraint')
      await adapter.session((session) => session.execute(`alter table ${table} add column b integer`))
    })

    test('that is none of the engine’s is explained too', () => {
      const { adapter } = engine()
      expect(adapter.explain(new Error('odd'))).toEqual({ message: 'odd', kind: 'other' })
      expect(adapter.classify(new Error('odd'))).toBe('permanent')
      expect(adapter.explain('odd')).toEqual({ message: 'odd', kind: 'other' })
    })
  })
}
