import { z } from 'zod'
import { SluiceError } from '../../diagnostics/diagnostic.ts'
import { parseInstant, parseRange } from '../../time/range.ts'
import { columnChecks, modelCheck } from './checks.ts'
import { cronMistake, looksLikeCron } from './cron.ts'
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
  qualifiedName,
  report,
  text,
  texts,
} from './values.ts'

const materialized = oneOf(['view', 'table', 'incremental'], (word) =>
  word === 'snapshot'
    ? {
        code: 'SL122',
        message: 'Snapshots are not supported yet',
        hint: 'Use view, table or incremental.',
      }
    : undefined,
)

const grain = oneOf(['hour', 'day', 'week', 'month', 'quarter', 'year'], (word) =>
  looksLikeCron(word)
    ? {
        code: 'SL123',
        message: 'A cron expression as a grain is not supported yet',
        hint: 'Use hour, day, week, month, quarter or year; `schedule` says when the model runs.',
      }
    : undefined,
)

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
      type: oneOf(['date', 'timestamp', 'timestamptz', 'integer', 'text']).exactOptional(),
      format: text.exactOptional(),
      clock: oneOf(['utc', 'local']).exactOptional(),
    },
    "a column's name, or a map with name, type and format",
  ),
)

const partition = z.preprocess(
  (value) => (typeof value === 'string' ? { column: value } : value),
  map({
    column: partitionColumn.exactOptional(),
    grain: grain.exactOptional(),
    first_day_of_week: weekday.exactOptional(),
    start: dateText(parseInstant).exactOptional(),
    end: dateText(parseRange).exactOptional(),
    available_after: duration.exactOptional(),
    ahead: count(0).exactOptional(),
  }),
)

const reads = named(map({ before: count(0).exactOptional(), after: count(0).exactOptional() }))
const follow = named(oneOf(['latest', 'all', 'never']))

/** A column: its name alone, or a map. */
const column = z.unknown().transform((raw, context) => {
  const result = columnMap.safeParse(typeof raw === 'string' ? { name: raw } : raw, { reportInput: true })
  if (!result.success) {
    context.issues.push(...(result.error.issues as z.core.$ZodRawIssue[]))
    return z.NEVER
  }
  const { checks, ...rest } = result.data
  return {
    ...rest,
    checks: checks === undefined ? [] : columnChecks(rest.name, checks, raw, context, ['checks']),
  }
})

const columnMap = map(
  {
    name: text,
    type: text.exactOptional(),
    description: text.exactOptional(),
    sample: bool.exactOptional(),
    checks: list(z.unknown()).exactOptional(),
  },
  "a column's name, or a map with name",
)

const index = z.preprocess(
  (value) => (isMap(value) ? value : { columns: value }),
  map(
    { columns: texts, unique: bool.exactOptional() },
    'a list of columns, or a map with columns and unique',
  ),
)

const privilege = oneOf(['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'])

const grants = named(oneOrMore(text)).superRefine((value, context) => {
  for (const key of Object.keys(value)) {
    const result = privilege.safeParse(key)
    if (result.success) continue
    for (const issue of result.error.issues) {
      context.issues.push({ ...issue, path: [key] } as z.core.$ZodRawIssue)
    }
  }
})

const schedule = text.transform((value, context) => {
  const mistake = cronMistake(value)
  if (mistake === undefined) return value
  return report(context, 'SL131', `\`${value}\` is not a cron expression: ${mistake}`, {
    hint: 'Five fields: minute, hour, day of the month, month, day of the week. Each day at six: "0 6 * * *".',
  })
})

export const freshness = map({ warn: duration.exactOptional(), fail: duration.exactOptional() }).superRefine(
  ({ warn, fail }, context) => {
    if (warn === undefined && fail === undefined) {
      report(context, 'SL107', 'Neither `warn` nor `fail` is given', { hint: 'Give one of them, or both.' })
    } else if (warn !== undefined && fail !== undefined && warn > fail) {
      report(context, 'SL106', '`warn` is longer than `fail`', {
        hint: 'The warning must come before the failure.',
        path: ['warn'],
      })
    }
  },
)

const retry = map({
  attempts: count(1).exactOptional(),
  delay: duration.exactOptional(),
  factor: z.number().min(1).exactOptional(),
  max_delay: duration.exactOptional(),
  jitter: z.number().min(0).max(1).exactOptional(),
})

export const columns = list(column)
export const checks = list(modelCheck)
export const indexes = list(index)
export { grants }

const timeout = duration.transform((ms, context) =>
  ms > 0
    ? ms
    : report(context, 'SL106', 'A timeout of nothing cancels everything', {
        hint: 'Remove the key for no timeout.',
      }),
)

/** Keys of a model wherever it is configured: header, YAML entry, folder. */
const shape = {
  materialized: materialized.exactOptional(),
  partition: partition.exactOptional(),
  strategy: oneOf(['delete_insert', 'merge']).exactOptional(),
  unique_key: texts.exactOptional(),
  delete_missing: bool.exactOptional(),
  on_schema_change: oneOf(['fail', 'append', 'sync']).exactOptional(),
  reads: reads.exactOptional(),
  follow: follow.exactOptional(),
  checks: checks.exactOptional(),
  columns: columns.exactOptional(),
  indexes: indexes.exactOptional(),
  grants: grants.exactOptional(),
  tags: texts.exactOptional(),
  description: text.exactOptional(),
  owner: text.exactOptional(),
  schedule: schedule.exactOptional(),
  freshness: freshness.exactOptional(),
  pool: text.exactOptional(),
  concurrency: count(1).exactOptional(),
  timeout: timeout.exactOptional(),
  retry: retry.exactOptional(),
}

export const modelHeader = map({ name: nameText.exactOptional(), schema: nameText.exactOptional(), ...shape })
export const folderDefaults = map({ schema: nameText.exactOptional(), ...shape })
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
  delimiter: z
    .string()
    .transform((value, context) =>
      [...value].length === 1 && !/["\r\n]/.test(value)
        ? value
        : report(context, 'SL106', 'The delimiter must be one character', {
            hint: 'For example ";" or "\\t".',
          }),
    )
    .exactOptional(),
})
export const checkHeader = map({
  name: nameText.exactOptional(),
  severity: oneOf(['error', 'warn']).exactOptional(),
  description: shape.description,
  tags: shape.tags,
})

/** What a model says of itself: validated, nothing filled in; durations are milliseconds. */
export type ModelSettings = z.output<typeof modelHeader>
export type CheckSettings = z.output<typeof checkHeader>
export type SeedSettings = z.output<typeof seedEntry>
export type ColumnSettings = z.output<typeof column>
