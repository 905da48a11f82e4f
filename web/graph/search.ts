import Fuzzy from '@leeoniya/ufuzzy'
import type { NodeKind, SearchIndex } from '../../core/docs/api.ts'
import type { LineageMap } from './lineage-map.ts'

/** A node, or a column of one. */
export interface Findable {
  readonly name: string
  readonly kind: NodeKind
  readonly column?: string
}

export interface Hit extends Findable {
  /** The text that was searched, cut where what matches begins and ends: odd pieces match. */
  readonly pieces: readonly string[]
}

export interface Search {
  find(text: string, most: number): readonly Hit[]
}

/** Names of nodes and, once the index is there, of their columns. */
export function searchOf({ page }: LineageMap, index: SearchIndex | undefined): Search {
  const kinds = new Map(page.nodes.map(({ name, kind }) => [name, kind]))
  const findables: Findable[] = page.nodes.map(({ name, kind }) => ({ name, kind }))
  for (const { name, columns } of index?.entries ?? []) {
    const kind = kinds.get(name)
    if (kind !== undefined) for (const column of columns) findables.push({ name, kind, column })
  }
  const texts = findables.map(({ name, column }) => (column === undefined ? name : `${name}.${column}`))
  // Any letters of any language; a letter may be missing, doubled or swapped.
  const fuzzy = new Fuzzy({
    unicode: true,
    interSplit: "[^\\p{L}\\d']+",
    intraSplit: '\\p{Ll}\\p{Lu}',
    intraBound: '\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}',
    intraChars: "[\\p{L}\\d']",
    intraContr: "'\\p{L}{1,2}\\b",
    intraMode: 1,
    intraSub: 1,
    intraTrn: 1,
    intraDel: 1,
  })
  return {
    find(text, most) {
      const wanted = text.trim().slice(0, 200)
      if (wanted === '') return []
      const [found, info, order] = fuzzy.search(texts, wanted, 3)
      if (found === null) return []
      const hit = (at: number, ranges: readonly number[]): Hit => ({
        ...findables[at]!,
        pieces: cutAt(texts[at]!, ranges),
      })
      const hits =
        info === null || order === null
          ? found.map((at) => hit(at, []))
          : order.map((place) => hit(info.idx[place]!, info.ranges[place]!))
      // What is named comes before what has such a column.
      return [
        ...hits.filter((each) => each.column === undefined),
        ...hits.filter((each) => each.column !== undefined),
      ].slice(0, most)
    },
  }
}

function cutAt(text: string, ranges: readonly number[]): readonly string[] {
  const bounds = [0, ...ranges, text.length]
  return bounds.slice(1).map((end, at) => text.slice(bounds[at], end))
}
