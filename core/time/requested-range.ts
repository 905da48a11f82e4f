import { SluiceError } from '../diagnostics/diagnostic.ts'
import { boundariesOf, type Cut } from './boundaries.ts'
import type { Boundaries } from './grain.ts'
import type { Interval } from './interval.ts'
import { earliest, latest, parseRange, type Range } from './range.ts'
import { instantOf, lastInstantBefore, zoneOf } from './zone.ts'

/** A range as a user typed it, keys or beginnings of keys, both inclusive. It is civil time: which instants it
 * means depends on the time zone of the model that is asked. */
export interface RequestedRange {
  readonly from?: string
  readonly to?: string
}

/**
 * The instants that a requested range means for the partitions of a layout, unbounded (`earliest`, `latest`) where an end is left out. Empty
 * (`start` = `end`) for a time that the zone's clock skips. Where keys are dates or times of a start (weeks that do not begin on Monday, cron
 * expressions), a partition that starts within the range lies in it as a whole.
 * @throws SluiceError SL401, SL402 or SL403, which `checkRange` would have thrown.
 */
export function rangeIn(cut: Cut, { from, to }: RequestedRange): Interval {
  const start = from === undefined ? earliest : instantsOf(cut, from).start
  const end = to === undefined ? latest : instantsOf(cut, to).end
  if (start > end) throw backwards(from, to)
  return { start, end }
}

/** Refuses a range that no layout could read, as soon as it is typed.
 * @throws SluiceError SL401 for a date that does not exist, SL402 for a text that is no key, SL403 if the end is before the start. */
export function checkRange({ from, to }: RequestedRange): void {
  const first = from === undefined ? undefined : parseRange(from)
  const last = to === undefined ? undefined : parseRange(to)
  if (first === undefined || last === undefined || first.isInstant !== last.isInstant) return
  if (first.start >= last.end) throw backwards(from, to)
}

/** The partition with exactly this key, whether it lies in the history or not. */
export function startOfKey(cut: Cut, key: string, range: Range): number | undefined {
  const cuts = boundariesOf(cut)
  const near = cuts.floor(
    range.isInstant ? range.start : instantOf(zoneOf(cut.timezone ?? 'UTC'), range.start),
  )
  // Where a time is skipped or repeated, the partition may begin a little later than its key says.
  return [near, cuts.shift(near, 1)].find((start) => cuts.key(start) === key)
}

/** The instants that a key, or the beginning of one, means for partitions that are cut like this.
 * @throws SluiceError SL401 or SL402 as `parseRange`. */
export function instantsOf(cut: Cut, text: string): Interval {
  const range = parseRange(text)
  const cuts = boundariesOf(cut)
  if (range.isInstant) {
    const start = startOfKey(cut, text.trim(), range)
    return start === undefined ? { start: range.start, end: range.end } : { start, end: cuts.shift(start, 1) }
  }
  const zone = zoneOf(cut.timezone ?? 'UTC')
  const start = instantOf(zone, range.start)
  // All partitions of a repeated hour are meant by its name.
  const end = cut.grain === 'hour' ? lastInstantBefore(zone, range.end) : instantOf(zone, range.end)
  return { start, end: isNamedByStart(cut) ? throughLast(cuts, start, end) : Math.max(start, end) }
}

function isNamedByStart({ grain, firstDayOfWeek }: Cut): boolean {
  return typeof grain !== 'string' || (grain === 'week' && firstDayOfWeek !== 'monday')
}

/** To the end of the last partition that starts within. */
function throughLast(cuts: Boundaries, start: number, end: number): number {
  if (end <= start) return start
  const last = cuts.floor(end - 1)
  return last < start ? end : Math.max(end, cuts.shift(last, 1))
}

function backwards(from: string | undefined, to: string | undefined): SluiceError {
  return SluiceError.of('SL403', {
    message: `the range from "${from}" to "${to}" ends before it begins`,
    hint: 'Swap the two; both ends are inclusive.',
  })
}
