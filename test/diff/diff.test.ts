import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type DiffProject, diffProjects, engines, type Told } from './project.ts'

const orders = (sql: string) => `/*---
materialized: incremental
partition: { column: { name: day, type: date }, grain: day, start: 2024-01-01, end: 2024-01-03 }
checks:
  - unique: [id]
---*/
${sql}
from raw_orders
where day >= {{partition.start}} and day < {{partition.end}}
`
const table = (sql: string, more = '') => `/*---\nmaterialized: table\n${more}---*/\n${sql}\n`
const select = 'select id, customer, cast(amount as integer) as amount, {{> cents}} as cents, day'

const shop = {
  settings: 'vars: { minimum: 10 }\n',
  'seeds/raw_orders.csv':
    'id,customer,amount,day\n1,ann,5,2024-01-01\n2,bob,50,2024-01-02\n3,ann,7,2024-01-02\n',
  'macros/cents.sql': 'amount * 100',
  'models/staging/orders.sql': orders(select),
  'models/marts/daily.sql': table(
    'select day, sum(amount) as revenue, count(*) as n from staging.orders group by day',
  ),
  'models/marts/big.sql': table('select id, customer from staging.orders where amount >= {{vars.minimum}}'),
  'models/marts/names.sql': table('select customer, count(*) as n from staging.orders group by customer'),
  'models/marts/cents.sql': table('select id, cents from staging.orders'),
}

/** The lines of a kind, without what does not matter. */
function told({ lines }: Told, is: string): readonly Record<string, unknown>[] {
  return lines.filter((line) => line.is === is).map(({ is: _, ...line }) => line)
}

function change(found: Told, name: string): Record<string, unknown> | undefined {
  return told(found, 'change').find((each) => each.name === name)
}

function columns(found: Told, name: string): readonly string[] {
  const all = (change(found, name)?.columns ?? []) as readonly Record<string, unknown>[]
  return all.map(({ kind, column, to, before, after, breaking }) =>
    [kind, column, to, before, after, breaking ? 'breaks' : ''].filter(Boolean).join(' '),
  )
}

function impact(found: Told): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    told(found, 'impact').map(({ name, hit, columns }) => [
      name,
      hit === 'values' ? (columns as readonly { column: string }[]).map(({ column }) => column) : hit,
    ]),
  )
}

async function diffed(project: DiffProject, options: Parameters<DiffProject['tell']>[1] = {}): Promise<Told> {
  const found = await project.tell('diff', { base: 'main', ...options }, 'json')
  expect(found.diagnostics).toEqual([])
  return found
}

