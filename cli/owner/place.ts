import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** What fits into a socket's address on every system, its final NUL included. */
const LONGEST_PATH_BYTES = 103

/**
 * Where the owner of a database file may listen, best first; the owner takes the first that it can use, others look at all. A process of cron
 * knows less of its environment than a terminal, so what the environment says is not the only place.
 */
export function socketPaths(file: string, environment: Environment): readonly string[] {
  const name = createHash('sha256').update(file).digest('hex').slice(0, 24)
  // Untested: pipes of Windows have no folder, so the user's name keeps those of others apart.
  if (process.platform === 'win32') return [`\\\\.\\pipe\\sluice-${userInfo().username}-${name}`]
  return folders(environment)
    .map((folder) => join(folder, `${name}.sock`))
    .filter((path) => Buffer.byteLength(path) <= LONGEST_PATH_BYTES)
}

function folders(environment: Environment): readonly string[] {
  const user = process.getuid?.() ?? 0
  const roots = [environment.XDG_RUNTIME_DIR, `/run/user/${user}`, tmpdir(), '/tmp']
  const usable = roots.filter((root): root is string => root?.startsWith('/') === true)
  return [...new Set(usable)].map((root) => join(root, `sluice-${user}`))
}

/** Makes the folder of sockets, or tells that it cannot be used. */
export async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return false
  }
  return isOurs(folder)
}

/** A folder that is this user's alone: in one that others can write to, anybody could pretend to be the owner of a database. */
export async function isOurs(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder)
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
  } catch {
    return false
  }
}
