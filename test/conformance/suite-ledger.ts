import { describe, expect, test } from 'vitest'
import type { LedgerMigration } from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { ledgerMigrations } from '../../core/ledger/schema.ts'
import { failure } from './spaces.ts'
import type { EngineUnderTest } from './suite.ts'

const first: LedgerMigration = {
  version: 1,
  createTables: [
    {
      name: 'things',
      columns: [
        { name: 'id', type: 'text' },
        { name: 'part', type: 'integer' },
        { name: 'size', type: 'bigint', nullable: true },
        { name: 'done', type: 'boolean' },
        { name: 'made_at', type: 'instant' },
        { name: 'about', type: 'json', nullable: true },
      ],
      primaryKey: ['id', 'part'],
      indexes: [['made_at'], ['size', 'done']],
    },
    { name: 'keyless', columns: [{ name: 'id', type: 'text' }], primaryKey: [], indexes: [['id']] },
  ],
  addColumns: [],
}
const second: LedgerMigration = {
  version: 2,
  createTables: [
    { name: 'others', columns: [{ name: 'id', type: 'text' }], primaryKey: ['id'], indexes: [] },
  ],
  addColumns: [{ table: 'things', column: { name: 'extra', type: 'text', nullable: true } }],
}

export function ledgerSuite(engine: EngineUnderTest): void {
  describe('the ledger', () => {
    test('is created, and migrated step by step, only once', async () => {
      const adapter = await engine().fresh()
      expect(await adapter.ledgerVersion()).toBe(0)
      await adapter.migrate([first])
      expect(await adapter.ledgerVersion()).toBe(1)
      const at = new Date('2001-01-05T01:02:03.456Z')
      await adapter.session(async (session) => {
        const insert =
          'insert into sluice.things (id, part, size, done, made_at, about) values ($1, $2, $3, $4, $5, $6)'
        await session.execute(insert, ['a', 1, 2n ** 60n, true, at, '{"a":[1]}'])
        expect(await session.query('select * from sluice.things')).toEqual([
          { id: 'a', part: 1, size: 2n ** 60n, done: true, made_at: at, about: '{"a":[1]}' },
        ])
        const again = await failure(session.execute(insert, ['a', 1, 1, true, at, null]))
        expect(adapter.explain(again).kind).toBe('constraint')
        const empty = await failure(session.execute(insert, ['b', 1, 1, null, at, null]))
        expect(adapter.explain(empty).kind).toBe('constraint')
      })
      await adapter.migrate([first, second])
      await adapter.migrate([first, second])
      expect(await adapter.ledgerVersion()).toBe(2)
      expect(
        await adapter.session((session) => session.query('select id, extra from sluice.things')),
      ).toEqual([{ id: 'a', extra: null }])
      await adapter.close()
    })

    test('that is newer is refused', async () => {
      const adapter = await engine().fresh()
      await adapter.migrate([first, second])
      const error = await failure(adapter.migrate([first]))
      expect(error).toBeInstanceOf(SluiceError)
      expect((error as SluiceError).diagnostics[0]?.message).toMatch(/2.*1/)
      await adapter.close()
    })

    test('is safe when several migrate at once', async () => {
      const adapter = await engine().fresh()
      await Promise.all(Array.from({ length: 8 }, () => adapter.migrate(ledgerMigrations)))
      expect(await adapter.ledgerVersion()).toBe(ledgerMigrations.at(-1)?.version)
      await adapter.close()
    })

    test('numbers changes upwards', async () => {
      const adapter = await engine().fresh()
      await adapter.migrate([first])
      const numbers: number[] = []
      for (let i = 0; i < 3; i++) {
        const { rows } = await adapter.transaction(async (transaction) => {
          transaction.commitWith([{ sql: `select ${adapter.dialect.nextChange} as n` }])
        })
        numbers.push(Number(rows[0]?.n))
      }
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      expect(new Set(numbers).size).toBe(3)
      expect(Math.min(...numbers)).toBeGreaterThan(0)
      await adapter.close()
    })
  })
}
