import type { Handler } from '../command.ts'
import { workLeft } from '../left-over.ts'
import { runPlanned, showPlanned } from '../run-plan.ts'
import { openWorkspace } from '../workspace.ts'

/** Tries again what failed in a run, and what could not run because of that. */
export const retry: Handler = async (invocation) => {
  const workspace = await openWorkspace(invocation)
  const work = await workLeft(workspace, invocation, 'failed')
  return invocation.options.dryRun
    ? showPlanned(invocation, workspace, work)
    : runPlanned(invocation, workspace, work)
}
