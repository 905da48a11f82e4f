import { createHash } from 'node:crypto'
import { readCsv } from '../csv/read.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { Entry } from './descriptions.ts'
import { mergedChecks, mergedColumns } from './layers.ts'
import { nameOfPath, qualified } from './names.ts'
import type { Finding, YamlSource } from './problem.ts'
import type { SeedFile } from './project.ts'
import { grantsOf, indexesOf } from './resolve-model.ts'
import type { SeedSettings } from './schema/model.ts'

/** A seed with its entry in a YAML file, if it has one. */
export function seedOf(
  path: string,
  bytes: Uint8Array,
  entry: { readonly entry: Entry<SeedSettings>; readonly source: YamlSource } | undefined,
  findings: Finding[],
  checkMacros: ReadonlySet<string>,
): SeedFile {
  const { schema, table } = nameOfPath(path)
  const settings = entry?.entry.settings ?? {}
  const layers = entry ? [{ settings, source: entry.source, prefix: entry.entry.prefix }] : []
  return {
    name: qualified(schema, table),
    ...(schema === undefined ? {} : { schema }),
    table,
    path,
    contentHash: createHash('sha256').update(bytes).digest('hex'),
    ...(settings.description === undefined ? {} : { description: settings.description }),
    tags: settings.tags ?? [],
    columns: mergedColumns(layers, findings),
    checks: mergedChecks(layers, findings, checkMacros),
    indexes: indexesOf(settings.indexes),
    grants: grantsOf(settings.grants),
    delimiter: settings.delimiter ?? ',',
  }
}

/** What is wrong with the first line of a seed, if anything; later lines are looked at when it is loaded. */
export function seedHeaderMistakes(text: string, path: string, delimiter: string): readonly Diagnostic[] {
  const record = firstRecord(text)
  let header: readonly string[]
  try {
    header = readCsv(record, delimiter, path).header
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return error.diagnostics.map((each) => ({ ...each, frame: lineOf(text, each.place?.line ?? 1) }))
  }
  if (!header.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))) return []
  const line = record.slice(0, record.length - record.trimStart().length).split('\n').length
  return [
    diagnostic('SL150', {
      message: 'The first line of this seed holds only numbers: it has no header.',
      place: { file: path, line, column: 1 },
      frame: lineOf(text, line),
      hint: 'Begin the file with a line of column names.',
    }),
  ]
}

/** The text up to the end of the first record that is not blank; a line break in quotes does not end it. */
function firstRecord(text: string): string {
  let inQuotes = false
  let isBlank = true
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') inQuotes = !inQuotes
    const isBreak = character === '\n' || character === '\r'
    if (isBreak && !inQuotes && !isBlank) return text.slice(0, at)
    if (!isBreak) isBlank = false
  }
  return text
}

function lineOf(text: string, line: number): string {
  return text.split(/\r\n|\n|\r/, line)[line - 1] ?? ''
}
