import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'

/** Writes a file below `target/` of the project as a whole: a reader sees the old text or the new one. */
export async function writeArtifact(root: string, path: string, text: string): Promise<void> {
  const file = join(root, 'target', path)
  const draft = `${file}.${process.pid}.tmp`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(draft, text)
    await rename(draft, file)
  } catch (error) {
    throw SluiceError.of(
      'SL909',
      { message: `cannot write target/${path}: ${reasonOfFileError(error)}` },
      { cause: error },
    )
  }
}
