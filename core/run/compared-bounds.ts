import type { Dialect, Session } from '../adapter.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import { boundType, symbolText, type Window } from '../compile/symbols.ts'
import type { ColumnType } from '../config/project.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { joinParts, type RelationText } from '../template/edit.ts'
import { isUtc } from '../time/zone.ts'
import type { AttemptContext } from './attempt.ts'

/** A bound that stands beside a comparison in a model's SQL. */
export interface Compared {
  readonly symbol: string
  readonly offset: number
}

/**
 * Refuses a model that compares a bound with a column of another type, which the engine would convert silently: a DATE begins at midnight of the
 * session's zone, which is UTC, when it is compared with a TIMESTAMPTZ. The engine says what it compares a bound with where a parameter stands in
 * its place. A model whose SQL cannot be read like that is not looked at. Throws SL629.
 */
export async function refuseOtherTypes(
  context: AttemptContext,
  session: Session,
  model: CompiledModel,
  window: Window,
): Promise<void> {
  if (model.sql.symbolsDecide) return
  const { adapter } = context
  const { text, compared } = comparedBounds(adapter.dialect, model, window)
  if (compared.length === 0) return
  const types = await adapter.catalog.parameterTypes(session, text, compared.length)
  const confused = confusedBound(adapter.dialect, model, window, compared, types)
  if (confused === undefined) return
  throw new SluiceError([await confusion(model, confused, await context.texts.model(model, window))])
}

/** The first bound that is compared with a column of another type, whose text stands at `offset` of the final SQL. */
export function confusedBound(
  dialect: Dialect,
  model: CompiledModel,
  window: Window,
  compared: readonly Compared[],
  types: readonly (string | null | undefined)[],
): Confused | undefined {
  for (const [index, { symbol, offset }] of compared.entries()) {
    const type = types[index]
    const found = type === undefined || type === null ? undefined : dialect.columnType(type)
    const written = boundType(symbol, window)
    if (found === undefined || !isConfused(written, found, model.config.partition!.timezone)) continue
    return { symbol, offset, written, found }
  }
  return undefined
}

export interface Confused extends Compared {
  readonly written: ColumnType
  readonly found: ColumnType
}

export async function confusion(
  model: CompiledModel,
  { symbol, offset, written, found }: Confused,
  sql: FinalSql,
): Promise<Diagnostic> {
  const at = await sql.locate(offset)
  return diagnostic('SL629', {
    message: `\`{{${symbol}}}\` is a ${written}, and ${model.name} compares it with a ${found}`,
    model: model.name,
    place: at?.place ?? { file: model.path, line: 1, column: 1 },
    ...(at === undefined || at.via.length === 0 ? {} : { via: at.via }),
    ...(at?.frame === undefined ? {} : { frame: at.frame }),
    hint: `Write \`{{${bare(symbol)}.${found}}}\`, or cast the column to ${written}.`,
  })
}

/** The model's SQL with a parameter for each bound that is compared as it is, and where those stand in the final text. */
export function comparedBounds(
  dialect: Dialect,
  { sql: { parts } }: CompiledModel,
  window: Window,
  relationText?: RelationText,
): { readonly text: string; readonly compared: readonly Compared[] } {
  const compared: Compared[] = []
  let text = ''
  let offset = 0
  for (const [index, part] of parts.entries()) {
    const literal =
      'text' in part ? joinParts([part], {}, relationText) : symbolText(dialect, part.symbol, window)
    if ('symbol' in part && isCompared(part.symbol, textOf(parts[index - 1]), textOf(parts[index + 1]))) {
      compared.push({ symbol: part.symbol, offset })
      text += `$${compared.length}`
    } else text += literal
    offset += literal.length
  }
  return { text, compared }
}

function textOf(part: CompiledModel['sql']['parts'][number] | undefined): string {
  return part !== undefined && 'text' in part ? part.text : ''
}

/** Only where a bound is one side of a comparison by itself: arithmetic and casts have types of their own. */
function isCompared(symbol: string, before: string, after: string): boolean {
  if (symbol === 'partition.key' || symbol === 'partition.timezone') return false
  if (/^\s*(?:::|[-+*/|[]|at\b|collate\b)/i.test(after) || /[-+*/|]\s*$/.test(before)) return false
  return /(?:[<>=]|\bbetween|\band)\s*$/i.test(before) || /^\s*(?:[<>=]|!=|between\b)/i.test(after)
}

/** A date and a timestamp mean the same midnight only where days begin at midnight of UTC. */
function isConfused(written: ColumnType, compared: ColumnType, timezone: string): boolean {
  if (written === compared || !times.has(written) || !times.has(compared)) return false
  return written === 'timestamptz' || compared === 'timestamptz' || !isUtc(timezone)
}

const times: ReadonlySet<ColumnType> = new Set(['date', 'timestamp', 'timestamptz'])

function bare(symbol: string): string {
  return symbol
    .replace(/\.(?:date|timestamp|timestamptz)$/, '')
    .replace(/^reads\.(.+)\.(start|end)$/, 'reads.[$1].$2')
}
