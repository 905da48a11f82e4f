import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompiledSource } from '../../core/compile/compiled.ts'
import { capturedText, parseCaptured } from '../../core/config/captured.ts'
import { capturedFile } from '../../core/config/captured-file.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import {
  type CapturedColumns,
  type ColumnChange,
  changesOf,
  type Pulled,
  pullSource,
  type SourceChange,
  withPulled,
} from '../../core/sources/pull.ts'
import type { Handler, Invocation } from '../command.ts'
import { connectOrEmpty } from '../connect-or-empty.ts'
import { printDiagnostics } from '../diagnostics/print.ts'
import { exitCodes } from '../exit.ts'
import { nodesIn } from '../json/node.ts'
import { selectionOf } from '../selection.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

/** `sluice sources pull`: captures the columns of sources into a file that people commit. */
export const sources: Handler = async (invocation) => {
  const [word] = invocation.arguments
  if (word !== 'pull') {
    throw SluiceError.of('SL904', {
      message:
        word === undefined ? '`sluice sources` needs a word' : `\`sluice sources ${word}\` is no command`,
      hint: '`sluice sources pull` captures the columns of sources.',
    })
  }
  const { options, format, terminal } = invocation
  // Whoever captures columns is often told to by what is wrong with a model.
  const workspace = await openWorkspace(invocation, { isTolerant: true })
  const { project, factory } = workspace
  const selected = await selectionOf(workspace, invocation)
  const asked = nodesIn(project, selected).filter(
    (node): node is CompiledSource => node.kind === 'source' && !workspace.broken.has(node.name),
  )
  const pulled = await pull(workspace, asked)
  const mistakes = mistakesOf(workspace)
  if (mistakes > 0 && !options.quiet)
    terminal.err.write(
      `note: the project has ${counted(mistakes, 'mistake')} (see \`sluice validate\`): sources that cannot be read are not asked, and none is taken out\n`,
    )
  const path = join(project.project.root, capturedFile)
  const written = await textOf(path)
  const before: CapturedColumns = written === undefined ? new Map() : parseCaptured(written).dialects
  const after = withPulled(before, factory.dialectName, pulled, declaredIfAll(workspace, invocation))
  const changes = changesOf(before, after, factory.dialectName)
  const text = capturedText(after)
  const isChanged = changes.length > 0 || (written ?? capturedText(new Map())) !== text
  if (isChanged && !options.check) await replace(path, text)
  const failed = pulled.flatMap((each) => ('problem' in each ? [each.problem] : []))
  if (format === 'json') for (const each of changes) terminal.out.write(jsonLine(changeJson(each)))
  else printChanges(changes, invocation)
  const problems = [...failed, ...(isChanged && options.check ? [outOfDate()] : [])]
  printDiagnostics(problems, terminal.err, format === 'json' ? 'json' : 'text')
  if (format !== 'json' && !options.quiet)
    terminal.err.write(summary(asked.length, failed.length, isChanged, options.check === true))
  return problems.length > 0 ? exitCodes.failed : exitCodes.good
}

function mistakesOf({ problems }: Workspace): number {
  return problems.filter(({ severity }) => severity !== 'warning').length
}

async function pull(workspace: Workspace, asked: readonly CompiledSource[]): Promise<readonly Pulled[]> {
  if (asked.length === 0) return []
  const adapter = await connectOrEmpty(workspace)
  try {
    const pulled: Pulled[] = []
    for (const source of asked) {
      pulled.push(await adapter.session((session) => pullSource(adapter, session, source)))
    }
    return pulled
  } finally {
    await adapter.close()
  }
}

/** Every declared source, if all were asked: others are gone. Where a file has mistakes, nobody can tell which sources it declares. */
function declaredIfAll(workspace: Workspace, { options }: Invocation): ReadonlySet<string> | undefined {
  const { project } = workspace
  if (mistakesOf(workspace) > 0) return undefined
  if (options.select !== undefined || options.selector !== undefined || options.exclude !== undefined)
    return undefined
  return new Set([...project.nodes.values()].filter(({ kind }) => kind === 'source').map(({ name }) => name))
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** In one go: nobody ever reads half of it. */
async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await writeFile(temporary, text)
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

function outOfDate(): Diagnostic {
  return diagnostic('SL163', {
    message: `${capturedFile} is not what the database has`,
    place: { file: capturedFile, line: 1, column: 1 },
    hint: 'Capture the columns, look at what models make of the change, and commit the file.',
    next: 'sluice sources pull',
  })
}

function changeJson({ source, kind, columns }: SourceChange) {
  return {
    source,
    change: kind,
    columns: columns.map((each) => ({
      column: each.column,
      change: each.kind,
      ...(each.kind === 'removed' ? { before: each.text } : { after: each.text }),
      ...(each.kind === 'changed' ? { before: each.before } : {}),
    })),
  }
}

function printChanges(changes: readonly SourceChange[], { terminal }: Invocation): void {
  for (const { source, kind, columns } of changes) {
    terminal.out.write(`${source}${kind === 'changed' ? '' : ` ${kind}`}\n`)
    for (const each of columns) terminal.out.write(`  ${line(each)}\n`)
  }
}

function line(change: ColumnChange): string {
  switch (change.kind) {
    case 'added':
      return `+ ${change.text}`
    case 'removed':
      return `- ${change.text}`
    case 'changed':
      return `~ ${change.text} (was ${change.before})`
    case 'moved':
      return `~ ${change.text} (moved)`
  }
}

function summary(asked: number, failed: number, isChanged: boolean, isCheck: boolean): string {
  const looked = `${counted(asked, 'source')} asked${failed > 0 ? `, ${failed} failed` : ''}`
  if (!isChanged) return `${looked}; ${capturedFile} is up to date\n`
  return isCheck ? `${looked}\n` : `${looked}; ${capturedFile} written\n`
}
