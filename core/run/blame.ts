import type { Adapter, EngineError } from '../adapter.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { ChecksUnevaluated, UserSqlError } from './diagnose.ts'

/** What Sluice itself finds wrong with rows: outside of the window, keys that are null, doubled or gone, times that are none. */
const ABOUT_ROWS: ReadonlySet<string> = new Set(['SL610', 'SL611', 'SL612', 'SL625', 'SL627'])

/** Errors that some values can cause while others do not, or that a smaller statement may not meet. */
const ABOUT_VALUES: ReadonlySet<EngineError['kind']> = new Set([
  'type',
  'constraint',
  'out_of_resources',
  'other',
])

/** The same of a statement of Sluice's own, which is right for some rows: a MERGE from the stage, a check of what was written. */
const ABOUT_ROWS_OF_OURS: ReadonlySet<EngineError['kind']> = new Set(['constraint', 'out_of_resources'])

/**
 * Whether an error of a statement over several partitions may be the fault of a few of their rows. It is not if the engine says the same
 * without looking at any: then each partition would fail alike.
 */
export async function isOfSomeRows(adapter: Adapter, error: unknown, signal: AbortSignal): Promise<boolean> {
  if (error instanceof ChecksUnevaluated) return isOfValues(adapter, error.cause, error.sql, signal)
  if (error instanceof SluiceError) return error.diagnostics.some(({ code }) => ABOUT_ROWS.has(code))
  if (error instanceof UserSqlError) return isOfValues(adapter, error.engineError, error.sql.text, signal)
  return ABOUT_ROWS_OF_OURS.has(adapter.explain(error).kind)
}

async function isOfValues(
  adapter: Adapter,
  error: unknown,
  sql: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { kind } = adapter.explain(error)
  if (sql === undefined || !ABOUT_VALUES.has(kind)) return false
  try {
    await adapter.session((session) => adapter.catalog.describe(session, sql), signal)
    return true
  } catch (again) {
    return adapter.explain(again).kind !== kind
  }
}
