import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const repository = resolve(import.meta.dirname, '../..')

export type Question =
  | { readonly kind: 'project'; readonly root: string; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'sql'; readonly dialect: 'duckdb' | 'postgres'; readonly texts: readonly string[] }

export interface Answer {
  /** Whether everything was accepted, or something was refused with diagnostics. */
  readonly outcome: 'good' | 'refused'
  /** What must never happen, in words. */
  readonly faults: readonly string[]
}

/** No question needs a tenth of this on an idle machine. */
const HANGS_AFTER_MS = 30_000

/** Files by path, as bytes. */
export type Tree = Readonly<Record<string, Buffer>>

/** Asks processes of their own, so that a crash or a hang of one is a finding and not the end of the tests. */
export class Site {
  private child: ChildProcess | undefined
  private constructor(
    private readonly folder: string,
    private readonly script: string,
    private readonly project: string,
  ) {}

  static async open(): Promise<Site> {
    // Below the repository, so that its packages are found.
    const folder = mkdtempSync(join(repository, 'node_modules', '.fuzz-'))
    const script = join(folder, 'child.mjs')
    await build({
      entryPoints: [join(import.meta.dirname, 'child.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external',
      sourcemap: 'inline',
      logLevel: 'warning',
    })
    const project = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sluice-fuzz-'))
    return new Site(folder, script, project)
  }

  /** What became of a project with these files. */
  compile(files: Tree): Promise<Answer> {
    const encoded = Object.fromEntries(
      Object.entries(files).map(([path, bytes]) => [path, bytes.toString('base64')]),
    )
    return this.ask({ kind: 'project', root: this.project, files: encoded })
  }

  parse(dialect: 'duckdb' | 'postgres', texts: readonly string[]): Promise<Answer> {
    return this.ask({ kind: 'sql', dialect, texts })
  }

  async close(): Promise<void> {
    this.child?.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
    rmSync(this.project, { recursive: true, force: true })
  }

  private ask(question: Question): Promise<Answer> {
    const child = this.running()
    return new Promise((answered) => {
      const end = (answer: Answer) => {
        clearTimeout(timer)
        child.off('message', end)
        child.off('exit', died)
        answered(answer)
      }
      const timer = setTimeout(() => {
        this.forget(child)
        end({ outcome: 'refused', faults: ['it hangs'] })
      }, HANGS_AFTER_MS)
      const died = (code: number | null, signal: NodeJS.Signals | null) => {
        this.forget(child)
        end({ outcome: 'refused', faults: [`the process died of ${signal ?? code}`] })
      }
      child.once('message', end)
      child.once('exit', died)
      child.send(question)
    })
  }

  private running(): ChildProcess {
    this.child ??= fork(this.script, {
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    return this.child
  }

  private forget(child: ChildProcess): void {
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
    this.child = undefined
    rmSync(this.project, { recursive: true, force: true })
  }
}

/** The files of a project of this repository. */
export function treeOf(folder: string): Tree {
  const root = join(repository, folder)
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath ?? entry.path, entry.name)
        return [path.slice(root.length + 1), readFileSync(path)] as const
      })
      .filter(([path]) => /\.(sql|ya?ml|csv)$/.test(path) && !path.startsWith('target/')),
  )
}
