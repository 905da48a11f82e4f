import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What tells that a file has changed, without reading it. */
export interface FileStat {
  /** Absolute, with `/`. */
  readonly path: string
  readonly size: bigint
  readonly modifiedNs: bigint
}

/** The files that a pattern names, sorted by path. */
export type FindFiles = (pattern: string) => Promise<readonly FileStat[]>

/**
 * Files by an absolute path with the wildcards that engines know: `*`, `?` and `[a-z]` within a name, `**` for any folders. Hidden names are
 * matched only by a pattern that says the dot, and `**` does not follow links.
 */
export const findFiles: FindFiles = async (pattern) => {
  const parts = pattern.replaceAll('\\', '/').split('/')
  const firstWild = parts.findIndex(isWild)
  const paths =
    firstWild === -1
      ? [pattern]
      : await matching(parts.slice(0, firstWild).join('/') || '/', parts.slice(firstWild))
  const found = await Promise.all([...new Set(paths)].map(statOf))
  return found.filter((file) => file !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isWild(part: string): boolean {
  return /[*?[]/.test(part)
}

/** Paths below a folder that match the rest of a pattern, whether they are files or not. */
async function matching(folder: string, parts: readonly string[]): Promise<readonly string[]> {
  const [part, ...rest] = parts
  if (part === undefined) return [folder]
  if (!isWild(part)) return matching(join(folder, part), rest)
  const entries = await entriesOf(folder)
  if (part === '**') {
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    const found = await Promise.all([
      rest.length === 0
        ? entries.filter((entry) => !entry.isDirectory()).map((entry) => join(folder, entry.name))
        : matching(folder, rest),
      ...folders.map((entry) => matching(join(folder, entry.name), parts)),
    ])
    return found.flat()
  }
  const matches = nameMatcher(part)
  const named = entries.filter((entry) => matches(entry.name))
  return (await Promise.all(named.map((entry) => matching(join(folder, entry.name), rest)))).flat()
}

/** What a folder holds; nothing if it is none. */
async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (isNotThere(error)) return []
    throw error
  }
}

function nameMatcher(part: string): (name: string) => boolean {
  const pattern = part.replace(/\[(!?)([^\]]+)\]|[*?]|[^\w\s]/g, (found, not: string, set: string) => {
    if (found === '*') return '.*'
    if (found === '?') return '.'
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^\]]/g, '\\$&')}]`
    return `\\${found}`
  })
  const expression = new RegExp(`^${pattern}$`, 's')
  return (name) => expression.test(name) && (part.startsWith('.') || !name.startsWith('.'))
}

async function statOf(path: string): Promise<FileStat | undefined> {
  try {
    const found = await stat(path, { bigint: true })
    if (!found.isFile()) return undefined
    return { path: path.replaceAll('\\', '/'), size: found.size, modifiedNs: found.mtimeNs }
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
