/** The candidates that a person who wrote `name` may have meant, nearest first, at most `most`. Compared without case by
 * Damerau-Levenshtein distance (optimal string alignment); up to a third of the characters may differ. A dotted candidate
 * whose last part is the last part of `name` is near too: `flights` suggests `staging.flights`. */
export function closest(name: string, candidates: Iterable<string>, most = 3): readonly string[] {
  const wanted = name.toLowerCase()
  const found: { candidate: string; distance: number }[] = []
  for (const candidate of new Set(candidates)) {
    if (candidate === name) continue
    const distance = distanceTo(wanted, candidate.toLowerCase())
    if (distance !== undefined) found.push({ candidate, distance })
  }
  found.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
  return found.slice(0, most).map((each) => each.candidate)
}

/** A hint made of `closest`, or undefined: ``did you mean `a`, `b` or `c`?`` */
export function didYouMean(name: string, candidates: Iterable<string>, most = 3): string | undefined {
  return suggested(closest(name, candidates, most))
}

/** The hint for names that are known to be near. */
export function suggested(near: readonly string[]): string | undefined {
  const names = near.map((each) => `\`${each}\``)
  const last = names.pop()
  if (last === undefined) return undefined
  return `did you mean ${names.length > 0 ? `${names.join(', ')} or ${last}` : last}?`
}

function distanceTo(wanted: string, candidate: string): number | undefined {
  if (wanted === candidate) return 0
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3))
  const distance = editDistance(wanted, candidate, limit)
  if (distance <= limit && distance < Math.min(wanted.length, candidate.length)) return distance
  const last = lastPart(wanted)
  if (last.length > 1 && last === lastPart(candidate)) return limit + 1
  return undefined
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** Edits (insert, delete, replace, swap two neighbours) from `a` to `b`; any number above `limit` if there are more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, beforeLast[j - 2]! + 1)
      row.push(edits)
      least = Math.min(least, edits)
    }
    // A swap reaches back two rows, so one hopeless row is not yet the end.
    if (least > limit && Math.min(...last) > limit) return limit + 1
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
