import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** `sluice docs serve` in a process of its own. */
export interface ServeProcess {
  readonly url: string
  /** All that it has printed. */
  output(): string
  /** Waits until its output matches. */
  printed(pattern: RegExp): Promise<void>
  /** Sends a signal and tells the exit code. */
  end(signal?: 'SIGINT' | 'SIGTERM'): Promise<number | null>
}

/** Starts a server on a free port, unless the words name one. */
export async function serve(project: string, ...words: readonly string[]): Promise<ServeProcess> {
  const line = [join(process.cwd(), 'bin/sluice.cjs'), 'docs', 'serve', '--project', project, ...words]
  const child = spawn(process.execPath, line, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const listeners = new Set<() => void>()
  const hear = (chunk: Buffer): void => {
    text += chunk.toString()
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = endOf(child)
  const printed = async (pattern: RegExp): Promise<void> => {
    if (pattern.test(text)) return
    let listener = (): void => {}
    const heard = new Promise<void>((resolve) => {
      listener = () => pattern.test(text) && resolve()
      listeners.add(listener)
    })
    await Promise.race([
      heard,
      ended.then((code) => {
        throw new Error(`the server ended with ${code}: ${text}`)
      }),
    ])
    listeners.delete(listener)
  }
  await printed(/Serving http\S+/)
  return {
    url: /Serving (http\S+)/.exec(text)![1]!,
    output: () => text,
    printed,
    end: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code)))
}
