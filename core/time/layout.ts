import { diagnostic, type Place, SluiceError } from '../diagnostics/diagnostic.ts'
import { boundariesOf, type Cut } from './boundaries.ts'
import { type Boundaries, type Grain, grainNoun, type Layout, type Weekday } from './grain.ts'
import type { Interval, Partition } from './interval.ts'
import { latest, parseMoment, parseRange } from './range.ts'
import { instantsOf, startOfKey } from './requested-range.ts'
import { civilAt, instantOf, zoneOf } from './zone.ts'

/** What of a model's `partition:` decides its layout. */
export interface LayoutConfig {
  readonly grain: Grain
  readonly firstDayOfWeek: Weekday
  /** IANA name of the zone; default UTC. */
  readonly timezone?: string
  /** As written: a date, a date-time or a key, in civil time of the zone. */
  readonly start: string
  /** As written: the key of the last partition, or any key whose end lies in it. */
  readonly end?: string
  readonly availableAfterMs: number
  readonly ahead: number
}

/** Where `LayoutConfig` was written, for diagnostics. */
export interface LayoutOrigin {
  readonly model?: string
  readonly place?: Place
}

/** The layout of a configuration: the first partition starts at the first boundary at or after `start`, the last one
 * is that which holds the end of `end`.
 * @throws SluiceError with every bad date (SL401, SL402), or SL404 if no partition is left. */
export function layoutOf(config: LayoutConfig, origin: LayoutOrigin = {}): Layout {
  const { timezone = 'UTC' } = config
  const start = attempt(() => instantIn(timezone, config.start))
  const end = attempt(() => (config.end === undefined ? undefined : instantsOf(config, config.end).end))
  if (start instanceof SluiceError || end instanceof SluiceError) {
    const found = [start, end].flatMap((each) => (each instanceof SluiceError ? each.diagnostics : []))
    throw new SluiceError(found.map((each) => ({ ...each, ...origin })))
  }
  const cuts = boundariesOf(config)
  const first = ceiling(cuts, start)
  const base = {
    grain: config.grain,
    firstDayOfWeek: config.firstDayOfWeek,
    timezone,
    start: first,
    availableAfterMs: config.availableAfterMs,
    ahead: config.ahead,
  }
  if (end === undefined) return base
  const last = ceiling(cuts, end)
  if (last <= first) {
    throw new SluiceError([
      diagnostic('SL404', {
        message: `the history from "${config.start}" to "${config.end}" holds no ${grainNoun(config.grain)}`,
        hint: `The first ${grainNoun(config.grain)} at or after the start is ${cuts.key(first)}; the end is inclusive.`,
        ...origin,
      }),
    ])
  }
  return { ...base, end: last }
}

/** The partition that holds the instant, or undefined before the layout's start and after its end. */
export function partitionAt(layout: Layout, instant: number): Partition | undefined {
  const cuts = boundariesOf(layout)
  const start = cuts.floor(instant)
  if (start < layout.start || start >= (layout.end ?? latest)) return undefined
  return partitionFrom(cuts, start)
}

/** Every boundary from the layout's start to the last one at or before `end`, where the layout ends at the latest: partition
 * `i` is `[b[i], b[i + 1])`. Empty if `end` is before the start. `from` begins at a later boundary: the last one at or before it. */
export function boundariesBetween(layout: Layout, from: number, end: number): Float64Array {
  const cuts = boundariesOf(layout)
  const first = cuts.floor(Math.max(from, layout.start))
  const last = cuts.floor(Math.min(end, layout.end ?? latest))
  return last < first ? new Float64Array(0) : cuts.between(first, last)
}

/** The partition with exactly this key, or undefined if the layout has none. */
export function partitionOf(layout: Layout, key: string): Partition | undefined {
  const range = attempt(() => parseRange(key))
  if (range instanceof SluiceError) return undefined
  const start = startOfKey(layout, key, range)
  return start === undefined ? undefined : partitionAt(layout, start)
}

