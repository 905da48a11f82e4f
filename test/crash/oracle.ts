import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { salesOf, shops } from './project.ts'
import { type TableName, type TextRow, tables } from './state.ts'

/** What each table holds when all of it was made from one version of the sales: plain SQL over plain tables, without Sluice. */
const queries: Readonly<Record<TableName, string>> = {
  sales: 'select * from of_version',
  shops: 'select * from shop_list',
  lines: 'select * from of_version',
  daily:
    'select day, shop, count(*) as sales, sum(amount) as total, min(version) as oldest, max(version) as newest from of_version group by all',
  shop_days:
    'select day, shop, count(*) as sales, sum(amount) as total, min(version) as oldest, max(version) as newest from of_version group by all',
  // Of each day: which day stands in the table depends on what was published.
  last_sold:
    'select day as last_day, shop, sum(amount) as total, min(version) as oldest, max(version) as newest from of_version group by all',
  weekly: `select '2024-01-01' as week_start, shop, count(distinct day) as days, sum(amount) as total from of_version group by shop`,
  totals:
    'select shop, region, count(*) as sales, sum(amount) as total from of_version join shop_list using (shop) group by all',
  regions: 'select region, sum(amount) as total from of_version join shop_list using (shop) group by region',
}

/** Tells what must stand in the tables, by version of the data. */
export class Oracle {
  private readonly connection: DuckDBConnection
  private readonly instance: DuckDBInstance
  private readonly loaded = new Set<number>()
  private readonly known = new Map<string, readonly TextRow[]>()

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.instance = instance
    this.connection = connection
  }

  static async open(): Promise<Oracle> {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      'create table sold (id integer, day varchar, shop varchar, amount integer, version integer)',
    )
    await connection.run('create table shop_list (shop varchar, region varchar)')
    const list = shops.map(([shop, region]) => `('${shop}', '${region}')`)
    await connection.run(`insert into shop_list values ${list.join(', ')}`)
    return new Oracle(instance, connection)
  }

  /** The rows of a table made from this version. */
  async rows(table: TableName, version: number): Promise<readonly TextRow[]> {
    const id = `${table} ${version}`
    const known = this.known.get(id)
    if (known !== undefined) return known
    await this.load(version)
    const list = tables[table].columns.map((column) => `cast(${column} as varchar)`).join(', ')
    const result = await this.connection.runAndReadAll(
      `with of_version as (select * from sold where version = ${version}) select ${list} from (${queries[table]})`,
    )
    const rows = result.getRows().map((row) => row.map((value) => (value === null ? null : String(value))))
    this.known.set(id, rows)
    return rows
  }

  close(): void {
    this.connection.closeSync()
    this.instance.closeSync()
  }

  private async load(version: number): Promise<void> {
    if (this.loaded.has(version)) return
    this.loaded.add(version)
    const values = salesOf(version).map(
      ({ id, day, shop, amount }) => `(${id}, '${day}', '${shop}', ${amount}, ${version})`,
    )
    await this.connection.run(`insert into sold values ${values.join(', ')}`)
  }
}
