import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { addressOf } from '../../core/docs/address.ts'
import type { CheckResult } from '../../core/docs/api.ts'
import { pageOf, siteProjects } from './data-project.ts'

const shop = {
  'sluice.yml': `name: shop
targets:
  dev: { adapter: duckdb, path: shop.duckdb }
selectors:
  nightly: "tag:core,+marts.daily"
  rest: { union: ["*"], exclude: ["tag:core"] }
pools: { warehouse: 2 }
`,
  'models/sources.yml': `sources:
  - name: raw.orders
    description: Orders as the *shop* writes them.
    observe: { column: placed_at }
    columns:
      - { name: id, type: bigint, description: Its number., nullable: false }
      - { name: placed_at, type: timestamp }
      - { name: country, type: varchar }
      - { name: amount, type: double }
    checks: [{ not_null: id }]
  - name: raw.events
    files: { dev: { path: data/events.csv } }
    columns: [{ name: id, type: bigint }]
`,
  'models/exposures.yml': `exposures:
  - name: board
    label: Sales board
    type: dashboard
    url: https://bi.example.com/sales
    owner: { name: Sales, email: sales@example.com }
    description: Watched **daily**.
    reads: [marts.daily]
`,
  'seeds/countries.csv': 'code,name\nDE,Germany\nFR,France\n',
  'seeds/countries.yml': `seeds:
  - name: countries
    description: The countries that we sell to.
    columns: [{ name: code, description: Two letters. }]
    checks: [{ unique: code }]
`,
  'models/staging/orders.sql': `/*---
materialized: incremental
partition: { column: { name: day, type: date }, grain: day, start: 2024-01-01 }
description: One row for each order.
owner: data team
tags: [core]
schedule: "0 6 * * *"
freshness: { warn: 26h, fail: 30h }
pool: warehouse
checks:
  - not_null: [day, id]
  - expression: amount >= 0
    name: no_refunds
    severity: warn
  - relationships: { column: country, to: countries, field: code }
---*/
select id, cast(placed_at as date) as day, country, amount
from raw.orders
where placed_at >= {{partition.start.timestamp}} and placed_at < {{partition.end.timestamp}}
`,
  'models/marts/daily.sql': `/*---
materialized: incremental
strategy: merge
unique_key: [day, country]
partition: { column: { name: day, type: date }, grain: day, start: 2024-01-01 }
contract: enforced
columns:
  - { name: day, type: date, nullable: false }
  - { name: country, type: varchar, nullable: false, description: "Where it was sold, see [list](https://x.org)." }
  - { name: orders, type: bigint }
  - { name: revenue, type: double }
---*/
select o.day, o.country, count(*) as orders, sum(o.amount) as revenue
from staging.orders as o
join countries as c on c.code = o.country
where o.day >= {{partition.start}} and o.day < {{partition.end}}
group by o.day, o.country
`,
  'models/marts/odd.sql': `/*---
materialized: incremental
partition: { column: { name: day, type: date }, grain: day, start: 2024-03-01 }
---*/
select day, {{#if (eq partition.key '2024-03-02')}}1{{else}}2{{/if}} as x
from staging.orders where day >= {{partition.start}} and day < {{partition.end}}
`,
  'checks/no_gaps.sql': `/*---
description: Each day of the orders is there.
tags: [core]
---*/
select day from marts.daily where day >= {{partition.start}} and day < {{partition.end}} and orders = 0
`,
  'tests/marts.yml': `unit_tests:
  - name: counts orders
    description: Two of one country.
    model: daily
    partition: 2024-01-02
    given: { staging.orders: [{ day: 2024-01-02, country: DE, amount: 1 }], countries: [{ code: DE }] }
    expect: [{ orders: 1 }]
`,
}

const projects = siteProjects()

test('every page that is named is there, and each has an address of its own', async () => {
  const site = await projects(shop).open()
  const addresses = site.pages.map(addressOf)
  expect(new Set(addresses).size).toBe(addresses.length)
  expect(addresses).toEqual(
    expect.arrayContaining([
      'index',
      'graph',
      'catalog',
      'runs',
      'model/marts.daily',
      'seed/countries',
      'source/raw.orders',
      'check/checks.no_gaps',
      'exposure/exposures.board',
    ]),
  )
  for (const ref of site.pages) expect((await site.page(ref))?.kind).toBe(ref.kind)
  expect(await site.page({ kind: 'model', name: 'nothing' })).toBeUndefined()
  expect(await site.page({ kind: 'seed', name: 'marts.daily' })).toBeUndefined()
  expect(await site.page({ kind: 'run', name: 'r' })).toBeUndefined()
  expect(site.relations.slice().sort()).toEqual([
    'countries',
    'marts.daily',
    'marts.odd',
    'raw.events',
    'raw.orders',
    'staging.orders',
  ])
})

