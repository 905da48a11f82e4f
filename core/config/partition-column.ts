import type { Code } from '../diagnostics/catalogue.ts'
import { hourMs } from '../time/calendar.ts'
import { precisionOf } from '../time/cron.ts'
import type { Grain } from '../time/grain.ts'
import { parseMoment, parseRange } from '../time/range.ts'
import { isUtc, offsetsBetween, zoneOf } from '../time/zone.ts'
import { exampleFor, formatMistake } from './format.ts'
import type { ColumnType, PartitionConfig } from './project.ts'

/** Why a column cannot hold the partitions of a model: fragments of sentences, without a full stop. */
export interface ColumnMistake {
  readonly code: Code
  /** The key of `partition` that is wrong. */
  readonly key: 'grain' | 'column'
  readonly inner?: 'format' | 'clock'
  readonly message: string
  readonly hint: string
}

/** What is wrong with a partition column of this type, declared or bound, or undefined. */
export function columnMistake(partition: PartitionConfig, type: ColumnType): ColumnMistake | undefined {
  const { grain, timezone } = partition
  const { clock, format } = partition.column
  const isLocal = clock === 'local'
  if (type === 'date' || type === 'timestamptz') {
    const wrong = clockWithoutEffect(type, clock, timezone)
    if (wrong !== undefined) return wrong
  }
  if (type === 'date' && partsOf(grain) > daily) {
    const what = grain === 'hour' ? 'hours' : 'partitions that begin at other times than midnight'
    return {
      code: 'SL129',
      key: 'grain',
      message: `a column of type date cannot hold ${what}`,
      hint: 'Use `grain: day`, or a column of type timestamp.',
    }
  }
  if (isLocal && type !== 'date' && isUnderADay(grain) && offsetsOf(partition).length > 1) {
    return {
      code: 'SL145',
      key: 'column',
      inner: 'clock',
      message: `a local clock in ${timezone} shows some hours twice, so that it cannot tell ${partsNoun(grain)} apart`,
      hint: 'Use a column of type timestamptz, `clock: utc`, or `grain: day`.',
    }
  }
  if (type !== 'text' && type !== 'integer') return undefined
  return textMistake(partition, type, format)
}

function clockWithoutEffect(
  type: 'date' | 'timestamptz',
  clock: 'utc' | 'local' | undefined,
  timezone: string,
): ColumnMistake | undefined {
  const wrong = { code: 'SL146', key: 'column', inner: 'clock' } as const
  if (type === 'timestamptz' && clock !== undefined) {
    return {
      ...wrong,
      message: 'a timestamptz is an instant, whatever a clock shows',
      hint: 'Remove `clock`.',
    }
  }
  if (clock !== 'utc' || isUtc(timezone)) return undefined
  return {
    ...wrong,
    message: `a date is the date in ${timezone}, in which the history is cut, and not that of UTC`,
    hint: 'Remove `clock`; for days of UTC, set `timezone: UTC` for this partition.',
  }
}

function textMistake(
  partition: PartitionConfig,
  type: 'text' | 'integer',
  format: string | undefined,
): ColumnMistake | undefined {
  const { grain, timezone } = partition
  const own = partsOf(grain)
  const parts = partition.column.clock === 'local' ? own : Math.max(own, partsOfOffsets(partition))
  if (format === undefined) {
    return {
      code: 'SL107',
      key: 'column',
      message: `a partition column of type ${type} needs a \`format\``,
      hint: `For example \`format: ${exampleFor(type, parts)}\`.`,
    }
  }
  const noun = typeof grain === 'string' ? `of grain ${grain}` : 'of this grain'
  const mistake = formatMistake(format, type, noun, own)
  if (mistake !== undefined) {
    const code = mistake.kind === 'too_coarse' ? 'SL129' : 'SL130'
    return { code, key: 'column', inner: 'format', message: mistake.message, hint: mistake.hint }
  }
  if (formatMistake(format, type, noun, parts) === undefined) return undefined
  return {
    code: 'SL129',
    key: 'column',
    inner: 'format',
    message: `\`${format}\` cannot hold where partitions of ${timezone} begin in UTC`,
    hint: `If the column shows the time of ${timezone}, add \`clock: local\`; else use a finer format, for example ${exampleFor(type, parts)}.`,
  }
}

const daily = 3

const ofGrain = { year: 1, quarter: 2, month: 2, week: 3, day: daily, hour: 4 } as const

/** How many parts of a date, from the year on, tell the beginnings of partitions apart. */
function partsOf(grain: Grain): number {
  if (typeof grain === 'string') return ofGrain[grain]
  return { day: daily, hour: 4, minute: 5 }[precisionOf(grain)]
}

/** How many it takes in UTC, where days of another zone begin at odd times. */
function partsOfOffsets(partition: PartitionConfig): number {
  if (isUtc(partition.timezone)) return 0
  const offsets = offsetsOf(partition)
  if (offsets.some((offset) => offset % 60_000 !== 0)) return 6
  if (offsets.some((offset) => offset % hourMs !== 0)) return 5
  return offsets.some((offset) => offset !== 0) ? 4 : 0
}

function isUnderADay(grain: Grain): boolean {
  return typeof grain === 'string' ? grain === 'hour' : grain.times.length > 1
}

function partsNoun(grain: Grain): string {
  return grain === 'hour' ? 'hours' : 'partitions under a day'
}

/** Clocks that change now will go on; rules that are made later are not known. */
const horizon = Date.UTC(2040, 0, 1)
const fewYears = 5 * 366 * 24 * hourMs

/** The offsets of the zone in the model's history. */
function offsetsOf({ timezone, start, end }: PartitionConfig): readonly number[] {
  const first = parseMoment(start).at
  const last = end === undefined ? Math.max(horizon, first + fewYears) : parseRange(end).end
  return offsetsBetween(zoneOf(timezone), first, Math.max(first, last))
}
