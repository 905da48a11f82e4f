/** A small tokenizer for SQL of the Postgres family (DuckDB uses the same scanner). It never decides what SQL means;
 * it finds where a name or the last token ends, which parse trees do not say. */

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'operator' | 'punctuation'

/** One token; comments and white space are no tokens. `end` is exclusive, offsets are UTF-16 indexes. */
export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
}

/** A name of one or more parts as written at one place. */
export interface DottedName {
  readonly parts: readonly string[]
  readonly quoted: readonly boolean[]
  /** Where each part begins. */
  readonly starts: readonly number[]
  readonly start: number
  readonly end: number
}

/** The token at or after `from`, which must not lie inside a token or comment; undefined at the end of the text.
 * What is never closed (a string, a comment) ends with the text. */
export function nextToken(text: string, from = 0): Token | undefined {
  const start = skipBlank(text, from)
  return start < text.length ? tokenAt(text, start) : undefined
}

/** All tokens of the text from `from` on. */
export function tokenize(text: string, from = 0): Token[] {
  const tokens: Token[] = []
  for (let token = nextToken(text, from); token; token = nextToken(text, token.end)) tokens.push(token)
  return tokens
}

/** Whether the token is the operator or punctuation, or the unquoted word (any case), given in lower case. */
export function isToken(text: string, token: Token | undefined, value: string): boolean {
  if (!token || token.kind === 'quoted' || token.kind === 'string') return false
  if (token.end - token.start !== value.length) return false
  return text.slice(token.start, token.end).toLowerCase() === value
}

/** The dotted name whose first part begins at or after `start` (blanks and comments may stand around dots), or undefined if no name
 * stands there. `maxParts` stops early: the columns of `a.b.c` may belong to what follows. */
export function dottedName(
  text: string,
  start: number,
  maxParts = Number.POSITIVE_INFINITY,
): DottedName | undefined {
  let token = nextToken(text, start)
  if (!token || !isName(token)) return undefined
  const parts: string[] = []
  const quoted: boolean[] = []
  const starts: number[] = []
  for (;;) {
    parts.push(identifier(text, token))
    quoted.push(token.kind === 'quoted')
    starts.push(token.start)
    if (parts.length >= maxParts) break
    const dot = nextToken(text, token.end)
    if (!dot || !isToken(text, dot, '.')) break
    const part = nextToken(text, dot.end)
    if (!part || !isName(part)) break
    token = part
  }
  return { parts, quoted, starts, start: starts[0]!, end: token.end }
}

/** The name that a word or quoted token spells: quotes removed, doubled quotes undone; case is kept. */
export function identifier(text: string, token: Token): string {
  if (token.kind !== 'quoted') return text.slice(token.start, token.end)
  const open = text.indexOf('"', token.start)
  return text.slice(open + 1, token.end - 1).replaceAll('""', '"')
}

/** Offset after the last token before any `;` at the end of the text (0 for a text without tokens), and where tokens of
 * another statement begin after a `;`, if there are any. */
export function endOfStatement(
  text: string,
  from = 0,
): { readonly end: number; readonly another: number | undefined } {
  let end = 0
  let semicolon = false
  for (let token = nextToken(text, from); token; token = nextToken(text, token.end)) {
    if (text.charCodeAt(token.start) === SEMICOLON) {
      if (end > 0) semicolon = true
    } else if (semicolon) return { end, another: token.start }
    else end = token.end
  }
  return { end, another: undefined }
}

const QUOTE = 0x27
const DOUBLE_QUOTE = 0x22
const DOLLAR = 0x24
const DASH = 0x2d
const DOT = 0x2e
const SLASH = 0x2f
const STAR = 0x2a
const NEWLINE = 0x0a
const RETURN = 0x0d
const SEMICOLON = 0x3b
const BACKSLASH = 0x5c

function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'quoted'
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code > 0x7f
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === DOLLAR
}

const OPERATORS = new Set([...'+-*/<>=~!@#%^&|`?:'].map((each) => each.charCodeAt(0)))

function skipBlank(text: string, from: number): number {
  let at = from
  for (; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (isBlank(code)) at++
    else if (code === DASH && text.charCodeAt(at + 1) === DASH) at = endOfLine(text, at)
    else if (code === SLASH && text.charCodeAt(at + 1) === STAR) at = endOfComment(text, at)
    else break
  }
  return at
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === NEWLINE || code === RETURN) return at
  }
  return text.length
}

