/** Lets a limited number of holders in at a time, first come, first served. */
export class Gate {
  private free: number
  private readonly waiting: (() => void)[] = []

  constructor(capacity: number) {
    this.free = capacity
  }

  /** Waits for a place. Returns what gives it back; calling that twice does no harm.
   * @throws the signal's reason if it aborts before there is a place */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.free > 0) this.free -= 1
    else await this.queue(signal)
    let left = false
    return () => {
      if (left) return
      left = true
      const next = this.waiting.shift()
      if (next === undefined) this.free += 1
      else next()
    }
  }

  /** Runs the work in a place of this gate. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const leave = await this.enter(signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  private queue(signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const admit = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(admit), 1)
        reject(signal?.reason)
      }
      this.waiting.push(admit)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }
}
