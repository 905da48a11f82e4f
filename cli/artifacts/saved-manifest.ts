import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompiledNode, CompiledProject } from '../../core/compile/compiled.ts'
import type { Definition } from '../../core/compile/definition.ts'
import { graphOf } from '../../core/compile/graph-of.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { SideNode } from '../../core/diff/side.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { aspects } from '../../core/graph/selector.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import type { TemplateHashes } from '../diff/templates.ts'
import { codeFormat, manifestFormat } from './manifest.ts'

/** What `sluice compile` saved of another version of the project. */
export interface SavedManifest {
  readonly path: string
  /** Version of the program that wrote it. */
  readonly writtenBy: string
  readonly definitions: ReadonlyMap<string, Definition>
  /** What it says of every node, upstream first. */
  readonly nodes: ReadonlyMap<string, SideNode>
  /** The project as it was compiled; undefined if another Sluice keeps it in another form. */
  readonly code?: SavedCode
}

export interface SavedCode extends TemplateHashes {
  readonly nodes: ReadonlyMap<string, CompiledNode>
  readonly graph: Graph
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
  const nodes = content.nodes.map(nodeIn).filter((node) => node !== undefined)
  const code = codeIn(content.code)
  return {
    path,
    writtenBy: String(sluice),
    definitions: new Map(definitions),
    nodes: new Map(nodes.map((node) => [node.name, node])),
    ...(code === undefined ? {} : { code }),
  }
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
        hint: 'Name the manifest.json that `sluice compile` wrote, or its folder.',
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

function nodeIn(node: unknown): SideNode | undefined {
  const found = definitionIn(node)
  if (found === undefined || !isRecord(node)) return undefined
  const { kind, path, materialization } = node
  const [name, definition] = found
  return {
    name,
    kind: kind as SideNode['kind'],
    path: String(path),
    materialization: String(materialization),
    definition,
  }
}

function codeIn(code: unknown): SavedCode | undefined {
  if (!isRecord(code) || code.format !== codeFormat || !Array.isArray(code.nodes)) return undefined
  const nodes = code.nodes as readonly CompiledNode[]
  try {
    const graph = graphOf(nodes)
    const { macros, vars } = code as unknown as TemplateHashes
    return { nodes: new Map(nodes.map((node) => [node.name, node])), graph, macros, vars }
  } catch {
    // Somebody edited it: what it says of definitions is all that is left.
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
