import { z } from 'zod'
import { allowances, checks, columns, partition, refuseFreshness } from './model.ts'
import {
  duration,
  expectedPrefix,
  map,
  named,
  oneOf,
  optional,
  qualifiedName,
  report,
  text,
  texts,
} from './values.ts'

/** A relation of the database: one to three names, as SQL would write them. */
const relation = text.transform((value, context) => {
  const parts = value.match(/"(?:[^"]|"")+"|[^".\s]+/g) ?? []
  if (parts.length <= 3 && parts.join('.') === value) return value
  return report(context, 'SL109', `\`${value}\` is not the name of a relation`, {
    hint: 'Write `table`, `schema.table` or `database.schema.table`; other characters than letters and digits in double quotes.',
  })
})

const option = z.union([z.string(), z.number(), z.boolean()], {
  error: () => `${expectedPrefix}text, a number, true or false`,
})

const files = named(
  z.preprocess(
    (value) => (typeof value === 'string' ? { path: value } : value),
    map(
      {
        path: text,
        format: optional(oneOf(['parquet', 'csv', 'json'])),
        options: optional(named(option)),
      },
      'a path, or a map with path, format and options',
    ),
  ),
)

/** Exactly one of several keys. */
function exactlyOne(value: object, keys: readonly string[], context: z.core.ParsePayload): void {
  const given = Object.keys(value)
  if (given.length === 1) return
  const all = keys.map((key) => `\`${key}\``).join(', ')
  report(context, 'SL106', `Exactly one of ${all} is needed, not ${given.length}`, {
    hint: given.length === 0 ? 'Give one of them.' : 'Keep one of them.',
  })
}

const observe = z.preprocess(
  (value) => (value === 'files' ? { files: true } : value === true ? {} : value),
  map(
    { files: optional(z.literal(true)), query: optional(text), column: optional(text) },
    'true, files, or a map with column or query',
  ).superRefine((value, context) => {
    if (Object.keys(value).length > 1) exactlyOne(value, ['column', 'query', 'files'], context)
  }),
)

const ready = map({
  query: optional(text),
  column: optional(text),
  within: optional(duration),
}).superRefine((value, context) => {
  if (Object.keys(value).length === 0 || (value.query !== undefined && Object.keys(value).length > 1)) {
    report(context, 'SL106', 'Either `query` is needed, or `column` with or without `within`', {
      hint: 'Keep `query` alone, or name the column whose newest value says how far the source has come.',
    })
  }
})

/** How old a source may be, and what tells when it was loaded last. */
const freshness = map({
  warn: optional(duration),
  fail: optional(duration),
  column: optional(text),
  query: optional(text),
  where: optional(text),
}).superRefine(refuseFreshness)

const severities = ['error', 'warn', 'ignore'] as const
const change = oneOf(severities)
/** How bad it is if a source's columns are not those that were declared or captured. */
const schemaChange = z.preprocess(
  (value) =>
    severities.some((each) => each === value) ? { missing: value, retyped: value, new: value } : value,
  map(
    { missing: optional(change), retyped: optional(change), new: optional(change) },
    'error, warn, ignore, or a map with missing, retyped and new',
  ),
)

/**
 * One entry of `sources`:
 *
 * ```yaml
 * sources:
 *   - name: raw.flights
 *     description: Flights as the authority publishes them
 *     relation: raw.flights                  # on every target without another word; this is the default
 *     relations: { prod: landing.flights }   # on this target
 *     files:                                 # on this target: read in place
 *       dev: "{{vars.data}}/flights-3m.parquet"   # or { path, format: parquet|csv|json, options: { header: true } }
 *     columns: [{ name: origin, checks: [not_null] }]
 *     checks: [{ row_count: { min: 1 } }]
 *     partition: { column: flight_date, grain: day, start: 2001-01-01 }   # as of a model
 *     observe: { column: loaded_at }         # or { query: select max(id) from … }, or files, or true
 *     ready: { column: loaded_at }           # or { query: … }; `within: 3h` where a little may be missing
 *     loaded_at: loaded_at                   # for `observe: true` and `ready: { within: 3h }`
 *     freshness: { warn: 26h, fail: 30h }    # with `column`, `query` and `where`, where loaded_at does not say it
 *     schema_change: { new: ignore }         # or error, warn, ignore for missing, retyped and new columns
 *     allow: { unused_source: read by a dashboard }   # of the rules of `sluice validate`
 * ```
 * `owner` is checked, and used once its feature exists.
 */
export const sourceEntry = map({
  name: qualifiedName,
  description: optional(text),
  owner: optional(text),
  tags: optional(texts),
  relation: optional(relation),
  relations: optional(named(relation)),
  files: optional(files),
  columns: optional(columns),
  checks: optional(checks),
  partition: optional(partition),
  observe: optional(observe),
  ready: optional(ready),
  loaded_at: optional(text),
  freshness: optional(freshness),
  schema_change: optional(schemaChange),
  allow: optional(allowances(['unused_source'])),
})

export type SourceSettings = z.output<typeof sourceEntry>
