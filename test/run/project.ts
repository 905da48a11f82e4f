import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { postgres } from '../../adapters/postgres/index.ts'
import type { Adapter, AdapterFactory, Row, Session } from '../../core/adapter.ts'
import type { CheckOutcome } from '../../core/checks/check.ts'
import { compileProject } from '../../core/compile/compile.ts'
import type { CompiledProject } from '../../core/compile/compiled.ts'
import { selectionContext } from '../../core/compile/selecting.ts'
import { createSqlTexts } from '../../core/compile/sql-texts.ts'
import type { Engine } from '../../core/compile/templates.ts'
import { loadProject } from '../../core/config/load.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { RunEvent, RunTotals } from '../../core/events.ts'
import { select } from '../../core/graph/select.ts'
import { Ledger, type Worker } from '../../core/ledger/ledger.ts'
import { type Plan, taskId } from '../../core/plan/plan.ts'
import { type PlanRequest, planRun } from '../../core/plan/planner.ts'
import { wholeLedger } from '../../core/plan/snapshot-request.ts'
import type { SqlTexts } from '../../core/run/attempt.ts'
import { executePlan, type Pace, type RunResult } from '../../core/run/execute.ts'
import { withObservations } from '../../core/sources/overlay.ts'
import { type Seeing, seeAndRecord, seeOnly } from '../../core/sources/see.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

export type EngineName = 'duckdb' | 'postgres'
export const engines: readonly EngineName[] = ['duckdb', 'postgres']

const factories: Readonly<Record<EngineName, AdapterFactory>> = { duckdb, postgres }

/** Where databases are made: in memory, if the system has such a folder, as hundreds of small files cost more than the tests. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Project files by path; `null` removes one. Under `settings`, more lines of sluice.yml. */
export type Files = Readonly<Record<string, string | null>>

export interface RunOptions {
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  readonly partition?: string
  readonly from?: string
  readonly to?: string
  readonly force?: boolean
  readonly fullRefresh?: boolean
  readonly upstream?: PlanRequest['upstream']
  readonly threads?: number
  readonly verifiesBatches?: boolean
  /** What else is asked of the plan, and how the run goes about it. */
  readonly request?: Partial<PlanRequest>
  readonly pace?: Pace
  readonly parent?: string
  readonly signal?: AbortSignal
  /** Aborts when another process wants the run to end. */
  readonly canceled?: AbortSignal
  /** Called for every event, in order. */
  readonly on?: (event: RunEvent) => void
  /** Runs inside each publishing transaction before anything else, on its connection. */
  readonly afterBegin?: (session: Session) => Promise<void>
  /** Runs inside each publishing transaction when all is done but COMMIT, on its connection. */
  readonly beforeCommit?: (session: Session) => Promise<void>
  /** Runs when sources have been observed, before the plan is made. */
  readonly afterSeeing?: () => Promise<void>
  /** Another connection pool: another process, as far as the database can tell. */
  readonly adapter?: Adapter
  readonly worker?: string
}

/** What a run left behind for a test to look at. */
export interface Outcome extends RunResult {
  readonly plan: Plan
  readonly events: readonly RunEvent[]
  /** Task ids by what became of them. */
  readonly ended: Readonly<Record<keyof RunTotals, readonly string[]>>
  /** The first failure's diagnostic. */
  readonly error: Diagnostic | undefined
  readonly errors: readonly Diagnostic[]
  readonly checks: readonly CheckOutcome[]
  /** Backoffs that were asked for, in milliseconds. */
  readonly delays: readonly number[]
}

interface Prepared {
  readonly project: CompiledProject
  readonly texts: SqlTexts
}

/** A model's file: its header and its query. */
export function model(header: string, sql: string): string {
  return `/*---\n${header.trim()}\n---*/\n${sql}\n`
}

const daily = '{ column: day, grain: day, start: 2024-01-01, end: 2024-01-31 }'

/** A daily incremental model over the column `day`; more header lines may follow. */
export function dailyModel(sql: string, more = ''): string {
  return model(`materialized: incremental\npartition: ${daily}\n${more}`, sql)
}

export const inWindow = 'day >= {{partition.start}} and day < {{partition.end}}'

