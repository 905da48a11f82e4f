import type { RunEvent } from '../../core/events.ts'
import type { RunFacts } from '../../core/openlineage/facts.ts'
import { OpenLineageRun } from '../../core/openlineage/run-events.ts'
import type { Sink } from './sinks.ts'

/** What became of the events of a run. */
export interface Delivery {
  readonly delivered: number
  /** Events that were not, and why the first of them was not. */
  readonly lost: number
  readonly reason?: string
}

const TOO_LATE = 'there was no more time'
const GRACE_MS = 500

/**
 * Listens to a run and hands its OpenLineage events to the sink, one after the other, while the run goes on: it waits for nothing here. Facts are
 * awaited before the first event is made of them.
 */
export class OpenLineageListener {
  private readonly facts: Promise<RunFacts>
  private readonly sink: Sink
  private readonly waiting: RunEvent[] = []
  private readonly giveUp = new AbortController()
  private wake: () => void = () => {}
  private isClosed = false
  private delivered = 0
  private lost = 0
  private reason: string | undefined
  private readonly work: Promise<void>

  constructor(facts: Promise<RunFacts>, sink: Sink) {
    this.facts = facts
    this.sink = sink
    this.work = this.deliver()
  }

  on(event: RunEvent): void {
    this.waiting.push(event)
    this.wake()
  }

  /** Ends once everything is delivered, after `patienceMs` at most. */
  async close(patienceMs: number): Promise<Delivery> {
    this.isClosed = true
    this.wake()
    // What does not end when it is told to (a database that does not answer) is left behind.
    let timers: readonly NodeJS.Timeout[] = []
    const left = new Promise<void>((resolve) => {
      timers = [setTimeout(() => this.giveUp.abort(), patienceMs), setTimeout(resolve, patienceMs + GRACE_MS)]
    })
    await Promise.race([this.work, left])
    for (const timer of timers) clearTimeout(timer)
    for (const _ of this.waiting.splice(0)) this.lose(TOO_LATE)
    this.sink.close()
    return {
      delivered: this.delivered,
      lost: this.lost,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
    }
  }

  private async deliver(): Promise<void> {
    let run: OpenLineageRun | undefined
    for (;;) {
      const event = this.waiting.shift()
      if (event === undefined) {
        if (this.isClosed) return
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
        continue
      }
      try {
        run ??= new OpenLineageRun(await this.facts)
        for (const each of await run.of(event)) await this.one(each)
      } catch (error) {
        this.lose(reasonOf(error))
      }
    }
  }

  private async one(event: Parameters<Sink['deliver']>[0]): Promise<void> {
    if (this.giveUp.signal.aborted) {
      this.lose(TOO_LATE)
      return
    }
    try {
      await this.sink.deliver(event, this.giveUp.signal)
      this.delivered += 1
    } catch (error) {
      this.lose(reasonOf(error))
    }
  }

  private lose(reason: string): void {
    this.lost += 1
    this.reason ??= reason
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
