import { z } from 'zod'
import { SluiceError } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { parseInstant, parseRange } from '../../time/range.ts'
import { allowedWarnings } from '../project.ts'
import { limitMistake } from './build-check.ts'
import { limit } from './check-kinds.ts'
import { columnChecks, modelCheck } from './checks.ts'
import { cronMistake, looksLikeCron } from './cron.ts'
import { timezone } from './timezone.ts'
import {
  bool,
  count,
  duration,
  expectedPrefix,
  isMap,
  list,
  map,
  named,
  nameText,
  oneOf,
  oneOrMore,
  optional,
  qualifiedName,
  report,
  sentence,
  text,
  texts,
} from './values.ts'

const materialized = oneOf(['view', 'table', 'incremental', 'snapshot'])
const grainName = oneOf(['hour', 'day', 'week', 'month', 'quarter', 'year'])
/** A name, or a cron expression, which is read where the model is put together. */
const grain = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' && looksLikeCron(value)) return value
  const named = grainName.safeParse(value)
  if (named.success) return named.data
  for (const issue of named.error.issues)
    context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue)
  return z.NEVER
})
const weekday = oneOf(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])

/** A date of any form that `read` understands; YAML makes a number of `2024`. */
function dateText(read: (text: string) => unknown) {
  return z
    .union([z.string(), z.int()], { error: () => `${expectedPrefix}a date` })
    .transform((value, context): string => {
      const written = String(value)
      try {
        read(written)
        return written
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
        const { code, message, hint } = error.diagnostics[0]!
        return report(context, code, message, { hint })
      }
    })
}

const partitionColumn = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  map(
    {
      name: text,
      type: optional(oneOf(['date', 'timestamp', 'timestamptz', 'integer', 'text'])),
      format: optional(text),
      clock: optional(oneOf(['utc', 'local'])),
    },
    "a column's name, or a map with name, type and format",
  ),
)

export const partition = z.preprocess(
  (value) => (typeof value === 'string' ? { column: value } : value),
  map({
    column: optional(partitionColumn),
    grain: optional(grain),
    first_day_of_week: optional(weekday),
    timezone: optional(timezone),
    start: optional(dateText(parseInstant)),
    end: optional(dateText(parseRange)),
    available_after: optional(duration),
    ahead: optional(count(0)),
  }),
)

const snapshot = map({
  strategy: optional(oneOf(['timestamp', 'check'])),
  updated_at: optional(text),
  columns: optional(
    z.union([z.literal('all'), texts], { error: () => `${expectedPrefix}all, or a list of columns` }),
  ),
  deletes: optional(oneOf(['ignore', 'close', 'new_row'])),
  as_of: optional(oneOf(['end', 'start'])),
  names: optional(
    map({
      valid_from: optional(nameText),
      valid_to: optional(nameText),
      deleted_at: optional(nameText),
      is_deleted: optional(nameText),
    }),
  ),
})

const reads = named(
  map({ before: optional(count(0)), after: optional(count(0)) }, 'a map with before and after'),
)
const follow = named(oneOf(['latest', 'all', 'never']))

/** A column: its name alone, or a map. */
const column = z
  .preprocess(
    (value) => (typeof value === 'string' ? { name: value } : value),
    map(
      {
        name: text,
        type: optional(text),
        description: optional(text),
        sample: optional(bool),
        nullable: optional(bool),
        checks: optional(z.unknown()),
      },
      "a column's name, or a map with name",
    ),
  )
  .transform((value, context) => ({
    ...value,
    checks: value.checks === undefined ? [] : columnChecks(value.name, value.checks, context, ['checks']),
  }))

const index = z.preprocess(
  (value) => (typeof value === 'string' || Array.isArray(value) ? { columns: value } : value),
  map({ columns: texts, unique: optional(bool) }, 'a list of columns, or a map with columns and unique'),
)

const privileges = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'] as const
const privilege = z.string().superRefine((name, context) => {
  if ((privileges as readonly string[]).includes(name)) return
  report(context, 'SL106', `\`${name}\` is not a privilege; it is one of ${privileges.join(', ')}`, {
    hint: sentence(didYouMean(name, privileges, 1)) ?? `Use one of ${privileges.join(', ')}.`,
  })
})
const grants = named(oneOrMore(text), privilege)

const schedule = text.transform((value, context) => {
  const mistake = cronMistake(value)
  if (mistake === undefined) return value
  return report(context, 'SL131', `\`${value}\` is not a cron expression: ${mistake}`, {
    hint: 'Five fields: minute, hour, day of the month, month, day of the week. Each day at six: "0 6 * * *".',
  })
})

/** Reports an age that says nothing, or a warning after the failure. */
export function refuseFreshness(
  { warn, fail }: { readonly warn?: number; readonly fail?: number },
  context: z.core.ParsePayload,
): void {
  if (warn === undefined && fail === undefined) {
    report(context, 'SL107', 'Neither `warn` nor `fail` is given', { hint: 'Give one of them, or both.' })
  } else if (warn !== undefined && fail !== undefined && warn > fail) {
    report(context, 'SL106', '`warn` is longer than `fail`', {
      hint: 'The warning must come before the failure.',
      path: ['warn'],
    })
  }
}

const freshness = map({ warn: optional(duration), fail: optional(duration) }).superRefine(refuseFreshness)

