import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, report } from './report.ts'

// Start-up of the bin itself: `sluice ls` on the example, warm (cache) and cold (no cache, DuckDB parses), against `node -e 0`, in turn.
const root = process.cwd()
const bin = join(root, 'bin', 'sluice.cjs')
const runs = Number(process.argv[2] ?? 15)
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
try {
  const project = join(folder, 'models.example')
  cpSync(join(root, 'models.example'), project, {
    recursive: true,
    filter: (path) => !path.includes('.sluice'),
  })
  const time = (args: readonly string[]): number => {
    const start = performance.now()
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`)
    return performance.now() - start
  }
  const bare: number[] = []
  const warm: number[] = []
  const cold: number[] = []
  const ls = [bin, 'ls', '--project', project]
  time(ls)
  for (let run = 0; run < runs; run++) {
    bare.push(time(['-e', '0']))
    rmSync(join(project, '.sluice'), { recursive: true, force: true })
    cold.push(time(ls))
    spawnSync('sleep', ['0.1']) // A cache is only trusted for files older than the clock's grain.
    time(ls)
    warm.push(time(ls))
  }
  const base = median(bare)
  report({ bench: 'startup', figure: 'node -e 0', value: base, unit: 'ms', runs })
  report({
    bench: 'startup',
    figure: 'ls warm over node -e 0',
    value: median(warm) - base,
    unit: 'ms',
    runs,
    aim: 60,
  })
  report({
    bench: 'startup',
    figure: 'ls cold over node -e 0',
    value: median(cold) - base,
    unit: 'ms',
    runs,
    aim: 350,
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
