import { type DottedName, dottedName, identifier, isToken, nextToken, type Token } from './tokens.ts'

/** The name of exactly `count` parts that begins at `start`. Unlike `dottedName` it knows the UESCAPE that may follow a
 * Unicode identifier, which belongs to the name's span, and takes the spelling of such a part from `meant`, the tree's. */
export function postgresName(text: string, start: number, meant: readonly string[]): DottedName | undefined {
  const name = dottedName(text, start, meant.length)
  if (!name) return undefined
  if (name.parts.length === meant.length && !name.starts.some((at) => isUnicodeQuoted(text, at))) return name
  return unicodeName(text, start, meant)
}

function isUnicodeQuoted(text: string, at: number): boolean {
  return text.charAt(at + 1) === '&' && text.charAt(at + 2) === '"'
}

function unicodeName(text: string, start: number, meant: readonly string[]): DottedName | undefined {
  const parts: string[] = []
  const quoted: boolean[] = []
  const starts: number[] = []
  let at = start
  for (const [index, spelling] of meant.entries()) {
    if (index > 0) {
      const dot = nextToken(text, at)
      if (!isToken(text, dot, '.')) return undefined
      at = dot!.end
    }
    const token = nextToken(text, at)
    if (token?.kind !== 'word' && token?.kind !== 'quoted') return undefined
    const isUnicode = isUnicodeQuoted(text, token.start)
    parts.push(isUnicode ? spelling : identifier(text, token))
    quoted.push(token.kind === 'quoted')
    starts.push(token.start)
    at = isUnicode ? endOfEscape(text, token) : token.end
  }
  return { parts, quoted, starts, start: starts[0]!, end: at }
}

function endOfEscape(text: string, token: Token): number {
  const word = nextToken(text, token.end)
  if (!isToken(text, word, 'uescape')) return token.end
  const character = nextToken(text, word!.end)
  return character?.kind === 'string' ? character.end : token.end
}
