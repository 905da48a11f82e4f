import { z } from 'zod'
import type { Check } from '../../checks/check.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import type { Path } from '../problem.ts'
import { placeOf } from '../yaml.ts'
import {
  count,
  expectedPrefix,
  isMap,
  knownKeysPrefix,
  list,
  map,
  oneOf,
  optional,
  report,
  sentence,
  text,
  texts,
} from './values.ts'

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
type Kind = Check['kind']
type KindSchema = z.ZodType<Partial<Options>>

const shared = {
  name: optional(text),
  severity: optional(oneOf(['error', 'warn'])),
  where: optional(text),
}
const scope = optional(oneOf(['partition', 'table']))
const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: () => `${expectedPrefix}text, a number, true or false`,
})
const values = list(scalar).nonempty()
const rows = {
  min: optional(count(0)),
  max: optional(count(0)),
}

const modelKinds: Readonly<Record<Kind, KindSchema>> = {
  not_null: map({ columns: texts, ...shared }),
  unique: map({ columns: texts, scope, ...shared }),
  accepted_values: map({ column: text, values, ...shared }),
  relationships: map({ column: text, to: text, field: text, ...shared }),
  row_count: map({ ...rows, ...shared }),
  expression: map({ expression: text, ...shared }),
}

/** Kinds below a column, which need not name it again. */
const columnKinds: Readonly<Partial<Record<Kind, KindSchema>>> = {
  not_null: map({ ...shared }),
  unique: map({ scope, ...shared }),
  accepted_values: map({ values, ...shared }),
  relationships: map({ to: text, field: text, ...shared }),
  expression: map({ expression: text, ...shared }),
}

const kinds = Object.keys(modelKinds) as readonly Kind[]
const besideKind: readonly string[] = Object.keys(shared)

const forms: Readonly<Record<Kind, string>> = {
  not_null: '`not_null: [column]`',
  unique: '`unique: [column, column]`',
  accepted_values: '`accepted_values: { column: a, values: [x, y] }`',
  relationships: '`relationships: { column: a, to: schema.table, field: b }`',
  row_count: '`row_count: { min: 1 }`',
  expression: '`expression: a > 0`',
}

/** One item of the `checks` of a model, seed or source. */
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
  const allowed = kinds.filter((kind) => schemas[kind] !== undefined)
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
    const unknown = keys.find((key) => !besideKind.includes(key))
    const message = unknown === undefined ? 'The check has no kind' : `\`${unknown}\` is not a kind of check`
    return report(context, 'SL132', message, {
      hint: sentence(unknown && didYouMean(unknown, allowed, 1)) ?? `Kinds are ${allowed.join(', ')}.`,
      ...(unknown !== undefined && typeof item !== 'string' ? { path: [unknown], at: 'key' } : {}),
    })
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
  const where = place === undefined ? {} : { place }
  const all = { ...beside, ...options }
  if (isPlain(kind, all, column !== undefined)) return built(kind, all, column, where, context)
  const result = schema.safeParse(all, { reportInput: true })
  if (!result.success) {
    for (const { input, ...issue } of result.error.issues) {
      const [first] = issue.path
      const inside = typeof first === 'string' && first in beside ? [] : [kind]
      context.issues.push({ ...issue, input, path: [...inside, ...issue.path] } as z.core.$ZodRawIssue)
    }
    return z.NEVER
  }
  return built(kind, result.data as Options, column, where, context)
}

/** The map of a kind, from its short or its long form; undefined for a form that it does not have. */
function optionsOf(kind: Kind, value: unknown, ofColumn: boolean): Record<string, unknown> | undefined {
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
    case 'relationships':
    case 'row_count':
      return undefined
    default:
      throw new Error(`unknown check ${kind satisfies never}`)
  }
}

/** What the schemas let through, all kinds together. */
interface Options {
  readonly name?: string
  readonly severity?: 'error' | 'warn'
  readonly where?: string
  readonly columns: readonly string[]
  readonly column: string
  readonly scope?: 'partition' | 'table'
  readonly values: readonly (string | number | boolean)[]
  readonly to: string
  readonly field: string
  readonly min?: number
  readonly max?: number
  readonly expression: string
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

const plainKeys: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  not_null: ['columns'],
  unique: ['columns'],
  relationships: ['column', 'to', 'field'],
  row_count: [],
  expression: ['expression'],
}

function isPlain(kind: Kind, options: object, ofColumn: boolean): options is Options {
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

function built(
  kind: Kind,
  options: Options,
  ofColumn: string | undefined,
  place: Pick<Check, 'place'>,
  context: z.core.ParsePayload,
): Check {
  const columns = ofColumn === undefined ? options.columns : [ofColumn]
  const column = ofColumn ?? options.column
  const base = (subject: string) => ({
    name: options.name ?? defaultName(kind, subject),
    severity: options.severity ?? 'error',
    ...(options.where === undefined ? {} : { where: options.where }),
    ...place,
  })
  switch (kind) {
    case 'not_null':
      return { kind, columns, ...base(columns.join('_')) }
    case 'unique':
      return { kind, columns, scope: options.scope ?? 'partition', ...base(columns.join('_')) }
    case 'accepted_values':
      return { kind, column, values: options.values, ...base(column) }
    case 'relationships':
      return { kind, column, to: options.to, field: options.field, ...base(`${column}_${options.to}`) }
    case 'row_count': {
      const { min, max } = options
      if (min === undefined && max === undefined) {
        return report(context, 'SL132', '`row_count` needs `min`, `max` or both', {
          hint: `Write ${forms.row_count}.`,
          path: [kind],
        })
      }
      if (min !== undefined && max !== undefined && min > max) {
        return report(context, 'SL106', `\`min\` (${min}) is greater than \`max\` (${max})`, {
          hint: 'Swap the two.',
          path: [kind],
        })
      }
      return {
        kind,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...base(''),
      }
    }
    case 'expression':
      return { kind, expression: options.expression, ...base(spoken(options.expression)) }
    default:
      throw new Error(`unknown check ${kind satisfies never}`)
  }
}

const longestName = 63

function defaultName(kind: Kind, subject: string): string {
  if (/^[a-z0-9_]+$/.test(subject) && kind.length + subject.length < longestName) return `${kind}_${subject}`
  const name = `${kind}_${subject.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_')}`
  return name.slice(0, longestName).replace(/_+$/, '')
}

/** An expression in words, so that `a < 1` and `a > 1` have different names. */
function spoken(expression: string): string {
  const operators: readonly (readonly [RegExp, string])[] = [
    [/<>|!=/g, ' ne '],
    [/<=/g, ' le '],
    [/>=/g, ' ge '],
    [/</g, ' lt '],
    [/>/g, ' gt '],
    [/=/g, ' eq '],
  ]
  return operators.reduce((text, [sign, word]) => text.replace(sign, word), expression).trim()
}
