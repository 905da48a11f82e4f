/** What POSIX paths are made of. As in Node's `path.posix`, but also where Node is not: selectors are read in browsers, too. */

/** The last part: `b.sql` of `a/b.sql`. */
export function fileName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '')
  return parts.at(-1) ?? ''
}

/** Without `.sql` at the end; a dot that comes first begins no ending. */
export function withoutEnding(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot <= 0 || name === '..' ? name : name.slice(0, dot)
}

/** Without `.`, empty parts and `..` where a part stands before it; `.` if nothing is left. A `/` at the end stays. */
export function normalizedPath(path: string): string {
  if (path === '') return '.'
  const isAbsolute = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isAbsolute) kept.push('..')
  }
  const text = kept.join('/')
  const end = path.endsWith('/') ? '/' : ''
  if (isAbsolute) return text === '' ? '/' : `/${text}${end}`
  return text === '' ? `.${end}` : `${text}${end}`
}
