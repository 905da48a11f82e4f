import { placeAt } from '../../core/diagnostics/place.ts'
import type { ParseResult } from '../../core/sql/parser.ts'

/** One line of `sluice parse --output json`. */
export interface ParsedFileJson {
  /** As given on the command line; `-` for standard input. */
  readonly file: string
  /** Each table once, by its first occurrence, sorted by name. CTEs and table functions are not tables. */
  readonly tables: readonly ParsedTableJson[]
  /** Output columns that the text alone tells; `*` stands for a star. */
  readonly columns: readonly string[]
  readonly error?: { readonly message: string; readonly line?: number; readonly column?: number }
}

export interface ParsedTableJson {
  /** The parts joined by dots; a part that holds a dot, a quote or nothing is in double quotes. */
  readonly name: string
  /** As written, without quotes. */
  readonly parts: readonly string[]
  readonly line: number
  readonly column: number
}

/** What was understood of a file. Positions are 1-based; columns count UTF-16 code units. */
export function parsedFileJson(file: string, text: string, result: ParseResult): ParsedFileJson {
  if (!result.ok) {
    const { message, offset } = result.error
    const place = offset === undefined ? undefined : placeAt(file, text, offset)
    return {
      file,
      tables: [],
      columns: [],
      error: place === undefined ? { message } : { message, line: place.line, column: place.column },
    }
  }
  return { file, tables: tablesOf(file, text, result.query.tables), columns: result.query.columns }
}

type Tables = Extract<ParseResult, { ok: true }>['query']['tables']

function tablesOf(file: string, text: string, references: Tables): readonly ParsedTableJson[] {
  const first = new Map<string, Tables[number]>()
  for (const reference of references) {
    const name = dotted(reference.parts)
    const known = first.get(name)
    if (known === undefined || reference.start < known.start) first.set(name, reference)
  }
  return [...first]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, { parts, start }]) => {
      const { line, column } = placeAt(file, text, start)
      return { name, parts, line, column }
    })
}

function dotted(parts: readonly string[]): string {
  return parts.map((part) => (/^$|[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join('.')
}
