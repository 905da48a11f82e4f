import type { Asker } from './asker.ts'
import { saidOf } from './problem.ts'
import type { Canonical, TypeOf } from './source-columns.ts'

export type { TypeOf } from './source-columns.ts'

/** Asks the engine how it spells types that people wrote: the type of a cast to each, which is bound and never run. */
export async function knownTypes(asker: Asker, written: readonly string[]): Promise<TypeOf> {
  const distinct = [...new Set(written)].sort()
  const answers = await asker.ask(
    distinct.map((type) => ({ text: `select cast(null as ${type}) as sluice_type`, stubs: [] })),
  )
  const types = new Map<string, Canonical>()
  for (const [index, type] of distinct.entries()) {
    const answer = answers[index]!
    if (answer.kind === 'bound') {
      const [column] = answer.columns
      // More than a type was written: the text of a query, say.
      const isOne = answer.columns.length === 1 && column?.name === 'sluice_type'
      types.set(
        type,
        isOne ? { kind: 'known', type: column.type } : { kind: 'refused', message: 'it is no type' },
      )
    } else if (answer.kind === 'failed') types.set(type, { kind: 'refused', ...saidOf(answer.error, []) })
    else types.set(type, { kind: 'unknown' })
  }
  return (text) => types.get(text) ?? { kind: 'unknown' }
}