describe.each(engines)('sluice diff on %s', (engine) => {
  const open = diffProjects(engine)
  const [bigint, integer] = engine === 'duckdb' ? ['BIGINT', 'INTEGER'] : ['bigint', 'integer']

  test('comments, layout and macros that render the same are no change', async () => {
    const project = open(shop)
    project.git.write({
      'models/marts/daily.sql': table(
        '-- by day\nSELECT day,\n  sum(amount) AS revenue, count(*) AS n\nFROM staging.orders GROUP BY day',
      ),
      'macros/cents.sql': 'amount   *  100{{!-- the same --}}',
    })
    const found = await diffed(project)
    expect(found.lines.map(({ is }) => is)).toEqual(['base'])
    expect(found.code).toBe(0)
    expect((await project.tell('diff', { base: 'main' })).out).toContain('Nothing changed')
  })

  test('a macro and a var are named as the cause, and hit what takes from it alone', async () => {
    const project = open(shop)
    project.git.write({
      'macros/cents.sql': 'amount * 1000',
      'sluice.yml': readFileSync(join(project.root, 'sluice.yml'), 'utf8').replace(
        'minimum: 10',
        'minimum: 20',
      ),
    })
    const found = await diffed(project)
    expect(change(found, 'staging.orders')).toMatchObject({
      status: 'changed',
      breaking: false,
      causes: [{ kind: 'macro', name: 'cents' }],
      rows: [],
    })
    expect(columns(found, 'staging.orders')).toEqual(['values cents'])
    expect(change(found, 'marts.big')).toMatchObject({
      causes: [{ kind: 'var', name: 'minimum' }],
      rows: ['filter'],
    })
    expect(impact(found)).toEqual({
      'marts.big': 'none',
      'marts.cents': ['cents'],
      'marts.daily': 'none',
      'marts.names': 'none',
    })
    expect(change(found, 'marts.big')).toMatchObject({ edited: false })
    expect(found.code).toBe(0)
    expect((await diffed(project, { failOnChange: 'any' })).code).toBe(1)
  })

  test('a filter hits every reader, and says so', async () => {
    const project = open(shop)
    project.git.write({
      'models/staging/orders.sql': orders(select).replace('where', "where customer <> 'bob' and"),
    })
    const found = await diffed(project)
    expect(change(found, 'staging.orders')).toMatchObject({ rows: ['filter'], columns: [] })
    expect(new Set(Object.values(impact(found)))).toEqual(new Set(['rows']))
  })

  test('columns removed, renamed, narrowed and widened', async () => {
    const project = open(shop)
    project.git.write({
      'models/staging/orders.sql': orders(
        'select id, customer as buyer, cast(amount as bigint) as amount, cast({{> cents}} as smallint) as cents, day, 1 as extra',
      ),
      'models/marts/names.sql': table('select buyer, count(*) as n from staging.orders group by buyer'),
      'models/marts/daily.sql': table('select day, sum(amount) as revenue from staging.orders group by day'),
      'models/marts/big.sql': table(
        'select id, buyer as customer from staging.orders where amount >= {{vars.minimum}}',
      ),
    })
    const found = await diffed(project)
    const old = engine === 'duckdb' ? 'BIGINT' : 'bigint'
    const small = engine === 'duckdb' ? 'SMALLINT' : 'smallint'
    expect(columns(found, 'staging.orders')).toEqual([
      'renamed customer buyer breaks',
      `type amount ${integer} ${bigint}`,
      'values amount',
      `type cents ${old} ${small} breaks`,
      'values cents',
      'added extra',
    ])
    expect(columns(found, 'marts.daily')).toContain('removed n breaks')
    // What follows the new name and keeps its own is no change of its own; what takes it over is renamed too.
    expect(columns(found, 'marts.big')).toEqual([])
    expect(columns(found, 'marts.names')).toEqual(['renamed customer buyer breaks'])
    expect(found.code).toBe(1)
    expect((await diffed(project, { failOnChange: 'never' })).code).toBe(0)
    const { out } = await project.tell('diff', { base: 'main', sql: true })
    expect(out).toContain('customer renamed to buyer')
    expect(out).toMatch(/^ +\+select id, customer as buyer/m)
  })

  test('files that Git writes with other line ends than it keeps are no change', async () => {
    const project = open(shop)
    project.git.run('config', 'core.autocrlf', 'true')
    for (const path of ['seeds/raw_orders.csv', 'macros/cents.sql']) {
      rmSync(join(project.root, path))
      project.git.run('checkout', '--', path)
      expect(readFileSync(join(project.root, path), 'utf8')).not.toMatch(/[^\r]\n/)
    }
    expect((await diffed(project)).lines.map(({ is }) => is)).toEqual(['base'])
  })

  test('another type is told of all that pass it on, and of nobody else', async () => {
    const project = open({
      ...shop,
      'models/marts/totals.sql': table('select revenue from marts.daily'),
      'models/marts/days.sql': table('select day, n from marts.daily'),
    })
    project.git.write({
      'models/marts/daily.sql': shop['models/marts/daily.sql'].replace(
        'sum(amount)',
        'cast(sum(amount) as smallint)',
      ),
    })
    const found = await diffed(project)
    expect(told(found, 'change').map(({ name, status }) => `${name} ${status}`)).toEqual([
      'marts.daily changed',
      'marts.totals follows',
    ])
    expect(columns(found, 'marts.totals')).toEqual([expect.stringMatching(/^type revenue .* breaks$/)])
  })

  test('rows are told apart by a key of another type, and hidden columns are compared and not shown', async () => {
    const customers = (id: string, name: string) =>
      table(
        `select ${id} as id, ${name} as customer from raw_orders`,
        'columns:\n  - { name: customer, sample: false }\nchecks:\n  - unique: [id]\n',
      )
    const project = open({ ...shop, 'models/marts/people.sql': customers('id', 'customer') })
    expect((await project.tell('run', { from: '2024-01-01', to: '2024-01-03' })).code).toBe(0)
    project.git.write({
      'models/marts/people.sql': customers(
        'cast(id as varchar)',
        "case when customer = 'bob' then 'rob' else customer end",
      ),
    })
    const found = await diffed(project, { data: true, select: ['marts.people'] })
    expect(told(found, 'data')).toEqual([
      {
        model: 'marts.people',
        rows: { before: 3, after: 3 },
        key: ['id'],
        only: { before: 0, after: 0 },
        different: 1,
        columns: [{ column: 'customer', different: 1 }],
        sample: [
          {
            key: ['2'],
            side: 'both',
            values: [{ column: 'customer', before: '(hidden)', after: '(hidden)' }],
          },
        ],
      },
    ])
  })

  test('what is written otherwise and returns the same hits nobody; a renamed relation does not hit those who follow', async () => {
    const project = open(shop)
    rmSync(join(project.root, 'models/marts/cents.sql'))
    project.git.write({
      'models/staging/orders.sql': orders(select)
        .replace('select', 'with o as (select * from raw_orders)\nselect')
        .replace('from raw_orders\nwhere', 'from o as p\nwhere'),
      'models/marts/pennies.sql': shop['models/marts/cents.sql'],
      'models/marts/after.sql': table('select id from marts.pennies'),
    })
    project.git.commit('a name for the input')
    project.git.run('branch', '-f', 'other')
    project.git.run('checkout', '-q', '-b', 'work')
    rmSync(join(project.root, 'models/marts/pennies.sql'))
    project.git.write({
      'models/staging/orders.sql': orders(select)
        .replace('select', 'with input as (select * from raw_orders)\nselect')
        .replace('from raw_orders\nwhere', 'from input as i\nwhere'),
      'models/marts/small.sql': shop['models/marts/cents.sql'],
      'models/marts/after.sql': table('select id from marts.small'),
    })
    const found = await diffed(project, { base: 'other' })
    expect(change(found, 'staging.orders')).toMatchObject({ parts: [{ part: 'sql' }], rows: [], columns: [] })
    expect(change(found, 'marts.small')).toMatchObject({ status: 'renamed', from: 'marts.pennies' })
    expect(told(found, 'impact')).toEqual([])
    const { out } = await project.tell('diff', { base: 'other' })
    expect(out).toContain('staging.orders: SQL changed, and returns the same')
    expect(out).toContain('1 breaking change, 1 other relation changed')
  })

  test('relations added, removed and renamed with their readers', async () => {
    const project = open(shop)
    rmSync(join(project.root, 'models/marts/cents.sql'))
    rmSync(join(project.root, 'models/marts/daily.sql'))
    project.git.write({
      'models/marts/by_day.sql': shop['models/marts/daily.sql'],
      'models/marts/extra.sql': table('select n from marts.by_day'),
    })
    const found = await diffed(project)
    const changes = told(found, 'change').map(({ name, status, from }) =>
      [name, status, from].filter(Boolean).join(' '),
    )
    expect(changes).toEqual(['marts.cents removed', 'marts.by_day renamed marts.daily', 'marts.extra added'])
    expect(found.code).toBe(1)
  })

  test('a reader of what is gone, which the engine refuses, breaks', async () => {
    const project = open(shop)
    project.git.write({ 'models/staging/orders.sql': orders('select id, amount, {{> cents}} as cents, day') })
    const found = await diffed(project)
    const models = told(found, 'problem').map(({ problem }) => (problem as { model: string }).model)
    expect(new Set(models)).toEqual(new Set(['marts.big', 'marts.names']))
    expect(found.code).toBe(1)
  })

  test('checks, materialization and partition layout are told apart', async () => {
    const project = open(shop)
    project.git.write({
      'models/staging/orders.sql': orders(select)
        .replace('grain: day', 'grain: month')
        .replace('end: 2024-01-03', 'end: 2024-01'),
      'models/marts/daily.sql': shop['models/marts/daily.sql'].replace('table', 'view'),
      'models/marts/names.sql': table(
        'select customer, count(*) as n from staging.orders group by customer',
        'checks:\n  - not_null: [customer]\n',
      ),
    })
    const found = await diffed(project)
    const parts = (name: string) =>
      ((change(found, name)?.parts ?? []) as readonly { part: string }[]).map(({ part }) => part)
    expect(parts('staging.orders')).toEqual(['partition'])
    expect(parts('marts.daily')).toEqual(['materialization'])
    expect(parts('marts.names')).toEqual(['checks'])
    expect(found.code).toBe(0)
  })

  test('a manifest says the same as the commit that it was compiled from', async () => {
    const project = open(shop)
    expect((await project.tell('compile')).diagnostics).toEqual([])
    const saved = join(project.root, 'target', 'base.json')
    writeFileSync(saved, readFileSync(join(project.root, 'target', 'manifest.json')))
    project.git.write({
      'macros/cents.sql': 'amount * 1000',
      'models/marts/names.sql': table('select customer from staging.orders'),
    })
    const [fromGit, fromManifest] = [await diffed(project), await diffed(project, { base: saved })]
    // A manifest does not hold the templates.
    const rest = (found: Told) =>
      found.lines.filter(({ is }) => is !== 'base').map(({ edited: _, ...line }) => line)
    expect(rest(fromManifest)).toEqual(rest(fromGit))
    // One of an older Sluice has definitions alone.
    const { code: _, ...older } = JSON.parse(readFileSync(saved, 'utf8'))
    writeFileSync(saved, JSON.stringify(older))
    const found = await diffed(project, { base: saved })
    expect(told(found, 'change').map(({ name }) => name)).toEqual(['staging.orders', 'marts.names'])
    writeFileSync(saved, JSON.stringify({ ...older, manifest: 99 }))
    expect((await project.tell('diff', { base: saved })).diagnostics.map(({ code }) => code)).toEqual([
      'SL425',
    ])
  })

  test('a base that does not compile, or is not there, is an error that says what to do', async () => {
    const project = open(shop)
    project.git.write({ 'models/marts/names.sql': table('select customer from nowhere') })
    project.git.commit('broken')
    project.git.write({ 'models/marts/names.sql': shop['models/marts/names.sql'] })
    const [broken] = (await project.tell('diff', { base: 'main' })).diagnostics
    expect(broken).toMatchObject({ code: 'SL430' })
    expect(broken!.message).toContain('models/marts/names.sql:')
    expect(broken!.hint).toContain('manifest.json')
    const unknown = await project.tell('diff', { base: 'nope' })
    expect(unknown.diagnostics.map(({ code }) => code)).toEqual(['SL922'])
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('sluice-base-'))).toEqual([])
  })

  test('what a deploy builds again is what is stale with the new code', async () => {
    const project = open(shop)
    const ran = await project.tell('run', { from: '2024-01-01', to: '2024-01-03' })
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(told(await diffed(project), 'rebuild')).toEqual([])
    project.git.write({ 'macros/cents.sql': 'amount * 1000' })
    const rebuilt = told(await diffed(project), 'rebuild').map(({ name, partitions, rows, because }) => ({
      ...{ name, partitions, rows, because },
    }))
    expect(rebuilt[0]).toEqual({ name: 'staging.orders', partitions: 3, rows: 3, because: 'code' })
    expect(
      rebuilt
        .slice(1)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['marts.big', 'marts.cents', 'marts.daily', 'marts.names'])
  })

  test('--data compares both versions of the rows, and leaves nothing behind', async () => {
    const project = open(shop)
    expect((await project.tell('run', { from: '2024-01-01', to: '2024-01-03' })).code).toBe(0)
    project.git.write({
      'models/staging/orders.sql': orders(
        'select id, customer, cast(amount as bigint) + case when id = 3 then 1 else 0 end as amount, {{> cents}} as cents, day',
      ).replace('where', 'where id <> 2 and'),
      'models/marts/daily.sql': table(
        'select day, sum(amount) + 0 as revenue, count(*) as n from staging.orders group by day',
      ),
    })
    const found = await diffed(project, { data: true, from: '2024-01-01', to: '2024-01-03' })
    const [staging, daily] = told(found, 'data')
    expect(staging).toEqual({
      model: 'staging.orders',
      rows: { before: 3, after: 2 },
      key: ['id'],
      only: { before: 1, after: 0 },
      different: 1,
      columns: [{ column: 'amount', different: 1 }],
      sample: [
        { key: ['2'], side: 'base', values: [] },
        { key: ['3'], side: 'both', values: [{ column: 'amount', before: '7', after: '8' }] },
      ],
    })
    // Its upstream changed too: both versions of it are what it reads.
    expect(daily).toMatchObject({
      model: 'marts.daily',
      rows: { before: 2, after: 2 },
      only: { before: 1, after: 1 },
    })
    const keyed = await diffed(project, {
      data: true,
      from: '2024-01-01',
      to: '2024-01-03',
      select: ['marts.daily'],
      key: 'day',
    })
    expect(told(keyed, 'data')[0]).toMatchObject({
      key: ['day'],
      different: 1,
      columns: [
        { column: 'revenue', different: 1 },
        { column: 'n', different: 1 },
      ],
    })
    expect(
      (await project.tell('diff', { base: 'main', data: true })).diagnostics.map(({ code }) => code),
    ).toEqual(['SL434'])
    expect(told(await diffed(project, { base: 'main' }), 'rebuild').length).toBeGreaterThan(0)
  })
})
