import { durationMs } from '../../core/config/duration.ts'

/** One flag as data: the parser, the help and docs/cli.md are made from it. */
export interface OptionDefinition<T> {
  /** As commander reads it: `-s, --select <selectors...>`. */
  readonly flags: string
  readonly summary: string
  readonly group: OptionGroup
  /** Environment variable that stands in when the flag is not given. */
  readonly env?: string
  /** Shown in help; applied by the command. */
  readonly defaultText?: string
  readonly choices?: readonly string[]
  /** Turns the text into the value, throws `BadValue`. Not called for flags without a value. */
  readonly parse: (text: string, previous: T | undefined) => T
}

export type OptionGroup = 'Selection' | 'Partitions' | 'Execution' | 'Command' | 'Global'

/** Why a text is not a value of an option: `must be a whole number of at least 1`. */
export class BadValue extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'BadValue'
    this.hint = hint
  }
}

export const asText = (text: string): string => text

export function asList(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text]
}

/** For flags without a value, which commander itself sets. */
export const asFlag = (): boolean => true

export function asOneOf<const C extends readonly string[]>(choices: C) {
  return (text: string): C[number] => {
    if (choices.includes(text)) return text
    throw new BadValue(`must be one of ${choices.join(', ')}`)
  }
}

export function asListOf<const C extends readonly string[]>(choices: C) {
  const asOne = asOneOf(choices)
  return (text: string, previous: readonly C[number][] | undefined): readonly C[number][] => [
    ...(previous ?? []),
    asOne(text),
  ]
}

/** Words of a list, divided by commas or given one by one. */
export function asWords<const C extends readonly string[]>(choices: C) {
  const asOne = asOneOf(choices)
  return (text: string, previous: readonly C[number][] | undefined): readonly C[number][] => [
    ...(previous ?? []),
    ...text.split(',').map((word) => asOne(word.trim())),
  ]
}

/** A number above nothing: `12`, `0.5`. */
export function asRate(text: string): number {
  const value = Number(text)
  if (/^\d{1,9}(\.\d+)?$/.test(text) && value > 0) return value
  throw new BadValue('must be a number above 0')
}

/** A port of TCP. */
export function asPort(text: string): number {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value >= 1 && value <= 65535) return value
  throw new BadValue('must be a port from 1 to 65535')
}

/** Milliseconds of `90s`, `30m`, `2h`, `1h30m`. */
export function asDuration(text: string): number {
  const ms = durationMs(text)
  if (ms !== undefined && ms > 0) return ms
  throw new BadValue('must be a duration', 'for example 90s, 30m, 2h or 1h30m')
}

/** A count, or `all` for no limit. */
export function asCountOrAll(text: string): number | 'all' {
  if (text === 'all') return text
  const value = countOf(text)
  if (value !== undefined) return value
  throw new BadValue('must be a whole number of at least 1, or all')
}

export function asCount(text: string): number {
  const value = countOf(text)
  if (value !== undefined) return value
  throw new BadValue('must be a whole number of at least 1')
}

function countOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) && Number(text) >= 1 ? Number(text) : undefined
}
