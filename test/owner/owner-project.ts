import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { OwnerConnection } from '../../cli/owner/connection.ts'
import { socketPaths } from '../../cli/owner/place.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { Child } from '../crash/child.ts'

const files: Readonly<Record<string, string>> = {
  'sluice.yml':
    'name: owned\ndefault_target: dev\ntargets:\n  dev: { adapter: duckdb, path: owned.duckdb }\n',
  'models/fast.sql': `/*---
materialized: table
checks: [{ not_null: [id] }]
---*/
select range as id, date '2024-01-05' as day from range(3)
`,
  // Takes hours, and is interrupted at once.
  'models/slow.sql': `/*---
materialized: table
---*/
select count(*) as n from range(4000000) a, range(4000000) b, fast where (a.range * b.range) % 7 = fast.id
`,
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A project on a DuckDB file, whose model `slow` never ends, and processes of the built program that work on it. */
export class OwnerProject {
  readonly root: string
  readonly environment: Readonly<Record<string, string>>
  readonly target: Extract<TargetConfig, { adapter: 'duckdb' }>
  private readonly folder: string
  private readonly children: Child[] = []

  private constructor(folder: string) {
    this.folder = folder
    this.root = join(folder, 'project')
    this.environment = { XDG_RUNTIME_DIR: folder }
    this.target = {
      name: 'dev',
      adapter: 'duckdb',
      path: join(this.root, 'owned.duckdb'),
      schema: {},
      vars: {},
      settings: {},
      readOnly: false,
    }
  }

  static async open(): Promise<OwnerProject> {
    const project = new OwnerProject(await mkdtemp(join(tmpdir(), 'sluice-owner-')))
    for (const [path, text] of Object.entries(files)) {
      const file = join(project.root, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    }
    return project
  }

  /** A run that has published `fast` and works on `slow`, with its id. */
  async running(...words: readonly string[]): Promise<{ readonly child: Child; readonly run: string }> {
    const child = new Child(this.root, ['run', ...words], this.environment)
    this.children.push(child)
    await child.until(({ type, task }) => type === 'task_started' && isSlow(task))
    const run = String(child.events.find(({ type }) => type === 'run_started')?.run)
    return { child, run }
  }

  /** Runs a command to its end. */
  async sluice(...words: readonly string[]): Promise<Ended> {
    const process = spawn(
      globalThis.process.execPath,
      [resolve('bin/sluice.cjs'), ...words, '--project', this.root],
      { env: { ...globalThis.process.env, ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const [out, err] = [process.stdout, process.stderr].map((stream) => {
      const texts: string[] = []
      stream.setEncoding('utf8').on('data', (text: string) => texts.push(text))
      return texts
    })
    const [code] = (await once(process, 'close')) as [number | null]
    return { code, out: out!.join(''), err: err!.join('') }
  }

  /** What a command prints, a JSON value a line. */
  async json(...words: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    const { out, err } = await this.sluice(...words, '--output', 'json')
    if (err !== '') throw new Error(err)
    return out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  async socketPaths(): Promise<readonly string[]> {
    return socketPaths((await duckdb.ownedFile!(this.target))!, this.environment)
  }

  /** Speaks with the owner from the process of the test. */
  async owner(): Promise<OwnerConnection> {
    const connection = await OwnerConnection.open(await this.socketPaths())
    if (connection === undefined) throw new Error('nobody owns the database')
    return connection
  }

  /** Ends every process and removes the files. */
  async close(): Promise<void> {
    for (const child of this.children) {
      child.strike('SIGCONT')
      child.strike('SIGKILL')
      await child.end()
    }
    await rm(this.folder, { recursive: true, force: true })
  }
}

function isSlow(task: unknown): boolean {
  return typeof task === 'object' && task !== null && 'model' in task && task.model === 'slow'
}
