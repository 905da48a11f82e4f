import type { Dialect } from '../adapter.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import { symbolText, type Window } from '../compile/symbols.ts'
import { sentinelWindow } from '../compile/templates.ts'
import { joinParts, type Part } from '../template/edit.ts'

/** A model's text with the bounds that stand for every partition. */
export interface SentinelText {
  readonly text: string
  /** Of the symbols in it. */
  readonly values: Readonly<Record<string, string>>
  readonly window: Window | undefined
}

export function sentinelText(model: CompiledModel, dialect: Dialect): SentinelText {
  const window = model.config.partition === undefined ? undefined : sentinelWindow(model)
  const values = window === undefined ? {} : valuesIn(model.sql.parts, window, dialect)
  return { text: joinParts(model.sql.parts, values), values, window }
}

function valuesIn(
  parts: readonly Part[],
  window: Window,
  dialect: Dialect,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const part of parts) {
    if ('symbol' in part) values[part.symbol] ??= symbolText(dialect, part.symbol, window)
  }
  return values
}
