import { z } from 'zod'
import type { Place } from '../diagnostics/diagnostic.ts'
import type { Path, Problem, YamlSource } from './problem.ts'
import { type ExposureSettings, exposureEntry } from './schema/exposure.ts'
import { type ModelSettings, modelEntry, type SeedSettings, seedEntry } from './schema/model.ts'
import { type SourceSettings, sourceEntry } from './schema/source.ts'
import { isMap, list, map, optional } from './schema/values.ts'
import { type Validated, validate } from './validate.ts'
import { parseYaml, placeOf } from './yaml.ts'

/** One entry of a YAML file. */
export interface Entry<Settings> {
  /** Undefined if the entry has no name that can be read. */
  readonly name: string | undefined
  readonly settings: Partial<Settings>
  readonly broken: readonly string[]
  readonly prefix: Path
  readonly place: Place
}

export interface SourceEntry extends Entry<SourceSettings> {
  /** Where the files of each target are declared. */
  readonly filePlaces: Readonly<Record<string, Place>>
}

/** What one YAML file below `models/` or `seeds/` says. Plain data that depends on the file's path and text only. */
export interface Descriptions {
  readonly sources: readonly SourceEntry[]
  readonly models: readonly Entry<Omit<ModelSettings, 'name' | 'schema'>>[]
  readonly seeds: readonly Entry<SeedSettings>[]
  readonly exposures: readonly Entry<ExposureSettings>[]
  readonly problems: readonly Problem[]
}

const items = optional(list(z.unknown()))
const file = map({ sources: items, models: items, seeds: items, exposures: items })

/** Reads and validates a YAML file with `sources`, `models`, `seeds` and `exposures`. */
export function parseDescriptions(text: string, path: string): Descriptions {
  const source: YamlSource = { file: path, text, start: 0, end: text.length }
  const yaml = parseYaml(source)
  if (!yaml.ok) return { sources: [], models: [], seeds: [], exposures: [], problems: [yaml.problem] }
  const top = validate(file, yaml.value, { prefix: [], what: 'a YAML file of the project' })
  const problems: Problem[] = [...yaml.problems, ...top.problems]

  const entries = <Settings extends { readonly name: string }>(
    key: 'sources' | 'models' | 'seeds' | 'exposures',
    check: (raw: unknown, prefix: Path) => Validated<Settings>,
  ): Entry<Settings>[] =>
    (top.value[key] ?? []).map((raw, at) => {
      const prefix = [key, at]
      const { value, broken, problems: found } = check(raw, prefix)
      problems.push(...found)
      const place = placeOf(raw) ?? { file: path, line: 1, column: 1 }
      return { name: value.name, settings: value, broken, prefix, place }
    })

  return {
    sources: entries('sources', (raw, prefix) =>
      validate(sourceEntry, raw, { prefix, what: 'a source' }),
    ).map((entry) => ({ ...entry, filePlaces: filePlacesOf(yaml.value, entry) })),
    models: entries('models', (raw, prefix) =>
      validate(modelEntry, raw, { prefix, what: "a model's entry" }),
    ),
    seeds: entries('seeds', (raw, prefix) => validate(seedEntry, raw, { prefix, what: "a seed's entry" })),
    exposures: entries('exposures', (raw, prefix) =>
      validate(exposureEntry, raw, { prefix, what: 'an exposure' }),
    ),
    problems,
  }
}

function filePlacesOf(raw: unknown, entry: Entry<SourceSettings>): Readonly<Record<string, Place>> {
  let node = raw
  for (const part of [...entry.prefix, 'files']) {
    node = Array.isArray(node) ? node[Number(part)] : isMap(node) ? node[part] : undefined
  }
  if (!isMap(node)) return {}
  return Object.fromEntries(
    Object.entries(node).map(([target, files]) => [target, placeOf(files) ?? placeOf(node) ?? entry.place]),
  )
}
