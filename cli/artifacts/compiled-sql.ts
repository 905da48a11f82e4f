import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CompiledCheck, CompiledModel, CompiledNode } from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { firstPartition, windowOf } from '../window.ts'
import type { Workspace } from '../workspace.ts'
import { compiledPath } from './manifest.ts'

/** Writes the compiled SQL of models and checks below `target/compiled/`, as it would be sent for the first partition: what
 * stands there depends on the project alone, never on the clock. Returns how many files. */
export async function writeCompiledSql(
  workspace: Workspace,
  nodes: readonly CompiledNode[],
  isWhole: boolean,
): Promise<number> {
  const { root } = workspace.project.project
  // Files of models that are gone would be taken for compiled ones.
  if (isWhole) rmSync(join(root, 'target/compiled'), { recursive: true, force: true })
  const folders = new Set<string>()
  let written = 0
  for (const node of nodes) {
    const path = compiledPath(node)
    if (path === undefined || (node.kind !== 'model' && node.kind !== 'check')) continue
    const text = await textOf(workspace, node)
    write(join(root, path), text, folders)
    written += 1
  }
  return written
}

async function textOf({ project, texts }: Workspace, node: CompiledModel | CompiledCheck): Promise<string> {
  const owner = node.kind === 'check' ? project.nodes.get(node.gateOf ?? '') : node
  const model = owner?.kind === 'model' ? owner : undefined
  const partition = model === undefined ? undefined : firstPartition(model)
  const window =
    model === undefined || partition === undefined ? undefined : windowOf(project, model, partition)
  const { text } =
    node.kind === 'model' ? await texts.model(node, window) : await texts.check(node.name, window)
  const title = `-- ${node.name}${partition === undefined ? '' : `, partition ${partition.key}`}`
  return `${title}\n${text.trim()}\n`
}

/** Thousands of small files are written fastest one after the other. */
function write(file: string, text: string, folders: Set<string>): void {
  const folder = dirname(file)
  try {
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true })
    folders.add(folder)
    writeFileSync(file, text)
  } catch (error) {
    throw SluiceError.of(
      'SL909',
      { message: `cannot write ${file}: ${reasonOfFileError(error)}` },
      { cause: error },
    )
  }
}
