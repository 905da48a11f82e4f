import type { Session } from '../adapter.ts'
import type { Window } from '../compile/symbols.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { isWritten } from '../time/written.ts'
import type { AttemptContext } from './attempt.ts'
import { type Bound, type Written, windowCondition } from './binding.ts'

export async function refuseStrays(
  session: Session,
  bound: Bound,
  { window, sql, inserted, rows }: Written,
  found: number,
): Promise<void> {
  if (inserted === undefined || found === inserted) return
  const strays = await session.query(
    `select * from (\n${sql.text}\n) as q where (${rows.window('q')}) is not true limit 5`,
  )
  throw outsideWindow(bound, window, inserted - found, strays)
}

/** Texts and integers between two bounds need be no times: 20240132 lies between 20240131 and 20240201. */
export async function refuseUnwritten(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  from: string,
): Promise<void> {
  const { format } = window
  if (format === undefined || (bound.type !== 'text' && bound.type !== 'integer')) return
  const column = bound.partitionColumn.name
  const rows = await session.query(
    `select distinct cast(r.${context.adapter.dialect.quote(column)} as text) as v from ${from} as r where ${windowCondition(context, bound, window)('r')}`,
  )
  const digits = bound.type === 'integer' ? format.length : 0
  const wrong = rows
    .map((row) => String(row.v))
    .filter((value) => !isWritten(value.padStart(digits, '0'), format))
  if (wrong.length === 0) return
  const examples = isHidden(bound, column) ? '' : ` (${wrong.sort().slice(0, 5).join(', ')})`
  throw SluiceError.of('SL627', {
    message: `${wrong.length} ${wrong.length === 1 ? 'value' : 'values'} of \`${column}\` in ${bound.model.name} ${wrong.length === 1 ? 'is' : 'are'} no time as ${format} writes it${examples}`,
    model: bound.model.name,
    partition: window.partition.key,
    place: { file: bound.model.path, line: 1, column: 1 },
    hint: 'Correct the values in the query, or leave such rows out.',
  })
}

export function outsideWindow(
  bound: Bound,
  window: Window,
  count: number,
  strays: readonly Readonly<Record<string, unknown>>[],
): SluiceError {
  const column = bound.partitionColumn.name
  const values = isHidden(bound, column) ? '' : strays.map((row) => textOf(row[column])).join(', ')
  return SluiceError.of('SL610', {
    message: `${count} ${rowsOf(count)} of ${bound.model.name} fall outside the partition ${window.partition.key} by \`${column}\`${values === '' ? '' : ` (${values})`}`,
    model: bound.model.name,
    partition: window.partition.key,
    place: { file: bound.model.path, line: 1, column: 1 },
    hint: `Filter the input so that \`${column} >= {{partition.start}} and ${column} < {{partition.end}}\` holds for every row that is returned.`,
  })
}

export function rowsOf(count: number): string {
  return count === 1 ? 'row' : 'rows'
}

/** A row to look for, without the columns that opted out of samples. */
export function exampleOf(
  bound: Pick<Bound, 'model'>,
  row: Readonly<Record<string, unknown>> | undefined,
  advice: string,
): { readonly hint?: string } {
  const shown = Object.entries(row ?? {}).filter(([name]) => !isHidden(bound, name))
  const example = shown.map(([name, value]) => `${name} = ${textOf(value)}`).join(', ')
  const hint = [...(example === '' ? [] : [`For example ${example}.`]), ...(advice === '' ? [] : [advice])]
  return hint.length === 0 ? {} : { hint: hint.join(' ') }
}

function isHidden(bound: Pick<Bound, 'model'>, name: string): boolean {
  return bound.model.columns.some(
    (column) => !column.sample && column.name.toLowerCase() === name.toLowerCase(),
  )
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  return value instanceof Date ? value.toISOString() : String(value)
}