const retry = map({
  attempts: optional(count(1)),
  delay: optional(duration),
  factor: optional(z.number().min(1)),
  max_delay: optional(duration),
  jitter: optional(z.number().min(0).max(1)),
})

const priority = z.int({ error: () => `${expectedPrefix}a whole number` })

/** How many adjacent partitions one statement may hold. */
const batch = z.union([z.int().min(1), z.literal('all')], {
  error: () => `${expectedPrefix}a whole number of partitions from 1 on, or all`,
})

/** Rules that something is excused from: a word, a list of words, or a map from words to reasons. */
export function allowances<const Rule extends string>(known: readonly [Rule, ...Rule[]]) {
  const name = z.string().superRefine((written, context) => {
    if ((known as readonly string[]).includes(written)) return
    report(context, 'SL106', `\`${written}\` is not a rule that this can be excused from`, {
      hint: sentence(didYouMean(written, known, 1)) ?? `Use one of ${known.join(', ')}.`,
    })
  })
  const words = oneOrMore(oneOf(known))
  const reasons = named(text, name)
  return z
    .unknown()
    .transform((value, context): readonly { readonly rule: Rule; readonly reason?: string }[] => {
      if (isMap(value)) {
        const found = passed(reasons, value, context) ?? {}
        return Object.entries(found).map(([rule, reason]) => ({ rule: rule as Rule, reason: String(reason) }))
      }
      const found: readonly unknown[] = passed(words, value, context) ?? []
      return found.map((rule) => ({ rule: rule as Rule }))
    })
}

const allow = allowances(allowedWarnings)

const contractWord = oneOf(['enforced', 'none'])
const contractMap = map({ enforced: bool })
/** Whether it is enforced. */
const contract = z.unknown().transform((value, context): boolean => {
  if (isMap(value)) return passed(contractMap, value, context)?.enforced === true
  return passed(contractWord, value, context) === 'enforced'
})

/** What a schema makes of a value whose form decides which one is meant; undefined once its mistakes are reported. */
function passed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context: z.core.ParsePayload,
): z.output<Schema> | undefined {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    context.issues.push({ ...issue, input: issue.input ?? value } as z.core.$ZodRawIssue)
  }
  return undefined
}

export const columns = list(column)
export const checks = list(modelCheck)
export const indexes = list(index)
export { grants }

export const timeout = duration.transform((ms, context) =>
  ms > 0
    ? ms
    : report(context, 'SL106', 'A timeout of nothing cancels everything', {
        hint: 'Remove the key for no timeout.',
      }),
)

/** Keys of a model wherever it is configured: header, YAML entry, folder. */
const shape = {
  materialized: optional(materialized),
  partition: optional(partition),
  strategy: optional(oneOf(['delete_insert', 'merge'])),
  unique_key: optional(texts),
  delete_missing: optional(bool),
  snapshot: optional(snapshot),
  on_schema_change: optional(oneOf(['fail', 'append', 'sync'])),
  reads: optional(reads),
  follow: optional(follow),
  checks: optional(checks),
  columns: optional(columns),
  indexes: optional(indexes),
  grants: optional(grants),
  tags: optional(texts),
  description: optional(text),
  owner: optional(text),
  schedule: optional(schedule),
  freshness: optional(freshness),
  pool: optional(text),
  concurrency: optional(count(1)),
  priority: optional(priority),
  batch: optional(batch),
  allow: optional(allow),
  contract: optional(contract),
  data_hash: optional(bool),
  timeout: optional(timeout),
  retry: optional(retry),
}

export const modelHeader = map({ name: optional(nameText), schema: optional(nameText), ...shape })
export const folderDefaults = map({ schema: optional(nameText), ...shape })
export const modelEntry = map({ name: qualifiedName, ...shape })
export const seedEntry = map({
  name: qualifiedName,
  description: shape.description,
  owner: shape.owner,
  tags: shape.tags,
  columns: shape.columns,
  checks: shape.checks,
  indexes: shape.indexes,
  grants: shape.grants,
  delimiter: optional(
    z.string().transform((value, context) =>
      [...value].length === 1 && !/["\r\n]/.test(value)
        ? value
        : report(context, 'SL106', 'The delimiter must be one character', {
            hint: 'For example ";" or "\\t".',
          }),
    ),
  ),
})
export const checkHeader = map({
  name: optional(nameText),
  severity: optional(oneOf(['error', 'warn'])),
  warn_if: optional(limit),
  error_if: optional(limit),
  description: shape.description,
  tags: shape.tags,
}).superRefine(({ severity, warn_if: warnIf, error_if: errorIf }, context) => {
  const check = {
    kind: 'custom',
    ...(warnIf === undefined ? {} : { warnIf }),
    ...(errorIf === undefined ? {} : { errorIf }),
  } as const
  const mistake = limitMistake(check, severity === undefined ? {} : { severity })
  if (mistake !== undefined) report(context, mistake.code, mistake.message, { hint: mistake.hint })
})

/** What a model says of itself: validated, nothing filled in; durations are milliseconds. */
export type ModelSettings = z.output<typeof modelHeader>
export type CheckSettings = z.output<typeof checkHeader>
export type SeedSettings = z.output<typeof seedEntry>
export type ColumnSettings = z.output<typeof column>
