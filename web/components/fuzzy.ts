import Fuzzy from '@leeoniya/ufuzzy'

const letters = {
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: '\\p{Ll}\\p{Lu}',
  intraBound: '\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}',
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
}

/** A text that matches, by its place, and what of it: from, to, from, to, … */
export interface Match {
  readonly at: number
  readonly ranges: readonly number[]
}

/** `close`: words in any order, or with a slip of the finger in each. `sparse`: letters in that order (`dlyflt` finds `daily_flights`). */
export type Closeness = 'close' | 'sparse'

export type Finder = (wanted: string, most: number, closeness: Closeness) => readonly Match[]

/** Finds texts by parts of them, best first. What is asked for without any letter is found as it stands. */
export function fuzzyFinder(texts: readonly string[]): Finder {
  const haystack = [...texts]
  const exact = new Fuzzy(letters)
  const slips = new Fuzzy({ ...letters, intraMode: 1, intraSub: 1, intraTrn: 1, intraDel: 1 })
  const sparse = new Fuzzy({ ...letters, intraChars: '.', intraIns: Number.POSITIVE_INFINITY })
  return (wanted, most, closeness) => {
    if (!/[\p{L}\d]/u.test(wanted)) return asWritten(haystack, wanted, most)
    for (const fuzzy of closeness === 'close' ? [exact, slips] : [sparse]) {
      const found = matches(fuzzy, haystack, wanted, most)
      if (found.length > 0) return found
    }
    return []
  }
}

function matches(fuzzy: Fuzzy, haystack: string[], wanted: string, most: number): Match[] {
  const [found, info, order] = fuzzy.search(haystack, wanted, 3, 5_000)
  if (found === null) return []
  if (info === null || order === null) return found.slice(0, most).map((at) => ({ at, ranges: [] }))
  return order.slice(0, most).map((place) => ({ at: info.idx[place]!, ranges: info.ranges[place]! }))
}

function asWritten(haystack: readonly string[], wanted: string, most: number): Match[] {
  const found: Match[] = []
  for (const [at, text] of haystack.entries()) {
    const from = text.toLowerCase().indexOf(wanted.toLowerCase())
    if (from >= 0) found.push({ at, ranges: [from, from + wanted.length] })
    if (found.length === most) break
  }
  return found
}
