import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdb } from '../adapters/duckdb/index.ts'
import { databaseOf, fillLedger, openGenerated } from './ledger-project.ts'
import { median, report } from './report.ts'

// Planning at scale: `status` and `plan` of everything, and `run` of one partition, over a ledger of a million and of four million partitions on DuckDB.
// Whole processes with a warm project cache, less `sluice ls` of the same project, which does all but look at the ledger; peak memory besides.
const root = process.cwd()
const bin = join(root, 'bin', 'sluice.cjs')
const sizes = (process.argv[2] ?? '1000x1000,10000x400')
  .split(',')
  .map((size) => size.split('x').map(Number) as [number, number])
const runs = Number(process.argv[3] ?? 3)
const aims: Readonly<Record<string, { readonly ms: number; readonly mb: number }>> = {
  '1000x1000': { ms: 1000, mb: 500 },
  '10000x400': { ms: 4000, mb: 1500 },
}

for (const [models, days] of sizes) {
  const project = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    await prepare(project, models, days)
    const now = new Date(Date.UTC(2001, 0, 1 + days, 12)).toISOString()
    const last = new Date(Date.UTC(2001, 0, days)).toISOString().slice(0, 10)
    const model = `layer_5.model_${5 * Math.max(10, Math.ceil(models / 20)) + 3}`
    const commands = {
      status: ['status', '--output', 'json'],
      plan: ['plan', '--from', '2001-01-01', '--to', last, '--output', 'json'],
      'run of one partition': ['run', '--select', model, '--partition', '2001-06-01'],
    }
    const common = ['--project', project, '--now', now]
    const base = Array.from({ length: runs + 1 }, () => measure(['ls', '--project', project])).slice(1)
    const baseMs = median(base.map(({ ms }) => ms))
    for (const [figure, command] of Object.entries(commands)) {
      const found = Array.from({ length: runs }, () => measure([...command, ...common]))
      const isNarrow = figure.startsWith('run')
      const aim = aims[`${models}x${days}`]
      const details = { bench: 'planning', runs, models, partitions: models * days }
      report({
        ...details,
        figure,
        value: median(found.map(({ ms }) => ms)) - baseMs,
        unit: 'ms',
        aim: isNarrow ? 300 : (aim?.ms ?? 0),
      })
      report({
        ...details,
        figure: `${figure}, peak memory`,
        value: median(found.map(({ mb }) => mb)),
        unit: 'MB',
        aim: aim?.mb ?? 0,
      })
    }
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

async function prepare(project: string, models: number, days: number): Promise<void> {
  const opened = await openGenerated(project, models)
  const target = await opened.target()
  const adapter = await duckdb.open(
    { ...target, path: databaseOf(project) } as Parameters<typeof duckdb.open>[0],
    { threads: 2, readOnly: false, applicationName: 'bench' },
  )
  try {
    await fillLedger(adapter, opened.compiled, days)
  } finally {
    await adapter.close()
  }
}

/** Time and peak memory of one whole process. */
function measure(args: readonly string[]): { readonly ms: number; readonly mb: number } {
  const script = `process.on('exit', () => require('node:fs').writeSync(2, '\\npeak ' + process.resourceUsage().maxRSS))
process.argv.splice(1, 0, ${JSON.stringify(bin)}); require(${JSON.stringify(bin)})`
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['-e', script, '--', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  const ms = performance.now() - start
  const peak = /peak (\d+)\s*$/.exec(stderr)
  if ((status !== 0 && status !== 1) || peak === null)
    throw new Error(`sluice ${args.join(' ')} failed: ${stderr}`)
  return { ms, mb: Number(peak[1]) / 1024 }
}
