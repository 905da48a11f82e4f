import type { Layout } from './grain.ts'
import type { Interval } from './interval.ts'
import { rangeOf } from './range.ts'

/** A range as a user typed it, keys or beginnings of keys, both inclusive. It is civil time: which instants it
 * means depends on the time zone of the model that is asked. */
export interface RequestedRange {
  readonly from?: string
  readonly to?: string
}

/** The instants that a requested range means for the partitions of a layout, unbounded (`earliest`, `latest`) where an end is left out.
 * @throws SluiceError SL401, SL402 or SL403, which `checkRange` would have thrown. */
export function rangeIn(_layout: Layout, range: RequestedRange): Interval {
  return rangeOf(range.from, range.to)
}

/** Refuses a range that no layout could read, as soon as it is typed.
 * @throws SluiceError SL401 for a date that does not exist, SL402 for a text that is no key, SL403 if the end is before the start. */
export function checkRange(range: RequestedRange): void {
  rangeOf(range.from, range.to)
}
