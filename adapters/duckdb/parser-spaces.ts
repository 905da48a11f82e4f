import { tokenize } from '../../core/sql/tokens.ts'

/** Spaces beyond ASCII that DuckDB takes as blanks outside quotes (`Parser::StripUnicodeSpaces`). */
const SPACES = /[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]/
const EVERY_SPACE = new RegExp(SPACES, 'g')

/** The same text, of the same length, with those spaces as plain ones. DuckDB shortens them itself, after which its positions no longer
 * fit the text that it was given. */
export function plainSpaces(text: string): string {
  if (!SPACES.test(text)) return text
  const parts: string[] = []
  let from = 0
  for (const token of tokenize(text)) {
    if (token.kind !== 'string' && token.kind !== 'quoted') continue
    parts.push(text.slice(from, token.start).replace(EVERY_SPACE, ' '), text.slice(token.start, token.end))
    from = token.end
  }
  parts.push(text.slice(from).replace(EVERY_SPACE, ' '))
  return parts.join('')
}
