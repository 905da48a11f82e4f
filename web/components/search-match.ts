import type { NodeKind, SearchIndex } from '../../core/docs/api.ts'
import { fuzzyFinder, type Match } from './fuzzy.ts'

type Entry = SearchIndex['entries'][number]

/** What somebody may have meant. */
export interface Found {
  readonly kind: Entry['kind']
  readonly name: string
  /** The name's column that matches, if it is not the name. */
  readonly column?: string
  readonly summary?: string
  /** What is to be marked of the column, or of the name: from, to, … */
  readonly ranges: readonly number[]
}

/** Names first, then columns, then what is said in summaries and tags; no more than `most` of all. */
export function searcher({ entries }: SearchIndex): (text: string, most: number) => readonly Found[] {
  const columns = entries.flatMap((entry) => entry.columns.map((column) => ({ entry, column })))
  const byName = fuzzyFinder(entries.map(({ name }) => name))
  const byColumn = fuzzyFinder(columns.map(({ column }) => column))
  const byPath = fuzzyFinder(columns.map(({ entry, column }) => `${entry.name}.${column}`))
  const byText = fuzzyFinder(entries.map(({ tags, summary }) => `${tags.join(' ')} ${summary ?? ''}`))
  return (text, most) => {
    const wanted = text.trim().slice(0, 200)
    if (wanted === '') return []
    const named = byName(wanted, most, 'close').map((match) => entryFound(entries, match))
    const asColumn = byColumn(wanted, most, 'close').map(({ at, ranges }) => {
      const { entry, column } = columns[at]!
      return { ...entryFound(entries, { at: entries.indexOf(entry), ranges }), column }
    })
    const found = [...named, ...asColumn]
    const asPath =
      found.length > 0
        ? []
        : byPath(wanted, most, 'close').map(({ at }) => {
            const { entry, column } = columns[at]!
            return { ...entryFound(entries, { at: entries.indexOf(entry), ranges: [] }), column }
          })
    const names = new Set(named.map(({ kind, name }) => `${kind} ${name}`))
    const said = byText(wanted, most, 'close')
      .map(({ at }) => entryFound(entries, { at, ranges: [] }))
      .filter(({ kind, name }) => !names.has(`${kind} ${name}`))
    const close = [...found, ...asPath, ...said].slice(0, most)
    if (close.length > 0) return close
    return byName(wanted, most, 'sparse').map((match) => entryFound(entries, match))
  }
}

function entryFound(entries: readonly Entry[], { at, ranges }: Match): Found {
  const { kind, name, summary } = entries[at]!
  return { kind, name, ranges, ...(summary === undefined ? {} : { summary }) }
}

/** A text in pieces of which every other one matches; the first does not, and may be empty. */
export function pieces(text: string, ranges: readonly number[]): readonly string[] {
  const cuts = [0, ...ranges, text.length]
  return cuts.slice(1).map((cut, index) => text.slice(cuts[index], cut))
}

/** Whether a kind of page is a node of the graph. */
export function isNodeKind(kind: Entry['kind']): kind is NodeKind {
  return kind !== 'run'
}
