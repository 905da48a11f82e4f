import type { ComparedLists } from './compare-queries.ts'
import { type TokenizedText, type TokenRange, wordsOf } from './select-lists.ts'
import { differences } from './sequence.ts'

/** Where items begin and end is seen by whoever reads the tree. */
const punctuation = new Set([',', '(', ')'])

/**
 * Whether every token by which two texts differ lies within a select list that was compared item by item. Trees of queries leave out what lineage does not
 * need (NULLS FIRST, how large a sample is), so that equal trees alone do not prove that two queries mean the same.
 */
export function isExplained(before: TokenizedText, after: TokenizedText, lists: ComparedLists): boolean {
  const words = { before: wordsOf(before), after: wordsOf(after) }
  const isWithin = (ranges: readonly TokenRange[], at: number) =>
    ranges.some(([start, end]) => at >= start && at < end)
  return differences(words.before, words.after).every((hunk) =>
    (['before', 'after'] as const).every((side) => {
      const [start, end] = hunk[side]
      return words[side]
        .slice(start, end)
        .every((word, place) => punctuation.has(word) || isWithin(lists[side], start + place))
    }),
  )
}
