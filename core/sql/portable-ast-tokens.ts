/** A tokenizer for the dialects that node-sql-parser reads. Its rules are that library's, so that both see the same words. */

export interface LexicalRules {
  /** `#` begins a comment. Where it does not, it may begin a name (temporary tables of SQL Server). */
  readonly hashComments: boolean
  /** `//` begins a comment. */
  readonly slashComments: boolean
  readonly nestedComments: boolean
  /** `$$ text $$` is a string. */
  readonly dollarStrings: boolean
  /** `[name]` is a quoted name. */
  readonly brackets: boolean
  /** `"text"` may be a string, with backslash escapes. */
  readonly doubleQuotesEscape: boolean
}

export type PortableTokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol'

export interface PortableToken {
  readonly kind: PortableTokenKind
  readonly start: number
  readonly end: number
  /** Words in lower case, names without quotes, anything else as written. */
  readonly value: string
}

const blank = /[\s\uFEFF]+/y
const line = /[^\r\n]*/y
const word = /[\p{L}_@$\u0080-\uFFFF][\p{L}\p{N}_@$\u0080-\uFFFF]*/uy
const wordWithHashes = /[\p{L}_@#$\u0080-\uFFFF][\p{L}\p{N}_@#$\u0080-\uFFFF]*/uy
const number = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y
const operator = /::|<=>|<=|>=|<>|!=|\|\||->>|->|=>|\.\.|[\s\S]/y

/** All tokens of a text; comments and white space are none. What is never closed ends with the text. */
export function portableTokens(text: string, rules: LexicalRules): PortableToken[] {
  const tokens: PortableToken[] = []
  let at = 0
  while (at < text.length) {
    const skipped = endOfBlank(text, at, rules)
    if (skipped > at) {
      at = skipped
      continue
    }
    const token = tokenAt(text, at, rules)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function endOfBlank(text: string, at: number, rules: LexicalRules): number {
  const spaces = endOf(blank, text, at)
  if (spaces > at) return spaces
  if (text.startsWith('--', at)) return endOf(line, text, at)
  if (text.startsWith('/*', at)) return endOfComment(text, at, rules.nestedComments)
  if (rules.slashComments && text.startsWith('//', at)) return endOf(line, text, at)
  if (rules.hashComments && text[at] === '#') return endOf(line, text, at)
  return at
}

function endOfComment(text: string, from: number, nested: boolean): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('/*', at) && (depth === 0 || nested)) {
      depth++
      at++
    } else if (text.startsWith('*/', at)) {
      depth--
      at++
      if (depth === 0) return at + 1
    }
  }
  return text.length
}

function tokenAt(text: string, start: number, rules: LexicalRules): PortableToken {
  const first = text[start]!
  if (first === "'") return { kind: 'string', ...quotedAt(text, start, "'", true) }
  if (first === '"') return { kind: 'quoted', ...quotedAt(text, start, '"', rules.doubleQuotesEscape) }
  if (first === '`') return { kind: 'quoted', ...quotedAt(text, start, '`', false) }
  if (first === '[' && rules.brackets) return { kind: 'quoted', ...quotedAt(text, start, ']', false) }
  if (rules.dollarStrings && text.startsWith('$$', start)) {
    const close = text.indexOf('$$', start + 2)
    const end = close < 0 ? text.length : close + 2
    return { kind: 'string', start, end, value: text.slice(start, end) }
  }
  const wordEnd = endOf(rules.hashComments ? word : wordWithHashes, text, start)
  if (wordEnd > start)
    return { kind: 'word', start, end: wordEnd, value: text.slice(start, wordEnd).toLowerCase() }
  const numberEnd = endOf(number, text, start)
  if (numberEnd > start) return { kind: 'number', start, end: numberEnd, value: text.slice(start, numberEnd) }
  const end = endOf(operator, text, start)
  return { kind: 'symbol', start, end, value: text.slice(start, end) }
}

/** From the opening quote at `start` to its closing one; a doubled quote stands for itself. */
function quotedAt(
  text: string,
  start: number,
  close: string,
  escapes: boolean,
): { readonly start: number; readonly end: number; readonly value: string } {
  let at = start + 1
  for (; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++
    else if (text[at] === close) {
      if (text[at + 1] !== close) break
      at++
    }
  }
  const value = text.slice(start + 1, at).replaceAll(close + close, close)
  return { start, end: Math.min(at + 1, text.length), value }
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
