import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { duckdb } from '../adapters/duckdb/index.ts'
import { postgres } from '../adapters/postgres/index.ts'
import { realWorld, thisWorker } from '../cli/world.ts'
import type { Adapter, AdapterFactory, Session } from '../core/adapter.ts'
import { bucketsOf } from '../core/checks/buckets.ts'
import { buildChecks } from '../core/checks/build.ts'
import { buildBatchChecks } from '../core/checks/build-batch.ts'
import type { CompiledModel, CompiledNode, CompiledProject } from '../core/compile/compiled.ts'
import { openProject } from '../core/compile/open-project.ts'
import { CompiledTexts } from '../core/compile/sql-texts.ts'
import { Ledger } from '../core/ledger/ledger.ts'
import { readWindows } from '../core/plan/edges.ts'
import { planRun } from '../core/plan/planner.ts'
import { ledgerFor } from '../core/plan/scope.ts'
import { executePlan } from '../core/run/execute.ts'
import { spanOf } from '../core/run/pieces.ts'
import type { Partition } from '../core/time/interval.ts'
import { partitionsIn } from '../core/time/layout.ts'
import { startPostgres } from '../test/postgres-server.ts'
import { median, report } from './report.ts'

// What a backfill of all 181 days of the example costs, against the same statements by hand: DELETE, INSERT and the queries of the same checks
// in a transaction a day, or in one for all days. Both sides in turn, several rounds, one thread.
const rounds = Number(process.argv[2] ?? 3)
const names = ['staging.flights', 'marts.daily_by_origin']
const from = '2001-01-01'
const to = process.argv[3] ?? '2001-06-30'
const only = process.argv[4]
const columnsOf = new Map<string, readonly string[]>()

