import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { afterMs } from './timer.ts'

/** Ends a run before its end: from outside (Ctrl-C), by its own deadline, or because somebody asked for it through the ledger. */
export class Stop {
  /** Aborts when the run is to stop, whoever wants that. */
  readonly signal: AbortSignal
  private readonly own = new AbortController()
  private said: Diagnostic | undefined

  /** `canceled` aborts when another process asks for the end. */
  constructor(outside: AbortSignal, canceled?: AbortSignal) {
    this.signal = AbortSignal.any([outside, this.own.signal])
    if (canceled?.aborted) this.asRequested()
    canceled?.addEventListener('abort', () => this.asRequested(), { once: true })
  }

  /** Why the run stopped, if not from outside. */
  get reason(): Diagnostic | undefined {
    return this.said
  }

  /** Stops the run at the end of its time; returns what calls that off. */
  at(limitMs: number): () => void {
    return afterMs(limitMs, () =>
      this.because(
        diagnostic('SL630', {
          message: `the run took longer than its timeout of ${durationText(limitMs)}`,
          hint: 'Statements were canceled and rolled back; what was published stays. Raise `--timeout`, or `timeout` under `run` in sluice.yml.',
        }),
      ),
    )
  }

  /** Stops the run as somebody wanted who cannot reach the process. */
  asRequested(): void {
    this.because(
      diagnostic('SL631', {
        message: 'the run was canceled from outside',
        hint: 'Statements were canceled and rolled back; what was published stays.',
      }),
    )
  }

  private because(reason: Diagnostic): void {
    if (this.signal.aborted) return
    this.said = reason
    this.own.abort(new Error(reason.message))
  }
}

/** `2h`, `1h30m`, `90s`, `1.5s`, as the configuration writes it. */
export function durationText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = (ms % 60_000) / 1000
  const parts = [hours > 0 && `${hours}h`, minutes > 0 && `${minutes}m`, seconds > 0 && `${seconds}s`]
  return parts.filter(Boolean).join('') || '0s'
}
