import { afterAll, describe, expect, test } from 'vitest'
import type { ContentCache } from '../../core/cache/content-cache.ts'
import type { ColumnLineage } from '../../core/lineage/lineage.ts'
import { type ProjectLineage, projectLineage } from '../../core/lineage/project.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { bind, factories } from '../bind/bind.ts'
import { engines, type Files, projects, type TestProject } from '../run/project.ts'

const sources = `sources:
  - name: raw.orders
    relation: main.orders
    columns:
      - { name: id, type: integer, nullable: false }
      - { name: customer, type: integer }
      - { name: amount, type: integer }
      - { name: day, type: date }
  - name: raw.events
    relation: main.events
`

const files: Files = {
  'models/raw.yml': sources,
  'seeds/customers.csv': 'id,region\n1,north\n2,south\n',
  'models/staging/orders.sql':
    'select id as order_id, customer, amount * 2 as doubled, day from raw.orders where amount > 0',
  'models/staging/named.sql':
    'select o.*, c.region from staging.orders o join customers c on c.id = o.customer',
  'models/marts/totals.sql':
    'select region, sum(doubled) as total, count(*) as orders from staging.named group by region',
  'models/marts/shares.sql': 'select region, total, rank() over (order by total) as place from marts.totals',
  'models/marts/known.sql': 'select kind, count(*) as n from raw.events group by kind',
  'models/marts/everything.sql': 'select * from raw.events',
  'models/marts/more.sql': 'select kind, other from marts.everything',
}

for (const engine of engines) {
  describe(`lineage of a project on ${engine}`, () => {
    const make = projects(engine)
    const opened: SqlParser[] = []
    afterAll(async () => {
      for (const parser of opened) await parser.close()
    })

    async function lineageOf(
      project: TestProject,
      cache?: ContentCache,
      asked?: string[],
    ): Promise<ProjectLineage> {
      const { project: compiled } = await project.compile()
      const factory = factories[engine]
      const parser = factory.parser()
      opened.push(parser)
      return projectLineage({
        project: compiled,
        dialect: factory.dialect,
        bound: await bind(project),
        ...(cache === undefined ? {} : { cache }),
        parser: async () => ({
          ...parser,
          parse(texts, relational) {
            asked?.push(...texts)
            return parser.parse(texts, relational)
          },
        }),
      })
    }

    test('columns are followed to sources and seeds, with what decides the rows of every model on the way', async () => {
      const lineage = await lineageOf(await make(files))
      expect(shown(await lineage.upstream('marts.totals'))).toEqual([
        'region: customers.id join, customers.region copied, raw.orders.amount filter, raw.orders.customer join',
        'total: customers.id join, customers.region group, raw.orders.amount aggregated, raw.orders.customer join',
        'orders: customers.id join, customers.region group, raw.orders.amount filter, raw.orders.customer join',
      ])
      expect(shown(await lineage.upstream('marts.shares', { column: 'place' }))).toEqual([
        'place: customers.id join, customers.region group, raw.orders.amount filter, raw.orders.amount order, raw.orders.customer join',
      ])
    })

    test('a depth ends the way at models', async () => {
      const lineage = await lineageOf(await make(files))
      expect(shown(await lineage.upstream('marts.totals', { column: 'total', depth: 1 }))).toEqual([
        'total: staging.named.doubled aggregated, staging.named.region group',
      ])
      expect(shown(await lineage.upstream('marts.totals', { column: 'total', depth: 2 }))).toEqual([
        'total: customers.id join, customers.region group, staging.orders.customer join, staging.orders.doubled aggregated',
      ])
    })

    test('a column reaches what reads it, and what counts the rows that it decides', async () => {
      const lineage = await lineageOf(await make(files))
      const hits = async (relation: string, column?: string) =>
        (await lineage.downstream(relation, column)).hits.map(
          (hit) => `${hit.relation}.${hit.column} ${hit.roles.join(' ')}`,
        )
      expect(await hits('staging.orders', 'doubled')).toEqual([
        'staging.named.doubled copied',
        'marts.totals.total aggregated',
        'marts.shares.total aggregated',
        'marts.shares.place order',
      ])
      expect(await hits('raw.orders', 'day')).toEqual([
        'staging.orders.day copied',
        'staging.named.day copied',
      ])
      expect(await hits('customers', 'id')).toEqual([
        ...['order_id', 'customer', 'doubled', 'day', 'region'].map((each) => `staging.named.${each} join`),
        ...['region', 'total', 'orders'].map((each) => `marts.totals.${each} join`),
        ...['region', 'total', 'place'].map((each) => `marts.shares.${each} join`),
      ])
    })

    test('where nobody knows the columns, the text alone tells what it can', async () => {
      const lineage = await lineageOf(await make(files))
      expect(shown(await lineage.upstream('marts.known'))).toEqual([
        'kind: raw.events.kind copied',
        'n: raw.events.kind group',
      ])
      expect((await lineage.direct('marts.everything')).isOpen).toBe(true)
      const [kind] = await lineage.upstream('marts.more')
      expect(kind!.unresolved!.map(({ model, reason }) => `${model}: ${reason}`)).toContain(
        'marts.everything: the columns of raw.events are not known',
      )
    })

    test('a model that reads itself comes from what it was made of', async () => {
      const lineage = await lineageOf(
        await make({
          ...files,
          'models/marts/running.sql': `/*---
materialized: incremental
partition: { column: day, grain: day, start: 2024-01-01, end: 2024-01-03 }
---*/
select o.day, o.amount + coalesce((select max(total) from {{this}} p where p.day < o.day), 0) as total
from raw.orders o where o.day >= {{partition.start}} and o.day < {{partition.end}}`,
        }),
      )
      expect(shown(await lineage.upstream('marts.running', { column: 'total' }))).toEqual([
        'total: raw.orders.amount aggregated, raw.orders.day filter',
      ])
    })

    test('what is declared never to be NULL is followed downstream', async () => {
      const lineage = await lineageOf(await make(files))
      expect(Object.fromEntries(await lineage.nullability('staging.named'))).toEqual({
        order_id: 'never',
        customer: 'never',
        doubled: 'never',
        day: 'unknown',
        region: 'unknown',
      })
    })

    test('what is cached is not parsed again until something changes that decides it', async () => {
      const project = await make(files)
      const kept = new Map<string, unknown>()
      const cache: ContentCache = {
        get: (key) => structuredClone(kept.get(key)),
        set: (key, value) => void kept.set(key, structuredClone(value)),
        save: () => undefined,
      }
      const asked: string[] = []
      const first = await (await lineageOf(project, cache, asked)).upstream('marts.shares')
      expect(asked.length).toBe(4)
      const again = await (await lineageOf(project, cache, asked)).upstream('marts.shares')
      expect(asked.length).toBe(4)
      expect(again).toEqual(first)
      const changed = await make({
        ...files,
        'models/raw.yml': sources.replace('name: day, type: date', 'name: day, type: timestamp'),
      })
      await (await lineageOf(changed, cache, asked)).upstream('marts.shares')
      expect(asked.length).toBeGreaterThan(4)
    })
  })
}

function shown(columns: readonly ColumnLineage[]): readonly string[] {
  return columns.map(
    ({ column, sources: found }) =>
      `${column}: ${found.map((each) => `${each.relation}.${each.column} ${each.role}`).join(', ')}`,
  )
}
