import type { Check } from '../checks/check.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type Finding, mistakeAt, type Path, type Problem, type YamlSource } from './problem.ts'
import type { ColumnConfig } from './project.ts'
import { columnKinds, kinds } from './schema/check-kinds.ts'
import type { ColumnSettings, ModelSettings } from './schema/model.ts'
import { sentence } from './schema/values.ts'

/** One place that configures a model: its header, its YAML entry or the defaults of a folder. */
export interface Layer {
  readonly settings: Partial<ModelSettings>
  /** Keys that are wrong there. */
  readonly broken: readonly string[]
  readonly source: YamlSource
  /** Path of the layer's map in its YAML. */
  readonly prefix: Path
  /** Said of this very model, and not of a folder. */
  readonly isOwn: boolean
}

/** The settings of a model, nearest layer first, key by key; the keys of maps are looked up one by one too. */
export class Layers {
  readonly layers: readonly Layer[]
  readonly #nearest: Partial<ModelSettings>

  constructor(layers: readonly Layer[]) {
    this.layers = layers
    const filled = layers.filter(({ settings }) => !isEmpty(settings))
    this.#nearest =
      filled.length === 1
        ? filled[0]!.settings
        : (Object.assign({}, ...filled.map(({ settings }) => settings).reverse()) as Partial<ModelSettings>)
  }

  /** The nearest layer that has the key (and, in a map, the key below it). */
  layerOf(key: keyof ModelSettings, inner?: string): Layer | undefined {
    return this.layers.find(({ settings }) => {
      const value = settings[key]
      return value !== undefined && (inner === undefined || (isRecord(value) && inner in value))
    })
  }

  get<Key extends keyof ModelSettings>(key: Key): Partial<ModelSettings>[Key] {
    return this.#nearest[key]
  }

  /** A map merged over all layers. */
  merged<Key extends 'partition' | 'freshness' | 'retry' | 'reads' | 'follow' | 'grants' | 'snapshot'>(
    key: Key,
  ): Partial<NonNullable<ModelSettings[Key]>> | undefined {
    const nearest: ModelSettings[Key] | undefined = this.#nearest[key]
    if (nearest === undefined || this.layers.length === 1) {
      return nearest as Partial<NonNullable<ModelSettings[Key]>> | undefined
    }
    const values = this.layers.flatMap(({ settings }) => (settings[key] === undefined ? [] : [settings[key]]))
    if (values.length < 2) return values[0]
    return Object.assign({}, ...values.reverse()) as Partial<NonNullable<ModelSettings[Key]>>
  }

  /** Whether a key is wrong somewhere, so that nothing can be said about it. */
  isBroken(...keys: readonly (keyof ModelSettings)[]): boolean {
    return this.layers.some(({ broken }) => broken.length > 0 && keys.some((key) => broken.includes(key)))
  }
}

/** Whether a layer says nothing. */
export function isEmpty(settings: object): boolean {
  for (const _ in settings) return false
  return true
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Checks, columns and where a mistake among them lies; what models, seeds and sources have in common. */
export interface Described {
  readonly settings: {
    readonly checks?: readonly Check[]
    readonly columns?: readonly ColumnSettings[]
  }
  readonly source: YamlSource
  readonly prefix: Path
}

/**
 * The checks of all layers together. A check replaces one of the same name from a farther layer; two of the same name in one
 * layer are a mistake. Checks of columns come after those of the whole.
 * @param macros names of the project's own kinds of checks
 */
export function mergedChecks(
  layers: readonly Described[],
  findings: Finding[],
  macros: ReadonlySet<string>,
): readonly Check[] {
  const found = new Map<string, Check>()
  for (const { settings, source, prefix } of layers) {
    if (settings.checks === undefined && settings.columns === undefined) continue
    const here = new Set<string>()
    const add = (check: Check, path: Path) => {
      if (check.kind === 'macro' && !macros.has(check.macro)) {
        const isOfColumn = path[0] === 'columns'
        findings.push({ source, problem: unknownKind(check.macro, [...prefix, ...path], isOfColumn, macros) })
        return
      }
      if (here.has(check.name)) {
        const problem = mistakeAt('SL133', [...prefix, ...path], 'value', {
          message: `Two checks are named \`${check.name}\`.`,
          hint: 'Give one of them another `name`, or remove it if it says the same.',
        })
        findings.push({ source, problem })
      }
      here.add(check.name)
      if (!found.has(check.name)) found.set(check.name, check)
    }
    for (const [at, check] of (settings.checks ?? []).entries()) add(check, ['checks', at])
    for (const [at, column] of (settings.columns ?? []).entries()) {
      for (const [index, check] of column.checks.entries()) add(check, ['columns', at, 'checks', index])
    }
  }
  return found.size === 0 ? nothing : [...found.values()]
}

function unknownKind(kind: string, path: Path, isOfColumn: boolean, macros: ReadonlySet<string>): Problem {
  const known = [...(isOfColumn ? Object.keys(columnKinds) : kinds), ...macros]
  return mistakeAt('SL132', [...path, kind], 'key', {
    message: `\`${kind}\` is not a kind of check.`,
    hint: sentence(didYouMean(kind, known, 1)) ?? `Kinds are ${known.join(', ')}.`,
  })
}

/** The columns of all layers, described by the nearest layer that does, in the order of the nearest layer that names them. */
export function mergedColumns(layers: readonly Described[], findings: Finding[]): readonly ColumnConfig[] {
  const found = new Map<string, ColumnConfig>()
  for (const { settings, source, prefix } of [...layers].reverse()) {
    const here = new Set<string>()
    for (const [at, { name, type, description, sample, nullable }] of (settings.columns ?? []).entries()) {
      if (here.has(name)) {
        const problem = mistakeAt('SL134', [...prefix, 'columns', at], 'value', {
          message: `The column \`${name}\` is described twice.`,
          hint: 'Put everything into one entry.',
        })
        findings.push({ source, problem })
      }
      here.add(name)
      const farther = found.get(name)
      found.set(name, {
        sample: true,
        ...farther,
        name,
        ...(type === undefined ? {} : { type }),
        ...(description === undefined ? {} : { description }),
        ...(sample === undefined ? {} : { sample }),
        ...(nullable === undefined ? {} : { nullable }),
      })
    }
  }
  return found.size === 0 ? nothing : [...found.values()]
}

const nothing: readonly never[] = []
