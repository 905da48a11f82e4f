import { materializationOf } from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler } from '../command.ts'
import { type Marking, markPublished } from '../mark.ts'

/** Calls published rows stale, so that the next run builds them again. */
export const invalidate: Handler = (invocation) => markPublished(invocation, 'invalidate', choose)

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
