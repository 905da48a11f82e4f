import type { EngineError } from '../../core/adapter.ts'
import { byteOffsets } from '../../core/sql/offsets.ts'
import { dottedName, identifier, tokenize } from '../../core/sql/tokens.ts'
import { hintFor } from './error-hint.ts'
import { errorKind } from './error-kind.ts'

/** An error of DuckDB, with what it means already read from it: positions need the statement's text. */
export class DuckdbError extends Error {
  readonly details: EngineError

  constructor(details: EngineError, options?: ErrorOptions) {
    super(details.message, options)
    this.name = 'DuckdbError'
    this.details = details
  }
}

/** What `errors_as_json` gives. All values are text. */
export interface RawError {
  /** The exception type; an error from elsewhere has none. */
  readonly type?: string
  readonly message: string
  readonly subtype?: string
  /** Kind of the entry that is missing: `Table`, `Scalar Function`. */
  readonly entry?: string
  readonly name?: string
  readonly candidates?: string
  /** Bytes from the start of the statement. */
  readonly position?: number
}

/** Wraps an error that a statement threw. */
export function statementError(error: unknown, sql: string): DuckdbError {
  const raw = readError(error)
  const { sentence, rest } = splitMessage(raw.message)
  const offset = trustedOffset(raw, sql)
  const hint = hintFor(raw, rest)
  return new DuckdbError(
    {
      message: sentence,
      kind: errorKind(raw),
      ...(raw.type === undefined ? {} : { engineCode: raw.type }),
      ...(offset === undefined ? {} : { offset }),
      ...(hint === undefined ? {} : { hint }),
    },
    { cause: error },
  )
}

/** The statement was cancelled by its signal. */
export function canceledError(reason: unknown): DuckdbError {
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError'
  return new DuckdbError(
    timedOut
      ? {
          message: 'The statement ran out of time and was cancelled.',
          kind: 'timeout',
          engineCode: 'Interrupt',
        }
      : { message: 'The statement was cancelled.', kind: 'canceled', engineCode: 'Interrupt' },
    { cause: reason },
  )
}

/** Parser errors keep a text prefix before the JSON, errors of the bindings and of opening have no JSON at all. */
export function readError(error: unknown): RawError {
  const text = error instanceof Error ? error.message : String(error)
  const json = text.indexOf('{"exception_type"')
  if (json !== -1) {
    try {
      return fromJson(JSON.parse(text.slice(json)) as Record<string, string>)
    } catch {
      // A message that was cut or is not valid JSON is shown as it is.
    }
  }
  const prefixed = /^(?:Failed to [a-z ]+: )?([A-Za-z ]+?) Error: ([\s\S]*)$/.exec(text)
  if (prefixed === null) return { message: text }
  return { type: prefixed[1] ?? '', message: prefixed[2] ?? text }
}

function fromJson(fields: Readonly<Record<string, string>>): RawError {
  const position = fields.position === undefined ? Number.NaN : Number(fields.position)
  return {
    type: fields.exception_type ?? '',
    message: fields.exception_message ?? '',
    ...(fields.error_subtype === undefined ? {} : { subtype: fields.error_subtype }),
    ...(fields.type === undefined ? {} : { entry: fields.type }),
    ...(fields.name === undefined ? {} : { name: fields.name }),
    ...(fields.candidates === undefined ? {} : { candidates: fields.candidates }),
    ...(Number.isSafeInteger(position) ? { position } : {}),
  }
}

/** The first line says what is wrong; suggestions and source frames follow it. */
function splitMessage(message: string): { readonly sentence: string; readonly rest: readonly string[] } {
  const text = message.split(/\n\s*LINE \d+:/)[0] ?? message
  const [head = '', ...rest] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return { sentence: head.replace(/\s*!$/, '.'), rest }
}

/** Positions can count in another text than ours: that of a view which the statement reads. Where the error names what
 * is missing, the name must stand there. */
function trustedOffset(raw: RawError, sql: string): number | undefined {
  if (raw.position === undefined) return onlyPlace(raw.message, sql)
  // The scanner counts characters, all later stages count bytes.
  const offset =
    raw.subtype === 'SYNTAX_ERROR' ? characterOffset(sql, raw.position) : byteOffsets(sql)(raw.position)
  if (raw.name === undefined) return offset
  const written = dottedName(sql, offset)
  if (written === undefined || written.start !== offset) return undefined
  const wanted = raw.name.toLowerCase().split('.').at(-1)
  return written.parts.some((part) => part.toLowerCase() === wanted) ? offset : undefined
}

/** Of some mistakes only the column's name is told: that is their place if nothing else has this name. */
function onlyPlace(message: string, sql: string): number | undefined {
  const name =
    /^Column "(.+)" (?:in (?:EXCLUDE|REPLACE|RENAME) list not found|does not exist on (?:left|right) side of join)/.exec(
      message,
    )?.[1]
  if (name === undefined) return undefined
  // The name itself is quoted there if it has to be.
  const wanted = (/^".+"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name).toLowerCase()
  const places = tokenize(sql).filter(
    (token) =>
      (token.kind === 'word' || token.kind === 'quoted') && identifier(sql, token).toLowerCase() === wanted,
  )
  return places.length === 1 ? places[0]!.start : undefined
}

/** UTF-16 index of the code point with this number. */
function characterOffset(text: string, position: number): number {
  let offset = 0
  for (let count = 0; count < position && offset < text.length; count++) {
    offset += text.codePointAt(offset)! < 0x10000 ? 1 : 2
  }
  return offset
}
