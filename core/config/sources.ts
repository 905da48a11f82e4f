import { extname } from 'node:path'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { SourceEntry } from './descriptions.ts'
import { mergedChecks, mergedColumns } from './layers.ts'
import { observedOf } from './observed.ts'
import { type Finding, mistakeAt, type Path, type Problem, type YamlSource } from './problem.ts'
import type { SourceConfig, SourceFiles } from './project.ts'
import type { PartitionContext } from './resolve-model.ts'
import type { SourceSettings } from './schema/source.ts'
import { sentence } from './schema/values.ts'

/** A source as configured, or undefined if it has no name. `targetNames` is undefined if they could not be read. */
export function sourceOf(
  entry: SourceEntry,
  source: YamlSource,
  targetNames: readonly string[] | undefined,
  context: PartitionContext,
  findings: Finding[],
): SourceConfig | undefined {
  const { name, settings, prefix, place } = entry
  if (name === undefined) return undefined
  const add = (problem: Problem) => findings.push({ source, problem })
  for (const key of ['relations', 'files'] as const) {
    for (const target of Object.keys(settings[key] ?? {})) {
      if (targetNames === undefined || targetNames.includes(target)) continue
      add(unknownTarget(target, targetNames, [...prefix, key, target]))
    }
  }
  const files = filesOf(entry, add)
  const relations = { ...settings.relations }
  for (const target of Object.keys(files)) {
    if (settings.relations?.[target] === undefined) continue
    add(
      mistakeAt('SL143', [...prefix, 'files', target], 'key', {
        message: `On target \`${target}\`, \`${name}\` is both a relation and files.`,
        hint: 'Keep one of the two.',
      }),
    )
  }
  if (settings.relation !== undefined) {
    for (const target of targetNames ?? []) {
      if (files[target] === undefined) relations[target] ??= settings.relation
    }
  }
  const parts = name.split('.')
  const [schema] = parts.length > 1 ? parts : []
  return {
    name,
    ...(schema === undefined ? {} : { schema }),
    table: parts.at(-1)!,
    path: source.file,
    place,
    ...(settings.description === undefined ? {} : { description: settings.description }),
    tags: settings.tags ?? [],
    columns: mergedColumns([{ settings, source, prefix }], findings),
    checks: mergedChecks([{ settings, source, prefix }], findings, context.checkMacros),
    relations,
    files,
    ...(settings.allow === undefined ? {} : { mayBeUnused: true as const }),
    ...observedOf(entry, source, context, findings),
  }
}

function filesOf(
  { settings, prefix, place, filePlaces }: SourceEntry,
  add: (problem: Problem) => void,
): Record<string, SourceFiles> {
  const files: Record<string, SourceFiles> = {}
  for (const [target, declared] of Object.entries(settings.files ?? {})) {
    const format = declared.format ?? formatOf(declared.path)
    if (format === undefined) {
      add(
        mistakeAt('SL144', [...prefix, 'files', target], 'value', {
          message: `The format of \`${declared.path}\` does not follow from its name.`,
          hint: 'Add `format: parquet`, `csv` or `json`.',
        }),
      )
      continue
    }
    files[target] = {
      path: declared.path,
      format,
      options: declared.options ?? {},
      place: filePlaces[target] ?? place,
    }
  }
  return files
}

function unknownTarget(target: string, names: readonly string[], path: Path): Problem {
  return mistakeAt('SL112', path, 'key', {
    message: `There is no target \`${target}\`.`,
    hint: sentence(didYouMean(target, names, 1)) ?? `Targets are ${names.join(', ')}.`,
  })
}

type Format = NonNullable<NonNullable<SourceSettings['files']>[string]['format']>

const formats: Readonly<Record<string, Format>> = {
  '.parquet': 'parquet',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
}

function formatOf(path: string): Format | undefined {
  return formats[extname(path.toLowerCase().replace(/\.(?:gz|zst)$/, ''))]
}
