import { z } from 'zod'
import { type Check, type Statistic, statistics } from '../../checks/check.ts'
import { limitOf } from '../../checks/limits.ts'
import { bool, count, expectedPrefix, list, map, oneOf, optional, report, text, texts } from './values.ts'

/** Kinds that Sluice knows; any other name may be a check of the project's own. */
export type BuiltInKind = Exclude<Check['kind'], 'macro'>
type KindSchema = z.ZodType<object>

/** A limit such as `> 10` or `>= 1%`. */
export const limit = z.union([z.string(), z.number(), z.boolean()]).transform((value, context) => {
  const found = typeof value === 'string' ? limitOf(value) : undefined
  if (found !== undefined) return found
  return report(context, 'SL180', `\`${String(value)}\` is no limit`, {
    hint: 'Write an operator and a number: `"> 0"`, `">= 10"`, or of failing rows a share, `"> 1%"`.',
  })
})

/** Keys that every kind has, beside it or inside its map. */
export const shared = {
  name: optional(text),
  severity: optional(oneOf(['error', 'warn'])),
  where: optional(text),
  warn_if: optional(limit),
  error_if: optional(limit),
}

const scope = optional(oneOf(['partition', 'table']))
const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: () => `${expectedPrefix}text, a number, true or false`,
})
const values = list(scalar).nonempty()
const rows = { min: optional(count(0)), max: optional(count(0)) }
const number = z.number({ error: () => `${expectedPrefix}a number` })
const bounds = { min: optional(number), max: optional(number), scope }

/** `50%` or 0.5. */
function share(most: number) {
  return z.unknown().transform((value, context): number => {
    const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value.trim()) : null
    const found = typeof value === 'number' ? value : percent === null ? Number.NaN : Number(percent[1]) / 100
    if (found >= 0 && found <= most) return found
    if (value === undefined) {
      const missing = { code: 'invalid_type', expected: 'number', input: value } as const
      context.issues.push({ ...missing, message: `${expectedPrefix}a share` })
      return z.NEVER
    }
    const hint = most === 1 ? 'from 0% to 100%' : 'from 0% on'
    return report(context, 'SL106', `\`${String(value)}\` is no share`, {
      hint: `Write a percentage ${hint}: \`50%\`, or \`0.5\`.`,
    })
  })
}

const shares = { min: optional(share(1)), max: optional(share(1)), scope }
const anyShare = share(Number.POSITIVE_INFINITY)

const lookback = (least: number) => ({
  last: optional(count(least)),
  weekday: optional(bool),
  min_history: optional(count(least)),
})

/** An expression for both relations, or one for each. */
const pair = z
  .union([text, map({ this: text, with: text })], {
    error: () => `${expectedPrefix}an expression, or a map with this and with`,
  })
  .transform((value) =>
    typeof value === 'string' ? { ours: value, theirs: value } : { ours: value.this, theirs: value.with },
  )
const pairs = z.preprocess((value) => (Array.isArray(value) ? value : [value]), list(pair).nonempty())

const tolerance = z.unknown().transform((value, context) => {
  const written = typeof value === 'number' ? String(value) : value
  const [, amount, percent] =
    typeof written === 'string' ? (/^(\d+(?:\.\d+)?(?:e-?\d+)?)\s*(%?)$/i.exec(written.trim()) ?? []) : []
  if (amount === undefined)
    return report(context, 'SL106', `\`${String(value)}\` is no tolerance`, {
      hint: 'Write a number (`0.01`), or a share of the other side (`0.5%`).',
    })
  return percent === '%'
    ? ({ value: Number(amount) / 100, unit: 'share' } as const)
    : ({ value: Number(amount), unit: 'absolute' } as const)
})

const ofStatistics = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  Object.fromEntries(
    statistics.map((kind) => [
      kind,
      map({ ...shape, ...(kind === 'null_share' ? shares : bounds), ...shared }),
    ]),
  ) as unknown as Record<Statistic, KindSchema>

const q = share(1)

export const modelKinds: Readonly<Record<BuiltInKind, KindSchema>> = {
  not_null: map({ columns: texts, ...shared }),
  unique: map({ columns: texts, scope, ...shared }),
  accepted_values: map({ column: text, values, ...shared }),
  relationships: map({ column: text, to: text, field: text, ...shared }),
  row_count: map({ ...rows, ...shared }),
  expression: map({ expression: text, ...shared }),
  ...ofStatistics({ column: text }),
  quantile: map({ column: text, q, ...bounds, ...shared }),
  volume: map({
    change: optional(anyShare),
    drop: optional(share(1)),
    rise: optional(anyShare),
    against: optional(oneOf(['previous', 'mean', 'median'])),
    ...lookback(1),
    ...shared,
  }),
  z_score: map({ max: optional(number.min(0)), ...lookback(2), ...shared }),
  reconcile: map({
    with: text,
    by: optional(pairs),
    compare: optional(pairs),
    with_where: optional(text),
    with_column: optional(text),
    tolerance: optional(tolerance),
    ...shared,
  }),
}

/** Kinds below a column, which need not name it again. */
export const columnKinds: Readonly<Partial<Record<BuiltInKind, KindSchema>>> = {
  not_null: map({ ...shared }),
  unique: map({ scope, ...shared }),
  accepted_values: map({ values, ...shared }),
  relationships: map({ to: text, field: text, ...shared }),
  expression: map({ expression: text, ...shared }),
  ...ofStatistics({}),
  quantile: map({ q, ...bounds, ...shared }),
}

export const kinds = Object.keys(modelKinds) as readonly BuiltInKind[]

/** How each is written, for messages. */
export const forms: Readonly<Record<BuiltInKind, string>> = {
  not_null: '`not_null: [column]`',
  unique: '`unique: [column, column]`',
  accepted_values: '`accepted_values: { column: a, values: [x, y] }`',
  relationships: '`relationships: { column: a, to: schema.table, field: b }`',
  row_count: '`row_count: { min: 1 }`',
  expression: '`expression: a > 0`',
  null_share: '`null_share: { column: a, max: 5% }`',
  distinct_count: '`distinct_count: { column: a, min: 2 }`',
  mean: '`mean: { column: a, min: 0, max: 10 }`',
  sum: '`sum: { column: a, min: 0 }`',
  minimum: '`minimum: { column: a, min: 0 }`',
  maximum: '`maximum: { column: a, max: 100 }`',
  quantile: '`quantile: { column: a, q: 0.95, max: 100 }`',
  volume: '`volume: { change: 50% }`',
  z_score: '`z_score: { max: 3 }`',
  reconcile: '`reconcile: { with: schema.table, compare: sum(a) }`',
}
