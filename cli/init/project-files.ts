/** The files of a new project, by path. They run on DuckDB as they are. */
export function projectFiles(name: string): Readonly<Record<string, string>> {
  return {
    'sluice.yml': `# What this project is called and where it builds. Paths are relative to this file.
name: ${name}
default_target: dev
targets:
  dev: { adapter: duckdb, path: ${name}.duckdb }
  # prod: { adapter: postgres, url: "\${DATABASE_URL}" }
vars:
  large_order: 100
`,
    'seeds/raw_orders.csv': ordersCsv(),
    'models/seeds.yml': `# Descriptions, columns and checks that are kept out of the SQL.
seeds:
  - name: raw_orders
    description: Orders of a small shop, one line each
    columns:
      - { name: order_id, type: integer }
      - { name: ordered_on, type: date }
    checks:
      - not_null: [order_id, ordered_on]
      - unique: [order_id]
`,
    'models/staging/orders.sql': `/*---
description: Orders as the rest of the project reads them
materialized: view
---*/
select
  order_id,
  ordered_on,
  lower(customer) as customer,
  cast(amount as decimal(12, 2)) as amount,
  amount >= {{vars.large_order}} as is_large
from raw_orders
`,
    'models/marts/daily_sales.sql': `/*---
description: Sales of each day; one partition a day, rewritten as a whole whenever it runs
materialized: incremental
partition: { column: { name: ordered_on, type: date }, grain: day, start: 2024-01-01, end: 2024-01-07 }
strategy: delete_insert
checks:
  - not_null: [ordered_on, orders, revenue]
  - unique: [ordered_on]
  - row_count: { min: 1 }
  - expression: revenue >= 0
---*/
select
  ordered_on,
  count(*) as orders,
  count(*) filter (where is_large) as large_orders,
  sum(amount) as revenue
from staging.orders
where ordered_on >= {{partition.start}} and ordered_on < {{partition.end}}
group by ordered_on
`,
    'models/marts/customers.sql': `/*---
description: One row for each customer, rebuilt as a whole
materialized: table
checks:
  - unique: [customer]
---*/
select
  customer,
  min(ordered_on) as first_order,
  count(*) as orders,
  sum(amount) as revenue
from staging.orders
group by customer
`,
    'checks/no_orders_from_the_future.sql': `-- A check selects the rows that should not be there. It gates the model that it reads.
select ordered_on, orders
from marts.daily_sales
where ordered_on > date '2024-01-07'
`,
    'README.md': readme(name),
    '.gitignore': `.sluice/
target/
*.duckdb
*.duckdb.wal
`,
  }
}

/** Three orders a day for a week. */
function ordersCsv(): string {
  const customers = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Tony']
  const amounts = ['20.00', '135.50', '64.25', '99.99', '250.00', '12.80', '48.00']
  const lines = Array.from({ length: 21 }, (_, at) => {
    const day = `2024-01-0${Math.floor(at / 3) + 1}`
    return `${at + 1},${day},${customers[(at * 3) % customers.length]},${amounts[(at * 5) % amounts.length]}`
  })
  return `order_id,ordered_on,customer,amount\n${lines.join('\n')}\n`
}

function readme(name: string): string {
  return `# ${name}

A Sluice project: a seed, three models and their checks, on DuckDB.

\`\`\`sh
sluice plan --from 2024-01-01 --to 2024-01-07   # what would run, and why
sluice run  --from 2024-01-01 --to 2024-01-07   # build, check and publish a week, day by day
sluice show marts.daily_sales                   # look at it
sluice status                                   # what is there, what is missing
\`\`\`

| folder | what is in it |
|---|---|
| \`models/\` | one SELECT a file; the folder is the schema, the file is the table |
| \`seeds/\` | CSV files that are loaded as tables |
| \`checks/\` | queries that select rows that should not be there |
`
}
