import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { pageOf, siteProjects } from './data-project.ts'

const projects = siteProjects()
let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(async () => database?.drop())

test("pages of a project on Postgres have the server's types, its literals and its names", async () => {
  const site = await projects({
    'sluice.yml': `name: shop\ntargets:\n  prod: { adapter: postgres, url: "\${DATABASE_URL}", schema: { prefix: an_ } }\n`,
    'models/sources.yml': `sources:
  - name: raw.orders
    columns: [{ name: id, type: bigint }, { name: at, type: timestamptz }, { name: Amount, type: "numeric(10,2)" }]
`,
    'models/marts/daily.sql': `/*---
materialized: incremental
partition: { column: { name: day }, grain: day, timezone: Europe/Berlin, start: 2024-01-01 }
checks: [{ not_null: [day, amount] }]
---*/
select (at at time zone {{partition.timezone}})::date as day, sum("Amount") as "Amount", count(*) as amount
from raw.orders
where at >= {{partition.start.timestamptz}} and at < {{partition.end.timestamptz}}
group by 1
`,
  }).open({ environment: { DATABASE_URL: database.url } })
  const page = await pageOf(site, 'model', 'marts.daily')
  expect(page.relation).toBe('"an_marts"."daily"')
  expect(page.columns.map(({ name, type, roles, checks }) => [name, type, roles, checks])).toEqual([
    ['day', 'date', ['partition'], ['not_null_day_amount']],
    ['Amount', 'numeric', [], []],
    ['amount', 'bigint', [], ['not_null_day_amount']],
  ])
  expect(page.columns[1]!.sources).toEqual([{ relation: 'raw.orders', column: 'Amount', role: 'aggregated' }])
  expect(page.sql.partitions[0]!.key).toBe('2024-03-09')
  expect(page.sql.symbols).toEqual([
    'partition.timezone',
    'partition.start.timestamptz',
    'partition.end.timestamptz',
  ])
  expect(page.sql.partitions[0]!.values![0]).toBe("'Europe/Berlin'")
  expect(page.sql.partitions[0]!.values![1]).toContain('2024-03-08 23:00:00')
  const source = await pageOf(site, 'source', 'raw.orders')
  expect(source.columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'bigint'],
    ['at', 'timestamp with time zone'],
    ['Amount', 'numeric(10,2)'],
  ])
  expect(JSON.stringify(await Promise.all(site.pages.map((ref) => site.page(ref))))).not.toContain(
    database.url,
  )
})
