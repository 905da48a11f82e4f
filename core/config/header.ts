/** The configuration that stands in a leading block comment of an SQL file. */
export type HeaderSplit =
  | {
      readonly kind: 'none'
      readonly bodyStart: number /** A header that is not the first thing. */
      readonly misplaced?: number
    }
  /** The YAML is `text.slice(yamlStart, yamlEnd)`. */
  | {
      readonly kind: 'header'
      readonly yamlStart: number
      readonly yamlEnd: number
      readonly bodyStart: number
    }
  | { readonly kind: 'unclosed'; readonly start: number }

const opening = '/*---'
const closing = '---*/'

/**
 * Finds the header of an SQL file: `/*---`, YAML, `---` and the end of the comment, before anything but blank lines and a
 * byte order mark. A comment that is drawn with more dashes is no header. The YAML may hold the characters that end a comment
 * (`schedule: "*` + `/5 * * * *"`): only dashes before them close the header.
 */
export function splitHeader(text: string): HeaderSplit {
  const start = firstCharacter(text)
  if (!opensAt(text, start)) {
    const misplaced = misplacedHeader(text, start)
    const none = { kind: 'none', bodyStart: text.charCodeAt(0) === 0xfeff ? 1 : 0 } as const
    return misplaced === undefined ? none : { ...none, misplaced }
  }
  const yamlStart = start + opening.length
  const yamlEnd = text.indexOf(closing, yamlStart)
  if (yamlEnd < 0) return { kind: 'unclosed', start }
  return { kind: 'header', yamlStart, yamlEnd, bodyStart: yamlEnd + closing.length }
}

function firstCharacter(text: string): number {
  let at = 0
  while (at < text.length && (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xfeff)) at += 1
  return at
}

function opensAt(text: string, at: number): boolean {
  return text.startsWith(opening, at) && /^\s/.test(text.charAt(at + opening.length))
}

function misplacedHeader(text: string, from: number): number | undefined {
  if (!text.includes(closing)) return undefined
  const found = /^[ \t]*\/\*---(?=\s)/m.exec(text.slice(from))
  return found ? from + found.index + found[0].length - opening.length : undefined
}
