import type { Token } from '../sql/tokens.ts'
import type { ComparedText } from './compare-queries.ts'

/**
 * The text of `before` in which CTEs and aliases of relations are called as in `after`, where both differ in such names; undefined where they do not,
 * or where it cannot be told. Names that nothing else in either text has are paired in the order in which they are given.
 */
export function withNamesOf(before: ComparedText, after: ComparedText): string | undefined {
  const [a, b] = [namesIn(before), namesIn(after)]
  const gone = [...a.local].filter((name) => !b.words.has(name))
  const come = [...b.local].filter((name) => !a.words.has(name))
  if (gone.length === 0 || gone.length !== come.length) return undefined
  if (gone.some((name) => a.others.has(name)) || come.some((name) => b.others.has(name))) return undefined
  const now = new Map(gone.map((name, at) => [name, b.words.get(come[at]!)!]))
  const { text, tokens } = before.source
  let end = 0
  const pieces = tokens.flatMap((token) => {
    const other = now.get(nameOf(text, token) ?? '')
    if (other === undefined) return []
    const piece = text.slice(end, token.start) + other
    end = token.end
    return [piece]
  })
  return pieces.join('') + text.slice(end)
}

interface Names {
  /** Of CTEs and aliases of relations. */
  readonly local: Set<string>
  /** Of columns, relations and whatever else has one. */
  readonly others: Set<string>
  /** All words and names, each as it is written at first. */
  readonly words: ReadonlyMap<string, string>
}

function namesIn({ relational, source: { text, tokens } }: ComparedText): Names {
  const words = new Map<string, string>()
  for (const token of tokens) {
    const name = nameOf(text, token)
    if (name !== undefined && !words.has(name)) words.set(name, text.slice(token.start, token.end))
  }
  const names = { local: new Set<string>(), others: new Set<string>(), words }
  collect(relational.query, names)
  return names
}

function nameOf(text: string, { kind, start, end }: Token): string | undefined {
  if (kind === 'word') return text.slice(start, end).toLowerCase()
  return kind === 'quoted' ? text.slice(start + 1, end - 1) : undefined
}

/** What a node may look like, whatever it is. */
interface AnyNode {
  readonly kind?: unknown
  readonly key?: unknown
  readonly name?: { readonly key: string }
  readonly alias?: { readonly key: string }
  readonly parts?: readonly { readonly key: string }[]
  readonly with?: readonly { readonly name: { readonly key: string } }[]
}

const relations = new Set(['table', 'derived', 'function', 'computed', 'values', 'pivot', 'unpivot', 'join'])

function collect(within: unknown, names: Names): void {
  if (Array.isArray(within)) {
    for (const each of within) collect(each, names)
    return
  }
  if (typeof within !== 'object' || within === null) return
  const node = within as AnyNode
  if (typeof node.key === 'string') names.others.add(node.key)
  const { with: ctes, alias, parts, ...rest } = node
  for (const { name, ...cte } of ctes ?? []) {
    names.local.add(name.key)
    collect(Object.values(cte), names)
  }
  if (alias !== undefined) (relations.has(String(node.kind)) ? names.local : names.others).add(alias.key)
  collect(qualified(node) ? parts!.slice(1) : parts, names)
  if (node.kind === 'star' || node.kind === 'row') {
    const { relation: _, ...others } = rest as { readonly relation?: unknown }
    collect(Object.values(others), names)
  } else collect(Object.values(rest), names)
}

/** Whether the first of its parts names a relation that may be a local one. */
function qualified({ kind, parts }: AnyNode): boolean {
  return (kind === 'column' && parts!.length > 1) || (kind === 'table' && parts!.length === 1)
}
