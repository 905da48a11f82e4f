/** Wildcards: `*` stands for any characters, `?` for one, neither crosses the separator. `**` does. */
export function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern)
}

/** A test for texts that a pattern matches as a whole. */
export function matcher(pattern: string, separator: '.' | '/' | ''): (text: string) => boolean {
  if (!hasWildcard(pattern)) return (text) => text === pattern
  const one = separator === '' ? '[^]' : `[^${escaped(separator)}]`
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (piece) => {
    if (piece === '**/' && separator === '/') return '(?:[^]*/)?'
    if (piece === '**') return '[^]*'
    if (piece === '*') return `${one}*`
    if (piece === '?') return one
    return escaped(piece)
  })
  const expression = new RegExp(`^${source}$`)
  return (text) => expression.test(text)
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
