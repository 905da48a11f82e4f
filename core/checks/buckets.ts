import type { ColumnType } from '../config/project.ts'
import { dayMs } from '../time/calendar.ts'
import type { Partition } from '../time/interval.ts'

/** How a query tells the partitions of a batch apart. */
export interface Buckets {
  /** An SQL expression that tells the partition of a row of the alias; the row lies in the batch. */
  of(alias: string): string
  /** The key of the partition that a value of that expression stands for. */
  keyOf(value: unknown): string
}

/**
 * Buckets for adjacent partitions, oldest first. The value itself where each is one day of UTC and the column shows it as one; else a binary search written as CASE, which
 * works for every type and every way to cut time, and takes log₂ n comparisons a row. (Of 1.5 million rows in 181 days DuckDB grouped dates
 * in 9 ms, in 18 ms by such a CASE, in 53 ms by a flat one, in 55 ms by an ASOF join and in 650 ms by a join on the range.)
 *
 * @param column the partition column of an alias
 * @param literal an instant as a literal of its type
 */
export function bucketsOf(
  partitions: readonly Partition[],
  type: ColumnType,
  column: (alias: string) => string,
  literal: (ms: number) => string,
): Buckets {
  return isDaily(partitions, type, literal)
    ? byDate(partitions, type, column)
    : bySearch(
        partitions,
        column,
        partitions.map(({ start }) => literal(start)),
      )
}

/** A local clock can show midnight of UTC as nine in the morning: then a partition is no date of the column, though it is one of UTC. */
function isDaily(
  partitions: readonly Partition[],
  type: ColumnType,
  literal: (ms: number) => string,
): boolean {
  if (type === 'text' || type === 'integer') return false
  const time = type === 'date' ? '' : ' 00:00:00'
  return partitions.every(
    ({ start, end }) =>
      start % dayMs === 0 &&
      end - start === dayMs &&
      start >= earliest &&
      start <= latest &&
      literal(start).includes(`${dateOf(start)}${time}`),
  )
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Days that every engine writes as `YYYY-MM-DD`. */
const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T00:00:00Z')

function byDate(
  partitions: readonly Partition[],
  type: ColumnType,
  column: (alias: string) => string,
): Buckets {
  const keys = new Map(partitions.map(({ key, start }) => [dateOf(start), key]))
  return {
    of: (alias) => (type === 'date' ? column(alias) : `cast(${column(alias)} as date)`),
    keyOf: (value) => found(keys.get(String(value)), value),
  }
}

/** Buckets by number, whatever the column: for two columns whose buckets must be the same. */
export function numberedBuckets(
  partitions: readonly Partition[],
  column: (alias: string) => string,
  literal: (ms: number) => string,
): Buckets {
  return bySearch(
    partitions,
    column,
    partitions.map(({ start }) => literal(start)),
  )
}

function bySearch(
  partitions: readonly Partition[],
  column: (alias: string) => string,
  starts: readonly string[],
): Buckets {
  const search = (of: string, first: number, end: number): string => {
    if (end - first === 1) return String(first)
    const middle = (first + end) >> 1
    return `case when ${of} < ${starts[middle]} then ${search(of, first, middle)} else ${search(of, middle, end)} end`
  }
  return {
    of: (alias) => search(column(alias), 0, partitions.length),
    keyOf: (value) => found(partitions[Number(value)]?.key, value),
  }
}

function found(key: string | undefined, value: unknown): string {
  if (key === undefined) throw new Error(`no partition of the batch is ${value}`)
  return key
}