test('the page of a model says what it is, what it promises and where its columns come from', async () => {
  const site = await projects(shop).open()
  const page = await pageOf(site, 'model', 'marts.daily')
  expect(page).toMatchObject({
    materialization: 'incremental',
    path: 'models/marts/daily.sql',
    relation: '"marts"."daily"',
    checks: 3,
    state: 'unknown',
  })
  expect(page.fingerprint).toMatch(/^[0-9a-f]{16,}$/)
  expect(page.settings).toEqual(
    expect.arrayContaining([
      { name: 'materialization', value: 'incremental' },
      { name: 'strategy', value: 'merge by the unique key' },
      { name: 'unique key', value: 'day, country' },
      { name: 'partition column', value: 'day (date)' },
      { name: 'grain', value: 'day' },
      { name: 'contract', value: 'enforced, 4 columns' },
    ]),
  )
  expect(page.columns.map(({ name, type, roles, nullable }) => [name, type, roles, nullable])).toEqual([
    ['day', 'DATE', ['key', 'partition'], false],
    ['country', 'VARCHAR', ['key'], false],
    ['orders', 'BIGINT', [], undefined],
    ['revenue', 'DOUBLE', [], undefined],
  ])
  const [, country, , revenue] = page.columns
  expect(country).toMatchObject({
    contract: { type: 'varchar', nullable: false },
    checks: ['contract_country_not_null'],
    sources: [{ relation: 'staging.orders', column: 'country', role: 'copied' }],
  })
  expect(country!.description).toMatchObject([
    { kind: 'paragraph', text: [{}, { kind: 'link', href: 'https://x.org' }, {}] },
  ])
  expect(revenue!.sources).toEqual([{ relation: 'staging.orders', column: 'amount', role: 'aggregated' }])
  expect(page.upstream.map(({ name }) => name)).toEqual(['countries', 'staging.orders'])
  expect(page.downstream.map(({ kind, name }) => [kind, name])).toEqual([['exposure', 'exposures.board']])
  expect(page.checkList.at(-1)).toEqual({
    name: 'no_gaps',
    node: 'checks.no_gaps',
    text: 'its query selects no row',
    severity: 'error',
    description: [{ kind: 'paragraph', text: [{ kind: 'text', text: 'Each day of the orders is there.' }] }],
  })
  expect(page.unitTests).toEqual([
    { name: 'counts orders', path: 'tests/marts.yml', description: 'Two of one country.' },
  ])
  expect(page.columnsNote).toBeUndefined()
})

test('its SQL can be seen for each partition that is due, newest first', async () => {
  const site = await projects(shop).open()
  const { sql } = await pageOf(site, 'model', 'marts.daily')
  expect(sql.source).toBe(shop['models/marts/daily.sql'])
  expect(sql.symbols).toEqual(['partition.start', 'partition.end'])
  expect(sql.partitions).toHaveLength(69)
  expect(sql.partitions[0]).toEqual({ key: '2024-03-09', values: ["DATE '2024-03-09'", "DATE '2024-03-10'"] })
  expect(sql.partitions.at(-1)!.key).toBe('2024-01-01')
  const text = sql.compiled
    .map((part) => (typeof part === 'number' ? `<${sql.symbols[part]}>` : part))
    .join('')
  expect(text).toBe(`select o.day, o.country, count(*) as orders, sum(o.amount) as revenue
from "staging"."orders" as o
join "main"."countries" as c on c.code = o.country
where o.day >= <partition.start> and o.day < <partition.end>
group by o.day, o.country`)
  const later = await projects(shop).open({ now: '2030-01-01T00:00:00Z' })
  const many = await pageOf(later, 'model', 'marts.daily')
  expect(many.sql.partitions).toHaveLength(120)
  expect(many.sql.partitions[0]!.key).toBe('2029-12-31')
  const early = await projects(shop).open({ now: '2020-01-01T00:00:00Z' })
  expect((await pageOf(early, 'model', 'marts.daily')).sql.partitions.map(({ key }) => key)).toEqual([
    '2024-01-01',
  ])
})

