/** Spreads starts evenly over time, by a monotonic clock: what was not used is not made up for later. */
export class Rate {
  private readonly intervalMs: number
  private readonly elapsed: () => number
  private nextAt = Number.NEGATIVE_INFINITY

  /** `perMinute` starts a minute, or without it as many as there are. */
  constructor(perMinute: number | undefined, elapsed: () => number) {
    this.intervalMs = perMinute === undefined ? 0 : 60_000 / perMinute
    this.elapsed = elapsed
  }

  /** Milliseconds until something may start. */
  waitMs(): number {
    return this.intervalMs === 0 ? 0 : Math.max(0, this.nextAt - this.elapsed())
  }

  spend(): void {
    this.nextAt = Math.max(this.nextAt, this.elapsed()) + this.intervalMs
  }

  /** What started turned out to have nothing to do. */
  giveBack(): void {
    this.nextAt -= this.intervalMs
  }
}
