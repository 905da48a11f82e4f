/** Digits that every value of an integer type fits into, and which signed type is the next that holds it. */
const integers: Readonly<
  Record<string, { readonly bits: number; readonly isSigned: boolean; readonly digits: number }>
> = {
  TINYINT: { bits: 8, isSigned: true, digits: 3 },
  SMALLINT: { bits: 16, isSigned: true, digits: 5 },
  INTEGER: { bits: 32, isSigned: true, digits: 10 },
  BIGINT: { bits: 64, isSigned: true, digits: 19 },
  HUGEINT: { bits: 128, isSigned: true, digits: 39 },
  UTINYINT: { bits: 8, isSigned: false, digits: 3 },
  USMALLINT: { bits: 16, isSigned: false, digits: 5 },
  UINTEGER: { bits: 32, isSigned: false, digits: 10 },
  UBIGINT: { bits: 64, isSigned: false, digits: 20 },
  UHUGEINT: { bits: 128, isSigned: false, digits: 39 },
}

/** Whole numbers up to so many bits are exact in these. */
const mantissas: Readonly<Record<string, number>> = { FLOAT: 24, DOUBLE: 53 }

/** Seconds, milliseconds, microseconds. Nanoseconds reach less far. */
const precisions = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP']

/**
 * Whether every value of one type is the same value of another, and compares, joins and prints as before. A date is no timestamp (its text is another),
 * and nothing but an enum is text.
 */
export function widens(before: string, after: string): boolean {
  if (before === after) return true
  const [a, b] = [list(before), list(after)]
  if (a !== undefined || b !== undefined) return a !== undefined && b !== undefined && widens(a, b)
  if (before.startsWith('ENUM(')) return after === 'VARCHAR' || isWiderEnum(before, after)
  if (precisions.includes(before) && precisions.includes(after))
    return precisions.indexOf(before) < precisions.indexOf(after)
  return widensNumber(before, after)
}

function widensNumber(before: string, after: string): boolean {
  const from = integers[before]
  const to = integers[after]
  if (from !== undefined && to !== undefined) {
    if (from.isSigned && !to.isSigned) return false
    return from.bits < to.bits
  }
  const decimal = decimalOf(after)
  if (from !== undefined) {
    if (decimal !== undefined) return decimal.whole >= from.digits
    return from.bits <= (mantissas[after] ?? 0)
  }
  const old = decimalOf(before)
  if (old !== undefined && decimal !== undefined)
    return decimal.scale >= old.scale && decimal.whole >= old.whole
  return before === 'FLOAT' && after === 'DOUBLE'
}

function decimalOf(type: string): { readonly whole: number; readonly scale: number } | undefined {
  const found = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (found === null) return undefined
  return { whole: Number(found[1]) - Number(found[2]), scale: Number(found[2]) }
}

/** The type of the elements of a list. */
function list(type: string): string | undefined {
  return type.endsWith('[]') ? type.slice(0, -2) : undefined
}

function isWiderEnum(before: string, after: string): boolean {
  const old = membersOf(before)
  const now = membersOf(after)
  return now.length >= old.length && old.every((member, place) => now[place] === member)
}

function membersOf(type: string): readonly string[] {
  return type.startsWith('ENUM(') ? [...type.matchAll(/'(?:[^']|'')*'/g)].map(([member]) => member) : []
}