test('a template that looks at the partition has a text for each of the newest', async () => {
  const site = await projects(shop).open({ now: '2024-03-12T01:00:00Z' })
  const { sql } = await pageOf(site, 'model', 'marts.odd')
  expect(sql.compiled).toEqual([])
  expect(sql.partitions).toHaveLength(8)
  expect(sql.partitions[0]!.key).toBe('2024-03-11')
  expect(sql.partitions[0]!.text).toContain('select day, 2 as x')
  expect(sql.note).toContain('looks at the partition')
  const second = await projects(shop).open({ now: '2024-03-03T01:00:00Z' })
  const odd = await pageOf(second, 'model', 'marts.odd')
  expect(odd.sql.partitions[0]!.text).toContain('select day, 1 as x')
})

test('checks are told in words, and stand with the columns that they look at', async () => {
  const site = await projects(shop).open()
  const page = await pageOf(site, 'model', 'staging.orders')
  expect(page.owner).toBe('data team')
  expect(page.schedule).toBe('0 6 * * *')
  expect(page.freshness).toEqual({ warnMs: 26 * 3_600_000, failMs: 30 * 3_600_000 })
  expect(page.settings).toEqual(
    expect.arrayContaining([
      { name: 'freshness', value: 'late after 1d 2h, too old after 1d 6h' },
      { name: 'pool', value: 'warehouse' },
      { name: 'schedule', value: '0 6 * * *' },
    ]),
  )
  expect(page.checkList.map(({ name, text, severity }) => [name, text, severity])).toEqual([
    ['not_null_day_id', 'day and id are never NULL', 'error'],
    ['no_refunds', 'amount >= 0 for every row', 'warn'],
    ['relationships_country_countries', 'each country is there as code of countries', 'error'],
  ])
  const checks = new Map(page.columns.map(({ name, checks }) => [name, checks]))
  expect(checks.get('amount')).toEqual(['no_refunds'])
  expect(checks.get('id')).toEqual(['not_null_day_id'])
  expect(page.columns.find(({ name }) => name === 'id')!.nullable).toBe(false)
  // What only its check reads decides no row of it.
  expect(page.upstream.map(({ name }) => name)).toEqual(['raw.orders'])
  const seed = await pageOf(site, 'seed', 'countries')
  expect(seed.downstream.map(({ name }) => name)).toEqual(['marts.daily'])
  expect(seed.columns.map(({ name, type }) => [name, type])).toEqual([
    ['code', 'VARCHAR'],
    ['name', 'VARCHAR'],
  ])
})

test('sources, checks and exposures have pages', async () => {
  const project = projects(shop)
  const site = await project.open({
    facts: { stateOf: (node) => ({ state: node === 'raw.orders' ? 'late' : 'fresh' }) },
  })
  const source = await pageOf(site, 'source', 'raw.orders')
  expect(source.settings).toEqual(
    expect.arrayContaining([
      { name: 'relation', value: '"raw"."orders"' },
      { name: 'changes are seen by', value: 'the newest placed_at and the number of rows' },
    ]),
  )
  expect(source.columns.find(({ name }) => name === 'placed_at')!.readers).toEqual([
    { relation: 'staging.orders', column: 'day', role: 'transformed' },
  ])
  const files = await pageOf(site, 'source', 'raw.events')
  expect(files.settings[0]!.value).toContain("'data/events.csv'")
  expect(JSON.stringify(files)).not.toContain(project.root)
  const check = await pageOf(site, 'check', 'checks.no_gaps')
  expect(check).toMatchObject({
    gateOf: 'marts.daily',
    demands: 'its query selects no row',
    severity: 'error',
  })
  expect(check.sql.symbols).toEqual(['partition.start', 'partition.end'])
  expect(check.sql.partitions[0]!.key).toBe('2024-03-09')
  const exposure = await pageOf(site, 'exposure', 'exposures.board')
  expect(exposure).toMatchObject({
    label: 'Sales board',
    type: 'dashboard',
    url: 'https://bi.example.com/sales',
    owner: 'Sales',
    ownerEmail: 'sales@example.com',
    state: 'late',
  })
  expect(exposure.upstream.map(({ name }) => name)).toEqual(['marts.daily'])
  expect(exposure.unwell.map(({ name, state }) => [name, state])).toEqual([['raw.orders', 'late']])
})

