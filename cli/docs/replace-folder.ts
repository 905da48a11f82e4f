import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'

/** Says that a folder is ours to replace, and what belongs to it. */
const marker = 'sluice-site.json'

/**
 * Replaces `folder` by what `write` puts into a draft beside it. Until all is written the folder stays as it is; then two renames swap them.
 * What killed processes left behind is removed, and what one of them took away is put back.
 * @throws SluiceError SL941 if something in the folder is not ours, SL942 if the disk or the rights say no
 */
export async function replaceFolder<T>(
  folder: string,
  write: (draft: string) => Promise<T>,
): Promise<{ readonly folder: string; readonly result: T }> {
  const home = await refusing(folder, async () => {
    await mkdir(dirname(folder), { recursive: true })
    return realpath(folder).catch(() => folder)
  })
  await refusing(home, () => clearLeftOver(home))
  await checkOwned(home)
  const draft = besideOf(home, process.pid, 'draft')
  try {
    return await refusing(home, async () => {
      await mkdir(draft)
      const result = await write(draft)
      const entries = (await readdir(draft)).sort()
      await writeFile(join(draft, marker), `${JSON.stringify({ generator: 'sluice', entries })}\n`)
      // Somebody may have put a file there meanwhile.
      await checkOwned(home)
      await swap(home, draft)
      return { folder: home, result }
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

function besideOf(folder: string, pid: number, part: 'draft' | 'old'): string {
  return join(dirname(folder), `.${basename(folder)}.sluice-${pid}-${part}`)
}

async function swap(home: string, draft: string): Promise<void> {
  const old = besideOf(home, process.pid, 'old')
  const wasThere = await exists(home)
  if (wasThere) await rename(home, old)
  try {
    await rename(draft, home)
  } catch (error) {
    if (wasThere) await rename(old, home)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

async function clearLeftOver(home: string): Promise<void> {
  const prefix = `.${basename(home)}.sluice-`
  for (const name of await readdir(dirname(home))) {
    const match = name.startsWith(prefix) && /^(\d+)-(draft|old)$/.exec(name.slice(prefix.length))
    if (!match || isAlive(Number(match[1]))) continue
    const path = join(dirname(home), name)
    if (match[2] === 'old' && !(await exists(home))) await rename(path, home)
    else await rm(path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function checkOwned(folder: string): Promise<void> {
  const entries = await refusing(folder, () => entriesOf(folder))
  if (entries.length === 0) return
  const known = await ownEntries(folder)
  const foreign = entries.filter((name) => !known.has(name))
  if (foreign.length === 0) return
  throw SluiceError.of('SL941', {
    message: known.size === 0 ? `${folder} is not a site of ours` : `${folder} holds \`${foreign[0]}\`, too`,
    hint: 'The whole folder is replaced: name one that is empty or not there yet with `--folder`, or remove what is in it.',
  })
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** The names at the top of a site that we wrote; empty if it is not one. */
async function ownEntries(folder: string): Promise<ReadonlySet<string>> {
  try {
    const { generator, entries } = JSON.parse(await readFile(join(folder, marker), 'utf8')) as {
      readonly generator?: unknown
      readonly entries?: unknown
    }
    return generator === 'sluice' && Array.isArray(entries) ? new Set([marker, ...entries]) : new Set()
  } catch {
    return new Set()
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

/** What the operating system says no to is a mistake that users can mend. */
async function refusing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw SluiceError.of('SL942', {
      message: `the site cannot be written to ${folder}: ${reasonOfFileError(error)}`,
      hint: 'What was in the folder before is still there.',
    })
  }
}