/** A project in a temporary folder, its database, and everything that time, chance and other processes decide. */
export class TestProject {
  readonly engine: EngineName
  readonly root: string
  adapter: Adapter
  /** The clock of plans and of the ledger. */
  now = Date.parse('2024-01-20T00:00:00Z')
  /** Workers that the next reaping takes for dead. */
  readonly dead = new Set<string>()
  private readonly environment: Readonly<Record<string, string>>
  private readonly compiler: Engine
  private readonly clients: Client[] = []
  private readonly adapters: Adapter[] = []
  private ids = 0
  private isClosed = false

  private constructor(
    engine: EngineName,
    root: string,
    environment: Readonly<Record<string, string>>,
    compiler: Engine,
    adapter: Adapter,
  ) {
    this.engine = engine
    this.root = root
    this.environment = environment
    this.compiler = compiler
    this.adapter = adapter
  }

  static async open(space: Space, files: Files): Promise<TestProject> {
    const root = await mkdtemp(join(space.folder, 'project-'))
    const environment = { DATABASE_URL: space.database?.url ?? '' }
    const target =
      space.engine === 'duckdb'
        ? '{ adapter: duckdb, path: test.duckdb }'
        : `{ adapter: postgres, url: "\${DATABASE_URL}" }`
    const { settings = '', ...others } = files
    await writeFiles(root, {
      'sluice.yml': `name: test\ndefault_target: dev\ntargets:\n  dev: ${target}\n${settings}`,
      ...others,
    })
    const loaded = await loadProject({ root, env: environment })
    const adapter = await factories[space.engine].open(loaded.project.target, {
      threads: 4,
      readOnly: false,
      applicationName: 'sluice-test',
    })
    const project = new TestProject(space.engine, root, environment, space.compiler, adapter)
    await project.ledger().prepare()
    return project
  }

  /** Of the database on the server; empty where there is none. */
  get url(): string {
    return this.environment.DATABASE_URL ?? ''
  }

  ledger(adapter = this.adapter): Ledger {
    return new Ledger(adapter, () => new Date(this.now))
  }

  write(files: Files): Promise<void> {
    return writeFiles(this.root, files)
  }

  async compile(): Promise<Prepared> {
    const { project, warnings } = await loadProject({ root: this.root, env: this.environment })
    const { compiled, context } = await compileProject(project, this.compiler, warnings)
    return { project: compiled, texts: createSqlTexts(compiled, context) }
  }

  async plan(options: RunOptions = {}): Promise<Plan> {
    const { project } = await this.compile()
    const request = this.requestOf(project, options)
    const { view, changed } = await seeOnly(this.seeing(project, this.adapter, request))
    const snapshot = await this.ledger().snapshot(wholeLedger(project))
    return planRun(
      project,
      withObservations(snapshot, changed, this.now),
      { ...request, sources: view },
      this.now,
    )
  }

  private seeing(project: CompiledProject, adapter: Adapter, asked: PlanRequest): Seeing {
    return { project, adapter, ledgerName: (source) => source, asked, now: this.now }
  }

