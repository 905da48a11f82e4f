import type { Place } from '../diagnostics/diagnostic.ts'
import { dottedName } from '../sql/tokens.ts'
import { capturedFile } from './captured-file.ts'
import { mistakeAt, type Path, type Problem, type YamlSource } from './problem.ts'
import { isMap } from './schema/values.ts'
import { parseYaml, placeOf } from './yaml.ts'

export interface CapturedColumn {
  readonly name: string
  /** As the engine spells it. */
  readonly type: string
  readonly isNotNull?: true
  readonly isKey?: true
}

export interface CapturedSource {
  /** In the order of the relation. */
  readonly columns: readonly CapturedColumn[]
  readonly place: Place
}

export interface Captured {
  /** By dialect and source. */
  readonly dialects: ReadonlyMap<string, ReadonlyMap<string, CapturedSource>>
  readonly problems: readonly Problem[]
}

/** Reads the file of captured columns: below `columns`, by dialect and source, one text a column, as in `create table`. */
export function parseCaptured(text: string): Captured {
  const source: YamlSource = { file: capturedFile, text, start: 0, end: text.length }
  const yaml = parseYaml(source)
  if (!yaml.ok) return { dialects: new Map(), problems: [yaml.problem] }
  const problems: Problem[] = [...yaml.problems]
  const refuse = (path: Path, message: string) => {
    problems.push(
      mistakeAt('SL160', path, 'value', {
        message,
        hint: 'Write what `sluice sources pull` writes, or let it write the file anew.',
      }),
    )
  }
  const dialects = new Map<string, ReadonlyMap<string, CapturedSource>>()
  const top = yaml.value === null ? { columns: {} } : yaml.value
  if (!isMap(top) || !isMap(top.columns ?? {}) || Object.keys(top).some((key) => key !== 'columns')) {
    refuse([], 'The file holds one map, `columns`, of dialects.')
    return { dialects, problems }
  }
  for (const [dialect, sources] of Object.entries((top.columns ?? {}) as Record<string, unknown>)) {
    if (!isMap(sources)) {
      refuse(['columns', dialect], `\`${dialect}\` is no map of sources.`)
      continue
    }
    const found = new Map<string, CapturedSource>()
    for (const [name, lines] of Object.entries(sources)) {
      const path = ['columns', dialect, name]
      if (!Array.isArray(lines)) {
        refuse(path, `\`${name}\` is no list of columns.`)
        continue
      }
      const columns = lines.flatMap((line, index): CapturedColumn[] => {
        const column = typeof line === 'string' ? columnOf(line) : undefined
        if (column === undefined)
          refuse([...path, index], 'A column is its name and its type: `day DATE not null`.')
        return column === undefined ? [] : [column]
      })
      const place = placeOf(lines) ?? { file: capturedFile, line: 1, column: 1 }
      found.set(name, { columns, place })
    }
    dialects.set(dialect, found)
  }
  return { dialects, problems }
}

/** `day DATE not null`; a name that is no plain word stands in double quotes. */
function columnOf(line: string): CapturedColumn | undefined {
  const name = dottedName(line, 0, 1)
  if (name === undefined || name.start !== 0) return undefined
  const rest = line.slice(name.end)
  const ending = /\s+(not null|primary key)\s*$/i.exec(rest)
  const type = (ending === null ? rest : rest.slice(0, ending.index)).trim()
  if (type === '') return undefined
  const word = ending?.[1]?.toLowerCase()
  return {
    name: name.parts[0]!,
    type,
    ...(word === undefined ? {} : { isNotNull: true }),
    ...(word === 'primary key' ? { isKey: true } : {}),
  }
}

const TITLE = `# Columns of sources as the databases have them, written by \`sluice sources pull\`. Commit this file.
# Columns that YAML declares win over these.
`

/** The file's text: dialects and sources sorted, columns in their order, so that a change is one line of a diff. */
export function capturedText(
  dialects: ReadonlyMap<string, ReadonlyMap<string, Pick<CapturedSource, 'columns'>>>,
): string {
  const lines = [`${TITLE}columns:`]
  for (const [dialect, sources] of sorted(dialects)) {
    if (sources.size === 0) continue
    lines.push(`  ${scalar(dialect)}:`)
    for (const [name, { columns }] of sorted(sources)) {
      lines.push(`    ${scalar(name)}:${columns.length === 0 ? ' []' : ''}`)
      for (const column of columns) lines.push(`      - ${scalar(columnText(column))}`)
    }
  }
  return lines.length === 1 ? `${TITLE}columns: {}\n` : `${lines.join('\n')}\n`
}

export function columnText({ name, type, isNotNull, isKey }: CapturedColumn): string {
  const written = /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`
  return `${written} ${type}${isKey ? ' primary key' : isNotNull ? ' not null' : ''}`
}

/** A plain word of YAML where it can be one. */
function scalar(text: string): string {
  const isPlain = /^[\p{L}_][^\n\r\t]*$/u.test(text) && !/: |:$| #|\s$/.test(text)
  if (isPlain && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)) return text
  return /^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text)
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}
