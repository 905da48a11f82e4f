import type { CheckOutcome } from '../checks/check.ts'
import type { RunEvent } from '../events.ts'
import type { Partition } from '../time/interval.ts'
import type { PieceAttempt } from './run-task.ts'

type CheckFinished = Omit<Extract<RunEvent, { type: 'check_finished' }>, 'at'>

/** The events of an attempt's checks. What all partitions of a batch passed is said once, not for each of them. */
export function checksOf(
  { planned, task }: PieceAttempt,
  outcomes: readonly CheckOutcome[],
): readonly CheckFinished[] {
  const about = { type: 'check_finished', task: planned } as const
  const isBatch = task.partitions.length > 1
  const passed = new Map<string, { readonly first: CheckOutcome; readonly keys: Set<string | undefined> }>()
  const events: CheckFinished[] = []
  for (const check of outcomes) {
    // What was measured differs from partition to partition.
    if (!isBatch || !check.passed || check.measure !== undefined) {
      events.push({ ...about, partitions: partitionsOf(task.partitions, new Set([check.partition])), check })
      continue
    }
    const known = passed.get(check.name)
    if (known === undefined) passed.set(check.name, { first: check, keys: new Set([check.partition]) })
    else known.keys.add(check.partition)
  }
  for (const { first, keys } of passed.values()) {
    const { partition: _, ...check } = first
    const partitions = partitionsOf(task.partitions, keys)
    events.push({ ...about, partitions, check: keys.size > 1 ? check : first })
  }
  return events
}

function partitionsOf(
  partitions: readonly Partition[],
  keys: ReadonlySet<string | undefined>,
): readonly Partition[] {
  return keys.has(undefined) ? partitions : partitions.filter(({ key }) => keys.has(key))
}
