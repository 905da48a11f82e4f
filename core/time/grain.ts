import type { Interval, Partition } from './interval.ts'

export type GrainName = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** The first day of the week for weekly grains. */
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

/** Partitions begin where a cron expression fires on the clock of the zone. Plain data, read by `cronGrain`. */
export interface CronGrain {
  /** The expression as written, with single spaces. */
  readonly cron: string
  /** Milliseconds of the day at which it fires, in order. */
  readonly times: readonly number[]
  /** It fires in every hour, so also when an hour is repeated. */
  readonly everyHour: boolean
  /** 1–12 */
  readonly months: readonly number[]
  readonly days: CronDays
}

/** The days of a month on which a cron expression fires. */
export interface CronDays {
  /** 1–31, and 0 for the last day; undefined: any day. */
  readonly ofMonth?: readonly number[]
  /** 0 (Sunday) to 6; undefined: any day. If both are given, one of the two is enough, as in every cron. */
  readonly ofWeek?: readonly number[]
  /** 1–5: only that one in its month; 0: only the last one. */
  readonly nth?: number
}

export type Grain = GrainName | CronGrain

/** How a model's history is cut into partitions. All instants are UTC milliseconds. */
export interface Layout {
  readonly grain: Grain
  readonly firstDayOfWeek: Weekday
  /** IANA name of the zone in whose clock the history is cut. */
  readonly timezone: string
  /** The first boundary at or after the declared start. */
  readonly start: number
  /** Exclusive: the end of the last partition that exists, or undefined for an open history. */
  readonly end?: number
  /** Milliseconds after a partition's end before it is due. */
  readonly availableAfterMs: number
  /** Partitions that run before their end. */
  readonly ahead: number
}

/** Where one way of cutting time has its cuts. Everything else about partitions is built on these, so that
 * a time zone or a cron expression is another implementation and nothing more. All instants are UTC milliseconds. */
export interface Boundaries {
  /** The latest boundary at or before the instant. */
  floor(instant: number): number
  /** The boundary `count` partitions after (before, if negative) this boundary. */
  shift(boundary: number, count: number): number
  /** All boundaries from the boundary `first` to the boundary `last`, both inclusive, in order. */
  between(first: number, last: number): Float64Array
  /** The civil time at which the partition that starts at this boundary begins: midnight even where the clock skips it. */
  civil(boundary: number): number
  /** The key of the partition that starts at this boundary. */
  key(boundary: number): string
}

/** A grain as it is written. */
export function grainText(grain: Grain): string {
  return typeof grain === 'string' ? grain : grain.cron
}

/** What a partition of the grain is called: `day`; `partition` for a cron expression. */
export function grainNoun(grain: Grain): string {
  return typeof grain === 'string' ? grain : 'partition'
}

export type { Interval, Partition }
