import { mkdtempSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { maskOf } from '../../core/docs/mask.ts'
import type { Site } from '../../core/docs/site.ts'
import { pageOf, siteProjects } from './data-project.ts'

const projects = siteProjects()

/** Everything that a site says. */
async function all(site: Site): Promise<string> {
  const pages = await Promise.all(site.pages.map((ref) => site.page(ref)))
  const lineage = await Promise.all(site.relations.map((relation) => site.lineage(relation)))
  return JSON.stringify([site.info, pages, lineage, await site.search()])
}

const files = {
  'sluice.yml': `name: shop
default_target: dev
targets:
  dev:
    adapter: duckdb
    path: shop.duckdb
    schema: { prefix: "\${OWNER}_" }
    vars: { token: "\${API_TOKEN}", place: "s3://\${BUCKET:-nowhere}/x?key=\${API_TOKEN}", short: "\${PIN}" }
vars: { token: none, place: none, short: none, given: none, late_after: 15 }
`,
  'models/sources.yml': `sources:
  - name: raw.orders
    files: { dev: { path: "{{vars.place}}", format: parquet } }
    columns: [{ name: id, type: bigint }, { name: k1ng, type: varchar }]
    observe: { query: "select {{vars.token}} as v" }
`,
  'models/staging/orders.sql': `/*---
checks:
  - expression: k1ng <> {{vars.token}}
description: The token is not here.
---*/
select id, k1ng, {{vars.token}} as token, {{vars.short}} as pin, {{vars.given}} as given, 12 as "12 months", {{vars.late_after}} as late
from raw.orders
`,
  'checks/own.sql': 'select * from staging.orders where token = {{vars.token}}\n',
}

const environment = {
  API_TOKEN: "tok'en%20-8f3a",
  BUCKET: 'private-bucket',
  OWNER: 'k1ng',
  PIN: '7341',
  SLUICE_VARS: '{"given": "from the outside", "late_after": 15}',
  UNUSED: 'staging',
}

test('values of environment variables are in no page, but their names are', async () => {
  const site = await projects(files).open({ environment })
  const text = await all(site)
  for (const value of [
    "tok'en",
    "tok''en",
    'en%20-8f3a',
    '8f3a',
    'private-bucket',
    '7341',
    'from the outside',
  ])
    expect(text).not.toContain(value)
  const model = await pageOf(site, 'model', 'staging.orders')
  expect(model.relation).toBe(`"\${OWNER}_staging"."orders"`)
  const compiled = model.sql.compiled.join('')
  expect(compiled).toContain(`'\${API_TOKEN}' as token`)
  expect(compiled).toContain(`'\${PIN}' as pin`)
  expect(compiled).toContain(`'\${SLUICE_VARS}' as given`)
  expect(compiled).toContain('12 as "12 months"')
  expect(compiled).toContain('15 as late')
  const source = await pageOf(site, 'source', 'raw.orders')
  expect(source.settings[0]!.value).toContain(`s3://\${BUCKET}/x?key=\${API_TOKEN}`)
  // What the project's own files say is no secret, and leads from page to page.
  expect(source.columns.map(({ name }) => name)).toEqual(['id', 'k1ng'])
})

test('what a run wrote down is masked too', async () => {
  const project = projects(files)
  const site = await project.open({
    environment,
    facts: {
      without: `cannot open ${project.root}/shop.duckdb with tok'en%20-8f3a`,
      runs: [
        {
          id: '7341',
          command: `run --vars x=private-bucket`,
          status: 'failed',
          startedAt: '2024-03-01T00:00:00Z',
          counts: [],
        },
      ],
    },
  })
  expect(site.info.withoutState).toBe(`cannot open shop.duckdb with \${API_TOKEN}`)
  const runs = await pageOf(site, 'runs')
  expect(runs.runs[0]).toMatchObject({ id: '7341', command: `run --vars x=\${BUCKET}` })
})

test('neither the address of a database nor its password is in a page', async () => {
  const url = 'postgres://app:s%40cret-pw@db.internal.example:5433/shop?sslkey=abc&password=other-pw'
  const site = await projects({
    'sluice.yml': `name: shop\ntargets:\n  prod: { adapter: postgres, url: "${url}" }\n`,
    'models/one.sql': 'select 1 as one\n',
  }).open({
    facts: { without: `no answer from db.internal.example:5433 (s@cret-pw, other-pw, from-env, ${url})` },
    environment: { PGPASSWORD: 'from-env' },
  })
  const text = await all(site)
  for (const value of [
    url,
    's%40cret-pw',
    's@cret-pw',
    'db.internal.example',
    'sslkey',
    'other-pw',
    'from-env',
  ])
    expect(text).not.toContain(value)
  expect(site.info.target).toBe('prod')
})

test('a server that does not answer costs the types, not the page; why stands there without its address', async () => {
  const site = await projects({
    'sluice.yml': `name: shop\ntargets:\n  prod: { adapter: postgres, url: "\${DB}" }\n`,
    'models/one.sql': 'select 1 as one\n',
    'models/two.sql': 'select one + 1 as two from one\n',
  }).open({ environment: { DB: 'postgres://app:hunter22@127.0.0.1:1/shop' } })
  const page = await pageOf(site, 'model', 'two')
  expect(page.columns).toEqual([
    {
      name: 'two',
      roles: [],
      checks: [],
      sources: [{ relation: 'one', column: 'one', role: 'transformed' }],
      readers: [],
    },
  ])
  expect(page.columnsNote).toMatch(/^columns are known from the text only: the database could not be asked: /)
  expect(await all(site)).not.toContain('hunter22')
})

test('where the project lies on the machine is in no page', async () => {
  const home = mkdtempSync(join(homedir(), '.sluice-docs-'))
  try {
    const project = projects(
      {
        'models/sources.yml': `sources:
  - name: raw.inside
    files: { dev: { path: data/it's.csv } }
    columns: [{ name: id, type: bigint }]
  - name: raw.outside
    files: { dev: { path: ../elsewhere/all.csv } }
    columns: [{ name: id, type: bigint }]
`,
        'models/both.sql': 'select a.id from raw.inside as a join raw.outside as b using (id)\n',
      },
      home,
    )
    const site = await project.open()
    const text = await all(site)
    expect(text).not.toContain(homedir() === '/' ? project.root : homedir())
    const { sql } = await pageOf(site, 'model', 'both')
    expect(sql.compiled.join('')).toContain("'data/it''s.csv'")
    expect(sql.compiled.join('')).toContain("'../elsewhere/all.csv'")
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test('short values are masked as words, long ones anywhere, however they are quoted', () => {
  const mask = maskOf([
    { value: 'dev', shown: 'A' },
    { value: 'it\'s "long"', shown: 'B' },
    { value: 'a/b c+d', shown: 'C' },
    { value: 'x', shown: 'never' },
    { value: '', shown: 'never' },
    { value: '$1.*(', shown: 'D' },
  ])
  expect(mask('dev dev_x develop Dev')).toBe('A A_x develop A')
  expect(mask("'it''s \"long\"' it's \\\"long\\\"")).toBe("'B' B")
  expect(mask('xa%2Fb%20c%2Bdx')).toBe('xCx')
  expect(mask('x $1.*( y')).toBe('x D y')
  expect(maskOf([])('as it is')).toBe('as it is')
})
