import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { openError } from './open-error.ts'

/** The real path of a file that may not exist yet, in a folder that must. */
export async function realPath(path: string, readOnly: boolean): Promise<string> {
  const file = resolve(path)
  try {
    return await realpath(file)
  } catch (error) {
    if (!isNotFound(error)) throw await openError(error, path)
  }
  const folder = dirname(file)
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) {
    throw SluiceError.of('SL503', {
      message: `The database ${path} cannot be created: there is no folder ${folder}.`,
      hint: 'Create the folder, or correct the path of the target in sluice.yml.',
      next: `mkdir -p ${shellWord(folder)}`,
    })
  }
  if (readOnly) {
    throw SluiceError.of('SL506', {
      message: `There is no database at ${path} to read.`,
      hint: 'Run the pipeline first with a target that may write, or correct the path.',
    })
  }
  return join(await realpath(folder), basename(file))
}

/** As a shell takes it: quoted where it holds more than letters of paths. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
