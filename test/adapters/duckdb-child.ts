import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const driver = pathToFileURL(createRequire(import.meta.url).resolve('@duckdb/node-api')).href
const adapters = fileURLToPath(new URL('../../adapters/duckdb', import.meta.url))

/** Another process that uses the adapter. `lines` are what it printed so far. */
export interface Child {
  readonly pid: number
  readonly lines: readonly string[]
  /** Resolves once it has printed this many lines; rejects if it ends before. */
  printed(count: number): Promise<void>
  readonly exited: Promise<number | null>
  kill(): Promise<void>
}

/** Bundles the program, in which `adapter` is an open adapter of the file and `duckdb` the factory, and starts it. */
export async function startChild(folder: string, path: string, program: string): Promise<Child> {
  const target = {
    name: 'child',
    adapter: 'duckdb',
    path,
    schema: {},
    vars: {},
    settings: {},
    readOnly: false,
  }
  const file = join(folder, `child-${process.pid}-${Date.now()}-${Math.floor(performance.now() * 1000)}.mjs`)
  await build({
    stdin: {
      resolveDir: adapters,
      loader: 'ts',
      contents: `import { duckdb } from './index.ts'
const adapter = await duckdb.open(${JSON.stringify(target)}, { threads: 4, readOnly: false, applicationName: 'child' })
const print = (line) => process.stdout.write(line + '\\n')
${program}`,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: file,
    logLevel: 'error',
    // The parser is not needed, and may need more than this.
    external: ['./parser.ts'],
    plugins: [
      {
        name: 'driver',
        setup({ onResolve }) {
          onResolve({ filter: /^@duckdb\/node-api$/ }, () => ({ path: driver, external: true }))
        },
      },
    ],
  })
  return watch(spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] }))
}

function watch(child: ChildProcess): Child {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line)
    for (const check of waiting) check()
  })
  return {
    pid: child.pid!,
    lines,
    exited,
    printed: (count) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (lines.length < count) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        exited.then((code) => reject(new Error(`the child ended with ${code}`)))
        check()
      }),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
