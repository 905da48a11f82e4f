import { join, resolve } from 'node:path'
import { type Diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Side } from '../../core/diff/side.ts'
import type { Invocation } from '../command.ts'
import { shortCommit, withBaseFolder } from '../git/base-folder.ts'
import { mergeBase, openRepository, type Revision, revisionOf } from '../git/git.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'
import { sideOf } from './sides.ts'
import { templatesIn } from './templates.ts'

/** The version of the project that is compared with. */
export interface Base {
  readonly side: Side
  /** As a sentence goes on after `compared with`. */
  readonly label: string
  /** What can run its SQL; undefined where only a part of it was kept. */
  readonly workspace?: Workspace
  readonly origin:
    | { readonly kind: 'git'; readonly ref: string; readonly commit: string }
    | { readonly kind: 'manifest'; readonly path: string; readonly writtenBy: string }
}

/** Work with the project as it was at the ref or in the manifest that `--base` names. What it needs lasts as long as the work.
 * @throws SluiceError SL425, SL430, SL920–SL926 */
export async function withBase<T>(
  head: Workspace,
  invocation: Invocation,
  given: string,
  work: (base: Base) => Promise<T>,
): Promise<T> {
  const manifest = manifestPath(given, invocation)
  if (manifest !== undefined) {
    const { manifestBase } = await import('./manifest-base.ts')
    return work(await manifestBase({ path: manifest, given }, head, invocation))
  }
  const { root } = head.project.project
  const repository = await openRepository(root, {
    environment: invocation.environment,
    signal: invocation.signal,
  })
  const named = await revisionOf(repository, given)
  const revision = await mergeBase(repository, given)
  return withBaseFolder(repository, revision, join(root, '.sluice', 'cache'), async (folder) => {
    const options = { ...invocation.options, project: folder, quiet: true as const }
    const inBase: Invocation = { ...invocation, options }
    const workspace = await compiled(inBase, revision)
    const side = await sideOf(workspace, inBase, templatesIn(folder, inBase), root)
    return work({
      side,
      label: labelOf(named, revision),
      workspace,
      origin: { kind: 'git', ref: given, commit: revision.commit },
    })
  })
}

/** `--base` names a file if it ends like one, or if it is a folder of one: a ref may hold slashes and dots too. */
function manifestPath(given: string, { workingDirectory }: Invocation): string | undefined {
  return given.endsWith('.json') ? resolve(workingDirectory, given) : undefined
}

function labelOf({ ref, commit }: Revision, base: Revision): string {
  const short = shortCommit(base.commit)
  if (commit.startsWith(ref) && ref.length >= 7) return `${short}`
  return commit === base.commit ? `${ref} (${short})` : `${short}, where this branch left ${ref}`
}

async function compiled(invocation: Invocation, { ref, commit }: Revision): Promise<Workspace> {
  try {
    return await openWorkspace(invocation)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    const { diagnostics } = error
    throw SluiceError.of(
      'SL430',
      {
        message: `${ref} (${shortCommit(commit)}) does not compile: ${listed(diagnostics)}`,
        hint: 'compare with a commit that compiles, or with the manifest.json of one that did: `--base path/to/manifest.json`',
      },
      { cause: error },
    )
  }
}

const LISTED = 3

/** The first mistakes of the base, in files as the commit has them. */
function listed(diagnostics: readonly Diagnostic[]): string {
  const shown = diagnostics.slice(0, LISTED).map(({ code, message, place }) => {
    const where = place === undefined ? '' : `${place.file}:${place.line}: `
    return `${where}${message} [${code}]`
  })
  const rest = diagnostics.length - shown.length
  return `${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`
}
