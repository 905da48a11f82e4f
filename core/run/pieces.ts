import type { Partition } from '../time/interval.ts'

/** Partitions of one task that one statement writes: adjacent, oldest first. Of a relation without partitions, none. */
export type Piece = readonly Partition[]

/** Cuts partitions, oldest first, into stretches without a gap and of at most `most` partitions. */
export function stretches(partitions: readonly Partition[], most: number): readonly Piece[] {
  const found: Partition[][] = []
  for (const partition of partitions) {
    const last = found.at(-1)
    if (last !== undefined && last.length < most && last.at(-1)!.end === partition.start) last.push(partition)
    else found.push([partition])
  }
  return found
}

/** The two halves of a piece of several partitions. */
export function halves(piece: Piece): readonly Piece[] {
  const middle = Math.ceil(piece.length / 2)
  return [piece.slice(0, middle), piece.slice(middle)]
}

/** The rest of a piece without some of its partitions, and those of which it is not known on their own. */
export function without(
  piece: Piece,
  gone: ReadonlySet<string>,
  alone: ReadonlySet<string> = new Set(),
): readonly Piece[] {
  const found: Partition[][] = []
  let open: Partition[] | undefined
  for (const partition of piece) {
    if (gone.has(partition.key)) open = undefined
    else if (alone.has(partition.key)) {
      found.push([partition])
      open = undefined
    } else if (open === undefined) {
      open = [partition]
      found.push(open)
    } else open.push(partition)
  }
  return found
}

/** A piece as one window. Its key is for messages; a query that asks for the key cannot run over several partitions. */
export function spanOf(piece: Piece): Partition {
  const first = piece[0]!
  const last = piece.at(-1)!
  return first === last ? first : { key: `${first.key}..${last.key}`, start: first.start, end: last.end }
}