  private requestOf(project: CompiledProject, options: RunOptions): PlanRequest {
    const { partition, from, to } = options
    const range =
      partition !== undefined
        ? { from: partition, to: partition }
        : from === undefined && to === undefined
          ? undefined
          : { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    return {
      selected: select(selectionContext(project), options.select ?? [], options.exclude ?? []),
      ...(range === undefined ? {} : { range }),
      force: options.force ?? false,
      fullRefresh: options.fullRefresh ?? false,
      upstream: options.upstream ?? 'block',
      ...options.request,
    }
  }

  /** Compiles, plans and executes, as `sluice run` does. */
  async run(options: RunOptions = {}): Promise<Outcome> {
    return (await this.prepareRun(options))()
  }

  /** Everything up to execution; the function that is returned executes the plan. */
  async prepareRun(options: RunOptions = {}): Promise<() => Promise<Outcome>> {
    const adapter = options.adapter ?? this.adapter
    const { project, texts } = await this.compile()
    const ledger = this.ledger(adapter)
    await ledger.reap((worker) => this.dead.has(worker.id))
    const request = this.requestOf(project, options)
    const { view } = await seeAndRecord(this.seeing(project, adapter, request))
    await options.afterSeeing?.()
    const snapshot = await ledger.snapshot(wholeLedger(project))
    const plan = planRun(project, snapshot, { ...request, sources: view }, this.now)
    return () => this.execute({ project, texts }, adapter, plan, options)
  }

  private async execute(
    { project, texts }: Prepared,
    adapter: Adapter,
    plan: Plan,
    options: RunOptions,
  ): Promise<Outcome> {
    const events: RunEvent[] = []
    const delays: number[] = []
    const id = (): string => `id-${String(++this.ids).padStart(6, '0')}`
    const worker: Worker = { id: options.worker ?? `worker-${id()}`, host: 'test', pid: 1 }
    const result = await executePlan({
      project,
      adapter: stopping(adapter, options),
      ledger: this.ledger(adapter),
      texts,
      plan,
      world: {
        now: () => new Date(this.now),
        elapsed: () => performance.now(),
        id,
        random: () => 0.5,
        sleep: (ms, signal) => {
          delays.push(ms)
          return nextTurn(signal)
        },
        isDead: (each) => this.dead.has(each.id),
      },
      worker,
      threads: options.threads ?? 2,
      ...(options.pace === undefined ? {} : { pace: options.pace }),
      ...(options.parent === undefined ? {} : { parent: options.parent }),
      ...(options.canceled === undefined ? {} : { canceled: options.canceled }),
      verifiesBatches: options.verifiesBatches ?? false,
      isForced: (options.force ?? false) || (options.fullRefresh ?? false),
      command: 'run',
      arguments: {},
      emit: (event) => {
        events.push(event)
        options.on?.(event)
      },
      signal: options.signal ?? new AbortController().signal,
    })
    return { ...result, plan, events, delays, ...summary(plan, events) }
  }

  query(sql: string, adapter = this.adapter): Promise<readonly Row[]> {
    return adapter.session((session) => session.query(sql))
  }

  /** Rows of a query as arrays of texts, for short expectations. */
  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    return (await this.query(sql)).map((row) => Object.values(row).map(plain))
  }

  /** The one value of a query. */
  async value(sql: string): Promise<unknown> {
    const [row] = await this.rows(sql)
    return row?.[0]
  }

  /** Statements one after the other, each committed by itself. */
  async sql(...statements: readonly string[]): Promise<void> {
    await this.adapter.session(async (session) => {
      for (const statement of statements) await session.execute(statement)
    })
  }

  /** What the ledger says of a model's partitions, by key. */
  async partitions(name: string): Promise<Readonly<Record<string, Row>>> {
    const rows = await this.query(
      `select * from sluice.partitions where model = '${name}' order by partition_key`,
    )
    return Object.fromEntries(rows.map((row) => [String(row.partition_key), row]))
  }

  /** A pool of connections of its own on the same database. */
  async openAdapter(how: { readonly readOnly?: boolean } = {}): Promise<Adapter> {
    const { project } = await loadProject({ root: this.root, env: this.environment })
    const adapter = await factories[this.engine].open(project.target, {
      threads: 4,
      readOnly: how.readOnly ?? false,
      applicationName: 'sluice-test-other',
    })
    this.adapters.push(adapter)
    return adapter
  }

  /** A raw connection to Postgres, outside of everything that Sluice knows. */
  async client(): Promise<Client> {
    const client = new Client({ connectionString: this.environment.DATABASE_URL! })
    client.on('error', () => undefined)
    await client.connect()
    this.clients.push(client)
    return client
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    await Promise.all(this.clients.map((client) => client.end().catch(() => undefined)))
    // A test may have closed one of them, or put another in the place of the first.
    await Promise.all(
      [...new Set([this.adapter, ...this.adapters])].map((adapter) => adapter.close().catch(() => undefined)),
    )
    await rm(this.root, { recursive: true, force: true })
  }
}

/** What the tests of one file and engine share. */
export interface Space {
  readonly engine: EngineName
  readonly folder: string
  readonly compiler: Engine
  database: TestDatabase | undefined
}

