import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { OpenLineageEvent } from '../../core/openlineage/event.ts'
import type { Destination } from './destination.ts'

/** Takes events one after the other. */
export interface Sink {
  /** @throws whatever kept the event from being delivered */
  deliver(event: OpenLineageEvent, signal: AbortSignal): Promise<void>
  close(): void
}

export function sinkFor(destination: Destination, token: string | undefined): Sink {
  return destination.kind === 'file' ? new FileSink(destination.path) : new HttpSink(destination.url, token)
}

/** One line of JSON for each event, each at once. */
class FileSink implements Sink {
  private readonly path: string
  private file: number | undefined

  constructor(path: string) {
    this.path = path
  }

  async deliver(event: OpenLineageEvent): Promise<void> {
    if (this.file === undefined) {
      mkdirSync(dirname(this.path), { recursive: true })
      this.file = openSync(this.path, 'a', 0o644)
    }
    writeSync(this.file, `${JSON.stringify(event)}\n`)
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file)
    this.file = undefined
  }
}

/** Of one request. */
const TIMEOUT_MS = 5_000
/** Before the second and the third try of an event. */
const PAUSES_MS = [200, 1_000]

/** One request for each event. A server that cannot be reached, is busy or failed is asked again; one that refuses an event is not. */
class HttpSink implements Sink {
  private readonly url: string
  private readonly headers: Readonly<Record<string, string>>
  /** The last event did not arrive: then one try is enough to see whether the server is back. */
  private isDown = false

  constructor(url: string, token: string | undefined) {
    this.url = url
    this.headers = {
      'content-type': 'application/json',
      ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
    }
  }

  async deliver(event: OpenLineageEvent, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(event)
    const pauses = this.isDown ? [] : PAUSES_MS
    for (let tries = 0; ; tries++) {
      const answer = await this.ask(body, signal)
      if (answer.kind === 'taken') {
        this.isDown = false
        return
      }
      const pause = answer.kind === 'unavailable' ? pauses[tries] : undefined
      if (pause !== undefined && !signal.aborted) {
        await sleep(pause, signal)
        continue
      }
      this.isDown = answer.kind === 'unavailable'
      throw new Error(answer.reason)
    }
  }

  private async ask(body: string, signal: AbortSignal): Promise<Answer> {
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: this.headers,
        body,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      await response.body?.cancel()
      if (response.ok) return { kind: 'taken' }
      const isBusy = response.status >= 500 || response.status === 429 || response.status === 408
      return { kind: isBusy ? 'unavailable' : 'refused', reason: `the server answered ${response.status}` }
    } catch (error) {
      return { kind: 'unavailable', reason: reasonOf(error) }
    }
  }

  close(): void {}
}

type Answer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'unavailable' | 'refused'; readonly reason: string }

/** Without the address, which the caller knows. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`
  if (error.name === 'AbortError') return 'there was no more time'
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  return code ?? (cause instanceof Error ? cause.message : error.message)
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
