import { expect, test } from 'vitest'
import { Ledger, ledgerScope } from '../../core/ledger/ledger.ts'

test('no two models of targets that share a database have one name in the ledger', () => {
  const names = [{}, { prefix: 'a_' }, { name: 'a_' }, { prefix: 'a' }, { name: 'a' }].flatMap((schema) => {
    const ledger = new Ledger({} as never, () => new Date(0), ledgerScope(schema))
    return ['x', 'a_x', '_x', 's.x', 'a_s.x'].map((model) => ledger.nameOf(model))
  })
  expect(new Set(names).size).toBe(names.length)
})

test('a target without a rule uses the names of the project', () => {
  expect([ledgerScope({}), ledgerScope({ prefix: '' })]).toEqual(['', ''])
})
