import { CommitUnknownError, type EngineError } from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { isTransient, kindOf } from './sqlstate.ts'

/** What the server says of a failed statement; pg's `DatabaseError`, known by its shape so that pg need not be loaded. */
export interface ServerError extends Error {
  readonly code: string
  readonly severity: string
  /** 1-based, counted in code points of the statement. */
  readonly position?: string
  readonly detail?: string
  readonly hint?: string
  /** The PL/pgSQL or SQL function calls that led to the error. */
  readonly where?: string
}

export function isServerError(error: unknown): error is ServerError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.length === 5 &&
    'severity' in error &&
    typeof error.severity === 'string'
  )
}

/** Whether the connection on which this error came is gone. */
export function endsConnection(error: unknown): boolean {
  if (isServerError(error)) return error.severity === 'FATAL' || error.severity === 'PANIC'
  if (nodeCode(error) !== undefined) return true
  return error instanceof Error && DEAD.test(error.message)
}

/** pg's own sentences for a socket that ended; they carry no code. */
const DEAD =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired)/

const offsets = new WeakMap<Error, number>()

/** Remembers where in this text the server found the error, for `explain`, which sees only the error. */
export function locate(error: unknown, sql: string): void {
  if (!isServerError(error) || error.position === undefined) return
  offsets.set(error, utf16Offset(sql, Number(error.position) - 1))
}

/** The UTF-16 offset of a count of code points. */
export function utf16Offset(text: string, codePoints: number): number {
  let offset = 0
  for (let left = codePoints; left > 0 && offset < text.length; left--) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
  }
  return offset
}

export function explain(error: unknown): EngineError {
  if (error instanceof CommitUnknownError) return { ...explain(error.cause), kind: 'disconnected' }
  if (error instanceof SluiceError) return explainRefusal(error)
  if (isServerError(error)) return explainServer(error)
  if (!(error instanceof Error)) return { message: String(error), kind: 'other' }
  if (error.name === 'AbortError') return { message: error.message, kind: 'canceled' }
  if (error.name === 'TimeoutError') return { message: error.message, kind: 'timeout' }
  const code = nodeCode(error)
  if (code !== undefined) return { message: socketMessage(error), kind: kindOf(code), engineCode: code }
  if (DEAD.test(error.message)) {
    return { message: 'the connection to the server was lost', kind: 'disconnected' }
  }
  return { message: error.message, kind: 'other' }
}

export function classify(error: unknown): 'transient' | 'permanent' {
  if (error instanceof CommitUnknownError) return 'transient'
  if (error instanceof SluiceError) return error.cause === undefined ? 'permanent' : classify(error.cause)
  const code = isServerError(error) ? error.code : nodeCode(error)
  if (code !== undefined) return isTransient(code) ? 'transient' : 'permanent'
  return error instanceof Error && DEAD.test(error.message) ? 'transient' : 'permanent'
}

/** `ECONNREFUSED` and its like; Node wraps one error for each address that it tried. */
export function nodeCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || isServerError(error)) return undefined
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('E')) {
    if (!error.code.startsWith('ERR_')) return error.code
  }
  return error instanceof AggregateError ? nodeCode(error.errors[0]) : undefined
}

/** An AggregateError of Node has an empty message; its parts have them. */
export function socketMessage(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message
  return error.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each))).join(', ')
}

function explainServer(error: ServerError): EngineError {
  const offset = offsets.get(error)
  const isTimeout = error.code === '57014' && / timeout$/.test(error.message)
  return {
    message: error.message,
    kind: isTimeout ? 'timeout' : kindOf(error.code),
    engineCode: error.code,
    ...(offset === undefined ? {} : { offset }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...detailOf(error),
  }
}

function detailOf(error: ServerError): { readonly detail?: string } {
  const lines = [error.detail, error.where].filter((each) => each !== undefined)
  return lines.length === 0 ? {} : { detail: lines.join('\n') }
}

function explainRefusal(error: SluiceError): EngineError {
  const first = error.diagnostics[0]
  const cause = error.cause === undefined ? undefined : explain(error.cause)
  return {
    ...(cause ?? { kind: 'other' }),
    message: first?.message ?? error.message,
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
  }
}
