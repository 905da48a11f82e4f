import type { CompiledModel, CompiledProject } from '../core/compile/compiled.ts'
import { type LedgerSnapshot, leaseId } from '../core/ledger/records.ts'
import { Code } from '../core/plan/codes.ts'
import { Edges } from '../core/plan/edges.ts'
import { States } from '../core/plan/state.ts'
import type { RequestedRange } from '../core/time/requested-range.ts'
import { indexesOf } from './status.ts'
import type { Cell, CellState } from './status-calendar.ts'

/** The partitions of a model that are due within the range, as the calendar shows them. Pure. */
export function cellsOf(
  project: CompiledProject,
  snapshot: LedgerSnapshot,
  model: CompiledModel,
  range: RequestedRange | undefined,
  now: number,
): readonly Cell[] {
  const states = new States(new Edges(project.nodes, project.graph.ancestors), snapshot, now)
  const slots = states.slotsOf(model)
  const codes = states.codesOf(model)
  const { timeline } = slots
  if (timeline === undefined) return []
  const [from, to] = indexesOf(model, states, range, now)
  const isAnyHeld = snapshot.leases.size > 0
  const cells: Cell[] = []
  for (let index = from; index < to; index++) {
    const row = slots.rowAt(index)
    const isHeld = isAnyHeld && snapshot.leases.has(leaseId(model.name, timeline.partition(index).key))
    const state = isHeld
      ? 'running'
      : slots.hasFailed(row)
        ? 'failed'
        : stateOf(row < 0 ? undefined : codes[row])
    cells.push({ start: timeline.cuts[index]!, state })
  }
  return cells
}

function stateOf(code: number | undefined): CellState {
  switch (code) {
    case Code.fresh:
      return 'fresh'
    case Code.drifted:
      return 'drifted'
    case Code.stale:
      return 'stale'
    default:
      return 'missing'
  }
}
