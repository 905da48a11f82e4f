import type {
  Adapter,
  LedgerColumn,
  LedgerMigration,
  LedgerTable,
  Session,
  Transaction,
} from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { duckdbCatalog } from './catalog.ts'
import { quote } from './identifiers.ts'

const TYPES: Readonly<Record<LedgerColumn['type'], string>> = {
  text: 'VARCHAR',
  bigint: 'BIGINT',
  integer: 'INTEGER',
  boolean: 'BOOLEAN',
  instant: 'TIMESTAMPTZ',
  json: 'VARCHAR',
}

/** The newest migration that this database has seen; 0 without a ledger. */
export async function readLedgerVersion(session: Session): Promise<number> {
  const columns = await duckdbCatalog.columns(session, { schema: 'sluice', name: 'migrations' })
  if (columns === undefined) return 0
  const rows = await session.query('select max(version) as version from sluice.migrations')
  return Number(rows[0]?.version ?? 0)
}

/** Brings the ledger to the newest migration in one transaction. Two callers of one process take turns; another process cannot
 * have the file open. */
export async function migrateLedger(adapter: Adapter, migrations: readonly LedgerMigration[]): Promise<void> {
  const newest = migrations.at(-1)?.version ?? 0
  const current = await adapter.session(readLedgerVersion)
  refuseNewer(adapter.label, current, newest)
  if (current === newest) return
  await adapter.transaction(async (transaction) => {
    // The first statement takes the lock for DDL, so the version is read after a migration that was under way.
    await transaction.execute('create schema if not exists sluice')
    await transaction.execute('create sequence if not exists sluice.change_seq')
    await transaction.execute(
      'create table if not exists sluice.migrations (version INTEGER primary key, applied_at TIMESTAMPTZ not null)',
    )
    const found = await readLedgerVersion(transaction)
    refuseNewer(adapter.label, found, newest)
    for (const migration of migrations) {
      if (migration.version > found) await applyMigration(transaction, migration)
    }
  })
}

function refuseNewer(label: string, current: number, newest: number): void {
  if (current <= newest) return
  throw SluiceError.of('SL507', {
    message: `The ledger in ${label} has version ${current}, and this Sluice knows versions up to ${newest}.`,
    hint: 'Use the version of Sluice that wrote it, or a newer one.',
  })
}

async function applyMigration(transaction: Transaction, migration: LedgerMigration): Promise<void> {
  for (const table of migration.createTables) await transaction.execute(createLedgerTable(table))
  for (const { table, column } of migration.addColumns) {
    // DuckDB adds no column with a constraint, and rows that stand there have no value for it anyway.
    await transaction.execute(
      `alter table sluice.${quote(table)} add column ${quote(column.name)} ${TYPES[column.type]}`,
    )
  }
  await transaction.execute('insert into sluice.migrations (version, applied_at) values ($1, now())', [
    migration.version,
  ])
}

/** Primary keys are kept, as they make two claims of one partition collide at COMMIT; they cost 0.2 ms a write with DELETE and
 * INSERT (ON CONFLICT would cost 1.4 ms). Other indexes are left out: scans skip by minima and maxima. */
function createLedgerTable(table: LedgerTable): string {
  const columns = table.columns.map(
    (column) => `${quote(column.name)} ${TYPES[column.type]}${column.nullable === true ? '' : ' not null'}`,
  )
  const key = table.primaryKey.length === 0 ? [] : [`primary key (${table.primaryKey.map(quote).join(', ')})`]
  return `create table sluice.${quote(table.name)} (${[...columns, ...key].join(', ')})`
}
