import type { Param } from '../adapter.ts'

/** A value as it travels between processes: JSON, and one-element objects for what JSON has no form for. */
export type WireValue =
  | string
  | number
  | boolean
  | null
  | { readonly instant: number }
  | { readonly integer: string }
  | { readonly real: 'NaN' | 'Infinity' | '-Infinity' | '-0' }

/** Any value of a `Row`. Texts, dates among them, stay texts; what a row should not hold arrives as text. */
export function encodeValue(value: unknown): WireValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return { integer: String(value) }
  if (typeof value === 'number') return encodeNumber(value)
  return value instanceof Date ? { instant: value.getTime() } : String(value)
}

function encodeNumber(value: number): WireValue {
  if (Object.is(value, -0)) return { real: '-0' }
  return Number.isFinite(value) ? value : { real: String(value) as 'NaN' | 'Infinity' | '-Infinity' }
}

/** The value again; undefined if it is none. */
export function decodeValue(wire: unknown): Param | undefined {
  if (wire === null) return null
  if (typeof wire === 'string' || typeof wire === 'number' || typeof wire === 'boolean') return wire
  if (typeof wire !== 'object') return undefined
  if ('instant' in wire && typeof wire.instant === 'number') return dateOf(wire.instant)
  if ('integer' in wire && typeof wire.integer === 'string') return integerOf(wire.integer)
  if ('real' in wire && typeof wire.real === 'string') return Number(wire.real)
  return undefined
}

function dateOf(ms: number): Date | undefined {
  const at = new Date(ms)
  return Number.isNaN(at.getTime()) ? undefined : at
}

/** Longer than any integer of an engine. */
const LONGEST_INTEGER = 100

function integerOf(text: string): bigint | undefined {
  return text.length <= LONGEST_INTEGER && /^-?\d+$/.test(text) ? BigInt(text) : undefined
}
