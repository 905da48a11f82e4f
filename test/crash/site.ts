import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import type { PostgresServer, TestDatabase } from '../postgres-server.ts'
import { writeProject } from './project.ts'
import { type DatabaseState, readState } from './state.ts'

/** A project in a folder of its own, its database, and a way to look at that from outside. */
export interface Site {
  readonly engine: 'duckdb' | 'postgres'
  readonly root: string
  readonly environment: Readonly<Record<string, string>>
  /** Whether the database can be looked at while a process works on it. */
  readonly isShared: boolean
  /** What stands in the database at one moment; undefined if there is none yet. */
  state(): Promise<DatabaseState | undefined>
  close(): Promise<void>
}

/** A project on a DuckDB file. */
export async function duckdbSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-crash-'))
  const root = join(folder, 'project')
  await writeProject(root, '{ adapter: duckdb, path: crash.duckdb }')
  return {
    engine: 'duckdb',
    root,
    environment: {},
    isShared: false,
    state: () => duckdbState(root, join(folder, 'copy')),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Looks at a copy of the file and its log: opening the file itself would repair what the next run is to repair. */
async function duckdbState(root: string, copy: string): Promise<DatabaseState | undefined> {
  await rm(copy, { recursive: true, force: true })
  for (const name of ['crash.duckdb', 'crash.duckdb.wal']) {
    await cp(join(root, name), join(copy, name)).catch(ignoreMissing)
  }
  // DuckDB writes its file before it answers the first open; before that there is nothing to look at.
  let instance: DuckDBInstance
  try {
    instance = await DuckDBInstance.create(join(copy, 'crash.duckdb'), { access_mode: 'READ_ONLY' })
  } catch (error) {
    if (error instanceof Error && /database does not exist/.test(error.message)) return undefined
    throw error
  }
  const connection = await instance.connect()
  try {
    return await readState(
      async (sql) => {
        const result = await connection.runAndReadAll(sql)
        return result.getRowObjects() as readonly Readonly<Record<string, unknown>>[]
      },
      { defaultSchema: 'main', isShared: false },
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}

/** A project on a database of its own of this server. */
export async function postgresSite(server: Pick<PostgresServer, 'createDatabase'>): Promise<Site> {
  const database = await server.createDatabase()
  const root = await mkdtemp(join(tmpdir(), 'sluice-crash-'))
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the project's own placeholder
  await writeProject(root, '{ adapter: postgres, url: "${DATABASE_URL}" }')
  return {
    engine: 'postgres',
    root,
    environment: { DATABASE_URL: database.url },
    isShared: true,
    state: () => postgresState(database),
    close: async () => {
      await rm(root, { recursive: true, force: true })
      await database.drop()
    },
  }
}

async function postgresState({ url }: TestDatabase): Promise<DatabaseState> {
  return withClient(url, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    return readState(async (sql) => (await client.query(sql)).rows, {
      defaultSchema: 'public',
      isShared: true,
    })
  })
}

/** Work on a connection that Sluice knows nothing of. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
