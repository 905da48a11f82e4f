import { boundariesOf } from '../time/boundaries.ts'
import type { Layout } from '../time/grain.ts'
import type { Interval } from '../time/interval.ts'
import type { Timeline } from './timeline.ts'

/** How far beyond the overlapping window an upstream is read, in its partitions. */
export interface Reads {
  readonly before: number
  readonly after: number
}

const exactly: Reads = { before: 0, after: 0 }

/** The interval of an upstream that a window reads: itself, widened by `reads` in partitions of the upstream. */
export function widen(layout: Layout, window: Interval, reads: Reads = exactly): Interval {
  const cuts = boundariesOf(layout)
  const { before, after } = reads
  return {
    start: before === 0 ? window.start : cuts.shift(cuts.floor(window.start), -before),
    end: after === 0 ? window.end : cuts.shift(cuts.floor(window.end - 1), after + 1),
  }
}

/** Which partitions of an upstream each partition of a model reads: those from `from[i]` to before `to[i]`. Where `to[i]` is greater than the upstream's
 * count, some are read that its timeline does not reach yet. Before its start and after its end there is nothing to read. */
export interface WindowMap {
  readonly from: Int32Array
  readonly to: Int32Array
}

/** Window maps, each made once: most models of a project are cut like their upstreams. */
export class WindowMaps {
  private readonly known = new Map<Timeline, Map<Timeline, Map<string, WindowMap>>>()

  of(model: Timeline, upstream: Timeline, reads: Reads = exactly): WindowMap {
    const ofModel = this.known.get(model) ?? new Map<Timeline, Map<string, WindowMap>>()
    this.known.set(model, ofModel)
    const ofUpstream = ofModel.get(upstream) ?? new Map<string, WindowMap>()
    ofModel.set(upstream, ofUpstream)
    const id = `${reads.before}/${reads.after}`
    const found = ofUpstream.get(id) ?? mapped(model, upstream, reads)
    ofUpstream.set(id, found)
    return found
  }
}

function mapped(model: Timeline, upstream: Timeline, reads: Reads): WindowMap {
  const from = new Int32Array(model.count)
  const to = new Int32Array(model.count)
  const { cuts, count } = upstream
  const end = cuts[count]!
  const beyond = upstream.isOpen ? count + 1 : count
  let first = 0
  let last = 0
  for (let index = 0; index < model.count; index++) {
    const window = { start: model.cuts[index]!, end: model.cuts[index + 1]! }
    while (first < count && cuts[first + 1]! <= window.start) first += 1
    while (last < count && cuts[last + 1]! < window.end) last += 1
    const isWithin = window.start >= cuts[0]! && window.end <= end
    if (isWithin) {
      from[index] = Math.max(0, first - reads.before)
      to[index] = Math.min(beyond, last + 1 + reads.after)
      continue
    }
    // Near the ends of the upstream's history its own boundaries go on as if it had none.
    const widened = widen(upstream.layout, window, reads)
    from[index] = Math.max(0, upstream.indexAt(widened.start))
    to[index] =
      widened.end <= cuts[0]! ? 0 : widened.end > end ? beyond : upstream.indexAt(widened.end - 1) + 1
  }
  return { from, to }
}
