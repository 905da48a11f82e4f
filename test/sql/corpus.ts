import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One statement with its hand-written truth. In a fixture file each case begins with `-- case: title`, then `-- tables: a.b, c`
 * (sorted, each once), optionally `-- files: 'x.parquet'` and then the SQL, up to the next case. */
export interface CorpusCase {
  readonly title: string
  readonly sql: string
  /** Names as `displayName` gives them, sorted. */
  readonly tables: readonly string[]
  /** Paths of literal files, sorted. */
  readonly files: readonly string[]
}

const root = fileURLToPath(new URL('../fixtures/tables/', import.meta.url))

/** All cases of one folder below test/fixtures/tables (`duckdb`, `postgres`, `tpch`, `tpcds`, …), in the order of file names. */
export function readCorpus(folder: string): readonly CorpusCase[] {
  return readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .flatMap((name) => readCases(readFileSync(`${root}${folder}/${name}`, 'utf8'), `${folder}/${name}`))
}

/** A name for comparing with the truth: parts joined by dots, a part that is no plain identifier in quotes. */
export function displayName(parts: readonly string[]): string {
  return parts
    .map((part) => (/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join('.')
}

/** Each name once, in the order of the fixtures. */
export function sortedOnce(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort()
}

function readCases(text: string, file: string): CorpusCase[] {
  const [before, ...chunks] = text.split(/^-- case: /m)
  if (before!.trim() !== '') throw new Error(`${file}: text before the first case`)
  return chunks.map((chunk) => readCase(chunk, file))
}

function readCase(chunk: string, file: string): CorpusCase {
  const [title, tables, ...rest] = chunk.split('\n')
  const listed = /^-- tables:(.*)$/.exec(tables ?? '')
  if (!listed) throw new Error(`${file}: case "${title}" has no line of tables`)
  const files = /^-- files:(.*)$/.exec(rest[0] ?? '')
  return {
    title: `${file}: ${title}`,
    sql: rest
      .slice(files ? 1 : 0)
      .join('\n')
      .trimEnd(),
    tables: names(listed[1]!),
    files: names(files?.[1] ?? '').map((path) => path.slice(1, -1)),
  }
}

/** Splits at commas outside quotes. */
function names(list: string): string[] {
  return [...list.matchAll(/(?:"(?:[^"]|"")*"|'[^']*'|[^,"'])+/g)]
    .map((match) => match[0].trim())
    .filter(Boolean)
}
