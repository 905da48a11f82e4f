import { describe, expect, test } from 'vitest'
import { definitionOf } from '../../core/compile/definition.ts'
import { dailyModel, engines, type Files, inWindow, model, projects } from '../run/project.ts'
import { checkedAgain } from './checked-again.ts'

const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)
const rows = `select * from (values (1, 'a', 10), (2, 'b', null), (3, 'b', 30), (null, 'c', 40)) as v(id, kind, amount)`
const atMost = 'select * from {{this}} as r where r.{{column}} > {{limit}}'

describe.each(engines)('checks of the project on %s', (engine) => {
  const open = projects(engine)

  async function checked(check: string, macros: Files, more = '') {
    const project = await open({ 'models/m/t.sql': table(rows, `checks:\n  - ${check}\n${more}`), ...macros })
    return { project, run: await project.run() }
  }

  test('a macro with parameters selects what fails', async () => {
    const { run } = await checked('at_most: { column: amount, limit: 25 }', {
      'macros/checks/at_most.sql': atMost,
    })
    expect(run.checks).toMatchObject([
      { kind: 'macro', name: 'at_most_amount', passed: false, failing: 2, severity: 'error' },
    ])
    expect(run.checks[0]?.sample).toHaveLength(2)
    expect(run.error).toMatchObject({ code: 'SL620', place: { file: 'models/m/t.sql' } })
  })

  test.each([
    ['beside its columns', 'together: [id, amount]', 2],
    ['with its column alone', 'present: amount', 1],
    ['that only looks at some rows', "present: { column: amount, where: kind <> 'b' }", 0],
    ['with a severity beside it', 'present: amount\n    severity: warn', 1],
    ['with limits', 'present: { column: amount, warn_if: "> 0", error_if: ">= 50%" }', 1],
    ['with an optional parameter', 'at_least: amount', 0],
    ['with an optional parameter that is given', 'at_least: { column: amount, least: 20 }', 1],
    ['with a list', 'one_of: { column: kind, values: [a, b] }', 1],
    ['that calls another macro', 'odd: { column: id }', 2],
  ])('%s', async (_, check, failing) => {
    const { run } = await checked(check, {
      'macros/checks/together.sql':
        'select * from {{this}} where {{#each columns}}{{this}} is null{{#unless @last}} or {{/unless}}{{/each}}',
      'macros/checks/present.sql': 'select * from {{this}} where {{column}} is null -- nothing more',
      'macros/checks/at_least.sql': 'select * from {{this}} where {{column}} < {{default least 10}}',
      'macros/checks/one_of.sql': 'select {{column}} from {{this}} where {{column}} not in ({{join values}})',
      'macros/is_odd.sql': '{{what}} % 2 = 1',
      'macros/checks/odd.sql': 'select * from {{this}} where {{> is_odd what=column}}',
    })
    expect(run.checks).toMatchObject([{ kind: 'macro', failing }])
    const blocks = failing > 0 && run.checks[0]!.severity === 'error'
    expect(run.error?.code).toBe(blocks ? 'SL620' : undefined)
  })

  test('it stands below a column, and in the defaults of a folder', async () => {
    const project = await open({
      'models/m/t.sql': table(rows, 'columns: [{ name: amount, checks: [{ at_most: { limit: 25 } }] }]'),
      'models/m/u.sql': table(rows),
      'macros/checks/at_most.sql': atMost,
      'macros/checks/some.sql': 'select 1 where not exists (select 1 from {{this}})',
      settings: 'folders: { m: { checks: [some: {}] } }',
    })
    const run = await project.run()
    expect(run.checks.map(({ model: name, name: check, failing }) => [name, check, failing]).sort()).toEqual([
      ['m.t', 'at_most_amount', 2],
      ['m.t', 'some', 0],
      ['m.u', 'some', 0],
    ])
  })

  test('it may read other relations, which are built before', async () => {
    const { run } = await checked('known: { column: id, in: m.u }', {
      'models/m/u.sql': table('select 1 as id'),
      'macros/checks/known.sql':
        'select r.* from {{this}} as r where not exists (select 1 from {{identifier in}} as o where o.id = r.{{column}})',
    })
    expect(run.plan.tasks.map(({ model: name }) => name)).toEqual(['m.u', 'm.t'])
    expect(run.checks).toMatchObject([{ failing: 3 }])
  })

  test('it may look at the whole relation that it is on', async () => {
    const { run } = await checked('steady: {}', {
      'macros/checks/steady.sql':
        'select 1 where (select count(*) from {{model}}) <> (select count(*) from {{this}})',
    })
    expect(run.error).toBeUndefined()
    expect(run.checks).toMatchObject([{ failing: 0 }])
  })

  describe('of partitions', () => {
    async function loaded(macro: string) {
      const project = await open({
        'models/sources.yml':
          'sources:\n  - name: raw.events\n    checks: [at_most: { column: amount, limit: 35 }]\n',
        'models/m/t.sql': dailyModel(
          `select day, id, amount from raw.events where ${inWindow}`,
          'checks: [{ mine: { column: amount, limit: 15 } }]',
        ),
        'macros/checks/mine.sql': macro,
        'macros/checks/at_most.sql': atMost,
      })
      await project.sql(
        'create schema raw',
        'create table raw.events (day date, id integer, amount integer)',
        `insert into raw.events values ('2024-01-01', 1, 10), ('2024-01-02', 3, 30), ('2024-01-03', 4, 40)`,
      )
      return project
    }

    test.each([
      ['the rows of the partition', atMost],
      ['the window', `select id from m.t where ${inWindow} and {{column}} > {{limit}}`],
    ])('it sees %s, in a batch as one by one', async (_, macro) => {
      for (const batch of [1, 31]) {
        const project = await loaded(macro)
        const run = await project.run({ from: '2024-01-01', to: '2024-01-03', request: { batch } })
        expect(run.checks.map(({ partition, failing }) => [partition, failing]).sort()).toEqual([
          ['2024-01-01', 0],
          ['2024-01-02', 1],
          ['2024-01-03', 1],
        ])
        const kept = await checkedAgain(project, 'm.t')
        expect(kept.map(({ partition, passed }) => [partition, passed])).toEqual([['2024-01-01', true]])
      }
    })

    test('`sluice check` runs it on a source', async () => {
      const project = await loaded(atMost)
      expect(await checkedAgain(project, 'raw.events')).toMatchObject([
        { name: 'at_most_amount', failing: 1 },
      ])
    })
  })

  test('what the engine says of it has the place where it is used', async () => {
    const { run } = await checked('at_most: { column: nothing, limit: 25 }', {
      'macros/checks/at_most.sql': atMost,
    })
    expect(run.error).toMatchObject({ code: 'SL621', place: { file: 'models/m/t.sql', line: 4 } })
    expect(run.error?.message).toContain('nothing')
    expect(run.error?.message).toContain('(macros/checks/at_most.sql)')
  })

  test('its rows are not kept where a column hides its values', async () => {
    const { run } = await checked(
      'at_most: { column: amount, limit: 25 }',
      { 'macros/checks/at_most.sql': atMost },
      'columns: [{ name: kind, sample: false }]',
    )
    expect(run.checks).toMatchObject([{ failing: 2, sample: [] }])
  })
})