interface Site {
  readonly engine: string
  readonly factory: AdapterFactory
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

const engines = { duckdb: openDuckdb, postgres: openPostgres }
for (const [name, open] of Object.entries(engines)) {
  if (only !== undefined && only !== name) continue
  const site = await open()
  try {
    await measure(site, 'batched')
    await measure(site, 'one by one')
  } finally {
    await site.close()
  }
}

async function openDuckdb(): Promise<Site> {
  const { root, remove } = exampleCopy()
  return { engine: 'duckdb', factory: duckdb, root, env: {}, close: async () => remove() }
}

async function openPostgres(): Promise<Site> {
  const { root, remove } = exampleCopy()
  const server = await startPostgres({ durable: true })
  const { url } = await server.createDatabase()
  const { spawnSync } = await import('node:child_process')
  const loaded = spawnSync(process.execPath, ['models.example/load-postgres.mjs', '--url', url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (loaded.status !== 0) throw new Error('the example could not be loaded')
  return {
    engine: 'postgres',
    factory: postgres,
    root,
    env: { DATABASE_URL: url, SLUICE_TARGET: 'prod' },
    close: async () => {
      await server.stop()
      remove()
    },
  }
}

function exampleCopy() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const root = join(folder, 'project')
  cpSync('models.example', root, { recursive: true })
  return { root, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

async function measure(site: Site, mode: 'batched' | 'one by one'): Promise<void> {
  const byHand: number[] = []
  const bySluice: number[] = []
  for (let round = 0; round < rounds; round++) {
    const work = () => withAdapter(site, (opened) => runByHand(opened, mode))
    const sluice = () => withAdapter(site, (opened) => runBySluice(opened, mode))
    // Who comes first changes, as the second finds warm caches.
    if (round % 2 === 0) {
      byHand.push(await work())
      bySluice.push(await sluice())
    } else {
      bySluice.push(await sluice())
      byHand.push(await work())
    }
  }
  const about = { bench: 'backfill', engine: site.engine, mode, runs: rounds }
  const aim = mode === 'one by one' && site.engine === 'duckdb' ? 2 : 1.3
  report({ ...about, figure: 'by hand', value: median(byHand), unit: 'ms' })
  report({ ...about, figure: 'sluice', value: median(bySluice), unit: 'ms' })
  report({ ...about, figure: 'ratio', value: median(bySluice) / median(byHand), unit: 'ratio', aim })
}

interface Opened {
  readonly site: Site
  readonly adapter: Adapter
  readonly project: CompiledProject
  readonly texts: CompiledTexts
}

async function withAdapter(site: Site, work: (opened: Opened) => Promise<number>): Promise<number> {
  const opened = await openProject({
    root: site.root,
    env: site.env,
    build: 'bench',
    ...(site.engine === 'postgres' ? { target: 'prod' } : {}),
    vars: { data: resolve('node_modules/vega-datasets/data') },
    engineOf: async () => ({
      dialect: site.factory.dialect,
      capabilities: site.factory.capabilities,
      parser: site.factory.parser(),
    }),
    clock: Date.now,
  })
  const adapter = await site.factory.open(await opened.target(), {
    threads: 1,
    readOnly: false,
    applicationName: 'bench',
  })
  const project = opened.compiled
  const texts = new CompiledTexts(project, adapter.dialect, opened.context)
  try {
    await clear(adapter, project)
    return await work({ site, adapter, project, texts })
  } finally {
    await adapter.close()
  }
}

/** Nothing stands there but the tables that the run would find: both sides write into empty ones. */
async function clear(adapter: Adapter, project: CompiledProject): Promise<void> {
  await adapter.session(async (session) => {
    for (const node of modelsOf(project).toReversed())
      await session.execute(`drop table if exists ${adapter.dialect.relation(node.relation)}`)
    if ((await adapter.ledgerVersion()) > 0) {
      for (const table of ['partitions', 'attempts', 'check_results', 'leases', 'runs', 'workers'])
        await session.execute(`delete from sluice.${table}`)
    }
    // The state of the caches and of the log is the same for both sides.
    await session.execute('checkpoint')
  })
}

function modelsOf({ nodes }: CompiledProject): readonly CompiledModel[] {
  return names.map((name) => nodes.get(name) as CompiledModel)
}

function daysOf(model: CompiledModel): readonly Partition[] {
  return partitionsIn(model.layout!, { start: Date.parse(from), end: Date.parse(to) + 86_400_000 })
}

async function runByHand(opened: Opened, mode: 'batched' | 'one by one'): Promise<number> {
  const { adapter, project } = opened
  const { dialect } = adapter
  const models = modelsOf(project)
  const begin = performance.now()
  for (const model of models) {
    await adapter.transaction(async (session) => {
      const window = windowOf(opened, model, daysOf(model)[0]!)
      const { text } = await opened.texts.model(model, window)
      const columns = await adapter.catalog.describe(session, text)
      await session.execute(dialect.createSchema(model.relation.schema))
      await session.execute(dialect.createTable(model.relation, columns))
      if (adapter.capabilities.needsIndexes)
        await session.execute(
          dialect.createIndex(model.relation, `${model.relation.name}_by_hand`, ['flight_date'], false),
        )
    })
  }
  if (mode === 'batched') {
    for (const model of models) await publish(opened, model, daysOf(model))
  } else {
    for (const index of daysOf(models[0]!).keys())
      for (const model of models) await publish(opened, model, [daysOf(model)[index]!])
  }
  return performance.now() - begin
}

function windowOf({ project }: Opened, model: CompiledModel, partition: Partition) {
  return {
    partition,
    columnType: 'date' as const,
    reads: readWindows(project.nodes as ReadonlyMap<string, CompiledNode>, model, partition),
  }
}

/** What somebody would write who wants this and nothing else: DELETE, INSERT, the checks, COMMIT. */
async function publish(opened: Opened, model: CompiledModel, days: readonly Partition[]): Promise<void> {
  const { adapter, texts, project } = opened
  const { dialect } = adapter
  const span = spanOf(days)
  const { text } = await texts.model(model, windowOf(opened, model, span))
  const target = dialect.relation(model.relation)
  const literal = (ms: number) => dialect.instant(ms, 'date')
  const column = (alias: string) => `${alias}.${dialect.quote('flight_date')}`
  const window = (alias: string) =>
    `${column(alias)} >= ${literal(span.start)} and ${column(alias)} < ${literal(span.end)}`
  const relationOf = (name: string) => {
    const node = project.nodes.get(name)!
    return node.kind === 'source' ? node.sql : dialect.relation((node as CompiledModel).relation)
  }
  await adapter.transaction(async (session) => {
    const key = `${adapter.label} ${model.name}`
    const columns = columnsOf.get(key) ?? (await outputColumns(adapter, session, text))
    columnsOf.set(key, columns)
    await session.execute(`delete from ${target} as r where ${window('r')}`)
    await session.execute(dialect.insertByName(target, columns, text).sql)
    const sql =
      days.length === 1
        ? buildChecks(
            dialect,
            model.checks,
            { from: target, window },
            { relationOf, windowOf: () => undefined },
          ).counts
        : buildBatchChecks(
            dialect,
            model.checks,
            {
              from: target,
              window,
              column: 'flight_date',
              buckets: bucketsOf(days, 'date', column, literal),
            },
            relationOf,
          ).sql
    await session.query(sql)
  })
}

async function outputColumns(adapter: Adapter, session: Session, text: string): Promise<readonly string[]> {
  return (await adapter.catalog.describe(session, text)).map(({ name }) => name)
}

async function runBySluice(opened: Opened, mode: 'batched' | 'one by one'): Promise<number> {
  const { adapter, project, texts } = opened
  const now = () => Date.parse('2030-01-01T00:00:00Z')
  const world = realWorld(now)
  const ledger = new Ledger(adapter, world.now)
  await ledger.prepare()
  const request = {
    selected: new Set(names),
    range: { from, to },
    force: false,
    fullRefresh: false,
    upstream: 'block' as const,
    ...(mode === 'one by one' ? { batch: 1 } : {}),
  }
  const begin = performance.now()
  const plan = planRun(project, await ledger.snapshot(ledgerFor(project, request, now())), request, now())
  const result = await executePlan({
    project,
    adapter,
    ledger,
    texts,
    plan,
    world,
    worker: thisWorker(),
    threads: 1,
    isForced: false,
    command: 'bench',
    arguments: {},
    emit: () => undefined,
    signal: new AbortController().signal,
  })
  const elapsed = performance.now() - begin
  const expected = names.length * daysOf(modelsOf(project)[0]!).length
  if (result.totals.succeeded !== expected)
    throw new Error(`${result.totals.succeeded} of ${expected} partitions were published`)
  const isBatched = plan.tasks.length === names.length
  if (isBatched !== (mode === 'batched')) throw new Error(`${plan.tasks.length} tasks were planned`)
  return elapsed
}
