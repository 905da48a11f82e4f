import { materializationOf } from '../../core/compile/compiled.ts'
import { showsOnlyThePresent } from '../../core/compile/snapshot.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { boundariesOf } from '../../core/time/boundaries.ts'
import type { Handler } from '../command.ts'
import { type Marking, markPublished } from '../mark.ts'
import { keysLabel } from '../text/partitions.ts'

/** Calls published rows stale, so that the next run builds them again. */
export const invalidate: Handler = (invocation) =>
  markPublished(invocation, 'invalidate', (markings) => {
    const withRows = choose(markings)
    for (const marking of withRows) refusePast(marking, invocation.now())
    return withRows
  })

/**
 * What nobody can record again would be stale for ever, and block all that reads it.
 * @throws SluiceError SL692
 */
function refusePast({ node, candidates }: Marking, now: number): void {
  if (!showsOnlyThePresent(node) || node.kind !== 'model' || node.layout === undefined) return
  const { availableAfterMs } = node.layout
  const newestEnd = boundariesOf(node.layout).floor(now - availableAfterMs)
  const past = candidates.flatMap(({ key, end }) => (end !== undefined && end < newestEnd ? [key] : []))
  if (past.length === 0) return
  throw SluiceError.of('SL692', {
    message: `${keysLabel(past)} of ${node.name} cannot be recorded again: its query shows only the present`,
    model: node.name,
    place: { file: node.path, line: 1, column: 1 },
    hint: 'Name the latest interval by --partition, or leave snapshots out with `--exclude materialized:snapshot`.',
  })
}

/** @throws SluiceError SL641 if only views were selected, which have no rows */
function choose(markings: readonly Marking[]): readonly Marking[] {
  const withRows = markings.filter(({ node }) => materializationOf(node) !== 'view')
  if (withRows.length === 0 && markings.length > 0) {
    throw SluiceError.of('SL641', {
      message: `${markings.map(({ node }) => node.name).join(', ')} ${markings.length === 1 ? 'is a view, which has' : 'are views, which have'} no rows of its own`,
      hint: 'invalidate what the view reads',
    })
  }
  return withRows
}
