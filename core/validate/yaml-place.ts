import { join } from 'node:path'
import { splitHeader } from '../config/header.ts'
import { mistakeAt } from '../config/problem.ts'
import type { YamlPath } from '../config/project.ts'
import type { Place } from '../diagnostics/diagnostic.ts'
import { readText } from './macro-files.ts'

/** Where something stands in a YAML file or in the header of a model; undefined if the file cannot be read any more. */
export async function placeOfYaml(root: string, { file, path }: YamlPath): Promise<Place | undefined> {
  const text = readText(join(root, file))
  if (text === undefined) return undefined
  const split = file.toLowerCase().endsWith('.sql') ? splitHeader(text) : undefined
  if (split !== undefined && split.kind !== 'header') return undefined
  const [start, end] = split === undefined ? [0, text.length] : [split.yamlStart, split.yamlEnd]
  // Its parser is slow to load.
  const { diagnosticsOf } = await import('../config/locate.ts')
  const last = path.at(-1)
  const at = last === 'type' ? 'value' : 'key'
  const [found] = diagnosticsOf({ file, text, start, end }, [mistakeAt('SL900', path, at, { message: '' })])
  return found?.place
}
