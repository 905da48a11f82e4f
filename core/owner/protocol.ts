import type { Column, Dependent, EngineError, Param, RelationKind, RelationName } from '../adapter.ts'
import type { NumberKind } from '../columns.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { decodeValue, type WireValue } from './values.ts'

/**
 * What the process that has a database to itself says to others over a local socket: lines of JSON. Each request is answered before the next
 * one is read, by any number of `rows`, `numbers` or `event` and then one `done` or `failed`. Whoever wants two things at once connects twice; whoever
 * wants no answer any more hangs up.
 */
export const PROTOCOL_VERSION = 1

/** Characters of one line. A query may list many keys; a portion of rows may hold long texts. */
export const LONGEST_REQUEST = 8_000_000
export const LONGEST_ANSWER = 512_000_000

/** Who owns the database and what it is doing. Instants are UTC milliseconds. */
export interface OwnerInfo {
  readonly version: number
  readonly pid: number
  /** The command that it was started with: `run`. */
  readonly command: string
  readonly startedAt: number
  /** The database's name for messages. */
  readonly label: string
  /** Undefined before a run has begun. */
  readonly run?: { readonly id: string; readonly startedAt: number; readonly isCanceled: boolean }
}

/** Questions to the engine's catalogue about one relation. */
export const catalogQuestions = [
  'kind',
  'columns',
  'declared',
  'indexes',
  'dependents',
  'preserve',
  'grants',
] as const
export type CatalogQuestion = (typeof catalogQuestions)[number]

export type OwnerRequest =
  | { readonly op: 'hello' }
  | { readonly op: 'query'; readonly sql: string; readonly params: readonly Param[] }
  /** A query of numbers and instants, answered in columns. */
  | { readonly op: 'numbers'; readonly sql: string; readonly kinds: readonly NumberKind[] }
  | { readonly op: 'catalog'; readonly question: CatalogQuestion; readonly relation: RelationName }
  | { readonly op: 'describe'; readonly select: string }
  /** The events of the current run from now on, after its first one. */
  | { readonly op: 'events' }
  /** Ends a run as Ctrl-C would. */
  | { readonly op: 'cancel'; readonly run: string }

/** What ends an answer well, by the request that it answers. */
export interface OwnerAnswers {
  readonly hello: OwnerInfo
  /** How many rows there were. */
  readonly query: number
  readonly numbers: number
  readonly catalog: CatalogAnswer
  readonly describe: readonly Column[]
  /** The run has ended. */
  readonly events: null
  /** `other`: this process runs something else, or nothing. */
  readonly cancel: 'canceled' | 'other'
}

export type CatalogAnswer =
  | RelationKind
  | readonly Column[]
  | readonly string[]
  | readonly Dependent[]
  | readonly { readonly privilege: string; readonly role: string }[]
  | { readonly notNull: readonly string[]; readonly key: readonly string[] }
  | null

export type OwnerFailure =
  | { readonly kind: 'engine'; readonly error: EngineError }
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  /** The request was not understood, or came from another version. */
  | { readonly kind: 'protocol'; readonly message: string }

export type OwnerMessage =
  | { readonly type: 'rows'; readonly columns: readonly string[]; readonly rows: readonly WireValue[][] }
  /** Each column is its doubles (IEEE 754, little-endian) in base64. */
  | { readonly type: 'numbers'; readonly count: number; readonly columns: readonly string[] }
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed'; readonly failure: OwnerFailure }

/** A request as it is sent. */
export function requestLine(request: OwnerRequest, encode: (value: unknown) => WireValue): string {
  const sent = request.op === 'query' ? { ...request, params: request.params.map(encode) } : request
  return `${JSON.stringify({ version: PROTOCOL_VERSION, ...sent })}\n`
}

/** Reads a line of whoever is at the other end; a text says what is wrong with it. */
export function readRequest(line: string): OwnerRequest | string {
  const sent = parsed(line)
  if (!isObject(sent)) return 'a request is an object'
  // Every version says hello alike, so that each can name the other.
  if (sent.op === 'hello') return { op: 'hello' }
  if (sent.version !== PROTOCOL_VERSION) return `this process speaks version ${PROTOCOL_VERSION}`
  switch (sent.op) {
    case 'query': {
      const params = paramsOf(sent.params)
      if (typeof sent.sql !== 'string' || params === undefined) return 'a query has sql and params'
      return { op: 'query', sql: sent.sql, params }
    }
    case 'numbers': {
      const kinds = kindsOf(sent.kinds)
      if (typeof sent.sql !== 'string' || kinds === undefined) return 'numbers have sql and kinds'
      return { op: 'numbers', sql: sent.sql, kinds }
    }
    case 'catalog': {
      const relation = relationOf(sent.relation)
      const question = catalogQuestions.find((each) => each === sent.question)
      if (relation === undefined || question === undefined) return 'no such question to the catalogue'
      return { op: 'catalog', question, relation }
    }
    case 'describe':
      return typeof sent.select === 'string'
        ? { op: 'describe', select: sent.select }
        : 'describe has a select'
    case 'events':
      return { op: 'events' }
    case 'cancel':
      return typeof sent.run === 'string' ? { op: 'cancel', run: sent.run } : 'cancel names a run'
    default:
      return 'no such request'
  }
}

/** Reads a line of the owner; undefined if it is none. */
export function readMessage(line: string): OwnerMessage | undefined {
  const sent = parsed(line)
  if (!isObject(sent)) return undefined
  switch (sent.type) {
    case 'rows':
      return Array.isArray(sent.columns) && Array.isArray(sent.rows) ? (sent as OwnerMessage) : undefined
    case 'numbers':
      return Array.isArray(sent.columns) && typeof sent.count === 'number'
        ? (sent as OwnerMessage)
        : undefined
    case 'event':
    case 'done':
      return sent as OwnerMessage
    case 'failed':
      return isObject(sent.failure) ? (sent as OwnerMessage) : undefined
    default:
      return undefined
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> & object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function paramsOf(value: unknown): readonly Param[] | undefined {
  if (!Array.isArray(value)) return undefined
  const params: Param[] = []
  for (const each of value) {
    const param = decodeValue(each)
    if (param === undefined) return undefined
    params.push(param)
  }
  return params
}

function kindsOf(value: unknown): readonly NumberKind[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.every((each) => each === 'number' || each === 'instant') ? (value as NumberKind[]) : undefined
}

function relationOf(value: unknown): RelationName | undefined {
  if (!isObject(value)) return undefined
  const { database, schema, name } = value
  if (typeof schema !== 'string' || typeof name !== 'string') return undefined
  if (database === undefined) return { schema, name }
  return typeof database === 'string' ? { database, schema, name } : undefined
}
