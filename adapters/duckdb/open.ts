import { basename } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Adapter, Capabilities, OpenOptions } from '../../core/adapter.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { DuckdbAdapter } from './adapter.ts'
import { Database } from './database.ts'
import { openError } from './open-error.ts'
import { realPath } from './path.ts'
import { applySettings } from './settings.ts'

type DuckdbTarget = Extract<TargetConfig, { adapter: 'duckdb' }>

interface OpenFile {
  readonly database: Promise<Database>
  /** Settings and mode as text: all who share the instance must want the same. */
  readonly identity: string
  users: number
}

/** Files that this process has open, by real path: a second instance of a file would lose committed data. */
const openFiles = new Map<string, OpenFile>()

/**
 * Opens the target's database, creating its file if need be.
 *
 * @throws SluiceError SL500–SL506, SL508: what stands in the way, and the next step
 */
export async function openDuckdb(
  target: TargetConfig,
  options: OpenOptions,
  capabilities: Capabilities,
): Promise<Adapter> {
  if (target.adapter !== 'duckdb') throw new Error(`not a DuckDB target: ${target.adapter}`)
  const readOnly = target.readOnly || options.readOnly
  const isMemory = target.path === ':memory:'
  const [database, release] = isMemory ? await openMemory(target) : await openShared(target, readOnly)
  const label = isMemory ? ':memory:' : basename(target.path)
  return new DuckdbAdapter(label, capabilities, database, options.threads, release)
}

type Opened = readonly [Database, () => Promise<void>]

async function openMemory(target: DuckdbTarget): Promise<Opened> {
  const database = await openInstance(':memory:', target, {})
  return [database, async () => database.close()]
}

async function openShared(target: DuckdbTarget, readOnly: boolean): Promise<Opened> {
  const key = await realPath(target.path, readOnly)
  const identity = JSON.stringify([readOnly, Object.entries(target.settings).sort()])
  let file = openFiles.get(key)
  if (file === undefined) {
    const access = readOnly ? { access_mode: 'READ_ONLY' } : {}
    file = { database: openInstance(key, target, access), identity, users: 0 }
    openFiles.set(key, file)
  }
  if (file.identity !== identity) {
    throw SluiceError.of('SL508', {
      message: `${basename(target.path)} is open in this process with other settings or in another mode.`,
      hint: 'Give the targets that share this file the same settings and the same read_only.',
    })
  }
  file.users += 1
  try {
    const database = await file.database
    const shared = file
    return [database, async () => leave(key, shared, database)]
  } catch (error) {
    if (openFiles.get(key) === file) openFiles.delete(key)
    throw error
  }
}

/** Closes with the last user, in one go: nobody can open the file again in between. */
function leave(key: string, file: OpenFile, database: Database): void {
  file.users -= 1
  if (file.users > 0) return
  openFiles.delete(key)
  database.close()
}

async function openInstance(
  path: string,
  target: DuckdbTarget,
  access: Readonly<Record<string, string>>,
): Promise<Database> {
  let instance: DuckDBInstance
  try {
    instance = await DuckDBInstance.create(path, { ...access })
  } catch (error) {
    throw await openError(error, target.path)
  }
  try {
    return new Database(instance, await applySettings(instance, target.settings, target.name))
  } catch (error) {
    instance.closeSync()
    throw error
  }
}
