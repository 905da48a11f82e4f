import type { LedgerMigration, Session } from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { isServerError } from './explain.ts'
import { quote } from './identifiers.ts'

/** Serialises migrations of a database. */
const MIGRATION_LOCK = '5142885012070518'

/** What is known of the connection for messages. */
export interface LedgerPlace {
  readonly label: string
  readonly database: string
}

/** Version of the ledger in this database, 0 if there is none.
 * @throws SluiceError SL542 if it may not be read */
export async function readLedgerVersion(session: Session, place: LedgerPlace): Promise<number> {
  const found = await session.query(`select to_regnamespace('sluice') is not null as has_schema,
  case when to_regnamespace('sluice') is null then true else has_schema_privilege('sluice', 'usage') end as is_usable,
  exists (select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'sluice' and c.relname = 'migrations') as has_table, current_user::text as role`)
  const state = found[0]
  const role = String(state?.role)
  if (state?.is_usable !== true)
    throw noRight(place, role, `GRANT USAGE, CREATE ON SCHEMA sluice TO ${quote(role)};`)
  if (state.has_table !== true) return 0
  try {
    const rows = await session.query('select coalesce(max(version), 0) as version from sluice.migrations')
    return Number(rows[0]?.version ?? 0)
  } catch (error) {
    throw rightsError(error, place, role) ?? error
  }
}

/** Brings the ledger to the newest of the migrations, inside the session's transaction; of several processes one does it,
 * and the others wait and find it done. */
export async function migrateLedger(
  session: Session,
  migrations: readonly LedgerMigration[],
  place: LedgerPlace,
): Promise<void> {
  await session.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
  const version = await readLedgerVersion(session, place)
  refuseNewer(version, migrations, place)
  const pending = migrations.filter((migration) => migration.version > version)
  if (pending.length === 0) return
  const { ledgerStatements } = await import('./ledger-schema.ts')
  const user = await session.query('select current_user::text as role')
  try {
    if (version === 0) await createSchema(session)
    for (const migration of pending) {
      for (const sql of ledgerStatements(migration)) await session.execute(sql)
      await session.execute('insert into sluice.migrations (version) values ($1)', [migration.version])
    }
  } catch (error) {
    throw rightsError(error, place, String(user[0]?.role)) ?? error
  }
}

/** @throws SluiceError SL541 */
export function refuseNewer(
  version: number,
  migrations: readonly LedgerMigration[],
  place: LedgerPlace,
): void {
  const newest = newestVersion(migrations)
  if (version <= newest) return
  throw SluiceError.of('SL541', {
    message: `The ledger in ${place.label} has version ${version}; this Sluice knows versions up to ${newest}.`,
    hint: 'Use the version of Sluice that wrote it, or a newer one.',
  })
}

export function newestVersion(migrations: readonly LedgerMigration[]): number {
  return Math.max(0, ...migrations.map((migration) => migration.version))
}

/** The schema may have been prepared by an administrator for a user who may not create schemas. */
async function createSchema(session: Session): Promise<void> {
  const rows = await session.query(`select to_regnamespace('sluice') is not null as exists`)
  if (rows[0]?.exists !== true) await session.execute('create schema sluice')
  await session.execute('create sequence if not exists sluice.change_seq')
  await session.execute(`create table if not exists sluice.migrations (
  version integer primary key, applied_at timestamptz not null default clock_timestamp())`)
}

function rightsError(error: unknown, place: LedgerPlace, role: string): SluiceError | undefined {
  if (!isServerError(error) || error.code !== '42501') return undefined
  const grant = /for database/.test(error.message)
    ? `GRANT CREATE ON DATABASE ${quote(place.database)} TO ${quote(role)};`
    : /for schema/.test(error.message)
      ? `GRANT USAGE, CREATE ON SCHEMA sluice TO ${quote(role)};`
      : `GRANT ALL ON ALL TABLES IN SCHEMA sluice TO ${quote(role)}; GRANT ALL ON ALL SEQUENCES IN SCHEMA sluice TO ${quote(role)};`
  return noRight(place, role, grant, error)
}

function noRight(place: LedgerPlace, role: string, grant: string, cause?: unknown): SluiceError {
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return SluiceError.of(
    'SL542',
    {
      message: `"${role}" may not create or use the ledger (schema sluice) in ${place.label}${why}.`,
      hint: `Ask an administrator to run: ${grant}`,
    },
    { cause },
  )
}
