import { cronBoundaries } from './cron.ts'
import type { Boundaries, Grain, Weekday } from './grain.ts'
import { utcBoundaries } from './utc-boundaries.ts'
import { utcZone, zoneOf } from './zone.ts'
import { civilBoundaries, hourBoundaries } from './zoned-boundaries.ts'

/** What of a layout decides its boundaries. */
export interface Cut {
  readonly grain: Grain
  readonly firstDayOfWeek: Weekday
  /** IANA name; default UTC. */
  readonly timezone?: string
}

const byCut = new WeakMap<Cut, Boundaries>()
const byName = new Map<string, Boundaries>()

/** The boundaries of a layout; what was found out of them is kept for all layouts that are cut alike. */
export function boundariesOf(cut: Cut): Boundaries {
  const known = byCut.get(cut)
  if (known !== undefined) return known
  const found = named(cut)
  byCut.set(cut, found)
  return found
}

function named({ grain, firstDayOfWeek, timezone = 'UTC' }: Cut): Boundaries {
  const zone = zoneOf(timezone)
  if (zone === utcZone && typeof grain === 'string') return utcBoundaries(grain, firstDayOfWeek)
  const name = JSON.stringify([
    zone.name,
    typeof grain === 'string' ? [grain, grain === 'week' ? firstDayOfWeek : ''] : grain.cron,
  ])
  let found = byName.get(name)
  if (found === undefined) {
    if (typeof grain !== 'string') found = cronBoundaries(grain, zone)
    else if (grain === 'hour') found = hourBoundaries(zone)
    else found = civilBoundaries(zone, utcBoundaries(grain, firstDayOfWeek))
    byName.set(name, found)
  }
  return found
}
