import type { Dialect } from '../adapter.ts'
import type { Tolerance } from './check.ts'
import { whereOf } from './conditions.ts'
import type { ReconcileCheck } from './kinds.ts'

/** One of the two relations that are compared. */
export interface Side {
  /** The relation, as SQL. */
  readonly from: string
  /** Conditions over the alias `r`, besides the check's own. */
  readonly where: readonly string[]
  /** An expression over `r` that tells a row's partition, where several are compared at once. */
  readonly bucket?: string
}

export const RECONCILE_BUCKET = 'sluice_bucket'

/**
 * The groups of two relations whose aggregates differ, a row for each. A group that is only on one side, and NULL, count as 0. Both
 * sides are put one below the other rather than joined: so NULL is a key like others, and no engine must know how to join on it.
 */
export function differingGroups(check: ReconcileCheck, ours: Side, theirs: Side): string {
  const keys = [
    ...(ours.bucket === undefined ? [] : [RECONCILE_BUCKET]),
    ...check.by.map((_, index) => `k${index}`),
  ]
  const pairs = check.compare.map((_, index) => ({ ours: `a${index}`, theirs: `b${index}` }))
  const select = (side: 'ours' | 'theirs', { from, where, bucket }: Side) => {
    const values = check.compare.flatMap((pair, index) => {
      const { ours: a, theirs: b } = pairs[index]!
      return side === 'ours'
        ? [`(${lines(pair.ours)}) as ${a}`, `null as ${b}`]
        : [`null as ${a}`, `(${lines(pair.theirs)}) as ${b}`]
    })
    const columns = [
      ...(bucket === undefined ? [] : [`${bucket} as ${RECONCILE_BUCKET}`]),
      ...check.by.map((pair, index) => `(${lines(pair[side])}) as k${index}`),
      ...values,
    ]
    const conditions = where.length === 0 ? '' : ` where ${where.join(' and ')}`
    const grouped = keys.length === 0 ? '' : ` group by ${keys.map((_, index) => index + 1).join(', ')}`
    return `select ${columns.join(', ')} from ${from} as r${conditions}${grouped}`
  }
  const both = `${select('ours', ours)}\nunion all\n${select('theirs', theirs)}`
  const totals = pairs.flatMap(({ ours: a, theirs: b }) => [
    `coalesce(max(${a}), 0) as ${a}`,
    `coalesce(max(${b}), 0) as ${b}`,
  ])
  const grouped = keys.length === 0 ? '' : ` group by ${keys.join(', ')}`
  const differ = pairs.map(({ ours: a, theirs: b }) => areApart(check.tolerance, a, b)).join(' or ')
  return `select * from (select ${[...keys, ...totals].join(', ')} from (\n${both}\n) as u${grouped}) as d where ${differ}`
}

/** The rows of `differingGroups` under names that people know. */
export function namedDifferences(dialect: Dialect, check: ReconcileCheck, query: string): string {
  const names = new Set<string>()
  const named = (text: string) => {
    const short = text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME)
    let name = short
    for (let number = 2; names.has(name.toLowerCase()); number += 1) name = `${short} ${number}`
    names.add(name.toLowerCase())
    return dialect.quote(name)
  }
  const columns = [
    ...check.by.map(({ ours }, index) => `d.k${index} as ${named(ours)}`),
    ...check.compare.flatMap(({ ours, theirs }, index) => [
      `d.a${index} as ${named(ours)}`,
      `d.b${index} as ${named(ours === theirs ? `${theirs} there` : theirs)}`,
    ]),
  ]
  const order = check.by.length === 0 ? '' : `\norder by ${check.by.map((_, index) => index + 1).join(', ')}`
  return `select ${columns.join(', ')} from (\n${query}\n) as d${order}`
}

/** Postgres cuts names at 63 bytes. */
const LONGEST_NAME = 40

/** The check's own conditions on each side. */
export function conditionsOfSides(check: ReconcileCheck): {
  readonly ours: readonly string[]
  readonly theirs: readonly string[]
} {
  return {
    ours: whereOf(check),
    theirs: check.withWhere === undefined ? [] : [`(\n${check.withWhere}\n)`],
  }
}

/** The smaller is taken from the greater, as some numbers have no sign. What is infinite, or no number, is within no tolerance. */
function areApart({ value, unit }: Tolerance, a: string, b: string): string {
  const distance = `greatest(${a}, ${b}) - least(${a}, ${b})`
  const limit = unit === 'share' && value !== 0 ? `${value} * abs(${b})` : String(value)
  return `(${distance} > ${limit} or not (${distance} < ${INFINITE}))`
}

const INFINITE = `cast('Infinity' as double precision)`

/** A user's expression on lines of its own, so that a comment at its end cannot swallow what follows. */
function lines(expression: string): string {
  return `\n${expression}\n`
}
