import { parseDescriptions } from '../../core/config/descriptions.ts'
import { exposureNodeName } from '../../core/config/exposures.ts'
import { isMap } from '../../core/config/schema/values.ts'
import { parseYaml } from '../../core/config/yaml.ts'

/** Names of the entries of a YAML file that differ between two texts of it, those that are in one of them only included. */
export function changedEntries(
  path: string,
  before: string | undefined,
  now: string | undefined,
): readonly string[] {
  const entries = path === 'sources.columns.yml' ? capturedEntries : describedEntries
  const old = entries(path, before ?? '')
  const current = entries(path, now ?? '')
  return [...new Set([...old.keys(), ...current.keys()])].filter(
    (name) => old.get(name) !== current.get(name),
  )
}

function describedEntries(path: string, text: string): ReadonlyMap<string, string> {
  const { models, seeds, sources, exposures } = parseDescriptions(text, path)
  const found = new Map<string, string>()
  for (const { name, settings, broken } of [...models, ...seeds, ...sources]) {
    if (name !== undefined) found.set(name, JSON.stringify([settings, broken], withoutPlaces))
  }
  for (const { name, settings, broken } of exposures) {
    if (name !== undefined) found.set(exposureNodeName(name), JSON.stringify([settings, broken]))
  }
  return found
}

/** Lines move whenever something above them changes. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === 'place' || key === 'at' ? undefined : value
}

/** Each source with its columns in all dialects. */
function capturedEntries(path: string, text: string): ReadonlyMap<string, string> {
  const yaml = parseYaml({ file: path, text, start: 0, end: text.length })
  const found = new Map<string, string>()
  const dialects = yaml.ok && isMap(yaml.value) && isMap(yaml.value.columns) ? yaml.value.columns : {}
  for (const [dialect, sources] of Object.entries(dialects)) {
    if (!isMap(sources)) continue
    for (const [name, columns] of Object.entries(sources)) {
      found.set(name, `${found.get(name) ?? ''}${JSON.stringify([dialect, columns])}`)
    }
  }
  return found
}
