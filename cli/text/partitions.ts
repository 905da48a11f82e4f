import type { Partition } from '../../core/time/interval.ts'

/** A batch of partitions in a few cells: a key, or the first and last key with their number. */
export function partitionLabel(partitions: readonly Partition[]): string {
  return keysLabel(partitions.map((each) => each.key))
}

/** As `partitionLabel`, from keys that are oldest first. */
export function keysLabel(keys: readonly string[]): string {
  const [first] = keys
  if (first === undefined) return ''
  if (keys.length === 1) return first
  return `${first} … ${keys.at(-1)} (${keys.length})`
}