test('the graph has folders, edges of checks alone, and the selectors of the project', async () => {
  const site = await projects(shop).open()
  const graph = await pageOf(site, 'graph')
  const names = graph.nodes.map(({ name }) => name)
  expect(
    Object.fromEntries(graph.nodes.map(({ name, folder, columns }) => [name, [folder, columns]])),
  ).toEqual({
    'raw.orders': ['sources', 4],
    'raw.events': ['sources', 1],
    countries: ['seeds', 2],
    'staging.orders': ['staging', 4],
    'marts.daily': ['marts', 4],
    'marts.odd': ['marts', 2],
    'checks.no_gaps': ['checks', 0],
    'exposures.board': ['exposures', 0],
  })
  const edges = graph.edges.map(([from, to, kind]) => [names[from], names[to], kind])
  expect(edges).toContainEqual(['countries', 'staging.orders', 'check'])
  expect(edges).toContainEqual(['countries', 'marts.daily', undefined])
  expect(edges).toContainEqual(['marts.daily', 'checks.no_gaps', undefined])
  expect(graph.edges.every(([from, to]) => from < to)).toBe(true)
  expect(graph.selectors).toEqual([
    { name: 'nightly', select: 'tag:core,+marts.daily', definition: 'tag:core,+marts.daily' },
    { name: 'rest', select: '', definition: { union: ['*'], exclude: ['tag:core'] } },
  ])
})

test('columns are followed in both directions, rows apart', async () => {
  const site = await projects(shop).open()
  const orders = (await site.lineage('staging.orders'))!
  expect(orders.columns.find(({ name }) => name === 'country')!.readers).toEqual([
    { relation: 'marts.daily', column: 'country', role: 'copied' },
  ])
  expect(orders.rows).toEqual([{ relation: 'raw.orders', column: 'placed_at', role: 'filter' }])
  expect(orders.rowReaders).toContainEqual({ column: 'country', relation: 'marts.daily', role: 'join' })
  expect(orders.unresolved).toEqual([])
  const seed = (await site.lineage('countries'))!
  expect(seed.columns.map(({ name, readers }) => [name, readers])).toEqual([
    ['code', []],
    ['name', []],
  ])
  expect(seed.rowReaders).toEqual([{ column: 'code', relation: 'marts.daily', role: 'join' }])
  expect(await site.lineage('checks.no_gaps')).toBeUndefined()
  expect(await site.lineage('nothing')).toBeUndefined()
})

test('the first page counts what there is and what nobody checks or describes', async () => {
  const site = await projects(shop).open()
  const home = await pageOf(site, 'home')
  expect(home.counts).toEqual([
    { kind: 'model', count: 3 },
    { kind: 'source', count: 2 },
    { kind: 'seed', count: 1 },
    { kind: 'check', count: 1 },
    { kind: 'exposure', count: 1 },
  ])
  expect(home.states).toEqual([{ state: 'unknown', count: 4 }])
  expect(home.coverage).toMatchObject({
    models: 3,
    withChecks: 2,
    withDescription: 1,
    withOwner: 1,
    withContract: 1,
    columns: 10,
    columnsDescribed: 1,
    unchecked: ['marts.odd'],
  })
  expect(home.coverage.undescribed).toContainEqual({ model: 'marts.daily', missing: 3, of: 4 })
  expect(home.exposures.map(({ name }) => name)).toEqual(['exposures.board'])
  expect(site.info).toMatchObject({
    project: 'shop',
    target: 'dev',
    adapter: 'duckdb',
    generatedAt: '2024-03-10T12:00:00.000Z',
    withoutState: 'nothing has been run on this target yet',
    hasSamples: false,
  })
})

