import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { asked, lines, type Repository, type Revision } from './git.ts'

/** What a project consists of: nothing else of the commit is written. */
const PARTS = ['sluice.yml', 'sources.columns.yml', 'models', 'seeds', 'checks', 'macros']

interface Entry {
  readonly mode: string
  readonly object: string
  /** Relative to the project. */
  readonly path: string
}

/**
 * Work with a project as a commit has it, written to a temporary folder that is removed when the work ends, however it ends.
 * @param caches folder of caches by content, which the base shares
 * @throws SluiceError SL925 if the commit does not have the project */
export async function withBaseFolder<T>(
  repository: Repository,
  revision: Revision,
  caches: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const entries = await entriesOf(repository, revision)
  const folder = newFolder()
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  // A second Ctrl-C ends the process at once.
  process.once('exit', remove)
  try {
    const unchanged = await unchangedOf(repository, revision, entries)
    const taken = new Set(
      unchanged.filter((path) => isTaken(join(repository.folder, path), join(folder, path))),
    )
    await writeEntries(
      repository,
      entries.filter(({ path }) => !taken.has(path)),
      folder,
    )
    shareCaches(caches, folder)
    return await work(folder)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

async function entriesOf(repository: Repository, { ref, commit }: Revision): Promise<readonly Entry[]> {
  const prefix = repository.prefix === '' ? '' : `${repository.prefix}/`
  const listed = lines(
    await asked(repository, [
      ...['ls-tree', '-r', '-z', '--full-tree', commit, '--'],
      ...PARTS.map((part) => `${prefix}${part}`),
    ]),
  )
  const entries = listed.flatMap((line): readonly Entry[] => {
    const found = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]+)$/.exec(line)
    return found === null
      ? []
      : [{ mode: found[1]!, object: found[2]!, path: found[3]!.slice(prefix.length) }]
  })
  if (!entries.some(({ path }) => path === 'sluice.yml')) {
    throw SluiceError.of('SL925', {
      message: `${ref} (${shortCommit(commit)}) has no ${prefix}sluice.yml`,
      hint: 'the project is newer than that commit, or has moved since',
    })
  }
  return entries
}

/** Regular files that Git says are in the work tree what they are in the commit: its rules for line ends, and filters as those of LFS, write
 * a file otherwise than it was committed. */
async function unchangedOf(
  repository: Repository,
  { commit }: Revision,
  entries: readonly Entry[],
): Promise<readonly string[]> {
  const changed = new Set(
    lines(
      await asked(repository, [
        ...['diff', '--name-only', '-z', '--relative', '--no-renames', '--no-ext-diff', '--no-textconv'],
        ...['--ignore-submodules=all', commit, '--'],
      ]),
    ),
  )
  return entries
    .filter(({ mode, path }) => regular.has(mode) && isInside(path) && !changed.has(path))
    .map(({ path }) => path)
}

/** Copies a file of the work tree. One that is not there (a sparse checkout) or is reached through a link is not taken. */
function isTaken(from: string, to: string): boolean {
  try {
    if (realpathSync(from) !== from) return false
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(from, to)
    return true
  } catch {
    return false
  }
}

/** A commit as people write it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 8)
}

const regular = new Set(['100644', '100755'])
const LINK = '120000'

/** Files as they were committed; links to files of the project stay links. What else a commit can hold (submodules) has no content here. */
async function writeEntries(
  repository: Repository,
  entries: readonly Entry[],
  folder: string,
): Promise<void> {
  const within = entries.filter(({ path }) => isInside(path))
  // Links last, so that nothing is written through them.
  const wanted = [
    ...within.filter(({ mode }) => regular.has(mode)),
    ...within.filter(({ mode }) => mode === LINK),
  ]
  const input = wanted.map(({ object }) => `${object}\n`).join('')
  const output = await asked(repository, ['cat-file', '--batch'], input)
  let at = 0
  for (const { mode, path } of wanted) {
    const end = output.indexOf(0x0a, at)
    const size = Number(output.toString('utf8', at, end).split(' ')[2])
    // A clone without all objects, which could not be fetched.
    if (end < 0 || !Number.isSafeInteger(size)) {
      throw SluiceError.of('SL926', {
        message: `git does not have ${path} of that commit`,
        hint: 'the clone is a partial one: `git fetch --refetch` gets the rest',
      })
    }
    const content = output.subarray(end + 1, end + 1 + size)
    at = end + 1 + size + 1
    write(join(folder, path), content, mode === LINK)
  }
}

function isInside(path: string): boolean {
  const plain = normalize(path)
  return !isAbsolute(plain) && plain !== '..' && !plain.startsWith('../')
}

function write(file: string, content: Buffer, isLink: boolean): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    if (isLink) symlinkSync(content.toString('utf8'), file)
    else writeFileSync(file, content)
  } catch (error) {
    throw SluiceError.of(
      'SL909',
      { message: `cannot write ${file}: ${reasonOfFileError(error)}` },
      { cause: error },
    )
  }
}

const NAME = 'sluice-base-'
const DAY_MS = 86_400_000

/** A folder of this process; what killed ones left behind a day ago is removed. */
function newFolder(): string {
  const parent = realpathSync(tmpdir())
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(NAME)) continue
    const left = join(parent, name)
    try {
      if (Date.now() - statSync(left).mtimeMs > DAY_MS) rmSync(left, { recursive: true, force: true })
    } catch {
      // Another process removes it too, or it is somebody else's.
    }
  }
  return mkdtempSync(join(parent, NAME))
}

/** Most of a base is what the project still is: answers by content serve both. */
function shareCaches(caches: string, folder: string): void {
  try {
    const shared = readdirSync(caches).filter((name) => name.endsWith('.cache'))
    const own = join(folder, '.sluice', 'cache')
    mkdirSync(own, { recursive: true })
    for (const name of shared) symlinkSync(join(caches, name), join(own, name))
  } catch {
    // Without caches the base is compiled from nothing.
  }
}
