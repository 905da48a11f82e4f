/**
 * A value as an SQL literal. Negative numbers stand in parentheses, as `a -{{n}}` would otherwise begin a comment.
 *
 * @throws Error for NaN and infinities: they are no literals, and a template that renders one is mistaken
 */
export function literal(value: string | number | bigint | boolean | null): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return stringLiteral(value)
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`${value} has no literal in SQL`)
  }
  const text = String(value)
  return text.startsWith('-') ? `(${text})` : text
}

/** The parser ends a text at NUL, so that NULs are spelled as `chr(0)`. */
export function stringLiteral(text: string): string {
  const quoted = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`)
  return quoted.length === 1 ? (quoted[0] ?? "''") : `(${quoted.join(' || chr(0) || ')})`
}
