import { z } from 'zod'
import type { Check } from '../../checks/check.ts'
import type { Path } from '../problem.ts'
import { placeOf } from '../yaml.ts'
import { type Base, type BuiltOptions, buildCheck } from './build-check.ts'
import { type BuiltInKind, columnKinds, forms, kinds, modelKinds, shared } from './check-kinds.ts'
import { macroCheckOf } from './macro-check.ts'
import { expectedPrefix, isMap, knownKeysPrefix, report } from './values.ts'

const besideKind: readonly string[] = Object.keys(shared)

/**
 * Checks as people write them. A check is a map with one kind as its key; `name`, `severity` (`error` or `warn`) and `where`
 * stand beside the kind or inside its map:
 *
 * ```yaml
 * checks:
 *   - not_null: [flight_date, origin]
 *   - not_null: origin
 *     severity: warn
 *     where: delay is not null
 *   - unique: [flight_date, origin]                       # within each partition
 *   - unique: { columns: [id], scope: table, name: one_row_per_id }
 *   - accepted_values: { column: state, values: [on_time, late] }
 *   - relationships: { column: origin, to: staging.airports, field: iata }
 *   - row_count: { min: 1, max: 100000 }
 *   - expression: delay is null or delay < 5000           # must be true of every row; null counts as true
 *   - not_null: { columns: tail, warn_if: "> 0", error_if: "> 1%" }
 *   - null_share: { column: delay, max: 5% }              # also distinct_count, mean, sum, minimum, maximum
 *   - quantile: { column: delay, q: 0.95, max: 120 }
 *   - volume: { drop: 50%, against: median, last: 7 }     # rows of the partition against earlier ones
 *   - z_score: { max: 3, last: 28, weekday: true }
 *   - reconcile: { with: staging.flights, by: origin, compare: count(*), tolerance: 0.5% }
 *   - positive: { column: delay, limit: 5 }               # macros/checks/positive.sql
 * columns:
 *   - name: origin
 *     checks:
 *       - not_null
 *       - unique: { scope: table }
 *       - accepted_values: [JFK, LGA]
 *       - relationships: { to: staging.airports, field: iata }
 *       - expression: length(origin) = 3
 * ```
 *
 * Without `name`, a check is named by its kind and columns: `not_null_origin`, `unique_flight_date_origin`,
 * `accepted_values_state`, `relationships_origin_staging_airports`, `row_count`, `expression_delay_lt_5000`.
 */
export const modelCheck = z.unknown().transform((item, context) => checkOf(item, undefined, context))

/** Reads the items of a column's `checks`; mistakes are reported below `path`. */
export function columnChecks(
  column: string,
  items: unknown,
  context: z.core.ParsePayload,
  path: Path,
): readonly Check[] {
  if (!Array.isArray(items)) {
    context.issues.push({
      code: 'invalid_type',
      expected: 'array',
      input: items,
      path: [...path],
      message: `${expectedPrefix}a list`,
    })
    return []
  }
  return items.flatMap((item: unknown, at) => {
    const within: z.core.ParsePayload = { value: item, issues: [] }
    const check = checkOf(item, column, within, items)
    for (const issue of within.issues) {
      context.issues.push({ ...issue, path: [...path, at, ...(issue.path ?? [])] })
    }
    return within.issues.length === 0 ? [check] : []
  })
}