/** The partitions that lie wholly within the interval, oldest first. */
export function partitionsIn(layout: Layout, interval: Interval): readonly Partition[] {
  const cuts = boundariesOf(layout)
  return listed(
    cuts,
    ceiling(cuts, Math.max(interval.start, layout.start)),
    cuts.floor(Math.min(interval.end, layout.end ?? latest)),
  )
}

/** The partitions that share an instant with the interval, oldest first; none if it is empty. */
export function partitionsOverlapping(layout: Layout, interval: Interval): readonly Partition[] {
  if (interval.start >= interval.end) return []
  const cuts = boundariesOf(layout)
  return listed(
    cuts,
    cuts.floor(Math.max(interval.start, layout.start)),
    ceiling(cuts, Math.min(interval.end, layout.end ?? latest)),
  )
}

/** The instant from which the partition may run: its end, `ahead` partitions earlier, plus `availableAfterMs`. */
export function dueAt(layout: Layout, partition: Interval): number {
  const end = layout.ahead === 0 ? partition.end : boundariesOf(layout).shift(partition.end, -layout.ahead)
  return end + layout.availableAfterMs
}

/** What lies between the layout's start and the end of the last partition that is due, or undefined if none is. */
export function dueInterval(layout: Layout, now: number): Interval | undefined {
  const cuts = boundariesOf(layout)
  const passed = cuts.floor(now - layout.availableAfterMs)
  const end = Math.min(layout.ahead === 0 ? passed : cuts.shift(passed, layout.ahead), layout.end ?? latest)
  return end > layout.start ? { start: layout.start, end } : undefined
}

/** Every partition that is due, oldest first. */
export function duePartitions(layout: Layout, now: number): readonly Partition[] {
  const due = dueInterval(layout, now)
  return due === undefined ? [] : partitionsIn(layout, due)
}

/** The newest partition that is due. */
export function latestDue(layout: Layout, now: number): Partition | undefined {
  const due = dueInterval(layout, now)
  return due === undefined ? undefined : partitionAt(layout, due.end - 1)
}

/** The partition `count` places later (earlier, if negative). It may lie outside the layout's history: bounds of what a
 * model reads do not stop there. */
export function shift(layout: Layout, partition: Interval, count: number): Partition {
  const cuts = boundariesOf(layout)
  return partitionFrom(cuts, cuts.shift(partition.start, count))
}

/** The civil time that an instant is in the zone, as milliseconds: where a partition begins, the beginning that its key names. */
export function civilTime(cut: Cut, instant: number): number {
  const cuts = boundariesOf(cut)
  return cuts.floor(instant) === instant
    ? cuts.civil(instant)
    : civilAt(zoneOf(cut.timezone ?? 'UTC'), instant)
}

/** From the first partition's start to the last one's end, for partitions that are sorted and adjacent. */
export function spanOf(partitions: readonly Interval[]): Interval {
  const first = partitions[0]
  const last = partitions.at(-1)
  if (first === undefined || last === undefined) throw new Error('an empty list of partitions has no span')
  return { start: first.start, end: last.end }
}

function instantIn(timezone: string, text: string): number {
  const { at, isInstant } = parseMoment(text)
  return isInstant ? at : instantOf(zoneOf(timezone), at)
}

function partitionFrom(cuts: Boundaries, start: number): Partition {
  return { key: cuts.key(start), start, end: cuts.shift(start, 1) }
}

function listed(cuts: Boundaries, first: number, end: number): readonly Partition[] {
  const partitions: Partition[] = []
  let start = first
  while (start < end) {
    const next = cuts.shift(start, 1)
    partitions.push({ key: cuts.key(start), start, end: next })
    start = next
  }
  return partitions
}

/** The first boundary at or after the instant. */
function ceiling(cuts: Boundaries, instant: number): number {
  const floor = cuts.floor(instant)
  return floor === instant ? floor : cuts.shift(floor, 1)
}

function attempt<T>(work: () => T): T | SluiceError {
  try {
    return work()
  } catch (error) {
    if (error instanceof SluiceError) return error
    throw error
  }
}
