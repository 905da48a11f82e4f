import type {
  Adapter,
  Capabilities,
  Catalog,
  Column,
  Committed,
  CsvFile,
  Dialect,
  LedgerMigration,
  OpenOptions,
  Session,
  Transaction,
} from '../../core/adapter.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { type Address, readAddress } from './address.ts'
import { capabilities } from './capabilities.ts'
import { postgresCatalog } from './catalog.ts'
import { postgresDialect } from './dialect.ts'
import { classify, endsConnection, explain } from './explain.ts'
import { migrateLedger, newestVersion, readLedgerVersion, refuseNewer } from './ledger.ts'
import { ConnectionPool } from './pool.ts'
import { refusal } from './refusals.ts'
import { inTransaction, PostgresSession, PostgresTransaction } from './session.ts'

type PostgresTarget = Extract<TargetConfig, { readonly adapter: 'postgres' }>

const OLDEST_VERSION = 15
const MOST_LOOKS = 3

const CHECK_INTERVAL = 'client_connection_check_interval'

/** Startup options of every session, to which DISCARD ALL returns. */
function sessionSettings(readOnly: boolean): Readonly<Record<string, string>> {
  return {
    TimeZone: 'UTC',
    DateStyle: 'ISO, YMD',
    IntervalStyle: 'postgres',
    bytea_output: 'hex',
    extra_float_digits: '1',
    standard_conforming_strings: 'on',
    default_transaction_isolation: 'read committed',
    // An administrator's own setting stays in force otherwise.
    ...(readOnly ? { default_transaction_read_only: 'on' } : {}),
    // Temporary tables last, so that a stage never hides a relation of the same name.
    search_path: 'public, pg_temp',
    statement_timeout: '0',
    lock_timeout: '30s',
    idle_in_transaction_session_timeout: '10min',
    // A killed client's locks end within this time, not with its statement.
    [CHECK_INTERVAL]: '250ms',
  }
}

/** Connects to a target's server and makes sure that it can be worked with. */
export async function openPostgres(target: PostgresTarget, options: OpenOptions): Promise<Adapter> {
  const settings = sessionSettings(options.readOnly)
  try {
    return await openWith(target, options, settings)
  } catch (error) {
    if (!isAboutCheckInterval(error)) throw error
    return openWith(target, options, { ...settings, [CHECK_INTERVAL]: '0' })
  }
}

/** A server on an operating system that cannot watch sockets (Windows) refuses any interval but 0. */
function isAboutCheckInterval(error: unknown): boolean {
  return (
    error instanceof SluiceError &&
    error.cause instanceof Error &&
    error.cause.message.includes(CHECK_INTERVAL)
  )
}

async function openWith(
  target: PostgresTarget,
  options: OpenOptions,
  settings: Readonly<Record<string, string>>,
): Promise<Adapter> {
  const place = {
    target: target.name,
    url: target.url,
    ...(target.database === undefined ? {} : { database: target.database }),
  }
  const roleSetting = target.role === undefined ? {} : { role: target.role }
  const address = readAddress({ ...place, settings: { ...settings, ...roleSetting } })
  const pool = await ConnectionPool.create({
    address,
    controlAddress: readAddress({ ...place, settings }),
    size: options.threads + 1,
    role: target.role,
    applicationName: options.applicationName,
  })
  try {
    await lookAtServer(pool, address, options)
  } catch (error) {
    await pool.close()
    throw refusal(error, address, target.role)
  }
  return new PostgresAdapter(pool, address, options.readOnly)
}

/** A connection that is ended while it is looked at is made again: that it could be made shows that the server is there. */
async function lookAtServer(pool: ConnectionPool, address: Address, options: OpenOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await pool.use((connection) => checkServer(new PostgresSession(connection), address, options))
      return
    } catch (error) {
      if (attempt === MOST_LOOKS || error instanceof SluiceError || !endsConnection(error)) throw error
    }
  }
}

async function checkServer(session: Session, address: Address, options: OpenOptions): Promise<void> {
  const rows = await session.query(`select current_setting('server_version_num')::int / 10000 as version,
  current_setting('server_version') as shown, pg_is_in_recovery() as replica, current_setting('transaction_read_only') as read_only`)
  const server = rows[0]
  if (Number(server?.version) < OLDEST_VERSION) {
    throw SluiceError.of('SL535', {
      message: `${address.label} is PostgreSQL ${server?.shown}; Sluice needs version ${OLDEST_VERSION} or later.`,
      hint: 'Use a newer server.',
    })
  }
  if (options.readOnly || server?.read_only !== 'on') return
  throw SluiceError.of('SL534', {
    message: `${address.label} is read-only${server.replica === true ? ': it is a replica' : ''}.`,
    hint: 'Use the address of the primary server, and a database that is not set to read-only.',
  })
}

class PostgresAdapter implements Adapter {
  readonly capabilities: Capabilities = capabilities
  readonly dialect: Dialect = postgresDialect
  readonly catalog: Catalog = postgresCatalog()
  readonly label: string
  private readonly pool: ConnectionPool
  private readonly address: Address
  private readonly begin: string

  constructor(pool: ConnectionPool, address: Address, readOnly: boolean) {
    this.pool = pool
    this.address = address
    this.label = address.label
    this.begin = `begin isolation level read committed${readOnly ? ' read only' : ''}`
  }

  session<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.pool.use((connection) => work(new PostgresSession(connection)), signal)
  }

  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<Committed<T>> {
    return this.pool.use((connection) => inTransaction(connection, this.begin, work), signal)
  }

  async migrate(migrations: readonly LedgerMigration[]): Promise<void> {
    const version = await this.ledgerVersion()
    refuseNewer(version, migrations, this.address)
    if (version === newestVersion(migrations)) return
    await this.transaction((transaction) => migrateLedger(transaction, migrations, this.address))
  }

  ledgerVersion(): Promise<number> {
    return this.session((session) => readLedgerVersion(session, this.address))
  }

  async loadCsv(transaction: Transaction, stage: string, file: CsvFile): Promise<readonly Column[]> {
    if (!(transaction instanceof PostgresTransaction)) throw new Error('not a transaction of this adapter')
    const { loadCsvFile } = await import('./csv.ts')
    return loadCsvFile(transaction, stage, file)
  }

  classify(error: unknown): ReturnType<Adapter['classify']> {
    return classify(error)
  }

  explain(error: unknown): ReturnType<Adapter['explain']> {
    return explain(error)
  }

  close(): Promise<void> {
    return this.pool.close()
  }
}