/** A place for projects on a server of the test's own. */
export async function spaceOn(url: string): Promise<Space> {
  return {
    engine: 'postgres',
    folder: await mkdtemp(join(scratch, 'sluice-run-')),
    compiler: { dialect: postgres.dialect, capabilities: postgres.capabilities, parser: postgres.parser() },
    database: { url, drop: async () => undefined },
  }
}

/** Gives `open` for the tests of a `describe`: each call is a project in an empty database, ended after its test. */
export function projects(engine: EngineName): (files: Files) => Promise<TestProject> {
  const opened: TestProject[] = []
  const databases = new Databases()
  let space: Space
  beforeAll(async () => {
    const factory = factories[engine]
    space = {
      engine,
      folder: await mkdtemp(join(scratch, 'sluice-run-')),
      compiler: { dialect: factory.dialect, capabilities: factory.capabilities, parser: factory.parser() },
      database: undefined,
    }
  })
  afterEach(async () => {
    for (const project of opened.splice(0)) await project.close()
    await databases.giveBack()
  })
  afterAll(async () => {
    await databases.drop()
    await space.compiler.parser.close()
    await rm(space.folder, { recursive: true, force: true })
  })
  return async (files) => {
    if (engine === 'postgres') space.database = await databases.take()
    const project = await TestProject.open(space, files)
    opened.push(project)
    return project
  }
}

/** Databases that are emptied between tests, which costs a tenth of cloning new ones. */
class Databases {
  private readonly free: TestDatabase[] = []
  private readonly taken: TestDatabase[] = []

  async take(): Promise<TestDatabase> {
    const database = this.free.pop() ?? (await createDatabase())
    this.taken.push(database)
    return database
  }

  async giveBack(): Promise<void> {
    for (const database of this.taken.splice(0)) {
      try {
        await empty(database)
        this.free.push(database)
      } catch {
        await database.drop() // A test that failed may still hold locks in it.
      }
    }
  }

  async drop(): Promise<void> {
    await Promise.all(this.free.splice(0).map((database) => database.drop()))
  }
}

async function empty(database: TestDatabase): Promise<void> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query(`set lock_timeout = '2s'; do $$ declare found name; begin
  for found in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
    execute format('drop schema %I cascade', found);
  end loop;
  create schema public;
end $$`)
  } finally {
    await client.end()
  }
}

async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path)
    if (text === null) await rm(file)
    else {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    }
  }
}

/** The adapter, with a test's own work at the two ends of each publishing transaction. */
function stopping(adapter: Adapter, { afterBegin, beforeCommit }: RunOptions): Adapter {
  if (afterBegin === undefined && beforeCommit === undefined) return adapter
  const transaction: Adapter['transaction'] = (work, signal) =>
    adapter.transaction(async (session) => {
      await afterBegin?.(session)
      const value = await work(session)
      await beforeCommit?.(session)
      return value
    }, signal)
  return Object.assign(Object.create(adapter) as Adapter, { transaction })
}

function summary(plan: Plan, events: readonly RunEvent[]) {
  const idsOf = (type: RunEvent['type']): readonly string[] =>
    events.flatMap((event) =>
      event.type === type && 'task' in event ? [taskId(event.task.model, event.partitions)] : [],
    )
  const heldAs = (state: string) => plan.held.filter((held) => held.state === state).map((held) => held.id)
  const errors = events.flatMap((event) => (event.type === 'task_failed' ? [event.error] : []))
  return {
    ended: {
      succeeded: idsOf('task_succeeded'),
      failed: idsOf('task_failed'),
      blocked: [...idsOf('task_blocked'), ...heldAs('blocked')],
      waiting: heldAs('waiting'),
      skipped: [...idsOf('task_skipped'), ...plan.skipped.map((each) => each.id)],
      canceled: idsOf('task_canceled'),
    },
    errors,
    error: errors[0],
    checks: events.flatMap((event) => {
      if (event.type !== 'check_finished') return []
      const { check, partitions } = event
      const [only, ...others] = partitions
      if (check.partition !== undefined || only === undefined || others.length === 0) return [check]
      return partitions.map(({ key }) => ({ ...check, partition: key }))
    }),
  }
}

/** Time passes only as far as the event loop goes on. */
function nextTurn(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    else setImmediate(() => (signal.aborted ? reject(signal.reason as Error) : resolve()))
  })
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'bigint' ? Number(value) : value
}