describe('checks of the project, compiled', () => {
  const open = projects('duckdb')

  const compile = async (check: string, macro: string) => {
    const project = await open({
      'models/m/t.sql': table(rows, `checks:\n  - ${check}`),
      'macros/checks/mine.sql': macro,
    })
    return project.compile()
  }

  test.each([
    ['a missing parameter', 'mine: { column: id }', atMost, 'SL183', 'it needs `limit`'],
    ['an unknown one', 'mine: { column: id, limit: 5, limt: 4 }', atMost, 'SL183', 'it takes no `limt`'],
    [
      'a template that decides by the column',
      'mine: id',
      '{{#if column}}select 1{{/if}} from {{this}}',
      'SL183',
      'decides by',
    ],
    ['a relation that is not there', 'mine: {}', 'select * from m.nothing', 'SL410', 'm.nothing'],
    ['text that is no query', 'mine: {}', 'selec 1', 'SL300', ''],
    ['something that changes data', 'mine: {}', 'delete from {{this}}', 'SL304', ''],
    ['two statements', 'mine: {}', 'select 1; select 2', 'SL302', ''],
    ['a partition of a table', 'mine: {}', 'select {{partition.start}}', 'SL208', ''],
  ])('%s is an error', async (_, check, macro, code, message) => {
    const error = await compile(check, macro).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const [first] = (
      error as { diagnostics: readonly { code: string; message: string; place?: { file: string } }[] }
    ).diagnostics
    expect(first).toMatchObject({ code })
    expect(first!.message).toContain(message)
    expect(first!.place?.file).toBe(code === 'SL183' ? 'models/m/t.sql' : 'macros/checks/mine.sql')
  })

  test('another check, or another text of its macro, is another definition and no other fingerprint', async () => {
    const described = async (check: string, macro: string) => {
      const { project } = await compile(check, macro)
      const node = project.nodes.get('m.t')!
      return { node, definition: definitionOf(node, () => '?') }
    }
    const first = await described('mine: { column: id, limit: 5 }', atMost)
    const same = await described('mine: { column: id, limit: 5 }', atMost)
    const other = await described('mine: { column: id, limit: 6 }', atMost)
    const text = await described('mine: { column: id, limit: 5 }', `${atMost} and 1 = 1`)
    expect(same.definition).toEqual(first.definition)
    for (const { node, definition } of [other, text]) {
      expect(definition).toMatchObject({ body: first.definition.body, configs: first.definition.configs })
      expect(definition.checks).not.toBe(first.definition.checks)
      expect(node).toMatchObject({ fingerprint: (first.node as { fingerprint: string }).fingerprint })
    }
  })
})
