// Runs the benchmarks, or those named: `npm run bench -- startup compile run-overhead`. Each prints one JSON line per figure.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const parts = new Set(['generate-project', 'ledger-project', 'report', 'site-layout'])
const all = readdirSync(join(root, 'bench'))
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !parts.has(name))
const named = process.argv.slice(2)
const unknown = named.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}`)
  process.exit(2)
}
for (const name of named.length > 0 ? named : all) {
  const file = join(root, 'bench', `${name}.ts`)
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'run-ts.mjs'), file], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
