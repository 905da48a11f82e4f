import type { PlanRequest } from '../core/plan/planner.ts'
import type { Invocation } from './command.ts'
import { rangeFrom } from './options/range.ts'
import { selectionOf } from './selection.ts'
import type { Workspace } from './workspace.ts'

/** What the options ask to be planned. */
export async function planRequest(workspace: Workspace, invocation: Invocation): Promise<PlanRequest> {
  const { options } = invocation
  const range = rangeFrom(options)
  return {
    selected: await selectionOf(workspace, invocation),
    ...(range === undefined ? {} : { range }),
    force: options.force ?? false,
    fullRefresh: options.fullRefresh ?? false,
    ...(options.loseHistory === true ? { losesHistory: true } : {}),
    upstream: options.upstream ?? 'block',
    ...(typeof options.batch === 'number' ? { batch: options.batch } : {}),
  }
}
