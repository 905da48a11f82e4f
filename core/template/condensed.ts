/** Stands for the middle of a long stretch of plain text. Private use: it means nothing in anybody's SQL. */
export const placeholder = '\ue000'

/** A template in which each long stretch of plain text between tags is one placeholder, its surrounding whitespace kept.
 * Handlebars' lexer looks at every character several times; of plain text only the whitespace next to tags matters. */
export interface Condensed {
  readonly text: string
  /** The offset in the original text of an offset in `text`. */
  original(offset: number): number
}

const shortest = 2

export function condense(text: string): Condensed {
  if (text.includes(placeholder)) return asWritten(text)
  // Between `}}` (or the beginning) and `{{` (or the end), without anything that Handlebars could read as syntax.
  const plain = /(?:^|\}\})([^{}\\]+)(?=\{\{|$)/g
  const condensedStarts = [0]
  const originalStarts = [0]
  let condensed = ''
  let copied = 0
  for (let match = plain.exec(text); match; match = plain.exec(text)) {
    const stretch = match[1]!
    if (stretch.length < shortest) continue
    const middle = stretch.trim()
    if (middle.length < shortest) continue
    const start = match.index + match[0].length - stretch.trimStart().length
    condensed += text.slice(copied, start) + placeholder
    copied = start + middle.length
    condensedStarts.push(condensed.length)
    originalStarts.push(copied)
  }
  if (copied === 0) return asWritten(text)
  condensed += text.slice(copied)
  return {
    text: condensed,
    original(offset) {
      let low = 0
      let high = condensedStarts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (condensedStarts[middle]! <= offset) low = middle
        else high = middle - 1
      }
      return originalStarts[low]! + offset - condensedStarts[low]!
    },
  }
}

export function asWritten(text: string): Condensed {
  return { text, original: (offset) => offset }
}
