import { spawn } from 'node:child_process'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'

/** How to reach Git: its environment, and when to give up. */
export interface GitWorld {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

export interface GitAnswer {
  readonly exitCode: number
  readonly output: Buffer
  /** What it said beside its output: its reason, where it failed. */
  readonly complaint: string
}

/** Settings of a repository that would run programs, or write, while nothing but reading was asked for. */
const settings = [
  'core.fsmonitor=',
  'core.hooksPath=/dev/null',
  'core.pager=',

  'log.showSignature=false',
]

/** Of Git's own variables only what says where its configuration is: those that a hook sets, `GIT_DIR` and the like, mean the repository of
 * the hook, and others replace programs. */
const keptVariables = /^GIT_(CONFIG_|CEILING_DIRECTORIES$|DISCOVERY_ACROSS_FILESYSTEM$)/

/** Runs Git in a folder, without a shell, and waits for its end. It asks nothing, opens no pager and runs no hook.
 * @throws SluiceError SL920 if it cannot be started */
export async function runGit(
  folder: string,
  words: readonly string[],
  { environment, signal }: GitWorld,
  input?: string,
): Promise<GitAnswer> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['--no-pager', ...settings.flatMap((setting) => ['-c', setting]), ...words], {
      cwd: folder,
      env: quietEnvironment(environment),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    })
    const output: Buffer[] = []
    const complaint: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk))
    // A child that ends before it has read everything says why by its exit code.
    child.stdin.on('error', () => {})
    child.on('error', (error) => reject(signal?.aborted ? signal.reason : notStarted(error)))
    child.on('close', (code) =>
      resolve({
        exitCode: code ?? 128,
        output: Buffer.concat(output),
        complaint: Buffer.concat(complaint).toString('utf8').trim(),
      }),
    )
    child.stdin.end(input ?? '')
  })
}

function quietEnvironment(environment: GitWorld['environment']): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!entry[0].startsWith('GIT_') || keptVariables.test(entry[0])),
  )
  return {
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  }
}

function notStarted(error: NodeJS.ErrnoException): SluiceError {
  const why = error.code === 'ENOENT' ? 'it is not installed, or not on the PATH' : error.message
  return SluiceError.of('SL920', { message: `git cannot be run: ${why}` }, { cause: error })
}
