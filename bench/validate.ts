import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateProject } from './generate-project.ts'
import { median, report } from './report.ts'

// Validating generated projects with `sluice validate` of the built bin: everything read, compiled, bound by DuckDB and looked at by the rules. Whole
// processes, less `node -e 0`; where one thing changed, less the start-up of the bin itself (`sluice --version`). `cpu` is what all threads took together.
const root = process.cwd()
const bin = join(root, 'bin', 'sluice.cjs')
const sizes = (process.argv[2] ?? '1000,10000').split(',').map(Number)
const runs = Number(process.argv[3] ?? 3)

/** Aims in milliseconds, by size and figure. */
const aims: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  1000: { 'one model changed': 500 },
  10000: { cold: 30_000, warm: 2_000 },
}

interface Measured {
  readonly ms: number
  readonly cpuMs: number
  readonly peakMb: number
}

for (const size of sizes) {
  const project = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    generateProject(project, size)
    rest()
    const found = new Map<string, Measured[]>()
    const measure = (figure: string, args: readonly string[]): void => {
      found.set(figure, [...(found.get(figure) ?? []), run(args)])
    }
    const validate = [bin, 'validate', '--project', project]
    const model = join(project, 'models', 'layer_2', readdirSync(join(project, 'models', 'layer_2'))[0]!)
    const macro = join(project, 'macros', 'late_share.sql')
    for (let round = 0; round < runs; round++) {
      measure('node -e 0', ['-e', '0'])
      measure('--version', [bin, '--version'])
      rmSync(join(project, '.sluice'), { recursive: true, force: true })
      measure('cold', validate)
      measure('warm', validate)
      edit(model, 'count(*) as flights', `count(*) + ${round} as flights`)
      measure('one model changed', validate)
      edit(model, `count(*) + ${round} as flights`, 'count(*) as flights')
      run(validate)
      edit(macro, 'then 1.0', `then 1.0 + ${round}`)
      measure('one macro changed, which all models use', validate)
      edit(macro, `then 1.0 + ${round}`, 'then 1.0')
    }
    for (const [figure, measured] of found) {
      if (figure === 'node -e 0' || figure === '--version') continue
      const less = found.get(figure === 'one model changed' ? '--version' : 'node -e 0')!
      const of = (each: keyof Measured) => median(measured.map((one) => one[each]))
      const over = (each: 'ms' | 'cpuMs') => of(each) - median(less.map((one) => one[each]))
      const aim = aims[size]?.[figure]
      const about = { bench: 'validate', runs, models: size }
      report({
        ...about,
        figure,
        value: over('ms'),
        unit: 'ms',
        ...(aim === undefined ? {} : { aim }),
      })
      report({ ...about, figure: `${figure}: cpu`, value: over('cpuMs'), unit: 'ms' })
      report({ ...about, figure: `${figure}: peak memory`, value: of('peakMb'), unit: 'MB' })
    }
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

/** Changes a file, and waits until its time is old enough for a cache to be trusted. */
function edit(file: string, before: string, after: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(before, after))
  rest()
}

function rest(): void {
  spawnSync('sleep', ['0.2'])
}

/** One whole process; what it used it says itself as it ends. */
function run(args: readonly string[]): Measured {
  const [first, ...rest] = args
  const isScript = first !== '-e'
  const script = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  require('node:fs').writeSync(2, '\\nused ' + maxRSS + ' ' + (userCPUTime + systemCPUTime))
})
${isScript ? `process.argv.splice(1, 0, ${JSON.stringify(first)}); require(${JSON.stringify(first)})` : ''}`
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['-e', script, '--', ...rest], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const ms = performance.now() - start
  const used = /used (\d+) (\d+)\s*$/.exec(stderr)
  if (status !== 0 || used === null) throw new Error(`node ${args.join(' ')} failed: ${stderr}`)
  return { ms, cpuMs: Number(used[2]) / 1000, peakMb: Number(used[1]) / 1024 }
}
