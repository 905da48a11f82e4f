import { materializationOf } from '../../core/compile/compiled.ts'
import { diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler } from '../command.ts'
import { type Marking, markPublished } from '../mark.ts'
import { keysLabel } from '../text/partitions.ts'

/** Accepts published rows for code that has changed since. */
export const stamp: Handler = (invocation) => markPublished(invocation, 'stamp', choose)

/** Of models with rows, the partitions of other code.
 * @throws SluiceError SL642 for a changed layout, SL643 if nothing that was selected can be stamped */
function choose(markings: readonly Marking[]): readonly Marking[] {
  const withRows = markings.filter(({ node }) => node.kind === 'model' && materializationOf(node) !== 'view')
  if (markings.length > 0 && withRows.length === 0) {
    const names = markings.map(({ node }) => node.name).join(', ')
    throw SluiceError.of('SL643', {
      message: `${names} ${markings.length === 1 ? 'has' : 'have'} no rows that a stamp could speak for`,
      hint: 'A view is outdated as a text, which a run replaces at no cost; a seed is loaded again from its file.',
      next: `run --select ${markings.map(({ node }) => node.name).join(' ')}`,
    })
  }
  refuseOtherLayouts(withRows)
  return withRows.map(({ node, candidates }) => ({
    node,
    candidates: candidates.filter((each) => !each.isSameCode),
  }))
}

function refuseOtherLayouts(markings: readonly Marking[]): void {
  const problems = markings.flatMap(({ node, candidates }) => {
    const others = candidates.filter((each) => !each.isSameLayout)
    if (others.length === 0) return []
    return [
      diagnostic('SL642', {
        message: `${node.name} ${keysLabel(others.map((each) => each.key))} was cut or written differently, so no partition of today stands for it`,
        model: node.name,
        hint: 'Nothing was stamped. The history must be rebuilt.',
        next: `run --select ${node.name} --full-refresh`,
      }),
    ]
  })
  if (problems.length > 0) throw new SluiceError(problems)
}
