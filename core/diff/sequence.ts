/** A stretch that differs between two sequences: what stood there before, and what stands there now. Ends are exclusive. */
export interface Hunk {
  readonly before: readonly [start: number, end: number]
  readonly after: readonly [start: number, end: number]
}

/** Beyond so many changes the whole middle counts as one: finding the fewest costs their square. */
const MOST_CHANGES = 2_000

/** The fewest stretches by which `after` differs from `before`, in order (Myers, "An O(ND) Difference Algorithm", 1986). */
export function differences(before: readonly string[], after: readonly string[]): readonly Hunk[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  const shorter = Math.min(before.length, after.length) - head
  while (tail < shorter && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  const a = before.slice(head, before.length - tail)
  const b = after.slice(head, after.length - tail)
  return hunksOf(matches(a, b), a.length, b.length).map((hunk) => ({
    before: [hunk.before[0] + head, hunk.before[1] + head],
    after: [hunk.after[0] + head, hunk.after[1] + head],
  }))
}

type Match = readonly [before: number, after: number]

/** Pairs of equal elements, in order, as many as there can be. */
function matches(a: readonly string[], b: readonly string[]): readonly Match[] {
  if (a.length === 0 || b.length === 0) return []
  const most = Math.min(a.length + b.length, MOST_CHANGES)
  const trace: Int32Array[] = []
  const furthest = new Int32Array(2 * most + 3)
  const at = (diagonal: number) => diagonal + most + 1
  for (let changes = 0; changes <= most; changes++) {
    trace.push(furthest.slice())
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const isDown =
        diagonal === -changes ||
        (diagonal !== changes && furthest[at(diagonal - 1)]! < furthest[at(diagonal + 1)]!)
      let x = isDown ? furthest[at(diagonal + 1)]! : furthest[at(diagonal - 1)]! + 1
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1
      furthest[at(diagonal)] = x
      if (x >= a.length && x - diagonal >= b.length) return walkBack(trace, a.length, b.length, at)
    }
  }
  return []
}

function walkBack(
  trace: readonly Int32Array[],
  width: number,
  height: number,
  at: (diagonal: number) => number,
): readonly Match[] {
  const found: Match[] = []
  let x = width
  let y = height
  for (let changes = trace.length - 1; changes >= 0; changes--) {
    const furthest = trace[changes]!
    const diagonal = x - y
    const isDown =
      diagonal === -changes ||
      (diagonal !== changes && furthest[at(diagonal - 1)]! < furthest[at(diagonal + 1)]!)
    const fromDiagonal = isDown ? diagonal + 1 : diagonal - 1
    const fromX = changes === 0 ? 0 : furthest[at(fromDiagonal)]!
    const fromY = changes === 0 ? 0 : fromX - fromDiagonal
    while (x > fromX && y > fromY) {
      x -= 1
      y -= 1
      if (changes > 0 && (isDown ? x < fromX : y < fromY)) break
      found.push([x, y])
    }
    x = fromX
    y = fromY
  }
  return found.reverse()
}

function hunksOf(pairs: readonly Match[], width: number, height: number): readonly Hunk[] {
  const hunks: Hunk[] = []
  let x = 0
  let y = 0
  for (const [nextX, nextY] of [...pairs, [width, height] as const]) {
    if (nextX > x || nextY > y) hunks.push({ before: [x, nextX], after: [y, nextY] })
    x = nextX + 1
    y = nextY + 1
  }
  return hunks
}
