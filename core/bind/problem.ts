import type { Column, EngineError } from '../adapter.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import { type Diagnostic, diagnostic, type Place } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { codeOf } from '../run/diagnose.ts'
import type { Stub } from './binder.ts'

/** Something that was bound, for messages. */
export interface Subject {
  readonly name: string
  readonly path: string
}

/** What an engine says of a query that a person wrote, with the line of the file. */
export async function engineProblem(
  subject: Subject,
  error: EngineError,
  sql: Pick<FinalSql, 'locate'>,
  stubs: readonly Stub[],
): Promise<Diagnostic> {
  const at = error.offset === undefined ? undefined : await sql.locate(error.offset)
  return diagnostic(codeOf(error), {
    model: subject.name,
    place: at?.place ?? start(subject),
    ...(at === undefined || at.via.length === 0 ? {} : { via: at.via }),
    ...(at?.frame === undefined ? {} : { frame: at.frame }),
    ...saidOf(error, stubs),
  })
}

/** The engine's sentence and a hint, in the names that the project uses. */
export function saidOf(
  error: EngineError,
  stubs: readonly Stub[],
): { readonly message: string; readonly hint?: string } {
  const message = withoutStubs(
    error.detail === undefined ? error.message : `${error.message} (${error.detail})`,
  )
  const hint = hintOf(error, stubs)
  return { message, ...(hint === undefined ? {} : { hint }) }
}

export function start({ path }: Subject): Place {
  return { file: path, line: 1, column: 1 }
}

/** Postgres names one near column at most, and only of some mistakes. */
function hintOf(error: EngineError, stubs: readonly Stub[]): string | undefined {
  if (error.kind !== 'unknown_column') return error.hint === undefined ? undefined : withoutStubs(error.hint)
  if (error.hint !== undefined) return withoutStubs(error.hint)
  const missing = /column "?(?:[\w$]+\.)?"?([^"\s]+)"? does not exist/.exec(error.message)?.[1]
  if (missing === undefined) return undefined
  return didYouMean(missing, new Set(stubs.flatMap(({ columns }) => columns.map(({ name }) => name))))
}

function withoutStubs(text: string): string {
  return text.replace(/"?sluice_[0-9a-f]{8}_[0-9a-f]{12}"?\./g, '')
}

/** The first column whose name another one has. */
export function repeatedColumn(
  columns: readonly Column[],
  fold: (name: string) => string,
): string | undefined {
  const seen = new Set<string>()
  for (const { name } of columns) {
    const folded = fold(name)
    if (seen.has(folded)) return name
    seen.add(folded)
  }
  return undefined
}
