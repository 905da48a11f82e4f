import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompiledProject } from '../../core/compile/compiled.ts'
import type { Definition } from '../../core/compile/definition.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { aspects } from '../../core/graph/selector.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { manifestFormat } from './manifest.ts'

/** What `sluice compile` saved of another version of the project. */
export interface SavedManifest {
  readonly path: string
  /** Version of the program that wrote it. */
  readonly writtenBy: string
  readonly definitions: ReadonlyMap<string, Definition>
}

/** Reads a manifest to compare the project with.
 * @param given the file, or the folder that holds it, absolute
 * @throws SluiceError SL425 */
export async function readSavedManifest(
  given: string,
  { project }: Pick<CompiledProject, 'project'>,
): Promise<SavedManifest> {
  const { path, text } = await textOf(given)
  const refuse = (why: string, hint: string) =>
    SluiceError.of('SL425', { message: `${path} cannot be compared with: ${why}`, hint })
  const rewrite = 'Write it again with `sluice compile` in the other version of the project.'
  const content = parsed(text)
  if (!isRecord(content) || !('manifest' in content || 'sluice' in content) || !Array.isArray(content.nodes))
    throw refuse('it is no manifest of Sluice', rewrite)
  const { manifest, sluice, project: name, target, adapter } = content
  if (manifest !== manifestFormat)
    throw refuse(`it has the format of another version of Sluice (${String(sluice)})`, rewrite)
  if (name !== project.name)
    throw refuse(`it is of the project ${String(name)}, and this is ${project.name}`, rewrite)
  if (adapter !== project.target.adapter) {
    throw refuse(
      `it was compiled for ${String(target)} on ${String(adapter)}, and this is ${project.target.name} on ${project.target.adapter}`,
      `Each engine reads SQL in its own way. Use a target on ${String(adapter)} here, or compile the other version for ${project.target.name}.`,
    )
  }
  const definitions = content.nodes.map(definitionIn)
  if (!definitions.every((each) => each !== undefined)) throw refuse('it is damaged', rewrite)
  return { path, writtenBy: String(sluice), definitions: new Map(definitions) }
}

async function textOf(given: string): Promise<{ readonly path: string; readonly text: string }> {
  try {
    const path = (await stat(given)).isDirectory() ? join(given, 'manifest.json') : given
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    throw SluiceError.of(
      'SL425',
      {
        message: `cannot read the saved manifest ${given}: ${reasonOfFileError(error)}`,
        hint: '--state names the manifest.json that `sluice compile` wrote, or its folder.',
      },
      { cause: error },
    )
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function definitionIn(node: unknown): readonly [name: string, Definition] | undefined {
  if (!isRecord(node) || typeof node.name !== 'string' || !isRecord(node.definition)) return undefined
  const { definition } = node
  const isWhole = aspects.every((aspect) => typeof definition[aspect] === 'string')
  return isWhole ? [node.name, definition as Definition] : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