test('what the ledger says stands on every page that it concerns', async () => {
  const failed: CheckResult = {
    status: 'failed',
    run: 'r1',
    partition: '2024-03-09',
    failures: 3,
    message: '3 failing rows',
  }
  const warned: CheckResult = { status: 'warned', run: 'r1' }
  const run = {
    id: 'r1',
    command: 'run',
    status: 'failed',
    startedAt: '2024-03-10T11:00:00Z',
    counts: [],
  } as const
  const site = await projects(shop).open({
    facts: {
      stateOf: (node) =>
        node === 'staging.orders' ? { state: 'stale', partition: '2024-03-09' } : { state: 'fresh' },
      checksOf: (relation) =>
        new Map(
          relation === 'staging.orders'
            ? [['not_null_day_id', failed] as const, ['no_refunds', warned] as const]
            : [],
        ),
      resultsOf: (check) => (check === 'checks.no_gaps' ? [failed, warned] : []),
      rowsOf: (relation) => (relation === 'countries' ? 2 : undefined),
      runs: [run],
      run: (id) => (id === 'r1' ? { ...run, kind: 'run', target: 'dev', tasks: [] } : undefined),
      attention: [
        {
          node: { kind: 'model', name: 'staging.orders' },
          why: 'stale',
          severity: 'warning',
          message: 'stale',
        },
      ],
    },
  })
  const graph = await pageOf(site, 'graph')
  const of = (name: string) => graph.nodes.find((node) => node.name === name)
  expect(of('staging.orders')).toMatchObject({
    state: 'stale',
    partition: '2024-03-09',
    failing: 1,
    warning: 1,
  })
  expect(of('marts.daily')).toMatchObject({ failing: 1, warning: 0 })
  expect(of('checks.no_gaps')).toMatchObject({ failing: 1 })
  expect(of('exposures.board')).toMatchObject({ state: 'stale' })
  const model = await pageOf(site, 'model', 'marts.daily')
  expect(model.checkList.at(-1)!.latest).toEqual(failed)
  expect((await pageOf(site, 'check', 'checks.no_gaps')).results).toEqual([failed, warned])
  expect((await pageOf(site, 'run', 'r1')).id).toBe('r1')
  expect(site.pages).toContainEqual({ kind: 'run', name: 'r1' })
  const catalog = await pageOf(site, 'catalog')
  expect(catalog.nodes.find(({ name }) => name === 'countries')).toMatchObject({ rows: 2, columns: 2 })
  const home = await pageOf(site, 'home')
  expect(home.runs).toEqual([run])
  expect(home.states).toEqual([
    { state: 'stale', count: 1 },
    { state: 'fresh', count: 3 },
  ])
  expect(home.attention).toHaveLength(1)
})

test('a search finds nodes by name, words, tags and columns', async () => {
  const site = await projects(shop).open()
  const { entries } = await site.search()
  expect(entries.find(({ name }) => name === 'staging.orders')).toEqual({
    kind: 'model',
    name: 'staging.orders',
    summary: 'One row for each order.',
    tags: ['core'],
    columns: ['id', 'day', 'country', 'amount'],
  })
  expect(entries.find(({ kind }) => kind === 'exposure')!.summary).toBe('Sales board: Watched daily.')
})

test('what is broken has a page with what is known, and stands first among what to look at', async () => {
  const site = await projects({
    ...shop,
    'models/marts/daily.sql': shop['models/marts/daily.sql'].replace('count(*)', 'count(*'),
  }).open()
  const page = await pageOf(site, 'model', 'marts.daily')
  expect(page.sql.source).toContain('count(* as orders')
  expect(page.sql.note).toMatch(/^it cannot be compiled: .*models\/marts\/daily\.sql:\d+\)$/s)
  expect(page.materialization).toBe('incremental')
  expect(page.columns.map(({ name }) => name)).toEqual(['day', 'country', 'orders', 'revenue'])
  expect(page.columnsNote).toMatch(/cannot be compiled/)
  expect((await pageOf(site, 'graph')).nodes.find(({ name }) => name === 'marts.daily')).toMatchObject({
    kind: 'model',
    folder: 'marts',
  })
  const home = await pageOf(site, 'home')
  expect(home.attention.map(({ node, why, next }) => [node.name, why, next])).toContainEqual([
    'marts.daily',
    'failed',
    'validate',
  ])
  for (const ref of site.pages) expect(await site.page(ref)).toBeDefined()
})

