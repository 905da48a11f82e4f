import type { Interval, Partition } from './interval.ts'

export type GrainName = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** The first day of the week for weekly grains. */
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

/** How a model's history is cut into partitions. All instants are UTC milliseconds. */
export interface Layout {
  readonly grain: GrainName
  readonly firstDayOfWeek: Weekday
  /** The first boundary at or after the declared start. */
  readonly start: number
  /** Exclusive: the end of the last partition that exists, or undefined for an open history. */
  readonly end?: number
  /** Milliseconds after a partition's end before it is due. */
  readonly availableAfterMs: number
  /** Partitions that run before their end. */
  readonly ahead: number
}
export type { Interval, Partition }
