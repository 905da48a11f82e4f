import { z } from 'zod'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { lintRules, type VarValue } from '../project.ts'
import { timeout } from './model.ts'
import { timezone } from './timezone.ts'
import {
  bool,
  count,
  expectedPrefix,
  isMap,
  map,
  named,
  oneOf,
  oneOrMore,
  optional,
  report,
  sentence,
  text,
} from './values.ts'

/** Any value that JSON can hold. */
const varValue = z.unknown().transform((value, context): VarValue => {
  if (isVarValue(value)) return value
  return report(context, 'SL106', 'A var must be a value that JSON can hold', {
    hint: 'Infinity and NaN are none.',
  })
})

export function isVarValue(value: unknown): value is VarValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isVarValue)
  return isMap(value) && Object.values(value).every(isVarValue)
}

/** Names that a template can use. */
const varName = z.string().superRefine((name, context) => {
  if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return
  report(context, 'SL109', `\`${name}\` cannot be the name of a var`, {
    hint: 'Begin with a letter or `_` and use letters, digits and `_`, so that templates can name it.',
  })
})

const vars = named(varValue, varName)

const schemaRule = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  map({ prefix: optional(text), name: optional(text) }, 'a name, or a map with prefix or name').superRefine(
    ({ prefix, name }, context) => {
      if ((prefix === undefined) === (name === undefined)) {
        report(context, 'SL106', 'Give either `prefix` or `name`', {
          hint: '`prefix` goes before every schema, `name` replaces them all.',
        })
      }
    },
  ),
)

/** Numbers and truth values may come from the environment, where everything is text. */
const threads = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  count(1),
)
const flag = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), bool)
const setting = z.union([z.string(), z.number(), z.boolean()], {
  error: () => `${expectedPrefix}text, a number, true or false`,
})

const anyTarget = {
  schema: optional(schemaRule),
  database: optional(text),
  threads: optional(threads),
  vars: optional(vars),
}

/** What each adapter's targets say. */
export const targetSchemas = {
  duckdb: map({
    adapter: z.literal('duckdb'),
    path: text,
    settings: optional(named(setting)),
    read_only: optional(flag),
    ...anyTarget,
  }),
  postgres: map({ adapter: z.literal('postgres'), url: text, role: optional(text), ...anyTarget }),
} as const

export type AdapterName = keyof typeof targetSchemas

const lintSeverity = oneOf(['error', 'warning', 'off'])
const lintRule = z.string().superRefine((name, context) => {
  if ((lintRules as readonly string[]).includes(name)) return
  report(context, 'SL106', `\`${name}\` is not a rule`, {
    hint: sentence(didYouMean(name, lintRules, 1)) ?? `Rules are ${lintRules.join(', ')}.`,
  })
})

/** `sluice.yml`, but for what is below `targets` and `folders`, which are read one by one. */
export const projectSettings = map({
  name: text,
  default_target: optional(text),
  targets: named(z.unknown()),
  timezone: optional(timezone),
  vars: optional(vars),
  folders: optional(named(z.unknown())),
  pools: optional(named(count(1))),
  selectors: optional(named(z.unknown())),
  run: optional(map({ timeout: optional(timeout) })),
  allow: optional(
    map({
      functions: optional(oneOrMore(text)),
      files: optional(bool),
    }),
  ),
  lint: optional(named(lintSeverity, lintRule)),
  alerts: optional(named(z.unknown())),
})

export type ProjectSettings = Partial<z.output<typeof projectSettings>>
