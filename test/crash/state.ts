/** A row as texts, in the order of the table's columns. */
export type TextRow = readonly (string | null)[]

/** The tables of the project and the columns that are compared; `by` is the partition column. */
export const tables = {
  sales: { relation: 'sales', columns: ['id', 'day', 'shop', 'amount', 'version'] },
  shops: { relation: 'shops', columns: ['shop', 'region'] },
  lines: { relation: 'marts.lines', columns: ['day', 'id', 'shop', 'amount', 'version'], by: 'day' },
  daily: {
    relation: 'marts.daily',
    columns: ['day', 'shop', 'sales', 'total', 'oldest', 'newest'],
    by: 'day',
  },
  shop_days: {
    relation: 'marts.shop_days',
    columns: ['day', 'shop', 'sales', 'total', 'oldest', 'newest'],
    by: 'day',
  },
  last_sold: { relation: 'marts.last_sold', columns: ['last_day', 'shop', 'total', 'oldest', 'newest'] },
  weekly: { relation: 'marts.weekly', columns: ['week_start', 'shop', 'days', 'total'] },
  totals: { relation: 'reports.totals', columns: ['shop', 'region', 'sales', 'total'] },
  regions: { relation: 'reports.regions', columns: ['region', 'total'] },
} as const satisfies Record<string, TableShape>

interface TableShape {
  readonly relation: string
  readonly columns: readonly string[]
  readonly by?: string
}

export type TableName = keyof typeof tables
export const tableNames = Object.keys(tables) as TableName[]

/** The ledger's rows as the invariants read them. */
export interface LedgerState {
  readonly partitions: readonly {
    readonly model: string
    readonly key: string
    readonly changeSeq: number
    readonly dataSeq: number | null
    readonly readSeq: number | null
    readonly rows: number | null
    readonly publishedBy: string | null
    readonly lastStatus: string
  }[]
  readonly attempts: readonly {
    readonly id: string
    readonly run: string
    readonly worker: string
    readonly model: string
    readonly keys: readonly string[]
    readonly status: string
  }[]
  readonly runs: readonly { readonly id: string; readonly status: string; readonly worker: string }[]
  readonly workers: readonly string[]
  readonly leases: readonly {
    readonly model: string
    readonly key: string
    readonly worker: string
    readonly attempt: string
  }[]
}

/** Everything that stands in a database at one moment. A table that does not exist is missing. */
export interface DatabaseState {
  /** Whether several processes work on the database, so that they see each other's leases in it. */
  readonly isShared: boolean
  readonly tables: Readonly<Partial<Record<TableName, readonly TextRow[]>>>
  readonly ledger: LedgerState
}

export const emptyLedger: LedgerState = { partitions: [], attempts: [], runs: [], workers: [], leases: [] }

/** Runs a query; values come as the driver gives them. */
export type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** Reads the state, straight from the database; the caller sees to one moment for all statements. */
export async function readState(
  query: Query,
  { defaultSchema, isShared }: { readonly defaultSchema: string; readonly isShared: boolean },
): Promise<DatabaseState> {
  const existing = new Set(
    (await query(`select table_schema || '.' || table_name as name from information_schema.tables`)).map(
      (row) => String(row.name),
    ),
  )
  const found: Partial<Record<TableName, readonly TextRow[]>> = {}
  for (const name of tableNames) {
    const { relation, columns } = tables[name]
    if (!existing.has(relation.includes('.') ? relation : `${defaultSchema}.${relation}`)) continue
    const list = columns.map((column) => `cast(${column} as varchar) as ${column}`)
    const rows = await query(`select ${list.join(', ')} from ${relation}`)
    found[name] = rows.map((row) => columns.map((column) => textOf(row[column])))
  }
  return {
    isShared,
    tables: found,
    ledger: existing.has('sluice.runs') ? await readLedger(query) : emptyLedger,
  }
}

async function readLedger(query: Query): Promise<LedgerState> {
  const partitions = await query(
    'select model, partition_key, change_seq, data_seq, read_seq, rows, published_by, last_status from sluice.partitions',
  )
  const attempts = await query(
    'select id, run_id, worker, model, partition_keys, status from sluice.attempts',
  )
  const runs = await query('select id, status, worker from sluice.runs')
  const workers = await query('select id from sluice.workers')
  const leases = await query('select model, partition_key, worker, attempt from sluice.leases')
  return {
    partitions: partitions.map((row) => ({
      model: String(row.model),
      key: String(row.partition_key),
      changeSeq: Number(row.change_seq),
      dataSeq: numberOf(row.data_seq),
      readSeq: numberOf(row.read_seq),
      rows: numberOf(row.rows),
      publishedBy: textOf(row.published_by),
      lastStatus: String(row.last_status),
    })),
    attempts: attempts.map((row) => ({
      id: String(row.id),
      run: String(row.run_id),
      worker: String(row.worker),
      model: String(row.model),
      keys: JSON.parse(String(row.partition_keys)) as string[],
      status: String(row.status),
    })),
    runs: runs.map((row) => ({ id: String(row.id), status: String(row.status), worker: String(row.worker) })),
    workers: workers.map((row) => String(row.id)),
    leases: leases.map((row) => ({
      model: String(row.model),
      key: String(row.partition_key),
      worker: String(row.worker),
      attempt: String(row.attempt),
    })),
  }
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}
