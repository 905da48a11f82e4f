import { dottedName, identifier, isToken, nextToken, type Token, tokenize } from './tokens.ts'

/** Where a name of the tree stands in the text. */
export interface LocatedName {
  readonly start: number
  readonly end: number
  readonly quoted: readonly boolean[]
  /** Written as a string: `from 'flights.parquet'`. */
  readonly literal: boolean
}

/** Finds names of DuckDB's tree in the text that it was parsed from. The tree says where most names begin and of none where it ends;
 * some nodes have no location at all. A name is only ever accepted where the text spells it. */
export class NameLocator {
  readonly #text: string
  readonly #unitOfByte: (byte: number) => number
  #tokens: readonly Token[] | undefined

  constructor(text: string, unitOfByte: (byte: number) => number) {
    this.#text = text
    this.#unitOfByte = unitOfByte
  }

  /** The UTF-16 offset of a node's location; undefined if it has none. */
  offset(location: unknown): number | undefined {
    if (typeof location !== 'number' || location > Number.MAX_SAFE_INTEGER) return undefined
    const offset = this.#unitOfByte(location)
    return offset < this.#text.length ? offset : undefined
  }

  /** The name with these parts that begins at `offset`; where the tree has no offset or the text spells something else there, the only
   * one in the text that no other reference has. Throws (a bug) if that leaves none or several. */
  locate(
    parts: readonly string[],
    offset: number | undefined,
    isTaken: (start: number) => boolean,
  ): LocatedName {
    const there = offset === undefined ? undefined : this.#nameAt(parts, offset)
    if (there) return there
    const candidates = this.#allTokens()
      .map((token) => this.#nameAt(parts, token.start))
      .filter((each) => each !== undefined && !isTaken(each.start))
    if (candidates.length === 1) return candidates[0]!
    throw new Error(
      `DuckDB gave no usable position for ${parts.join('.')}: ${candidates.length} places spell it (offset ${offset})`,
    )
  }

  /** The names with these parts after `from`, in order. */
  *namesAfter(parts: readonly string[], from: number): Generator<LocatedName> {
    for (const token of this.#allTokens()) {
      if (token.start < from) continue
      const name = this.#nameAt(parts, token.start)
      if (name) yield name
    }
  }

  /** Where the last of these parts begins, in the dotted name that begins at `start`. */
  lastPartOf(parts: readonly string[], start: number): number {
    const name = dottedName(this.#text, start, parts.length)
    const last = name?.starts[parts.length - 1]
    if (last === undefined) throw new Error(`no name of ${parts.length} parts stands at offset ${start}`)
    return last
  }

  #allTokens(): readonly Token[] {
    this.#tokens ??= tokenize(this.#text)
    return this.#tokens
  }

  #nameAt(parts: readonly string[], offset: number): LocatedName | undefined {
    const token = nextToken(this.#text, offset)
    if (!token || token.start !== offset) return undefined
    if (token.kind === 'string') {
      if (parts.length !== 1 || stringValue(this.#text, token) !== parts[0]) return undefined
      return { start: token.start, end: token.end, quoted: [true], literal: true }
    }
    const name = dottedName(this.#text, offset, parts.length)
    if (!name || name.parts.length !== parts.length) return undefined
    if (!name.parts.every((part, index) => part === parts[index])) return undefined
    return { start: name.start, end: name.end, quoted: name.quoted, literal: false }
  }
}

/** The value of a plain or dollar-quoted string; undefined for one with escapes. */
function stringValue(text: string, token: Token): string | undefined {
  const written = text.slice(token.start, token.end)
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'")
  if (!written.startsWith('$')) return undefined
  const tag = written.slice(0, written.indexOf('$', 1) + 1)
  return written.slice(tag.length, -tag.length)
}

/** Offset of the word (any case), if it is a token at or after `from`. */
export function findWord(text: string, word: string, from = 0): number | undefined {
  for (let token = nextToken(text, from); token; token = nextToken(text, token.end)) {
    if (token.kind === 'word' && isToken(text, token, word)) return token.start
  }
  return undefined
}

/** The text of a word token in lower case, `undefined` for any other token. */
export function wordOf(text: string, token: Token | undefined): string | undefined {
  return token?.kind === 'word' ? identifier(text, token).toLowerCase() : undefined
}
