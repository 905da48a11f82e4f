import { dayMs } from './calendar.ts'

/** A stretch of time in which a zone's clock runs without a jump. Instants are UTC milliseconds, offsets milliseconds east of UTC. */
export interface Stretch {
  readonly start: number
  readonly end: number
  readonly offset: number
  /** The offset just before the start: another one where the clock jumps there, the same at the borders of what is looked up at once. */
  readonly before: number
}

/**
 * The clock of a time zone. Civil times are milliseconds too: what the clock shows, counted as if it were UTC. The database of zones is that of
 * the JavaScript engine.
 */
export interface Zone {
  readonly name: string
  /** The stretch that holds the instant. */
  stretchAt(instant: number): Stretch
}

/** True for names of the IANA database, in any case, old ones too. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The name as it is kept: one name for UTC, and letters in the case of the database where the name is one of today. */
export function zoneName(written: string): string | undefined {
  if (!isZone(written)) return undefined
  const lower = written.toLowerCase()
  if (lowerUtcNames.has(lower)) return 'UTC'
  return zoneNames().find((name) => name.toLowerCase() === lower) ?? written
}

/** The names that can be suggested. */
export function zoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')]
}

/** True for the zones that are UTC under another name. */
export function isUtc(name: string): boolean {
  return utcNames.has(name)
}

const utcNames: ReadonlySet<string> = new Set(
  ['UTC', 'Etc/UTC', 'Etc/UCT', 'UCT', 'Zulu', 'Etc/Zulu', 'Universal', 'Etc/Universal'].concat([
    'GMT',
    'Etc/GMT',
    'GMT0',
    'Etc/GMT0',
    'Greenwich',
    'Etc/Greenwich',
  ]),
)

const lowerUtcNames: ReadonlySet<string> = new Set([...utcNames].map((name) => name.toLowerCase()))

const always: Stretch = {
  start: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
  offset: 0,
  before: 0,
}
export const utcZone: Zone = { name: 'UTC', stretchAt: () => always }

const zones = new Map<string, Zone>()

/** The zone of this name; what was found out of its clock is kept. Throws an Error if there is none: ask `isZone` first. */
export function zoneOf(name: string): Zone {
  if (isUtc(name)) return utcZone
  let zone = zones.get(name)
  if (zone === undefined) {
    zone = new IntlZone(name)
    zones.set(name, zone)
  }
  return zone
}

/** What the zone's clock shows at the instant. */
export function civilAt(zone: Zone, instant: number): number {
  return instant + zone.stretchAt(instant).offset
}

/** No offset was ever larger. */
const farthest = 16 * 3_600_000

/** The first instant at which the zone's clock shows this civil time or, where it is skipped, a later one. A repeated time is its first. */
export function instantOf(zone: Zone, civil: number): number {
  let stretch = zone.stretchAt(civil - farthest)
  for (;;) {
    const instant = Math.max(stretch.start, civil - stretch.offset)
    if (instant < stretch.end) return instant
    stretch = zone.stretchAt(stretch.end)
  }
}

/** The instant after the last one at which the zone's clock shows an earlier time: the end of what is repeated. */
export function lastInstantBefore(zone: Zone, civil: number): number {
  let stretch = zone.stretchAt(civil + farthest)
  for (;;) {
    if (stretch.start + stretch.offset < civil) return Math.min(stretch.end, civil - stretch.offset)
    stretch = zone.stretchAt(stretch.start - 1)
  }
}

/** The stretches that share an instant with `[start, end)`, in order. */
export function stretchesBetween(zone: Zone, start: number, end: number): readonly Stretch[] {
  const found: Stretch[] = []
  let stretch = zone.stretchAt(start)
  for (;;) {
    found.push(stretch)
    if (stretch.end >= end) return found
    stretch = zone.stretchAt(stretch.end)
  }
}

/** The offsets that the zone's clock has between two instants, each once. */
export function offsetsBetween(zone: Zone, start: number, end: number): readonly number[] {
  return [...new Set(stretchesBetween(zone, start, end).map(({ offset }) => offset))]
}

/** What is looked up at once. */
const chunkMs = 400 * dayMs

/** The clock is asked this often. Since 1900 no two jumps of a zone were closer than a week. */
const stepMs = 4 * dayMs

class IntlZone implements Zone {
  readonly name: string
  private readonly format: Intl.DateTimeFormat
  private readonly chunks = new Map<number, readonly Stretch[]>()
  private last: Stretch | undefined

  constructor(name: string) {
    this.name = name
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  }

  stretchAt(instant: number): Stretch {
    const { last } = this
    if (last !== undefined && last.start <= instant && instant < last.end) return last
    const index = Math.floor(instant / chunkMs)
    let chunk = this.chunks.get(index)
    if (chunk === undefined) {
      chunk = this.lookUp(index * chunkMs)
      this.chunks.set(index, chunk)
    }
    const found = chunk.find((stretch) => instant < stretch.end)!
    this.last = found
    return found
  }

  private lookUp(start: number): readonly Stretch[] {
    const end = start + chunkMs
    const stretches: Stretch[] = []
    let from = start
    let before = this.offsetAt(start - 1000)
    let offset = this.offsetAt(start)
    for (let known = start; known < end; known += stepMs) {
      const next = known + stepMs
      const found = this.offsetAt(next)
      if (found === offset) continue
      const jump = this.jumpWithin(known, next, offset)
      if (jump === end) break
      stretches.push({ start: from, end: jump, offset, before })
      from = jump
      before = offset
      offset = found
    }
    stretches.push({ start: from, end, offset, before })
    return stretches
  }

  /** The first second with another offset, by halving. Jumps are at full seconds. */
  private jumpWithin(start: number, end: number, offset: number): number {
    let same = start
    let other = end
    while (other - same > 1000) {
      const middle = same + Math.floor((other - same) / 2000) * 1000
      if (this.offsetAt(middle) === offset) same = middle
      else other = middle
    }
    return other
  }

  /** `1/5/2024, GMT-05:00`; before standard time with seconds, `GMT-04:56:02`. */
  private offsetAt(instant: number): number {
    const found = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.format.format(instant))
    if (found === null) throw new Error(`no offset of ${this.name} in ${this.format.format(instant)}`)
    const [, sign, hours, minutes, seconds = '0'] = found
    if (sign === undefined) return 0
    const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
    return sign === '-' ? -size : size
  }
}
