import type { Dialect } from '../adapter.ts'
import type { ColumnType } from '../config/project.ts'
import { SqlFragment, type TemplateValue } from '../template/template.ts'
import type { Interval, Partition } from '../time/interval.ts'
import { parseInstant } from '../time/range.ts'
import { type Clock, instantText } from './clock.ts'

/** What the symbols of one partition's SQL stand for. */
export interface Window {
  readonly partition: Partition
  readonly columnType: ColumnType
  readonly format?: string
  /** How the column shows time; left out: UTC. */
  readonly clock?: Clock
  /** Widened windows by upstream name. */
  readonly reads: ReadonlyMap<string, Interval>
  /** How the columns of those upstreams show time, where it is known: bounds of what is read are compared with them. */
  readonly readClocks?: ReadonlyMap<string, Clock>
}

const casts = ['date', 'timestamp', 'timestamptz'] as const

/** Bounds that stand in for every partition while a model is compiled. No real partition is that old, and they are as
 * wide as real ones, so that positions hold. */
export const sentinel: Partition = {
  key: '0001-01-01',
  start: parseInstant('0001-01-01'),
  end: parseInstant('0001-01-02'),
}

/** The template's `partition` and `reads`, every value marked by its symbol. */
export function windowContext(dialect: Dialect, window: Window): Readonly<Record<string, TemplateValue>> {
  const fragment = (symbol: string) => new SqlFragment(symbolText(dialect, symbol, window), symbol)
  const bound = (symbol: string) =>
    new SqlFragment(
      symbolText(dialect, symbol, window),
      symbol,
      Object.fromEntries(casts.map((cast) => [cast, fragment(`${symbol}.${cast}`)])),
    )
  const reads = [...window.reads.keys()].map(
    (name) => [name, { start: bound(`reads.${name}.start`), end: bound(`reads.${name}.end`) }] as const,
  )
  return {
    partition: {
      start: bound('partition.start'),
      end: bound('partition.end'),
      key: fragment('partition.key'),
      timezone: fragment('partition.timezone'),
    },
    reads: Object.fromEntries(reads),
  }
}

/** The SQL that stands for a symbol: a literal of exactly the partition column's type, or of the cast named by its ending, which shows time as the
 * column does. */
export function symbolText(dialect: Dialect, symbol: string, window: Window): string {
  if (symbol === 'partition.key') return dialect.literal(window.partition.key)
  if (symbol === 'partition.timezone') return dialect.literal(window.clock?.cut.timezone ?? 'UTC')
  const cast = casts.find((each) => symbol.endsWith(`.${each}`))
  const bound = cast === undefined ? symbol : symbol.slice(0, -cast.length - 1)
  const end = bound.endsWith('.end')
  const name = bound.slice(0, end ? -'.end'.length : -'.start'.length)
  const upstream = name === 'partition' ? undefined : name.slice('reads.'.length)
  const interval = upstream === undefined ? window.partition : window.reads.get(upstream)
  if (interval === undefined) throw new Error(`unknown symbol ${symbol}`)
  const clock = (upstream === undefined ? undefined : window.readClocks?.get(upstream)) ?? window.clock
  const column = {
    ...(cast === undefined ? typeOf(window) : { type: cast }),
    ...(clock === undefined ? {} : { clock }),
  }
  return instantText(dialect, end ? interval.end : interval.start, column, end ? 'end' : 'start')
}

/** The type of the literal that stands for a symbol. */
export function boundType(symbol: string, window: Window): ColumnType {
  return casts.find((each) => symbol.endsWith(`.${each}`)) ?? window.columnType
}

function typeOf({ columnType, format }: Window) {
  return { type: columnType, ...(format === undefined ? {} : { format }) }
}
