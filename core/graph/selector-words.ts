import { mistakeIn, type SelectorText, type Span } from './selector-text.ts'

/** A stretch of text, or what stood between quotes. Offsets include the quotes. */
export interface Piece extends Span {
  readonly text: string
  readonly isQuoted: boolean
}

export interface Word extends Span {
  readonly pieces: readonly Piece[]
}

/** Cuts selectors at spaces and, within that, at commas, but not in quotes.
 * @throws SluiceError SL421 for a quote that is not closed */
export function termsOf(source: SelectorText): readonly (readonly Word[])[] {
  const { text } = source
  const terms: (readonly Word[])[] = []
  for (let at = 0; at < text.length; ) {
    if (isSpace(text[at]!)) {
      at += 1
      continue
    }
    const words = [wordAt(source, at)]
    while (text[words.at(-1)!.end] === ',') words.push(wordAt(source, words.at(-1)!.end + 1))
    terms.push(words)
    at = words.at(-1)!.end
  }
  return terms
}

function wordAt(source: SelectorText, start: number): Word {
  const { text } = source
  const pieces: Piece[] = []
  let at = start
  while (at < text.length && text[at] !== ',' && !isSpace(text[at]!)) {
    const piece = isQuote(text[at]!) ? quotedAt(source, at) : plainAt(text, at)
    pieces.push(piece)
    at = piece.end
  }
  return { pieces, start, end: at }
}

function plainAt(text: string, start: number): Piece {
  const [plain] = /^[^\s,"']+/.exec(text.slice(start))!
  return { text: plain, isQuoted: false, start, end: start + plain.length }
}

/** A quote is written in quotes by doubling it. */
function quotedAt(source: SelectorText, start: number): Piece {
  const quote = source.text[start]!
  let text = ''
  for (let at = start + 1; at < source.text.length; at++) {
    if (source.text[at] !== quote) text += source.text[at]
    else if (source.text[at + 1] === quote) {
      text += quote
      at += 1
    } else return { text, isQuoted: true, start, end: at + 1 }
  }
  const span = { start, end: source.text.length }
  const other = quote === '"' ? "'" : '"'
  const hint = `Close it, or write a name that holds ${quote} between ${other} and ${other}.`
  throw mistakeIn(source, span, 'SL421', `the quote ${quote} is not closed`, hint)
}

function isSpace(character: string): boolean {
  return /\s/.test(character)
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'"
}