test('a model whose columns cannot be bound shows those that its text tells, and why', async () => {
  const site = await projects({
    'models/sources.yml': 'sources:\n  - name: raw.orders\n',
    'models/all.sql': 'select o.id, o.amount + 1 as more from raw.orders as o\n',
    'models/star.sql': 'select *, 1 as one from raw.orders\n',
  }).open()
  const page = await pageOf(site, 'model', 'all')
  expect(page.columns.map(({ name, type, sources }) => [name, type, sources])).toEqual([
    ['id', undefined, [{ relation: 'raw.orders', column: 'id', role: 'copied' }]],
    ['more', undefined, [{ relation: 'raw.orders', column: 'amount', role: 'transformed' }]],
  ])
  expect(page.columnsNote).toMatch(/^columns are known from the text only: /)
  expect((await pageOf(site, 'model', 'star')).columnsNote).toContain('there may be more')
  expect((await pageOf(site, 'source', 'raw.orders')).columnsNote).toMatch(/^columns are only those/)
})

test('names that mean something to JavaScript, HTML or file systems are names', async () => {
  const hostile = '</script><script>alert(1)</script>'
  const site = await projects({
    'models/sources.yml': `sources:
  - name: raw.t
    description: '${hostile}'
    tags: ['__proto__', '"><img src=x>']
    columns:
      - { name: __proto__, type: bigint, description: '<img src=x onerror=alert(1)>' }
      - { name: constructor, type: bigint }
      - { name: 'a"b', type: bigint }
      - { name: '${hostile}', type: bigint }
`,
    'models/__proto__.sql': `select __proto__, constructor, "a""b" as "it's", "${hostile}" from raw.t\n`,
    'models/constructor.sql': 'select * from "__proto__"\n',
    'models/CON.sql': 'select 1 as toString\n',
  }).open()
  const page = await pageOf(site, 'model', '__proto__')
  expect(page.columns.map(({ name }) => name)).toEqual(['__proto__', 'constructor', "it's", hostile])
  expect(page.columns[0]!.sources).toEqual([{ relation: 'raw.t', column: '__proto__', role: 'copied' }])
  expect(page.columns[0]!.readers).toEqual([{ relation: 'constructor', column: '__proto__', role: 'copied' }])
  const source = await pageOf(site, 'source', 'raw.t')
  expect(source.tags).toEqual(['__proto__', '"><img src=x>'])
  expect(source.description).toEqual([{ kind: 'paragraph', text: [{ kind: 'text', text: hostile }] }])
  expect((await site.lineage('raw.t'))!.columns.map(({ name }) => name)).toContain(hostile)
  for (const ref of site.pages) {
    expect(addressOf(ref)).toMatch(/^[a-z0-9._~/-]+$/)
    expect((await site.page(ref))?.kind).toBe(ref.kind)
  }
})

test('a snapshot has the columns of its history, and says how it is kept', async () => {
  const site = await projects({
    'models/sources.yml':
      'sources:\n  - name: raw.prices\n    columns: [{ name: id, type: bigint }, { name: price, type: double }]\n',
    'models/prices.sql': `/*---
materialized: snapshot
unique_key: id
partition: { grain: day, start: 2024-01-01 }
snapshot: { strategy: check, columns: [price], deletes: close }
---*/
select id, price from raw.prices
`,
  }).open()
  const page = await pageOf(site, 'model', 'prices')
  expect(page.columnsNote).toBeUndefined()
  expect(page.columns.map(({ name, roles }) => [name, roles])).toEqual(
    expect.arrayContaining([
      ['id', ['key']],
      ['price', []],
      ['valid_from', []],
      ['valid_to', []],
    ]),
  )
  expect(page.settings).toContainEqual({
    name: 'history',
    value: 'a row changed if one of price did; keys that are gone end; state at the end of the interval',
  })
  expect(page.columns[1]!.sources).toContainEqual({ relation: 'raw.prices', column: 'price', role: 'copied' })
})

test('a project without any model is a site too', async () => {
  const site = await projects({}).open()
  for (const ref of site.pages) expect(await site.page(ref)).toBeDefined()
  expect((await pageOf(site, 'home')).coverage).toMatchObject({ models: 0, columns: 0 })
  expect(await site.search()).toEqual({ entries: [] })
  expect(site.relations).toEqual([])
})

test('the same project gives the same pages, from the caches as without them', async () => {
  const project = projects(shop)
  const all = async () => {
    const site = await project.open()
    const pages = await Promise.all(site.pages.map((ref) => site.page(ref)))
    const lineage = await Promise.all(site.relations.map((relation) => site.lineage(relation)))
    return JSON.stringify([pages, lineage, await site.search()])
  }
  const first = await all()
  expect(await all()).toBe(first)
  execFileSync('rm', ['-rf', `${project.root}/.sluice`])
  expect(await all()).toBe(first)
})
