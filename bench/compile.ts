import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateProject } from './generate-project.ts'
import { median, report } from './report.ts'

// Compiling generated projects: `sluice ls` of the built bin, which loads, renders, parses, resolves and orders everything (cold: no cache; warm:
// nothing changed), less `node -e 0`; and `sluice compile`, which also writes the artifacts. Whole processes, so JIT warm-up is in the figures.
const root = process.cwd()
const bin = join(root, 'bin', 'sluice.cjs')
const sizes = (process.argv[2] ?? '1000,10000').split(',').map(Number)
const runs = Number(process.argv[3] ?? 3)
const aims: Readonly<Record<number, readonly [number, number]>> = { 1000: [1500, 150], 10000: [6000, 700] }

for (const size of sizes) {
  const project = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    generateProject(project, size)
    spawnSync('sleep', ['0.2'])
    const bare: number[] = []
    const cold: number[] = []
    const warm: number[] = []
    const artifacts: number[] = []
    for (let run = 0; run < runs; run++) {
      bare.push(time(['-e', '0']))
      rmSync(join(project, '.sluice'), { recursive: true, force: true })
      cold.push(time([bin, 'ls', '--project', project]))
      warm.push(time([bin, 'ls', '--project', project]))
      artifacts.push(time([bin, 'compile', '--project', project]))
    }
    const base = median(bare)
    const [coldAim, warmAim] = aims[size] ?? [0, 0]
    report({
      bench: 'compile',
      figure: 'cold',
      value: median(cold) - base,
      unit: 'ms',
      runs,
      models: size,
      aim: coldAim,
    })
    report({
      bench: 'compile',
      figure: 'warm',
      value: median(warm) - base,
      unit: 'ms',
      runs,
      models: size,
      aim: warmAim,
    })
    report({
      bench: 'compile',
      figure: 'warm, artifacts written',
      value: median(artifacts) - base,
      unit: 'ms',
      runs,
      models: size,
    })
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

function time(args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`)
  return performance.now() - start
}
