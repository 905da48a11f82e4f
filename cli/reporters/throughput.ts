/** At least so much of the past tells how fast it goes now, and at least so many ends. */
const windowMs = 60_000
const leastEnds = 20
/** Before that nothing can be said. */
const leastMs = 2_000

/** How fast partitions come to their end, by the recent past: caches warm up, and one model is not as fast as another. */
export class Throughput {
  private readonly ends: { readonly atMs: number; readonly partitions: number }[] = []
  /** Where the window begins in `ends`. */
  private first = 0
  private inWindow = 0
  private readonly startedMs: number

  constructor(startedMs: number) {
    this.startedMs = startedMs
  }

  ended(partitions: number, atMs: number): void {
    this.ends.push({ atMs, partitions })
    this.inWindow += partitions
    while (this.ends.length - this.first > leastEnds && this.ends[this.first]!.atMs < atMs - windowMs) {
      this.inWindow -= this.ends[this.first]!.partitions
      this.first += 1
    }
    // What has left the window is not kept for ever.
    if (this.first <= 1_000) return
    this.ends.splice(0, this.first - 1)
    this.first = 1
  }

  /** Partitions a minute; undefined while too little is known. */
  perMinute(nowMs: number): number | undefined {
    if (nowMs - this.startedMs < leastMs || this.ends.length < 2) return undefined
    const since = this.first === 0 ? this.startedMs : this.ends[this.first - 1]!.atMs
    return (this.inWindow / (nowMs - since)) * 60_000
  }

  /** Milliseconds until so many partitions have ended, if it goes on like this. */
  remainingMs(partitions: number, nowMs: number): number | undefined {
    const rate = this.perMinute(nowMs)
    return rate === undefined || rate <= 0 ? undefined : (partitions / rate) * 60_000
  }
}
