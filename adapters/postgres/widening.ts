/** Digits that every value of an integer type fits into, and its bits. */
const integers: Readonly<Record<string, { readonly bits: number; readonly digits: number }>> = {
  smallint: { bits: 16, digits: 5 },
  integer: { bits: 32, digits: 10 },
  bigint: { bits: 64, digits: 19 },
}

/** Whole numbers up to so many bits are exact in these. */
const mantissas: Readonly<Record<string, number>> = { real: 24, 'double precision': 53 }

/** Types of which a smaller number in parentheses is a narrower type, and none the widest. */
const limited = [
  'character varying',
  'bit varying',
  'timestamp without time zone',
  'timestamp with time zone',
  'time without time zone',
  'time with time zone',
]

/**
 * Whether every value of one type is the same value of another, and compares, joins and prints as before. A date is no timestamp (its text is another),
 * and a padded `character(n)` is no text.
 */
export function widens(before: string, after: string): boolean {
  if (before === after) return true
  const isArray = before.endsWith('[]')
  if (isArray || after.endsWith('[]'))
    return isArray && after.endsWith('[]') && widens(before.slice(0, -2), after.slice(0, -2))
  const from = parsed(before)
  const to = parsed(after)
  if (isText(from.name) && to.name === 'text') return true
  // Unlimited, both hold any text.
  if (from.name === 'text') return to.name === 'character varying' && to.limits.length === 0
  if (from.name === to.name && limited.includes(from.name)) return holds(to.limits[0], from.limits[0])
  return widensNumber(from, to)
}

interface Parsed {
  readonly name: string
  readonly limits: readonly number[]
}

/** `timestamp(3) without time zone`: the limit may stand within. */
function parsed(type: string): Parsed {
  const limits = /\(([\d, ]+)\)/.exec(type)?.[1]?.split(',').map(Number) ?? []
  return {
    name: type
      .replace(/\([\d, ]+\)/, '')
      .replace(/\s+/g, ' ')
      .trim(),
    limits,
  }
}

function isText(name: string): boolean {
  return name === 'text' || name === 'character varying'
}

/** No limit holds everything. */
function holds(limit: number | undefined, other: number | undefined): boolean {
  return limit === undefined || (other !== undefined && limit >= other)
}

function widensNumber(from: Parsed, to: Parsed): boolean {
  const whole = integers[from.name]
  if (whole !== undefined) {
    const other = integers[to.name]
    if (other !== undefined) return whole.bits < other.bits
    if (to.name === 'numeric') return to.limits.length === 0 || wholeDigits(to) >= whole.digits
    return whole.bits <= (mantissas[to.name] ?? 0)
  }
  if (from.name === 'numeric' && to.name === 'numeric') {
    if (to.limits.length === 0) return true
    return from.limits.length > 0 && scale(to) >= scale(from) && wholeDigits(to) >= wholeDigits(from)
  }
  return from.name === 'real' && to.name === 'double precision'
}

function scale({ limits }: Parsed): number {
  return limits[1] ?? 0
}

function wholeDigits(type: Parsed): number {
  return (type.limits[0] ?? 0) - scale(type)
}
