/** A text with wildcards: `*` stands for any characters, `?` for one, `[a-z]` for one of a class, `[!a-z]` for one of no class; none of
 * them crosses the separator of what it is held against. `**` does. What was written in quotes stands for itself. */
export type Pattern = readonly PatternPiece[]

export interface PatternPiece {
  readonly text: string
  /** No character of it is a wildcard. */
  readonly isLiteral: boolean
}

export type Separator = '.' | '/' | ''

export function pattern(text: string): Pattern {
  return [{ text, isLiteral: false }]
}

/** As written, without quotes. */
export function patternText(pattern: Pattern): string {
  return pattern.map((piece) => piece.text).join('')
}

export function hasWildcard(pattern: Pattern): boolean {
  return pattern.some((piece) => !piece.isLiteral && tokensOf(piece.text).some(isWildcard))
}

/** A test for texts that a pattern matches as a whole. */
export function matcher(pattern: Pattern, separator: Separator): (text: string) => boolean {
  if (!hasWildcard(pattern)) {
    const whole = patternText(pattern)
    return (text) => text === whole
  }
  const source = pattern
    .map(({ text, isLiteral }) =>
      isLiteral
        ? escaped(text)
        : tokensOf(text)
            .map((token) => expressionOf(token, separator))
            .join(''),
    )
    .join('')
  const expression = new RegExp(`^${source}$`, 'u')
  return (text) => expression.test(text)
}

/** `**`+`/`, `**`, `*`, `?`, classes, and what is between them. A bracket that nothing closes is text; a `]` that comes first is in the class. */
function tokensOf(text: string): readonly string[] {
  return text.match(/\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\[|[^*?[]+/g) ?? []
}

function isWildcard(token: string): boolean {
  return token.startsWith('*') || token === '?' || isClass(token)
}

function isClass(token: string): boolean {
  return token.length > 2 && token !== '[!]' && token.startsWith('[') && token.endsWith(']')
}

function expressionOf(token: string, separator: Separator): string {
  const one = separator === '' ? '[^]' : `[^${escaped(separator)}]`
  if (token === '**/' && separator === '/') return '(?:[^]*/)?'
  if (token === '**/') return '[^]*\\/'
  if (token === '**') return '[^]*'
  if (token === '*') return `${one}*`
  if (token === '?') return one
  if (isClass(token)) return `(?=${one})${classOf(token)}`
  return escaped(token)
}

/** As fnmatch has it: `!` negates, a range that runs backwards holds nothing. */
function classOf(token: string): string {
  const isNegated = token.startsWith('[!')
  const characters = [...token.slice(isNegated ? 2 : 1, -1)]
  const members: string[] = []
  for (let at = 0; at < characters.length; at++) {
    const first = characters[at]!
    const last = characters[at + 1] === '-' ? characters[at + 2] : undefined
    if (last === undefined) members.push(member(first))
    else {
      if (first.codePointAt(0)! <= last.codePointAt(0)!) members.push(`${member(first)}-${member(last)}`)
      at += 2
    }
  }
  if (members.length === 0) return isNegated ? '[^]' : '(?!)'
  return `[${isNegated ? '^' : ''}${members.join('')}]`
}

function member(character: string): string {
  return /[\\^\-[\]]/.test(character) ? `\\${character}` : character
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
