import type { RunEvent, RunListener } from '../../core/events.ts'
import { type OwnerInfo, PROTOCOL_VERSION } from '../../core/owner/protocol.ts'

type RunStarted = Extract<RunEvent, { type: 'run_started' }>

/** What this process does, as far as other processes may know of it and end it. */
export class Seat {
  private readonly command: string
  private readonly startedAt = Date.now()
  private readonly controller = new AbortController()
  private readonly followers = new Set<RunListener>()
  private current: RunStarted | undefined

  constructor(command: string) {
    this.command = command
  }

  /** Aborts when another process cancels the run of this one. */
  get canceled(): AbortSignal {
    return this.controller.signal
  }

  /** Listens to the run of this process. */
  on(event: RunEvent): void {
    if (event.type === 'run_started') this.current = event
    for (const follower of this.followers) follower(event)
    if (event.type === 'run_finished') this.current = undefined
  }

  info(label: string): OwnerInfo {
    const { current } = this
    return {
      version: PROTOCOL_VERSION,
      pid: process.pid,
      command: this.command,
      startedAt: this.startedAt,
      label,
      ...(current === undefined
        ? {}
        : {
            run: {
              id: current.run,
              startedAt: Date.parse(current.at),
              isCanceled: this.canceled.aborted,
            },
          }),
    }
  }

  cancel(run: string): 'canceled' | 'other' {
    if (this.current?.run !== run) return 'other'
    this.controller.abort(new Error('canceled by another process'))
    return 'canceled'
  }

  /** Calls the listener with the event that began the current run, if there is one, and all that follow. Returns what ends that. */
  follow(listener: RunListener): () => void {
    if (this.current !== undefined) listener(this.current)
    this.followers.add(listener)
    return () => this.followers.delete(listener)
  }
}
