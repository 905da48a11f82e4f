import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The version of the installed engine, read from its package, as loading the engine takes a hundred times longer; undefined if that is not found. */
export function engineVersion(): string | undefined {
  try {
    // Beside the bundle where there is one, else where the sources are run.
    const from = typeof __filename === 'string' ? __filename : join(process.cwd(), 'package.json')
    const main = createRequire(from).resolve('@duckdb/node-bindings')
    const { name, version } = JSON.parse(readFileSync(join(dirname(main), 'package.json'), 'utf8'))
    return name === '@duckdb/node-bindings' ? String(version) : undefined
  } catch {
    return undefined
  }
}
