import { civilOf, dayMs, daysInMonth, hourMs } from './calendar.ts'
import type { Boundaries, CronDays, CronGrain } from './grain.ts'
import { civilKey, offsetText } from './key.ts'
import { civilAt, instantOf, stretchesBetween, type Zone } from './zone.ts'

/** The finest unit that the times of a cron expression use. */
export type CronPrecision = 'day' | 'hour' | 'minute'

export function precisionOf({ times }: CronGrain): CronPrecision {
  if (times.length === 1 && times[0] === 0) return 'day'
  return times.every((time) => time % hourMs === 0) ? 'hour' : 'minute'
}

/** True if it can fire more than once on a day. */
export function isWithinDay({ times }: CronGrain): boolean {
  return times.length > 1
}

/**
 * Boundaries where the expression fires on the zone's clock. A time in a skipped hour fires as much later as the clock jumped (02:30 at 03:30),
 * one on a skipped day not at all; a time in a repeated hour fires the first time, and both times only if the expression fires in every hour.
 * These are the rules of cron-parser, whose `next` the tests compare with. Its own iteration is not used: it takes 0.2 ms for each boundary, gives
 * up on rare days, and loses days where the clock jumps by half an hour.
 */
export function cronBoundaries(grain: CronGrain, zone: Zone): Boundaries {
  return new CronBoundaries(grain, zone)
}

/** Boundaries are computed and kept in pieces of this many days: some ten thousand of them at most. */
const sparseDays = 400
const denseDays = 16

/** Expressions that fire at all fire within eight years: 29 February around 2100. */
const longestGapMs = 9 * 366 * dayMs

class CronBoundaries implements Boundaries {
  private readonly grain: CronGrain
  private readonly zone: Zone
  private readonly precision: CronPrecision
  private readonly chunkMs: number
  private readonly chunks = new Map<number, Float64Array>()

  constructor(grain: CronGrain, zone: Zone) {
    this.grain = grain
    this.zone = zone
    this.precision = precisionOf(grain)
    this.chunkMs = (grain.times.length > 24 ? denseDays : sparseDays) * dayMs
  }

  floor(instant: number): number {
    const index = this.indexOf(instant)
    const chunk = this.chunk(index)
    const at = countUpTo(chunk, instant) - 1
    return at >= 0 ? chunk[at]! : this.lastBefore(index)
  }

  shift(boundary: number, count: number): number {
    let index = this.indexOf(boundary)
    let chunk = this.chunk(index)
    let at = countUpTo(chunk, boundary) - 1 + count
    for (let empty = 0; at >= chunk.length; ) {
      at -= chunk.length
      chunk = this.chunk(++index)
      empty = this.refuseEndless(chunk, empty)
    }
    for (let empty = 0; at < 0; ) {
      chunk = this.chunk(--index)
      at += chunk.length
      empty = this.refuseEndless(chunk, empty)
    }
    return chunk[at]!
  }

  between(first: number, last: number): Float64Array {
    const pieces: Float64Array[] = []
    for (let index = this.indexOf(first); index <= this.indexOf(last); index += 1) {
      const chunk = this.chunk(index)
      pieces.push(
        chunk.subarray(chunk[0]! >= first ? 0 : countUpTo(chunk, first - 1), countUpTo(chunk, last)),
      )
    }
    const all = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
    let filled = 0
    for (const piece of pieces) {
      all.set(piece, filled)
      filled += piece.length
    }
    return all
  }

  /** The clock at the start, to the finest unit that the expression uses. */
  key(boundary: number): string {
    const { offset } = this.zone.stretchAt(boundary)
    const civil = boundary + offset
    const text = civilKey(civil, this.precision)
    return instantOf(this.zone, civil) < boundary ? text + offsetText(offset) : text
  }

  civil(boundary: number): number {
    return civilAt(this.zone, boundary)
  }

  private indexOf(instant: number): number {
    return Math.floor(instant / this.chunkMs)
  }

  private lastBefore(index: number): number {
    let empty = 0
    for (let earlier = index - 1; ; earlier -= 1) {
      const chunk = this.chunk(earlier)
      if (chunk.length > 0) return chunk[chunk.length - 1]!
      empty = this.refuseEndless(chunk, empty)
    }
  }

  private refuseEndless(chunk: Float64Array, empty: number): number {
    const sum = chunk.length > 0 ? 0 : empty + this.chunkMs
    if (sum > longestGapMs + this.chunkMs) throw new Error(`${this.grain.cron} never fires`)
    return sum
  }

  private chunk(index: number): Float64Array {
    let chunk = this.chunks.get(index)
    if (chunk === undefined) {
      chunk = this.compute(index * this.chunkMs, (index + 1) * this.chunkMs)
      this.chunks.set(index, chunk)
    }
    return chunk
  }

  private compute(start: number, end: number): Float64Array {
    const stretches = stretchesBetween(this.zone, start - 2 * dayMs, end + 2 * dayMs)
    const found: number[] = []
    for (const stretch of stretches) {
      const shown = stretch.start + stretch.offset
      // What the clock would have shown: if earlier, the times between are skipped; if later, they are repeated.
      const expected = stretch.start + stretch.before
      const from = Math.max(shown, start - 3 * dayMs)
      const to = Math.min(stretch.end + stretch.offset, end + 3 * dayMs)
      const fresh = this.grain.everyHour ? from : Math.max(from, expected)
      this.fire(fresh, to, (civil) => found.push(civil - stretch.offset))
      if (expected < shown && shown - expected < dayMs)
        this.fire(expected, shown, (civil) => found.push(civil - stretch.before))
    }
    found.sort((a, b) => a - b)
    const kept = found.filter((instant, at) => instant >= start && instant < end && instant !== found[at - 1])
    return Float64Array.from(kept)
  }

  /** The civil times in `[from, to)` at which the expression fires. */
  private fire(from: number, to: number, fired: (civil: number) => void): void {
    for (let day = Math.floor(from / dayMs); day * dayMs < to; day += 1) {
      if (!this.firesOn(day)) continue
      for (const time of this.grain.times) {
        const civil = day * dayMs + time
        if (civil >= from && civil < to) fired(civil)
      }
    }
  }

  private firesOn(day: number): boolean {
    const date = civilOf(day)
    const { months, days } = this.grain
    if (!months.includes(date.month)) return false
    const { ofMonth, ofWeek } = days
    if (ofMonth === undefined && ofWeek === undefined) return true
    const length = daysInMonth(date.year, date.month)
    const isDay = ofMonth?.some((each) => date.day === (each === 0 ? length : each)) ?? false
    return isDay || (ofWeek !== undefined && isWeekday(days, ofWeek, day, date.day, length))
  }
}

function isWeekday(
  { nth }: CronDays,
  ofWeek: readonly number[],
  day: number,
  dayOfMonth: number,
  length: number,
): boolean {
  // 1970-01-01 was a Thursday.
  if (!ofWeek.includes((((day + 4) % 7) + 7) % 7)) return false
  if (nth === undefined) return true
  return nth === 0 ? dayOfMonth + 7 > length : Math.ceil(dayOfMonth / 7) === nth
}

/** How many of the sorted values are at most this. */
function countUpTo(values: Float64Array, most: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! <= most) low = middle + 1
    else high = middle
  }
  return low
}
