// The crash test at full length: `node scripts/crash.mjs --duckdb 200 --postgres 100 --server 20 --backfill 30 [--seed N] [--verbose]`. Prints one line of
// JSON for each engine; ends with 1 at the first thing that is not as promised, and tells the seed and the round.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const inRoot = { cwd: root, stdio: 'inherit' }
const built = spawnSync(process.execPath, ['scripts/build.mjs'], inRoot)
if (built.status !== 0) process.exit(built.status ?? 1)
const script = ['scripts/run-ts.mjs', 'test/crash/main.ts', ...process.argv.slice(2)]
process.exit(spawnSync(process.execPath, script, inRoot).status ?? 1)
