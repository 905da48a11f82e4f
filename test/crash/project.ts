import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Random } from './random.ts'

/** The days of the history; the week around them has one partition of its own. */
export const days: readonly string[] = ['2024-01-01', '2024-01-02', '2024-01-03']
export const week = '2024-W01'
export const range: readonly string[] = ['--from', '2024-01-01', '--to', '2024-01-07']

export const shops: readonly (readonly [shop: string, region: string])[] = [
  ['amsterdam', 'north'],
  ['bern', 'south'],
  ['cork', 'north'],
  ['dover', 'north'],
  ['evora', 'south'],
]

export interface SaleRow {
  readonly id: number
  readonly day: string
  readonly shop: string
  readonly amount: number
  readonly version: number
}

/** The sales of one version of the data. Every shop sells on every day; everything else differs from version to version, and each row
 * tells its version, so that a mix of two is seen. */
export function salesOf(version: number): readonly SaleRow[] {
  const random = new Random(version * 7919 + 17)
  const rows: SaleRow[] = []
  for (const day of days) {
    for (const [shop] of shops) {
      const count = 4 + random.below(24)
      for (let n = 0; n < count; n++) {
        rows.push({ id: rows.length + 1, day, shop, amount: random.below(1000) - 200, version })
      }
    }
  }
  return rows
}

const partitioned = (column: string, grain: string): string =>
  `{ column: ${column}, grain: ${grain}, start: 2024-01-01, end: 2024-01-03 }`
const window = (column: string): string =>
  `${column} >= {{partition.start}} and ${column} < {{partition.end}}`

const files: Readonly<Record<string, string>> = {
  'seeds/seeds.yml': `seeds:
  - name: sales
    columns: [{ name: id, checks: [not_null, unique] }, { name: shop, checks: [not_null] }]
  - name: shops
    columns: [{ name: shop, checks: [unique] }]
`,
  'seeds/shops.csv': `shop,region\n${shops.map((shop) => shop.join(',')).join('\n')}\n`,
  'models/staging/sold.sql': `/*---
materialized: view
---*/
select id, cast(day as date) as day, shop, cast(amount as integer) as amount, cast(version as integer) as version from sales
`,
  'models/marts/lines.sql': `/*---
materialized: incremental
partition: ${partitioned('day', 'day')}
checks:
  - not_null: [id, shop]
  - unique: id
  - row_count: { min: 20 }
---*/
select day, id, shop, amount, version from staging.sold where ${window('day')}
`,
  'models/marts/daily.sql': `/*---
materialized: incremental
partition: ${partitioned('day', 'day')}
checks:
  - unique: [day, shop]
  - expression: sales > 0
---*/
select day, shop, cast(count(*) as integer) as sales, cast(sum(amount) as bigint) as total, min(version) as oldest, max(version) as newest
from marts.lines
where ${window('day')}
group by day, shop
`,
  'models/marts/shop_days.sql': `/*---
materialized: incremental
strategy: merge
unique_key: [day, shop]
delete_missing: true
partition: ${partitioned('day', 'day')}
checks:
  - not_null: shop
---*/
select day, shop, cast(count(*) as integer) as sales, cast(sum(amount) as bigint) as total, min(version) as oldest, max(version) as newest
from staging.sold
where ${window('day')}
group by day, shop
`,
  'models/marts/last_sold.sql': `/*---
materialized: incremental
strategy: merge
unique_key: shop
partition: ${partitioned('last_day', 'day')}
checks:
  - unique: shop
---*/
select shop, day as last_day, cast(sum(amount) as bigint) as total, min(version) as oldest, max(version) as newest
from staging.sold
where ${window('day')}
group by shop, day
`,
  'models/marts/weekly.sql': `/*---
materialized: incremental
partition: ${partitioned('week_start', 'week')}
checks:
  - accepted_values: { column: days, values: [1, 2, 3] }
---*/
select cast(date_trunc('week', cast(day as timestamp)) as date) as week_start, shop, cast(count(*) as integer) as days, cast(sum(total) as bigint) as total
from marts.daily
where ${window('day')}
group by 1, 2
`,
  'models/reports/totals.sql': `/*---
materialized: table
checks:
  - unique: shop
  - relationships: { column: shop, to: shops, field: shop }
---*/
select d.shop, s.region, cast(sum(d.sales) as bigint) as sales, cast(sum(d.total) as bigint) as total
from marts.daily as d
join shops as s on s.shop = d.shop
group by d.shop, s.region
`,
  'models/reports/regions.sql': `/*---
materialized: view
---*/
select region, cast(sum(total) as bigint) as total from reports.totals group by region
`,
  'checks/lines_and_days_agree.sql': `select d.day, d.shop, d.total
from marts.shop_days as d
where d.total <> (select sum(l.amount) from marts.lines as l where l.day = d.day and l.shop = d.shop)
`,
}

/** Writes the project; `target` is the target's entry in `sluice.yml`. */
export async function writeProject(root: string, target: string): Promise<void> {
  await write(root, 'sluice.yml', `name: crash\ndefault_target: dev\ntargets:\n  dev: ${target}\n`)
  for (const [path, text] of Object.entries(files)) await write(root, path, text)
}

/** Writes the seed with one version of the sales, its lines in an order that the random numbers choose. */
export async function writeSales(root: string, version: number, random: Random): Promise<void> {
  const lines = random
    .shuffled(salesOf(version))
    .map(({ id, day, shop, amount }) => `${id},${day},${shop},${amount},${version}`)
  await write(root, 'seeds/sales.csv', `id,day,shop,amount,version\n${lines.join('\n')}\n`)
}

async function write(root: string, path: string, text: string): Promise<void> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
