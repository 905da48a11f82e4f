import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { duckdb } from '../adapters/duckdb/index.ts'
import { realWorld, thisWorker } from '../cli/world.ts'
import { openProject } from '../core/compile/open-project.ts'
import { CompiledTexts } from '../core/compile/sql-texts.ts'
import { Ledger } from '../core/ledger/ledger.ts'
import { planRun } from '../core/plan/planner.ts'
import { wholeLedger } from '../core/plan/snapshot-request.ts'
import { executePlan } from '../core/run/execute.ts'
import { median, report } from './report.ts'

// What Sluice adds to each task on DuckDB: daily partitions of a model without checks, one thread, against the same DELETE and INSERT in bare
// transactions on the same engine, in turn.
const days = Number(process.argv[2] ?? 120)
const rounds = Number(process.argv[3] ?? 3)
const select = (start: string, end: string) =>
  `select day, id, id * 2 as twice from raw.events where day >= ${start} and day < ${end}`

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
try {
  const bare: number[] = []
  const sluice: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push((await bareRun(join(folder, `bare${round}.duckdb`))) / days)
    sluice.push((await sluiceRun(join(folder, `p${round}`))) / days)
  }
  report({
    bench: 'run-overhead',
    figure: 'bare transaction',
    value: median(bare),
    unit: 'ms/task',
    runs: rounds,
    days,
  })
  report({
    bench: 'run-overhead',
    figure: 'sluice task',
    value: median(sluice),
    unit: 'ms/task',
    runs: rounds,
    days,
  })
  report({
    bench: 'run-overhead',
    figure: 'overhead',
    value: median(sluice) - median(bare),
    unit: 'ms/task',
    runs: rounds,
    days,
    aim: 8,
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function prepare(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run('create schema raw')
  await connection.run(
    `create table raw.events as select date '2001-01-01' + cast(i // 100 as integer) as day, i as id from range(${days * 100}) as t(i)`,
  )
  connection.closeSync()
  instance.closeSync()
}

async function bareRun(path: string): Promise<number> {
  await prepare(path)
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run('create schema mart')
  await connection.run('create table mart.daily (day date, id bigint, twice bigint)')
  const begin = performance.now()
  for (let day = 0; day < days; day++) {
    const start = `(date '2001-01-01' + ${day})`
    const end = `(date '2001-01-01' + ${day + 1})`
    await connection.run('begin')
    await connection.run(`delete from mart.daily where day >= ${start} and day < ${end}`)
    await connection.run(`insert into mart.daily by name ${select(start, end)}`)
    await connection.run('commit')
  }
  const elapsed = performance.now() - begin
  connection.closeSync()
  instance.closeSync()
  return elapsed
}

async function sluiceRun(root: string): Promise<number> {
  mkdirSync(join(root, 'models', 'mart'), { recursive: true })
  writeFileSync(
    join(root, 'sluice.yml'),
    'name: bench\ndefault_target: dev\ntargets:\n  dev: { adapter: duckdb, path: bench.duckdb }\n',
  )
  writeFileSync(join(root, 'models', 'sources.yml'), 'sources:\n  - name: raw.events\n')
  writeFileSync(
    join(root, 'models', 'mart', 'daily.sql'),
    `/*---\nmaterialized: incremental\npartition: { column: { name: day, type: date }, grain: day, start: 2001-01-01 }\n---*/\n${select('{{partition.start}}', '{{partition.end}}')}\n`,
  )
  await prepare(join(root, 'bench.duckdb'))
  const now = () => Date.parse('2030-01-01T00:00:00Z')
  const opened = await openProject({
    root,
    env: {},
    build: 'bench',
    engineOf: async () => ({
      dialect: duckdb.dialect,
      capabilities: duckdb.capabilities,
      parser: duckdb.parser(),
    }),
    clock: Date.now,
  })
  const adapter = await duckdb.open(await opened.target(), {
    threads: 1,
    readOnly: false,
    applicationName: 'bench',
  })
  const world = realWorld(now)
  const ledger = new Ledger(adapter, world.now)
  await ledger.prepare()
  const snapshot = await ledger.snapshot(wholeLedger(opened.compiled))
  const last = new Date(Date.UTC(2001, 0, days)).toISOString().slice(0, 10)
  const plan = planRun(
    opened.compiled,
    snapshot,
    {
      selected: new Set(['mart.daily']),
      range: { from: '2001-01-01', to: last },
      force: false,
      fullRefresh: false,
      upstream: 'block',
      batch: 1,
    },
    now(),
  )
  const begin = performance.now()
  const result = await executePlan({
    project: opened.compiled,
    adapter,
    ledger,
    texts: new CompiledTexts(opened.compiled, adapter.dialect, opened.context),
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
  if (result.totals.succeeded !== days)
    throw new Error(`${result.totals.succeeded} of ${days} tasks succeeded`)
  await adapter.close()
  return elapsed
}