/** Block comments nest, as in the SQL standard. */
function endOfComment(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at)
    const next = text.charCodeAt(at + 1)
    if (code === SLASH && next === STAR) {
      depth++
      at += 2
    } else if (code === STAR && next === SLASH) {
      depth--
      at += 2
      if (depth === 0) return at
    } else at++
  }
  return text.length
}

function tokenAt(text: string, start: number): Token {
  const code = text.charCodeAt(start)
  const next = text.charCodeAt(start + 1)
  if (code === QUOTE) return { kind: 'string', start, end: endOfQuoted(text, start, QUOTE, false) }
  if (code === DOUBLE_QUOTE) return { kind: 'quoted', start, end: endOfQuoted(text, start, code, false) }
  if (code === DOLLAR) return dollarToken(text, start)
  if (isDigit(code) || (code === DOT && isDigit(next))) {
    return { kind: 'number', start, end: endOfNumber(text, start) }
  }
  if (isWordStart(code)) return prefixedString(text, start, code, next) ?? word(text, start)
  if (OPERATORS.has(code)) return { kind: 'operator', start, end: endOfOperator(text, start) }
  return { kind: 'punctuation', start, end: start + 1 }
}

function word(text: string, start: number): Token {
  let end = start + 1
  while (end < text.length && isWordPart(text.charCodeAt(end))) end++
  return { kind: 'word', start, end }
}

/** `E'…'` (backslash escapes), `B'…'`, `X'…'`, `N'…'`, `U&'…'` and `U&"…"`. */
function prefixedString(text: string, start: number, code: number, next: number): Token | undefined {
  const letter = code | 0x20
  if (next === QUOTE) {
    if (letter === 0x65) return { kind: 'string', start, end: endOfQuoted(text, start + 1, QUOTE, true) }
    if (letter === 0x62 || letter === 0x78 || letter === 0x6e) {
      return { kind: 'string', start, end: endOfQuoted(text, start + 1, QUOTE, false) }
    }
  }
  if (letter === 0x75 && next === 0x26) {
    const quote = text.charCodeAt(start + 2)
    if (quote === QUOTE) return { kind: 'string', start, end: endOfQuoted(text, start + 2, QUOTE, false) }
    if (quote === DOUBLE_QUOTE) {
      return { kind: 'quoted', start, end: endOfQuoted(text, start + 2, quote, false) }
    }
  }
  return undefined
}

/** The end of what is quoted from `open` on; a doubled quote stands for one, after a backslash anything may. */
function endOfQuoted(text: string, open: number, quote: number, escapes: boolean): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (escapes && code === BACKSLASH) at++
    else if (code === quote) {
      if (text.charCodeAt(at + 1) !== quote) return at + 1
      at++
    }
  }
  return text.length
}

/** `$1`, `$name`, `$$ text $$` or `$tag$ text $tag$`. */
function dollarToken(text: string, start: number): Token {
  let at = start + 1
  while (at < text.length && isWordPart(text.charCodeAt(at)) && text.charCodeAt(at) !== DOLLAR) at++
  if (text.charCodeAt(at) !== DOLLAR || isDigit(text.charCodeAt(start + 1))) {
    return { kind: at > start + 1 ? 'parameter' : 'punctuation', start, end: at }
  }
  const tag = text.slice(start, at + 1)
  const close = text.indexOf(tag, at + 1)
  return { kind: 'string', start, end: close < 0 ? text.length : close + tag.length }
}

/** Integers, decimals, exponents, `0x1f`, `1_000`. `1..2` stops before the dots. */
function endOfNumber(text: string, start: number): number {
  let at = start
  let dotted = false
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === DOT) {
      if (dotted || text.charCodeAt(at + 1) === DOT) return at
      dotted = true
    } else if ((code === DASH || code === 0x2b) && isExponent(text, start, at)) {
      // the sign of an exponent
    } else if (!isDigit(code) && !isWordStart(code)) return at
  }
  return at
}

function isExponent(text: string, start: number, sign: number): boolean {
  const hexadecimal = (text.charCodeAt(start + 1) | 0x20) === 0x78
  return !hexadecimal && (text.charCodeAt(sign - 1) | 0x20) === 0x65 && isDigit(text.charCodeAt(sign + 1))
}

/** A run of operator characters, ended by a comment. */
function endOfOperator(text: string, start: number): number {
  let at = start + 1
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!OPERATORS.has(code)) return at
    const next = text.charCodeAt(at + 1)
    if (code === DASH && next === DASH) return at
    if (code === SLASH && next === STAR) return at
  }
  return at
}
