import { z } from 'zod'
import type { VarValue } from '../config/project.ts'
import {
  bool,
  isMap,
  list,
  map,
  named,
  oneOf,
  optional,
  qualifiedName,
  report,
  text,
} from '../config/schema/values.ts'
import type { Cell } from './unit-test.ts'

/** Rows as written, before files are read. */
export type WrittenRows =
  | { readonly kind: 'rows'; readonly rows: readonly Readonly<Record<string, Cell>>[] }
  | { readonly kind: 'csv'; readonly file: string; readonly delimiter?: string }
  | { readonly kind: 'sql'; readonly sql: string }

const value = z.unknown().transform((each) => each as Cell)
const rowList = list(
  z.unknown().transform((row, context): Readonly<Record<string, Cell>> => {
    if (isMap(row)) return row as Readonly<Record<string, Cell>>
    return report(context, 'SL171', 'A row must be a map of columns and values', {
      hint: 'Write `- { id: 1, name: a }`.',
    })
  }),
)
const inline = map({ rows: rowList, columns: optional(z.unknown()), ordered: optional(z.unknown()) })

const forms = ['rows', 'csv', 'sql'] as const

function writtenRows(raw: unknown, context: z.core.ParsePayload): WrittenRows {
  const options = Array.isArray(raw) ? { rows: raw as unknown } : raw
  if (raw === undefined)
    return report(context, 'SL171', '`expect` is missing', { hint: 'Say which rows the model must give.' })
  if (!isMap(options)) {
    return report(context, 'SL171', 'Rows must be a list, or a map with `rows`, `csv` or `sql`', {
      hint: 'Write a list of `{ column: value }`, or `[]` for none.',
    })
  }
  const given = forms.filter((form) => form in options)
  const [form] = given
  if (form === undefined || given.length > 1) {
    return report(
      context,
      'SL171',
      form === undefined
        ? 'None of `rows`, `csv` and `sql` is given'
        : `${given.map((each) => `\`${each}\``).join(' and ')} are given together`,
      { hint: 'Give exactly one of `rows`, `csv` and `sql`.' },
    )
  }
  switch (form) {
    case 'rows': {
      const result = inline.pick({ rows: true }).safeParse({ rows: options.rows }, { reportInput: true })
      if (result.success) return { kind: 'rows', rows: result.data.rows }
      const skipped = Array.isArray(raw) ? 1 : 0
      for (const issue of result.error.issues)
        context.issues.push({ ...issue, path: issue.path.slice(skipped) } as z.core.$ZodRawIssue)
      return z.NEVER
    }
    case 'csv':
      if (typeof options.csv !== 'string' || options.csv.trim() === '')
        return report(context, 'SL171', '`csv` must name a file beside the test', { path: ['csv'] })
      return {
        kind: 'csv',
        file: options.csv,
        ...(typeof options.delimiter === 'string' ? { delimiter: options.delimiter } : {}),
      }
    case 'sql':
      if (typeof options.sql !== 'string' || options.sql.trim() === '')
        return report(context, 'SL171', '`sql` must be a query', { path: ['sql'] })
      return { kind: 'sql', sql: options.sql }
    default:
      throw new Error(`unknown form ${form satisfies never}`)
  }
}

/** Keys that no form of rows has. */
function strangers(raw: unknown, known: readonly string[], context: z.core.ParsePayload): boolean {
  if (!isMap(raw)) return false
  const strange = Object.keys(raw).find((key) => !known.includes(key))
  if (strange === undefined) return false
  report(context, 'SL104', `\`${strange}\` is not a key of rows`, {
    hint: `Keys are ${known.join(', ')}.`,
    path: [strange],
    at: 'key',
  })
  return true
}

const given = z.unknown().transform((raw, context) => {
  if (strangers(raw, ['rows', 'csv', 'sql', 'delimiter'], context)) return z.NEVER
  return writtenRows(raw, context)
})

export interface WrittenExpect {
  readonly rows: WrittenRows
  readonly columns?: 'all' | 'named'
  readonly ordered?: boolean
}

const expectOptions = map({ columns: optional(oneOf(['all', 'named'])), ordered: optional(bool) })
const expect = z.unknown().transform((raw, context): WrittenExpect => {
  if (strangers(raw, ['rows', 'csv', 'sql', 'delimiter', 'columns', 'ordered'], context)) return z.NEVER
  const rows = writtenRows(raw, context)
  if (!isMap(raw)) return { rows }
  const { columns, ordered } = raw
  const options = expectOptions.safeParse(
    { ...(columns === undefined ? {} : { columns }), ...(ordered === undefined ? {} : { ordered }) },
    { reportInput: true },
  )
  if (options.success) return { rows, ...options.data }
  for (const issue of options.error.issues) context.issues.push(issue as z.core.$ZodRawIssue)
  return z.NEVER
})

const partition = z.union([z.string(), z.int()]).transform(String)

/** One entry of `unit_tests`. */
export const unitTestEntry = map({
  name: text,
  model: qualifiedName,
  description: optional(text),
  partition: optional(partition),
  vars: optional(named(value)),
  given: optional(named(given)),
  expect,
})

export const unitTestFile = map({ unit_tests: list(z.unknown()) })

export interface UnitTestSettings {
  readonly name: string
  readonly model: string
  readonly description?: string
  readonly partition?: string
  readonly vars?: Readonly<Record<string, VarValue>>
  readonly given?: Readonly<Record<string, WrittenRows>>
  readonly expect: WrittenExpect
}
