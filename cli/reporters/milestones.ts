import { endedOf, type Progress } from './progress.ts'

/** A line on how far a run is comes with each of so many parts of it, */
const parts = 20
/** and after so long without one, if something has ended since, */
const longestMs = 60_000
/** but not sooner than this after the one before. */
const shortestMs = 5_000

/** When a log is to say how far a run is. */
export class Milestones {
  private lastMs: number
  private part = 0

  constructor(startedMs: number) {
    this.lastMs = startedMs
  }

  /** Asked when something has ended; true means that the line is printed. */
  isDue({ tally, plannedPartitions }: Progress, nowMs: number): boolean {
    const ended = endedOf(tally)
    // The summary says the rest.
    if (ended >= plannedPartitions) return false
    const part = Math.floor((ended / plannedPartitions) * parts)
    const sinceMs = nowMs - this.lastMs
    if (sinceMs < shortestMs || (part <= this.part && sinceMs < longestMs)) return false
    this.part = part
    this.lastMs = nowMs
    return true
  }
}
