import { boundariesOf } from '../time/boundaries.ts'
import type { Layout } from '../time/grain.ts'
import type { Partition } from '../time/interval.ts'
import { boundariesBetween, dueInterval } from '../time/layout.ts'

/** The partitions of a layout up to some instant, as numbers: partition `i` is `[cuts[i], cuts[i + 1])`. */
export class Timeline {
  readonly layout: Layout
  readonly cuts: Float64Array
  /** How many partitions there are. */
  readonly count: number

  constructor(layout: Layout, until: number) {
    this.layout = layout
    const cuts = boundariesBetween(layout, layout.start, until)
    this.cuts = cuts.length === 0 ? Float64Array.of(layout.start) : cuts
    this.count = this.cuts.length - 1
  }

  /** The partition that holds the instant: -1 before the first one, `count` after the last one. */
  indexAt(instant: number): number {
    const { cuts } = this
    if (instant < cuts[0]!) return -1
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (cuts[middle]! <= instant) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The partition of exactly this interval. */
  indexOf(start: number, end: number): number | undefined {
    const index = this.indexAt(start)
    return index >= 0 && index < this.count && this.cuts[index] === start && this.cuts[index + 1] === end
      ? index
      : undefined
  }

  partition(index: number): Partition {
    const start = this.cuts[index]!
    return { key: boundariesOf(this.layout).key(start), start, end: this.cuts[index + 1]! }
  }

  /** Whether the history goes on after the last partition here. */
  get isOpen(): boolean {
    const { end } = this.layout
    return end === undefined || this.cuts[this.count]! < end
  }
}

/** The timelines of a project's layouts: those that are cut alike share one. */
export class Timelines {
  private readonly now: number
  private readonly until: (layout: Layout) => number
  private readonly byLayout = new WeakMap<Layout, Timeline>()
  private readonly byText = new Map<string, Timeline>()

  /** They reach to what is due at `now`, and at least to `until`. */
  constructor(now: number, until: (layout: Layout) => number) {
    this.now = now
    this.until = until
  }

  of(layout: Layout): Timeline {
    const known = this.byLayout.get(layout)
    if (known !== undefined) return known
    const text = JSON.stringify(layout)
    const found = this.byText.get(text) ?? this.make(layout)
    this.byText.set(text, found)
    this.byLayout.set(layout, found)
    return found
  }

  private make(layout: Layout): Timeline {
    const due = dueInterval(layout, this.now)?.end ?? layout.start
    return new Timeline(layout, Math.max(due, this.until(layout)))
  }
}
