import { posix } from 'node:path'
import type { Descriptions, Entry } from './descriptions.ts'
import type { Layer } from './layers.ts'
import type { ParsedModelHeader } from './model-header.ts'
import { type NamedThing, nameOfPath, qualified } from './names.ts'
import type { Finding, YamlSource } from './problem.ts'
import type { ModelFile } from './project.ts'
import type { ReadProject } from './project-file.ts'
import { type ModelContext, resolveModel } from './resolve-model.ts'

/** One SQL file below `models/`, read. */
export interface ReadModel {
  readonly source: YamlSource
  readonly header: ParsedModelHeader
  readonly folders: readonly Layer[]
  readonly name: string
  readonly schema: string | undefined
  readonly table: string
}

export type ModelEntry = Descriptions['models'][number]

/** Layers of the folders around a model, innermost first. */
export class FolderLayers {
  readonly #folders: ReadProject['folders']
  readonly #byFolder = new Map<string, readonly Layer[]>()

  constructor(folders: ReadProject['folders']) {
    this.#folders = folders
  }

  /** `path` is a model's, from the project root. */
  of(path: string): readonly Layer[] {
    const folder = posix.dirname(path)
    let layers = this.#byFolder.get(folder)
    if (layers) return layers
    const found: Layer[] = []
    for (let at = folder; at.includes('/'); at = posix.dirname(at)) {
      const layer = this.#folders.get(at.slice('models/'.length))
      if (layer) found.push(layer)
    }
    layers = found
    this.#byFolder.set(folder, layers)
    return layers
  }
}

/** A model with its name: header, then folder defaults, then the path decide. */
export function readModel(
  path: string,
  text: string,
  header: ParsedModelHeader,
  folders: readonly Layer[],
): ReadModel {
  const fromPath = nameOfPath(path)
  const fromFolder = folders.find(({ settings }) => settings.schema !== undefined)?.settings.schema
  const schema = header.settings.schema ?? fromFolder ?? fromPath.schema
  const table = header.settings.name ?? fromPath.table
  const source = { file: path, text, start: header.yamlStart, end: header.yamlEnd }
  return { source, header, folders, schema, table, name: qualified(schema, table) }
}

export function namedModel({ source, header, name, schema, table }: ReadModel): NamedThing {
  const key =
    header.settings.name !== undefined ? 'name' : header.settings.schema !== undefined ? 'schema' : undefined
  return { kind: 'model', name, schema, table, source, ...(key === undefined ? {} : { path: [key] }) }
}

/** The model with the configuration that its header, its YAML entry and its folders give together. */
export function modelFileOf(
  model: ReadModel,
  described: { readonly entry: ModelEntry; readonly source: YamlSource } | undefined,
  context: ModelContext,
  findings: Finding[],
): ModelFile {
  const { source, header, folders, name, schema, table } = model
  const layers: Layer[] = [
    { settings: header.settings, broken: header.broken, source, prefix: [], isOwn: true },
    ...(described ? [layerOf(described.entry, described.source)] : []),
    ...folders,
  ]
  // Nothing can be said of how keys fit together if some could not be read.
  const config = resolveModel(layers, context, header.unreadable ? [] : findings)
  return {
    name,
    ...(schema === undefined ? {} : { schema }),
    table,
    path: source.file,
    text: source.text,
    bodyStart: header.bodyStart,
    config,
  }
}

function layerOf(entry: ModelEntry, source: YamlSource): Layer {
  const { name: _, ...settings } = entry.settings as Entry<{ readonly name?: string }>['settings'] &
    ModelEntry['settings']
  return { settings, broken: entry.broken, source, prefix: entry.prefix, isOwn: true }
}
