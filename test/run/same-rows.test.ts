import { describe, expect, test } from 'vitest'
import { type EngineName, engines, model, projects } from './project.ts'

/** Values that the engine calls equal, and that a reader can tell apart; and whether the second run sees a change. */
const rebuilds: readonly [EngineName, string, string][] = [
  ['postgres', '1.0', '1.00'],
  ['postgres', 'array[1.0]', 'array[1.00]'],
  ['postgres', `'{"a": 1.0}'::jsonb`, `'{"a": 1.00}'::jsonb`],
  ['postgres', 'numrange(1.0, 2)', 'numrange(1.00, 2)'],
  ['postgres', `'0'::float8`, `'-0'::float8`],
  ['duckdb', `'0'::double`, `'-0'::double`],
  ['duckdb', `['0'::double]`, `['-0'::double]`],
]

describe.each(engines)('a table that is rebuilt on %s', (engine) => {
  const open = projects(engine)
  const table = (value: string) => model('materialized: table', `select ${value} as v`)

  async function rebuilt(from: string, to: string) {
    const project = await open({ 'models/m/t.sql': table(from) })
    expect((await project.run()).error).toBeUndefined()
    await project.write({ 'models/m/t.sql': table(to) })
    const run = await project.run({ force: true })
    expect(run.error).toBeUndefined()
    const shown = await project.value('select cast(v as varchar) from m.t')
    expect(shown).toEqual(await project.value(`select cast(v as varchar) from (select ${to} as v) as q`))
    return run.events.flatMap((event) => (event.type === 'task_succeeded' ? [event.published.changed] : []))
  }

  test.each(rebuilds.filter(([of]) => of === engine).map(([, from, to]) => [from, to]))(
    'follows from %s to %s, although they are equal',
    async (from, to) => {
      expect(await rebuilt(from, to)).toEqual([true])
    },
  )

  test.each(['1.5', '1.25::numeric(10, 2)', `'0.1'::float8`, `'NaN'::float8`, `'x'`])(
    'with the same %s did not change',
    async (value) => {
      expect(await rebuilt(value, value)).toEqual([false])
    },
  )
})
