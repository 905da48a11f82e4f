import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differences } from '../../core/diff/sequence.ts'
import { unifiedDiff } from '../../core/diff/unified.ts'

test('differences turn one sequence into the other, and are as few as can be', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
  fc.assert(
    fc.property(letters, letters, (before, after) => {
      const hunks = differences(before, after)
      let made: string[] = []
      let at = 0
      let changed = 0
      for (const hunk of hunks) {
        made = [...made, ...before.slice(at, hunk.before[0]), ...after.slice(...hunk.after)]
        expect(made.length).toBe(hunk.after[1])
        at = hunk.before[1]
        changed += hunk.before[1] - hunk.before[0] + hunk.after[1] - hunk.after[0]
      }
      made = [...made, ...before.slice(at)]
      expect(made).toEqual(after)
      expect(changed).toBe(before.length + after.length - 2 * longestCommon(before, after))
    }),
    { seed: 7, numRuns: 500 },
  )
})

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      table[i]![j] =
        a[i - 1] === b[j - 1] ? table[i - 1]![j - 1]! + 1 : Math.max(table[i - 1]![j]!, table[i]![j - 1]!)
  return table[a.length]![b.length]!
}

test('a unified diff has a few lines of context', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\n'
  const after = 'a\nb\nc\nd\nE\nf\ng\nh\n'
  expect(unifiedDiff(before, after)).toEqual(['@@ -3,5 +3,5 @@', ' c', ' d', '-e', '+E', ' f', ' g'])
  expect(unifiedDiff('x', 'x')).toEqual([])
})