function checkOf(
  item: unknown,
  column: string | undefined,
  context: z.core.ParsePayload,
  owner: unknown = undefined,
): Check {
  const schemas = column === undefined ? modelKinds : columnKinds
  const written = typeof item === 'string' ? { [item]: null } : item
  if (!isMap(written)) {
    return report(context, 'SL132', 'A check must be a map with the kind of the check as its key', {
      hint: `For example ${forms.not_null} or ${forms.row_count}.`,
    })
  }
  const keys = Object.keys(written)
  const given = kinds.filter((kind) => kind in written)
  const [kind] = given
  if (kind === undefined) {
    const own = keys.find((key) => !besideKind.includes(key))
    if (own !== undefined) return macroCheckOf(own, written, column, placeOf(item) ?? placeOf(owner), context)
    return report(context, 'SL132', 'The check has no kind', { hint: `Kinds are ${kinds.join(', ')}.` })
  }
  if (given.length > 1) {
    return report(context, 'SL132', `One check holds ${given.map((each) => `\`${each}\``).join(' and ')}`, {
      hint: 'Begin a new list item (`- `) for each check.',
      path: [given[1]!],
      at: 'key',
    })
  }
  const schema = schemas[kind]
  if (schema === undefined) {
    return report(context, 'SL132', `\`${kind}\` is not a check of one column`, {
      hint: 'Move it to the `checks` beside `columns`.',
      ...(typeof item === 'string' ? {} : { path: [kind], at: 'key' }),
    })
  }
  const options = optionsOf(kind, written[kind], column !== undefined)
  if (options === undefined) {
    return report(context, 'SL132', `\`${kind}\` cannot be written like this`, {
      hint: `Write ${forms[kind]}.`,
      ...(typeof item === 'string' ? {} : { path: [kind] }),
    })
  }
  const twice = keys.find((key) => key !== kind && key in options)
  if (twice !== undefined) {
    return report(context, 'SL132', `\`${twice}\` stands both beside \`${kind}\` and in its map`, {
      hint: 'Keep one of the two.',
      path: [twice],
      at: 'key',
    })
  }
  const { [kind]: _, ...beside } = written
  const strangers = Object.keys(beside).filter((key) => !besideKind.includes(key))
  if (strangers.length > 0) {
    context.issues.push({
      code: 'unrecognized_keys',
      keys: strangers,
      path: [],
      input: written,
      message: `${knownKeysPrefix}${[kind, ...besideKind].join(' ')}`,
    })
    return z.NEVER
  }
  const place = placeOf(item) ?? placeOf(owner)
  const where: Base = place === undefined ? {} : { place }
  const all = { ...beside, ...options }
  if (isPlain(kind, all, column !== undefined)) return buildCheck(kind, all, column, where, context)
  const result = schema.safeParse(all, { reportInput: true })
  if (!result.success) {
    for (const { input, ...issue } of result.error.issues) {
      const [first] = issue.path
      const inside = typeof first === 'string' && first in beside ? [] : [kind]
      context.issues.push({ ...issue, input, path: [...inside, ...issue.path] } as z.core.$ZodRawIssue)
    }
    return z.NEVER
  }
  return buildCheck(kind, result.data as BuiltOptions, column, where, context)
}

/** The map of a kind, from its short or its long form; undefined for a form that it does not have. */
function optionsOf(
  kind: BuiltInKind,
  value: unknown,
  ofColumn: boolean,
): Record<string, unknown> | undefined {
  if (isMap(value)) return { ...value }
  if (ofColumn && (value === null || value === true)) {
    return kind === 'not_null' || kind === 'unique' ? {} : undefined
  }
  switch (kind) {
    case 'not_null':
    case 'unique':
      return !ofColumn && (typeof value === 'string' || Array.isArray(value)) ? { columns: value } : undefined
    case 'accepted_values':
      return ofColumn && Array.isArray(value) ? { values: value } : undefined
    case 'expression':
      return typeof value === 'string' || typeof value === 'boolean'
        ? { expression: String(value) }
        : undefined
    default:
      return undefined
  }
}

const isText = (value: unknown) => typeof value === 'string' && /\S/.test(value)
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0

/** What is certainly right without zod, which takes ten times as long to find that nothing is wrong. Keys that are missing
 * here are for zod to judge. */
const plainValues: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: isText,
  where: isText,
  column: isText,
  to: isText,
  field: isText,
  expression: isText,
  min: isCount,
  max: isCount,
  columns: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
}

const plainKeys: Readonly<Partial<Record<BuiltInKind, readonly string[]>>> = {
  not_null: ['columns'],
  unique: ['columns'],
  relationships: ['column', 'to', 'field'],
  row_count: [],
  expression: ['expression'],
}

function isPlain(kind: BuiltInKind, options: object, ofColumn: boolean): options is BuiltOptions {
  const needed = plainKeys[kind]
  if (needed === undefined) return false
  const all = options as Readonly<Record<string, unknown>>
  const own = ofColumn ? needed.filter((key) => !key.startsWith('column')) : needed
  if (!own.every((key) => key in all)) return false
  const limits = kind === 'row_count' ? ['min', 'max'] : []
  return Object.keys(all).every(
    (key) =>
      (own.includes(key) || limits.includes(key) || besideKind.includes(key)) &&
      plainValues[key]?.(all[key]) === true,
  )
}
