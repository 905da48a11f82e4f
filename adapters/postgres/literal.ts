import type { Param } from '../../core/adapter.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { instantText } from './instant.ts'

/** A string as a literal; relies on `standard_conforming_strings`, which every session of ours sets. */
export function stringLiteral(text: string): string {
  if (text.includes('\0')) {
    throw SluiceError.of('SL543', {
      message: 'A text holds the character NUL (U+0000), which Postgres cannot store.',
      hint: 'Remove it where the text comes from; replace(…, chr(0), …) is not possible on Postgres.',
    })
  }
  return `'${text.replaceAll("'", "''")}'`
}

/** A block of PL/pgSQL. It stands in a string literal, as any dollar tag could occur in a name or text inside of it. */
export function doBlock(body: string): string {
  return `do ${stringLiteral(body)}`
}

/** A value as a typed literal. Negative numbers stand in parentheses, as `a -{{n}}` would otherwise begin a comment. */
export function literal(value: string | number | bigint | boolean | null): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return stringLiteral(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return value < 0n ? `(${value})` : String(value)
    case 'number':
      if (!Number.isFinite(value)) return `${stringLiteral(String(value))}::float8`
      return value < 0 || Object.is(value, -0) ? `(${Object.is(value, -0) ? '-0' : value})` : String(value)
  }
}

/** A parameter as the text that is sent to the server, null for NULL. */
export function parameterText(param: Param): string | null {
  if (param === null) return null
  if (param instanceof Date) return instantText(param.getTime())
  return String(param)
}

/** What stands in quotes or comments, where `$1` is no placeholder; and placeholders. */
const TOKENS =
  /\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\$(\d+)/g

/** The statement with its parameters written into it, for the message that carries COMMIT. A value becomes a quoted
 * literal without a type, which the server resolves by the same rules as a parameter without a type. */
export function inline(sql: string, params: readonly Param[] = []): string {
  return sql.replace(TOKENS, (token: string, _tag: string | undefined, digits: string | undefined) => {
    if (digits === undefined) return token
    const param = params[Number(digits) - 1]
    if (param === undefined) throw new Error(`no value for $${digits} in: ${sql}`)
    const text = parameterText(param)
    return text === null ? 'null' : stringLiteral(text)
  })
}
