import type { RunEvent } from '../../core/events.ts'

/** Shows a run to somebody. A listener: it decides nothing. */
export interface Reporter {
  on(event: RunEvent): void
  /** Puts the terminal back as it was; safe to call at any time, more than once. */
  close(): void
}
