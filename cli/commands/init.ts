import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler } from '../command.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { exitCodes } from '../exit.ts'
import { projectFiles } from '../init/project-files.ts'
import type { Output } from '../terminal/terminal.ts'
import { commandText } from '../text/command.ts'
import { jsonLine } from '../text/json.ts'

/** Writes a small working project. Files that are there already stay as they are. */
export const init: Handler = async ({
  arguments: [directory = '.'],
  options,
  format,
  terminal,
  workingDirectory,
}) => {
  const root = resolve(workingDirectory, directory)
  if (!options.force && (await entriesOf(root)).length > 0) {
    throw SluiceError.of('SL907', {
      message: `the folder ${directory} is not empty`,
      hint: 'name another folder, or add --force: files that are there already stay as they are',
      next: `init ${directory === '.' ? 'NAME' : directory} --force`,
    })
  }
  const written: string[] = []
  const kept: string[] = []
  for (const [path, text] of Object.entries(projectFiles(projectName(root)))) {
    const isNew = await write(join(root, path), text)
    ;(isNew ? written : kept).push(path)
  }
  if (format === 'json') terminal.out.write(jsonLine({ root, written, kept }))
  else
    print(terminal.out, {
      written,
      kept,
      folder: relative(workingDirectory, root),
      isQuiet: options.quiet ?? false,
    })
  return exitCodes.good
}

interface Outcome {
  readonly written: readonly string[]
  readonly kept: readonly string[]
  readonly folder: string
  readonly isQuiet: boolean
}

function print(out: Output, { written, kept, folder, isQuiet }: Outcome): void {
  if (isQuiet) return
  const { style } = out
  const commands = [
    ...(folder ? [`cd ${/\s/.test(folder) ? `'${folder}'` : folder}`] : []),
    commandText('run --from 2024-01-01 --to 2024-01-07'),
    commandText('show marts.daily_sales'),
  ]
  const lines = [
    ...written.map((path) => `${style.green('+')} ${path}`),
    ...kept.map((path) => style.dim(`· ${path} is there already`)),
    '',
    'Next',
    ...commands.map((command) => `  ${style.bold(command)}`),
  ]
  out.write(`${lines.join('\n')}\n`)
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw refused(folder, error)
  }
}

/** Returns false if the file is there already. */
async function write(path: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw refused(path, error)
  }
}

function refused(path: string, error: unknown): SluiceError {
  return SluiceError.of(
    'SL909',
    { message: `cannot write ${path}: ${reasonOfFileError(error)}` },
    { cause: error },
  )
}

/** A name that is good in YAML, in a file name and as an identifier. */
function projectName(root: string): string {
  const name = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return /^[a-z]/.test(name) ? name : `project_${name}`.replace(/_$/, '')
}
