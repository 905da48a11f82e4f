import type { Dialect } from '../adapter.ts'
import type { CompiledSql } from '../compile/compiled.ts'
import { symbolText, type Window } from '../compile/symbols.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { Layout } from '../time/grain.ts'
import type { Partition } from '../time/interval.ts'
import { latestDue, partitionAt, partitionsOverlapping, shift } from '../time/layout.ts'
import type { SqlDoc } from './api.ts'

/** Partitions whose SQL can be chosen. */
const mostPartitions = 120
/** Where each has a text of its own. */
const mostTexts = 8

export interface SqlDocRequest {
  /** The whole file; undefined: it cannot be read. */
  readonly source: string | undefined
  readonly sql: CompiledSql
  /** Of the partitions that can be chosen, newest first; none: it has no partitions. */
  readonly windows: readonly Window[]
  readonly dialect: Dialect
  /** The text for one partition, where the template's logic looks at it. */
  readonly textOf: (window: Window) => Promise<string>
}

/** A template and what becomes of it. */
export async function sqlDoc(request: SqlDocRequest): Promise<SqlDoc> {
  const { source, sql, windows, dialect } = request
  const base = { source: source ?? '', ...(source === undefined ? { note: 'its file cannot be read' } : {}) }
  if (sql.symbolsDecide && windows.length > 0) return { ...base, ...(await textsOf(request)) }
  const symbols: string[] = []
  const compiled: (string | number)[] = []
  for (const part of sql.parts) {
    if ('symbol' in part) {
      const known = symbols.indexOf(part.symbol)
      compiled.push(known === -1 ? symbols.push(part.symbol) - 1 : known)
    } else if (typeof compiled.at(-1) === 'string') compiled[compiled.length - 1] += part.text
    else compiled.push(part.text)
  }
  const partitions = windows.map((window) => ({
    key: window.partition.key,
    values: symbols.map((symbol) => symbolText(dialect, symbol, window)),
  }))
  return { ...base, compiled: trimmed(compiled), symbols, partitions }
}

async function textsOf({ windows, textOf }: SqlDocRequest): Promise<Omit<SqlDoc, 'source'>> {
  const partitions: { key: string; text: string }[] = []
  const shown = windows.slice(0, mostTexts)
  const rest = windows.length > shown.length ? `, shown for the newest ${shown.length}` : ''
  let note = `the template looks at the partition, so that its text differs between partitions${rest}`
  for (const window of shown) {
    try {
      partitions.push({ key: window.partition.key, text: trimmedText(await textOf(window)) })
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      note = `of ${window.partition.key} there is no text: ${error.diagnostics[0]?.message ?? error.message}`
      break
    }
  }
  return { compiled: [], symbols: [], partitions, note }
}

/** Without the empty lines around it, which the header and the end of the file leave. */
function trimmedText(text: string): string {
  return text.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd()
}

function trimmed(compiled: readonly (string | number)[]): readonly (string | number)[] {
  return compiled.map((part, at) => {
    if (typeof part === 'number') return part
    const begun = at === 0 ? part.replace(/^(?:[ \t]*\r?\n)+/, '') : part
    return at === compiled.length - 1 ? begun.trimEnd() : begun
  })
}

/** The partitions whose SQL can be chosen, newest first: those that are due; where none is, the first. */
export function choosablePartitions(layout: Layout, now: number): readonly Partition[] {
  const newest = latestDue(layout, now)
  if (newest === undefined) {
    const first = partitionAt(layout, layout.start)
    return first === undefined ? [] : [first]
  }
  const { start } = shift(layout, newest, 1 - mostPartitions)
  return partitionsOverlapping(layout, { start, end: newest.end }).toReversed()
}
