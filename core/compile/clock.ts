import type { Dialect } from '../adapter.ts'
import type { ColumnType, PartitionConfig } from '../config/project.ts'
import type { Cut } from '../time/boundaries.ts'
import { precisionOf } from '../time/cron.ts'
import { civilTime } from '../time/layout.ts'
import { roundedUp } from '../time/rounding.ts'
import type { CompiledNode } from './compiled.ts'

/** How the column of a partition shows time. */
export interface Clock {
  /** What cuts the history, its zone included. */
  readonly cut: Cut
  /** Timestamps, texts and integers show civil time of the zone; else UTC. */
  readonly isLocal: boolean
}

/** A column that bounds are compared with. */
export interface BoundColumn {
  readonly type: ColumnType
  readonly format?: string
  /** Left out: UTC. */
  readonly clock?: Clock
}

const utc: Clock = { cut: { grain: 'day', firstDayOfWeek: 'monday' }, isLocal: false }

export function clockOf(partition: PartitionConfig): Clock {
  return { cut: partition, isLocal: partition.column.clock === 'local' }
}

/** The clocks of the upstreams that a model's `reads` names and that have partitions of their own. */
export function readClocksOf(
  nodes: ReadonlyMap<string, CompiledNode>,
  names: readonly string[],
): ReadonlyMap<string, Clock> {
  const clocks = new Map<string, Clock>()
  for (const name of names) {
    const partition = partitionOf(nodes.get(name))
    if (partition !== undefined) clocks.set(name, clockOf(partition))
  }
  return clocks
}

function partitionOf(node: CompiledNode | undefined): PartitionConfig | undefined {
  if (node?.kind === 'model') return node.config.partition
  return node?.kind === 'source' ? node.partition : undefined
}

/** The type that bounds are written in until the engine has bound the column. */
export function assumedType({ column, grain }: PartitionConfig): ColumnType {
  const isWithinDay = typeof grain === 'string' ? grain === 'hour' : precisionOf(grain) !== 'day'
  return column.type ?? (isWithinDay ? 'timestamp' : 'date')
}

/**
 * An instant as a literal that can be compared with the column: a timestamptz is the instant itself, a date the date in the zone, everything else what its
 * clock shows. An exclusive `end` that the column cannot show exactly is rounded up, so that nothing before it is lost.
 */
export function instantText(
  dialect: Dialect,
  instant: number,
  { type, format, clock = utc }: BoundColumn,
  side: 'start' | 'end' = 'start',
): string {
  if (type === 'timestamptz') return dialect.instant(instant, type)
  const shown = type === 'date' || clock.isLocal ? civilTime(clock.cut, instant) : instant
  return dialect.instant(side === 'end' ? roundedUp(shown, type, format) : shown, type, format)
}
