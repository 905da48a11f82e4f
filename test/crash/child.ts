import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** When to send a signal: so long after the start, or so long after the nth event of a type. */
export type Instant =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'event'; readonly type: string; readonly nth: number; readonly plusMs: number }

export interface ChildEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** How a process of Sluice ended. */
export interface ChildEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Milliseconds from the start to the signal that was sent, if the process was alive then. */
  readonly struckAt: number | undefined
  readonly elapsedMs: number
  readonly events: readonly ChildEvent[]
  readonly stderr: string
}

/** A process that has not ended by then never will. */
const HANGS_AFTER_MS = 60_000

/** One process of the built program. */
export class Child {
  readonly process: ChildProcess
  readonly events: ChildEvent[] = []
  private readonly startedAt = performance.now()
  private readonly waiting: {
    readonly matches: (event: ChildEvent) => boolean
    readonly found: () => void
  }[] = []
  private readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>
  private struckAt: number | undefined
  private stderr = ''

  /** Starts `sluice WORDS --output json` on a project. */
  constructor(root: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.process = spawn(
      process.execPath,
      [resolve('bin/sluice.cjs'), ...words, '--project', root, '--output', 'json'],
      { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.ended = once(this.process, 'close') as Promise<[number | null, NodeJS.Signals | null]>
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    createInterface({ input: this.process.stdout! }).on('line', (line) => this.read(line))
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  private read(line: string): void {
    let event: ChildEvent
    try {
      event = JSON.parse(line) as ChildEvent
    } catch {
      return // A line that the signal cut.
    }
    this.events.push(event)
    for (const each of this.waiting) if (each.matches(event)) each.found()
  }

  /** Resolves at the first event that matches, from now on; rejects if the process ends without it. */
  async until(matches: (event: ChildEvent) => boolean): Promise<void> {
    const found = new Promise<true>((done) => this.waiting.push({ matches, found: () => done(true) }))
    const isFound = await Promise.race([found, this.ended.then(() => false)])
    if (!isFound) throw new Error(`the process ended before the event: ${this.stderr}`)
  }

  /** Sends the signal, if the process still lives. */
  strike(signal: NodeJS.Signals): void {
    if (this.hasEnded) return
    if (this.process.kill(signal)) this.struckAt ??= performance.now() - this.startedAt
  }

  /** Sends the signal at an instant, without waiting for it. */
  strikeAt(instant: Instant, signal: NodeJS.Signals): void {
    if (instant.kind === 'time') {
      this.strikeIn(Math.max(0, instant.ms - (performance.now() - this.startedAt)), signal)
      return
    }
    let seen = 0
    this.waiting.push({
      matches: (event) => event.type === instant.type && seen++ === instant.nth,
      found: () => this.strikeIn(instant.plusMs, signal),
    })
  }

  private strikeIn(ms: number, signal: NodeJS.Signals): void {
    const timer = setTimeout(() => this.strike(signal), ms)
    void this.ended.then(() => clearTimeout(timer))
  }

  async end(): Promise<ChildEnd> {
    let isHanging = false
    const guard = setTimeout(() => {
      isHanging = true
      this.process.kill('SIGKILL')
    }, HANGS_AFTER_MS)
    const [code, signal] = await this.ended
    clearTimeout(guard)
    if (isHanging)
      throw new Error(`the process did not end: ${JSON.stringify(this.events.slice(-5))} ${this.stderr}`)
    return {
      code,
      signal,
      struckAt: this.struckAt,
      elapsedMs: performance.now() - this.startedAt,
      events: this.events,
      stderr: this.stderr,
    }
  }
}
