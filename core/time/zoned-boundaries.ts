import { dayMs, hourMs } from './calendar.ts'
import type { Boundaries } from './grain.ts'
import { civilKey, offsetText } from './key.ts'
import { civilAt, instantOf, type Stretch, stretchesBetween, type Zone } from './zone.ts'

/**
 * Days and longer units of a zone's clock, from the same units of UTC, which count civil time. Each begins at the first instant at which the clock
 * shows its beginning or, where that is skipped, a later time; a unit that the clock skips as a whole does not exist.
 */
export function civilBoundaries(zone: Zone, units: Boundaries): Boundaries {
  const startOf = (civil: number) => instantOf(zone, civil)
  const civilOf = (boundary: number) => units.floor(civilAt(zone, boundary))
  const shifted = (boundary: number, count: number) => {
    const from = civilOf(boundary)
    return startOf(overSkipped(zone, units, from, units.shift(from, count)))
  }
  return {
    floor: (instant) => {
      let found = civilOf(instant)
      // A clock that went back may show the day before, when the next one has begun.
      for (let next = units.shift(found, 1); startOf(next) <= instant; next = units.shift(found, 1))
        found = next
      return startOf(found)
    },
    shift: shifted,
    between: (first, last) => {
      const all = units.between(civilOf(first), civilOf(last)).map(startOf)
      return all.some((instant, at) => instant === all[at - 1])
        ? all.filter((instant, at) => instant !== all[at - 1])
        : all
    },
    civil: civilOf,
    key: (boundary) => units.key(civilOf(boundary)),
  }
}

/** The unit `to`, counted from `from`, moved on by the units between them that the clock skipped: it was never 2011-12-30 in Samoa. */
function overSkipped(zone: Zone, units: Boundaries, from: number, to: number): number {
  const step = to < from ? -1 : 1
  const span = [Math.min(from, to) - 2 * dayMs, Math.max(from, to) + 4 * dayMs] as const
  const skipped = stretchesBetween(zone, ...span).flatMap((stretch) => skippedUnits(units, stretch))
  let found = to
  for (const each of step > 0 ? skipped : skipped.reverse()) {
    if (step > 0 ? each > from && each <= found : each < from && each >= found)
      found = units.shift(found, step)
  }
  return found
}

const none: readonly number[] = []

function skippedUnits(units: Boundaries, { start, offset, before }: Stretch): readonly number[] {
  if (offset - before < dayMs / 2) return none
  const found: number[] = []
  const shown = start + offset
  for (let unit = units.floor(start + before); units.shift(unit, 1) <= shown; unit = units.shift(unit, 1)) {
    if (unit >= start + before) found.push(unit)
  }
  return found
}

/**
 * Hours of a zone's clock. One begins whenever the clock shows a full hour or jumps into another one, and whenever it goes back, so that no
 * partition holds a civil time twice: on Lord Howe, where it goes back from 02:00 to 01:30, the second half hour is a partition of its own.
 */
export function hourBoundaries(zone: Zone): Boundaries {
  const shift = (boundary: number, count: number): number => {
    let stretch = zone.stretchAt(boundary)
    let at = hoursUpTo(stretch, boundary) - 1 + count
    while (at >= hoursIn(stretch)) {
      at -= hoursIn(stretch)
      stretch = zone.stretchAt(stretch.end)
    }
    while (at < 0) {
      stretch = zone.stretchAt(stretch.start - 1)
      at += hoursIn(stretch)
    }
    return hourAt(stretch, at)
  }
  const civil = (boundary: number) => Math.floor(civilAt(zone, boundary) / hourMs) * hourMs
  return {
    floor: (instant) => {
      let stretch = zone.stretchAt(instant)
      let count = hoursUpTo(stretch, instant)
      while (count === 0) {
        stretch = zone.stretchAt(stretch.start - 1)
        count = hoursIn(stretch)
      }
      return hourAt(stretch, count - 1)
    },
    shift,
    between: (first, last) => {
      const stretches = stretchesBetween(zone, first, last + 1)
      const skipped = hoursUpTo(stretches[0]!, first) - 1
      const counts = stretches.map((stretch) => hoursUpTo(stretch, Math.min(last, stretch.end - 1)))
      const all = new Float64Array(counts.reduce((sum, count) => sum + count, -skipped))
      let filled = 0
      for (const [index, stretch] of stretches.entries()) {
        for (let at = index === 0 ? skipped : 0; at < counts[index]!; at += 1)
          all[filled++] = hourAt(stretch, at)
      }
      return all
    },
    civil,
    key: (boundary) => {
      const hour = civil(boundary)
      const text = civilKey(hour, 'hour')
      return instantOf(zone, hour) < boundary ? text + offsetText(zone.stretchAt(boundary).offset) : text
    },
  }
}

/** Whether an hour begins with the stretch although its clock does not show a full one. */
function beginsWithin({ start, offset, before }: Stretch): boolean {
  if (offset === before || (start + offset) % hourMs === 0) return false
  return offset < before || Math.floor((start + before - 1) / hourMs) < Math.floor((start + offset) / hourMs)
}

/** How many hours begin in the stretch at or before the instant. */
function hoursUpTo(stretch: Stretch, instant: number): number {
  const full =
    Math.floor((instant + stretch.offset) / hourMs) - Math.ceil((stretch.start + stretch.offset) / hourMs) + 1
  return full + (beginsWithin(stretch) ? 1 : 0)
}

function hoursIn(stretch: Stretch): number {
  return hoursUpTo(stretch, stretch.end - 1)
}

function hourAt(stretch: Stretch, index: number): number {
  const isWithin = beginsWithin(stretch)
  if (isWithin && index === 0) return stretch.start
  const first = Math.ceil((stretch.start + stretch.offset) / hourMs)
  return (first + index - (isWithin ? 1 : 0)) * hourMs - stretch.offset
}
