import type { Adapter, EngineError } from '../adapter.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { withoutValues } from './hidden.ts'

/** An engine's error from a statement that embeds SQL that a person wrote, with what is needed to find the place. */
export class UserSqlError extends Error {
  readonly engineError: unknown
  readonly sql: FinalSql
  /** Where the SQL begins in the statement that failed, UTF-16. */
  readonly offset: number

  constructor(engineError: unknown, sql: FinalSql, offset: number) {
    super('a statement with user SQL failed', { cause: engineError })
    this.engineError = engineError
    this.sql = sql
    this.offset = offset
  }
}

/** The checks of a model could not be evaluated. */
export class ChecksUnevaluated extends SluiceError {
  /** The query that failed, if it was one of theirs. */
  readonly sql: string | undefined

  constructor(problem: Diagnostic, engineError: unknown, sql: string | undefined) {
    super([problem], { cause: engineError })
    this.sql = sql
  }
}

/** Runs work that embeds a user's SQL, so that an error can be mapped to where it was written. */
export async function withUserSql<T>(sql: FinalSql, offset: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SluiceError || error instanceof UserSqlError) throw error
    throw new UserSqlError(error, sql, offset)
  }
}

/** The engine's own error behind whatever wraps it. */
export function engineErrorOf(error: unknown): unknown {
  return error instanceof UserSqlError ? error.engineError : error
}

/** What a user is told of an error of a task; with `hidesValues`, without what the engine quotes of rows. */
export async function diagnose(
  adapter: Adapter,
  error: unknown,
  subject: { readonly model: string; readonly partition?: string; readonly path: string },
  hidesValues = false,
): Promise<Diagnostic> {
  const about = {
    model: subject.model,
    ...(subject.partition === undefined ? {} : { partition: subject.partition }),
  }
  if (error instanceof SluiceError) return { ...about, ...error.diagnostics[0]! }
  const found = adapter.explain(engineErrorOf(error))
  const explained = hidesValues ? withoutValues(found) : found
  const place =
    error instanceof UserSqlError && explained.offset !== undefined
      ? await error.sql.locate(explained.offset - error.offset)
      : undefined
  return diagnostic(codeOf(explained), {
    ...about,
    message: sentence(explained),
    place: place?.place ?? { file: subject.path, line: 1, column: 1 },
    ...(place === undefined || place.via.length === 0 ? {} : { via: place.via }),
    ...(place?.frame === undefined ? {} : { frame: place.frame }),
    ...(explained.hint === undefined ? {} : { hint: explained.hint }),
  })
}

function sentence(error: EngineError): string {
  return error.detail === undefined ? error.message : `${error.message} (${error.detail})`
}

/** The code under which an engine's error is shown. */
export function codeOf(error: EngineError): Diagnostic['code'] {
  switch (error.kind) {
    case 'syntax':
      return 'SL602'
    case 'unknown_relation':
    case 'unknown_column':
    case 'unknown_function':
      return 'SL603'
    case 'type':
      return 'SL604'
    case 'constraint':
      return 'SL605'
    case 'permission':
    case 'read_only':
      return 'SL606'
    case 'unreachable':
    case 'disconnected':
      return 'SL607'
    case 'canceled':
      return 'SL608'
    case 'timeout':
      return 'SL609'
    case 'locked':
    case 'conflict':
    case 'out_of_resources':
    case 'other':
      return 'SL601'
  }
}
