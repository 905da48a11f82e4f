import { describe, expect, test } from 'vitest'
import type { CompiledModel } from '../../core/compile/compiled.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { Folder, settings } from './opening.ts'

const source = { 'models/sources.yml': 'sources:\n  - name: raw.events\n  - name: raw.places\n' }
const daily = 'materialized: incremental\npartition: { column: day, grain: day, start: 2024-01-01 }'
const header = (yaml: string) => `/*---\n${yaml}\n---*/\n`

async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly Diagnostic[]> {
  const folder = await Folder.create({ ...source, ...files })
  try {
    await folder.open()
    return []
  } catch (error) {
    if (error instanceof SluiceError) return error.diagnostics
    throw error
  }
}

async function fingerprintOf(files: Readonly<Record<string, string>>, name: string): Promise<string> {
  const { compiled } = await (await Folder.create({ ...source, ...files })).open()
  return (compiled.nodes.get(name) as CompiledModel).fingerprint
}

describe('compiling', () => {
  test('rewrites references in place and keeps the rest of the text', async () => {
    const folder = await Folder.create({
      ...source,
      'models/s/a.sql': 'select 1 as id -- one',
      'models/s/b.sql':
        'select /* all */ s.a.id,  x.*\nfrom s.a\n  join raw.events as x on x.id = s.a.id;  -- end',
    })
    const { compiled } = await folder.open({ target: 'other' })
    const model = compiled.nodes.get('s.b') as CompiledModel
    expect(model.sql.parts.map((part) => ('text' in part ? part.text : part.symbol)).join('')).toBe(
      'select /* all */ "p_s"."a".id,  x.*\nfrom "p_s"."a"\n  join "raw"."events" as x on x.id = "p_s"."a".id',
    )
    expect(model.upstream).toEqual(['raw.events', 's.a'])
  })

  test('tells every mistake of a project at once, each with its place', async () => {
    const problems = await problemsOf({
      'models/a.sql': 'select * from nowhere',
      'models/b.sql': 'select {{vars.nothing}}',
      'models/c.sql': 'select 1 +',
      'models/d.sql': 'insert into a values (1)',
      'models/e.sql': `${header('checks:\n  - expression: "id >"\n  - relationships: { column: id, to: nobody, field: id }')}select 1 as id`,
    })
    expect(
      problems.map(({ code, place }) => `${code} ${place?.file}:${place?.line}:${place?.column}`).sort(),
    ).toEqual([
      'SL203 models/b.sql:1:10',
      'SL300 models/c.sql:1:11',
      'SL304 models/d.sql:1:1',
      'SL354 models/e.sql:4:5',
      'SL355 models/e.sql:3:5',
      'SL410 models/a.sql:1:15',
    ])
  })

  test('rejects a cycle with its whole path and the place of a reference', async () => {
    const [problem] = await problemsOf({
      'models/a.sql': 'select * from c',
      'models/b.sql': 'select * from a',
      'models/c.sql': 'select *\nfrom b',
    })
    expect(problem).toMatchObject({ code: 'SL413', message: expect.stringContaining('a → c → b → a') })
    expect(problem?.place).toMatchObject({ file: 'models/a.sql', line: 1, column: 15 })
  })

  test('maps an error inside a macro to the macro, with the call', async () => {
    const [problem] = await problemsOf({
      'macros/share.sql': 'sum(\n  nothing from nobody\n)',
      'models/a.sql': 'select\n  {{> share}} as x\nfrom raw.events',
    })
    expect(problem).toMatchObject({ code: 'SL300', place: { file: 'macros/share.sql', line: 2 } })
    expect(problem?.via).toMatchObject([{ file: 'models/a.sql', line: 2, column: 3 }])
  })

  test('refuses reads of a table by itself, and lets an incremental model name {{this}}', async () => {
    const [problem] = await problemsOf({
      'models/a.sql': `${header('materialized: table')}select * from {{this}}`,
    })
    expect(problem?.message).toContain('only incremental models')
    expect(
      await problemsOf({
        'models/a.sql': `${header(daily)}select day from raw.events where day >= {{partition.start}} union all select day from {{this}}`,
      }),
    ).toEqual([])
  })

  test.each([
    ['what the model does not read', 'reads: { raw.places: { before: 1 } }', 'does not read'],
    ['what has no partitions', 'reads: { raw.events: { before: 1 } }', 'has no partitions'],
    ['what the model does not read', 'follow: { raw.places: never }', 'does not read'],
  ])('refuses a setting about %s', async (_, setting, message) => {
    const sql = `${header(`${daily}\n${setting}`)}select day from raw.events where day >= {{partition.start}}`
    const problems = await problemsOf({ 'models/a.sql': sql })
    expect(problems).toMatchObject([{ code: 'SL353', message: expect.stringContaining(message) }])
  })

  test.each([
    ['amount > 1000) or (amount < 5', '`)` at character 14 closes nothing'],
    ['true) or (true', '`)` at character 5 closes nothing'],
    ["amount > (1 + 2) and place not in (')', '(') -- :)", undefined],
    ['amount = 1 /* ) */ and "a)" is null', undefined],
  ])('a condition of a check stands for itself: %s', async (condition, message) => {
    for (const check of [
      `expression: ${JSON.stringify(condition)}`,
      `not_null: amount\n    where: ${JSON.stringify(condition)}`,
    ]) {
      const sql = `${header(`checks:\n  - ${check}`)}select 1 as amount, 'x' as place, 2 as "a)"`
      const problems = await problemsOf({ 'models/e.sql': sql })
      expect(problems.map((each) => `${each.code} ${each.message.split(': ')[1]}`)).toEqual(
        message === undefined ? [] : [`SL355 ${message}`],
      )
    }
  })

  describe('the fingerprint', () => {
    const sql = `${header(daily)}select day, count(*) as n from raw.events where day >= {{partition.start}} group by day`

    const branching = `${header(daily)}select day, {{#if (eq partition.key "2024-01-01")}}case when true then 1 else {{> first}} + {{vars.limit}} end{{else}}0{{/if}} as n from raw.events where day >= {{partition.start}}`

    test.each([
      ['comments and layout', sql.replace('select day', 'SELECT  day /* the day */')],
      ['a description', sql.replace('materialized', 'description: text\nmaterialized')],
      ['a check', sql.replace('partition:', 'checks: [{ not_null: day }]\npartition:')],
    ])('does not change with %s', async (_, changed) => {
      expect(await fingerprintOf({ 'models/a.sql': changed }, 'a')).toBe(
        await fingerprintOf({ 'models/a.sql': sql }, 'a'),
      )
    })

    test('does not change when a macro is taken out that renders the same', async () => {
      const files = { 'macros/n.sql': 'count(*)', 'models/a.sql': sql.replace('count(*)', '{{> n}}') }
      expect(await fingerprintOf(files, 'a')).toBe(await fingerprintOf({ 'models/a.sql': sql }, 'a'))
    })

    test.each([
      ['an expression', sql.replace('count(*)', 'count(day)')],
      ['a bound for a literal that looks like it', sql.replace('{{partition.start}}', "DATE '0001-01-01'")],
      ['the other bound', sql.replace('partition.start', 'partition.end')],
      ['another table', sql.replace('raw.events', 'raw.places')],
      ['a merge', sql.replace('partition:', 'strategy: merge\nunique_key: day\npartition:')],
    ])('changes with %s', async (_, changed) => {
      expect(await fingerprintOf({ 'models/a.sql': changed }, 'a')).not.toBe(
        await fingerprintOf({ 'models/a.sql': sql }, 'a'),
      )
    })

    test.each([
      ['a value in a branch that is not taken', { 'models/a.sql': branching.replace('then 1', 'then 2') }],
      ['a macro of such a branch', { 'macros/first.sql': '{{> deeper}}', 'macros/deeper.sql': '8' }],
      ['a macro within it', { 'macros/deeper.sql': '9' }],
      ['a var of such a branch', { 'sluice.yml': settings.replace('limit: 5', 'limit: 6') }],
    ])('of a template whose logic looks at the partition changes with %s', async (_, changed) => {
      const files = {
        'models/a.sql': branching,
        'macros/first.sql': '7 + {{> deeper}}',
        'macros/deeper.sql': '8',
        'macros/unrelated.sql': '1',
      }
      const first = await fingerprintOf(files, 'a')
      expect(await fingerprintOf({ ...files, ...changed }, 'a')).not.toBe(first)
      expect(await fingerprintOf({ ...files, 'macros/unrelated.sql': '2' }, 'a')).toBe(first)
    })

    test('of what reads a view changes with the view, through views, and not with a table', async () => {
      const files = (view: string, table: string) => ({
        'models/v.sql': view,
        'models/w.sql': 'select * from v',
        'models/t.sql': `${header('materialized: table')}${table}`,
        'models/a.sql': `${header('materialized: table')}select w.* from w, t`,
      })
      const first = await fingerprintOf(files('select 1 as x', 'select 1 as y'), 'a')
      expect(await fingerprintOf(files('select 2 as x', 'select 1 as y'), 'a')).not.toBe(first)
      expect(await fingerprintOf(files('select 1 as x', 'select 2 as y'), 'a')).toBe(first)
    })
  })

  describe('the layout', () => {
    const layoutOf = async (column: string): Promise<string> => {
      const yaml = `materialized: incremental\npartition: { column: ${column}, grain: day, start: 2024-01-01 }`
      const files = { ...source, 'models/a.sql': `${header(yaml)}select day from raw.events` }
      const { compiled } = await (await Folder.create(files)).open()
      return (compiled.nodes.get('a') as CompiledModel).layoutId
    }

    test('is another one where time is written in another way', async () => {
      const ways = await Promise.all(
        [
          'day',
          '{ name: other }',
          '{ name: day, type: text, format: YYYY-MM-DD }',
          '{ name: day, type: text, format: YYYYMMDD }',
          '{ name: day, type: integer, format: YYYYMMDD }',
        ].map(layoutOf),
      )
      expect(new Set(ways).size).toBe(5)
    })

    test('is the same where the type of a date is only declared', async () => {
      expect(await layoutOf('{ name: day, type: date }')).toBe(await layoutOf('day'))
    })
  })

  describe('a custom check', () => {
    const models = {
      'models/a.sql': `${header('materialized: table')}select 1 as id`,
      'models/b.sql': `${header('materialized: table')}select * from a`,
      'models/c.sql': `${header('materialized: table')}select 1 as id`,
      'models/v.sql': 'select * from a',
    }

    test.each([
      ['one model', 'select * from a where id is null', 'a'],
      ['the most downstream of related models', 'select * from a join b using (id) where false', 'b'],
      ['nothing over unrelated models', 'select * from b join c using (id) where false', undefined],
      ['nothing on a view', 'select * from v where id is null', undefined],
    ])('gates %s', async (_, sql, gate) => {
      const { compiled } = await (await Folder.create({ ...models, 'checks/k.sql': sql })).open()
      const check = compiled.nodes.get('checks.k')
      expect(check?.kind === 'check' ? check.gateOf : 'no check').toBe(gate)
    })

    test('that reads nothing, and one that uses a partition that is not there, are mistakes', async () => {
      expect((await problemsOf({ 'checks/k.sql': 'select 1 where false' })).map(({ code }) => code)).toEqual([
        'SL358',
      ])
      const problems = await problemsOf({
        ...models,
        'checks/k.sql': 'select * from a where {{partition.start}} is null',
      })
      expect(problems.map(({ code }) => code)).toEqual(['SL355'])
    })
  })
})
