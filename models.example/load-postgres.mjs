// Loads the example's flights and airports into the schema `raw` of a Postgres database, where the target `prod` reads them:
//
//   npm run example:load -- --url "$DATABASE_URL"
//
// DuckDB reads the files and writes CSV into a named pipe; COPY reads from it, so that nothing is held in memory or stored
// in between. Everything is one transaction: run it again, or stop it half-way, and no table is left half full.
import { execFile } from 'node:child_process'
import { constants, createReadStream } from 'node:fs'
import { access, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

const usage =
  'Usage: npm run example:load -- [--url postgres://user:password@host:5432/database] [--data FOLDER]'

const tables = [
  {
    name: 'raw.flights',
    file: 'flights-3m.parquet',
    read: (path) => `read_parquet(${literal(path)})`,
    columns: [
      ['date', 'timestamp'],
      ['delay', 'bigint'],
      ['distance', 'bigint'],
      ['origin', 'text'],
      ['destination', 'text'],
    ],
    // A day is read at a time.
    index: 'create index if not exists flights_date on raw.flights (date)',
  },
  {
    name: 'raw.airports',
    file: 'airports.csv',
    read: (path) => `read_csv(${literal(path)}, header = true)`,
    columns: [
      ['iata', 'text'],
      ['name', 'text'],
      ['city', 'text'],
      ['state', 'text'],
      ['country', 'text'],
      ['latitude', 'double precision'],
      ['longitude', 'double precision'],
    ],
    index: undefined,
  },
]

/** Where `npm ci` puts the files; the same folder as the var `data` of sluice.yml. */
const packagedData = fileURLToPath(new URL('../node_modules/vega-datasets/data', import.meta.url))

/** What a user can mend: shown without a stack. */
class Mistake extends Error {}

async function main() {
  const { url, data } = readOptions()
  const files = await Promise.all(tables.map((table) => existing(join(data, table.file))))
  const client = await connect(url)
  const folder = await mkdtemp(join(tmpdir(), 'sluice-load-'))
  try {
    await client.query('begin')
    await client.query('create schema if not exists raw')
    for (const [index, table] of tables.entries()) {
      const started = performance.now()
      const rows = await load(client, table, files[index], folder)
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${table.name}: ${rows.toLocaleString('en-US')} rows in ${seconds} s`)
    }
    await client.query('commit')
    // Outside of the transaction: without statistics the first queries would be planned for empty tables.
    for (const table of tables) await client.query(`analyze ${table.name}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
    // Rolls back whatever was not committed.
    await client.end().catch(() => {})
  }
}

function readOptions() {
  let values
  try {
    values = parseArgs({
      options: { url: { type: 'string' }, data: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values
  } catch (error) {
    throw new Mistake(`${error.message}\n${usage}`)
  }
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const url = values.url || process.env.DATABASE_URL
  if (!url) throw new Mistake(`no database: give --url, or set DATABASE_URL\n${usage}`)
  return { url, data: values.data ?? packagedData }
}

async function existing(path) {
  await access(path).catch(() => {
    throw new Mistake(`there is no file ${path}: run "npm ci", or name the folder that holds it with --data`)
  })
  return path
}

async function connect(url) {
  // The text of a malformed URL is not repeated: it may hold the password in an unexpected place.
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Mistake('the URL cannot be read; it looks like postgres://user:password@host:5432/database')
  }
  const client = new pg.Client({
    connectionString: url,
    application_name: 'sluice example',
    connectionTimeoutMillis: 10_000,
  })
  // A connection that breaks fails the statement under way; without a listener it would end the process too.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    const reason = error.message || error.code || 'the connection failed'
    throw new Mistake(`cannot connect to ${client.host}:${client.port}/${client.database}: ${reason}`)
  }
  return client
}

/** Replaces the rows of one table and returns how many there are. */
async function load(client, table, file, folder) {
  const definitions = table.columns.map(([name, type]) => `${name} ${type}`).join(', ')
  await client.query(`create table if not exists ${table.name} (${definitions})`)
  // TRUNCATE keeps views that read the table; other sessions wait until the transaction ends.
  await client.query(`truncate ${table.name}`)
  const names = table.columns.map(([name]) => name).join(', ')
  const copy = client.query(copyFrom(`copy ${table.name} (${names}) from stdin with (format csv)`))
  await streamCsv(`select ${names} from ${table.read(file)}`, join(folder, table.name), copy)
  if (table.index) await client.query(table.index)
  return copy.rowCount
}

/** Writes the rows of a DuckDB query as CSV, without a header, into a stream. */
async function streamCsv(query, pipe, destination) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const write = () => connection.run(`copy (${query}) to ${literal(pipe)} (format csv, header false)`)
  try {
    if (!(await madePipe(pipe))) {
      // A system without named pipes gets a file in between.
      await write()
      await pipeline(createReadStream(pipe), destination)
      return
    }
    const reader = createReadStream(pipe, { highWaterMark: 1 << 20 })
    const written = write().catch(async (error) => {
      await releaseReader(pipe)
      throw error
    })
    const read = pipeline(reader, destination)
    const [copied, produced] = await Promise.allSettled([read, written])
    // When the server refuses, writing fails only in consequence.
    if (copied.status === 'rejected') throw copied.reason
    if (produced.status === 'rejected') throw produced.reason
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function madePipe(path) {
  try {
    await promisify(execFile)('mkfifo', [path])
    return true
  } catch {
    return false
  }
}

/** A reader waits until somebody opens the pipe to write; a writer that failed before that must do so. */
async function releaseReader(pipe) {
  const handle = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined)
  await handle?.close()
}

function literal(text) {
  return `'${text.replaceAll("'", "''")}'`
}

main().catch((error) => {
  const isOurs = error instanceof Mistake
  // A Postgres error has a code of five characters; anything else is a bug and keeps its stack.
  const isServers = typeof error?.code === 'string'
  console.error(isOurs || isServers ? `example:load: ${error.message}` : error)
  if (isServers) console.error('Nothing was changed.')
  process.exit(1)
})
