import { realpathSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { type GitAnswer, type GitWorld, runGit } from './run-git.ts'

export type { GitWorld } from './run-git.ts'

/** Where a project's folder is in a Git work tree. */
export interface Repository {
  /** The folder that was asked about, absolute and without links. */
  readonly folder: string
  /** The same relative to the work tree, with `/`; empty if it is the work tree itself. */
  readonly prefix: string
  readonly world: GitWorld
}

/** A commit, and the name by which the user knows it. */
export interface Revision {
  readonly ref: string
  /** The full hash. */
  readonly commit: string
}

/** What changed in a project's folder. */
export interface ChangedPaths {
  /** The commit that the work tree was compared with. */
  readonly since: Revision
  /** Relative to the project's folder, with `/`, sorted: changed, added, removed, and new files that Git does not ignore. */
  readonly paths: readonly string[]
}

/** The Git work tree that a folder is in.
 * @throws SluiceError SL920, SL921 */
export async function openRepository(folder: string, world: GitWorld): Promise<Repository> {
  const real = realpathSync(folder)
  const answer = await runGit(real, ['rev-parse', '--show-toplevel'], world)
  const root = answer.output.toString('utf8').replace(/\r?\n$/, '')
  if (answer.exitCode !== 0 || root === '') throw notARepository(real, answer)
  return { folder: real, prefix: relative(realpathSync(root), real).split(sep).join('/'), world }
}

/** The commit that a name means.
 * @throws SluiceError SL922 */
export async function revisionOf(repository: Repository, ref: string): Promise<Revision> {
  // What begins with a dash would be an option, and what holds `..` a range.
  const isName = ref !== '' && !ref.startsWith('-') && !ref.includes('..') && !/[\0\n]/.test(ref)
  const words = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]
  const answer = isName ? await runGit(repository.folder, words, repository.world) : undefined
  if (answer?.exitCode !== 0) throw await unknownRef(repository, ref)
  return { ref, commit: answer.output.toString('utf8').trim() }
}

/** The commit where the histories of a ref and of HEAD parted: what changed since it is what this branch changed.
 * @throws SluiceError SL922, SL923, SL924 */
export async function mergeBase(repository: Repository, ref: string): Promise<Revision> {
  const { commit } = await revisionOf(repository, ref)
  const head = await revisionOf(repository, 'HEAD')
  if (commit === head.commit) return { ref, commit }
  const answer = await runGit(repository.folder, ['merge-base', commit, head.commit], repository.world)
  const found = answer.output.toString('utf8').trim()
  if (answer.exitCode === 0 && found !== '') return { ref, commit: found }
  if (answer.exitCode > 1) throw gitFailed(answer)
  throw (await isShallow(repository)) ? tooShallow(ref) : unrelated(ref)
}

/** What this branch and the work tree changed in the project's folder since the history of `ref` parted from HEAD's.
 * @throws SluiceError SL920–SL924, SL926 */
export async function changedSince(folder: string, ref: string, world: GitWorld): Promise<ChangedPaths> {
  const repository = await openRepository(folder, world)
  const since = await mergeBase(repository, ref)
  const changed = await asked(repository, [
    ...['diff', '--name-only', '-z', '--relative', '--no-renames', '--no-ext-diff', '--no-textconv'],
    ...['--ignore-submodules=all', since.commit, '--'],
  ])
  const untracked = await asked(repository, ['ls-files', '--others', '--exclude-standard', '-z'])
  return { since, paths: [...new Set([...lines(changed), ...lines(untracked)])].sort() }
}

/** The answer to a question that cannot fail but for Git itself.
 * @throws SluiceError SL926 */
export async function asked(
  { folder, world }: Repository,
  words: readonly string[],
  input?: string,
): Promise<Buffer> {
  const answer = await runGit(folder, words, world, input)
  if (answer.exitCode !== 0) throw gitFailed(answer)
  return answer.output
}

/** The texts of a list that `-z` ends with NUL each. */
export function lines(output: Buffer): readonly string[] {
  return output.toString('utf8').split('\0').filter(Boolean)
}

async function isShallow({ folder, world }: Repository): Promise<boolean> {
  const { output } = await runGit(folder, ['rev-parse', '--is-shallow-repository'], world)
  return output.toString('utf8').trim() === 'true'
}

function notARepository(folder: string, { complaint }: GitAnswer): SluiceError {
  if (/dubious ownership|unsafe repository/.test(complaint)) {
    return SluiceError.of('SL921', {
      message: `git does not work in ${folder}, which belongs to another user`,
      next: `git config --global --add safe.directory ${folder}`,
    })
  }
  return SluiceError.of('SL921', {
    message: /not a git repository|must be run in a work tree/.test(complaint)
      ? `${folder} is in no Git repository`
      : `git finds no repository in ${folder}: ${firstLine(complaint)}`,
    hint: 'compare with a manifest of the other version, or run in a clone',
  })
}

async function unknownRef(repository: Repository, ref: string): Promise<SluiceError> {
  const remote = (await runGit(repository.folder, ['remote'], repository.world)).output.toString('utf8')
  const [first] = remote.split('\n').filter(Boolean)
  const shallow = await isShallow(repository)
  const plain = ref.replace(/^(refs\/(heads|remotes)\/)?/, '').replace(`${first}/`, '')
  return SluiceError.of('SL922', {
    message: `git knows no commit \`${ref}\``,
    hint: ref.includes('..')
      ? 'name one ref, not a range: what this branch changed since it is compared anyway'
      : shallow
        ? 'this clone has the last commits of one branch only'
        : 'see `git branch --all` and `git tag`',
    ...(first !== undefined && /^[\w][\w./-]*$/.test(plain) && !ref.includes('..')
      ? { next: `git fetch ${first} ${plain}` }
      : {}),
  })
}

function tooShallow(ref: string): SluiceError {
  return SluiceError.of('SL923', {
    message: `this clone is too shallow to tell where HEAD and ${ref} parted`,
    hint: 'in CI ask for the whole history (`fetch-depth: 0`, `GIT_DEPTH: 0`)',
    next: 'git fetch --unshallow',
  })
}

function unrelated(ref: string): SluiceError {
  return SluiceError.of('SL924', { message: `HEAD and ${ref} have no commit in common` })
}

function gitFailed({ complaint, exitCode }: GitAnswer): SluiceError {
  return SluiceError.of('SL926', {
    message: `git failed: ${firstLine(complaint) || `it ended with ${exitCode}`}`,
  })
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/^(fatal|error): /, '')
}
