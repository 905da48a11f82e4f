import { z } from 'zod'
import type { Code } from '../../diagnostics/catalogue.ts'
import { durationMs } from '../duration.ts'
import type { Path } from '../problem.ts'

/** What a mistake of our own (not one that zod finds) carries to `issues.ts`. */
export interface OwnMistake {
  readonly code: Code
  readonly hint?: string
  readonly at?: 'key' | 'value'
}

type Context = z.core.ParsePayload

/** Reports a mistake from within a transform. */
export function report(
  context: Context,
  code: Code,
  message: string,
  more: { readonly hint?: string | undefined; readonly path?: Path; readonly at?: 'key' | 'value' } = {},
): typeof z.NEVER {
  const { hint, path = [], at } = more
  const params: OwnMistake = {
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  }
  context.issues.push({
    code: 'custom',
    message,
    params: { sluice: params },
    path: [...path],
    input: context.value,
  })
  return z.NEVER
}

/** The prefix of zod messages that are not sentences but words of ours, see `issues.ts`. */
export const knownKeysPrefix = 'keys:'
export const expectedPrefix = 'expected:'

/** A map with exactly these keys. `expected` says what may stand here instead, for a value that is no map. */
export function map<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  expected = 'a map',
): z.ZodObject<Shape, z.core.$strict> {
  const known = knownKeysPrefix + Object.keys(shape).join(' ')
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return known
      return issue.code === 'invalid_type' ? expectedPrefix + expected : undefined
    },
  })
}

/** A map from names of the user's choice to values. */
export function named<Value extends z.core.SomeType>(
  value: Value,
  key: z.ZodType<string, string> = z.string(),
) {
  return z.record(key, value, {
    error: (issue) => (issue.code === 'invalid_type' ? `${expectedPrefix}a map` : undefined),
  })
}

/** A key that may be left out. zod's own `exactOptional` has this type too, but validates what is not there and throws the
 * issues away; `optional` does not, and YAML has no `undefined` that could tell the two apart. */
export function optional<Schema extends z.ZodType>(schema: Schema): z.ZodExactOptional<Schema> {
  return schema.optional() as unknown as z.ZodExactOptional<Schema>
}

/** Text that is not blank. */
export const text = z.string().regex(/\S/)

export const bool = z.boolean()

/** A whole number of at least `min`. */
export function count(min: number) {
  return z
    .int({
      error: (issue) => (issue.code === 'invalid_type' ? `${expectedPrefix}a whole number` : undefined),
    })
    .min(min)
}

export function list<Item extends z.core.SomeType>(item: Item) {
  return z.array(item, {
    error: (issue) => (issue.code === 'invalid_type' ? `${expectedPrefix}a list` : undefined),
  })
}

/** A list, or one item that stands for a list of itself. */
export function oneOrMore<Item extends z.core.SomeType>(item: Item) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), list(item))
}

/** Like `oneOrMore` of texts, but not empty. */
export const texts = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  list(text).nonempty(),
)

/** One of some words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words)
}

/** A duration, as milliseconds. */
export const duration = z.unknown().transform((value, context): number => {
  if (typeof value !== 'string' && typeof value !== 'number') {
    context.issues.push({
      code: 'invalid_type',
      expected: 'string',
      input: value,
      message: `${expectedPrefix}a duration`,
    })
    return z.NEVER
  }
  const ms = typeof value === 'string' ? durationMs(value) : value === 0 ? 0 : undefined
  if (ms !== undefined) return ms
  const hint =
    typeof value === 'number' || /^\d+$/.test(value)
      ? `Add a unit: ${value}s, ${value}m, ${value}h or ${value}d.`
      : 'Write a number and a unit: 500ms, 30s, 90m, 26h, 1d, or 1h30m.'
  return report(context, 'SL108', `\`${value}\` is not a duration`, { hint })
})

/** A name of one part: letters, digits, `_`, `-`, `$`. */
export function isName(value: string): boolean {
  return /^[\p{L}\p{N}_$-]+$/u.test(value)
}

/** A schema or table name. */
export const nameText = z.string().transform((value, context) => {
  if (isName(value)) return value
  return report(context, 'SL109', `\`${value}\` cannot be a name`, {
    hint: 'Use letters, digits, `_`, `-` and `$`; a dot separates schema and table.',
  })
})

/** A logical name: `table` or `schema.table`. */
export const qualifiedName = z.string().transform((value, context) => {
  const parts = value.split('.')
  if (parts.length <= 2 && parts.every(isName)) return value
  return report(context, 'SL109', `\`${value}\` is not the name of a relation`, {
    hint:
      parts.length > 2
        ? 'A name has one or two parts: `table` or `schema.table`. A source can lead elsewhere with `relation`.'
        : 'Write `table` or `schema.table`, of letters, digits, `_`, `-` and `$`.',
  })
})

/** Capital letter and full stop for a fragment such as a did-you-mean. */
export function sentence(fragment: string | undefined): string | undefined {
  return fragment === undefined ? undefined : fragment.charAt(0).toUpperCase() + fragment.slice(1)
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
