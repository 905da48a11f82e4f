import type { Handler } from '../command.ts'
import { workLeft } from '../left-over.ts'
import { runPlanned, showPlanned } from '../run-plan.ts'
import { openWorkspace } from '../workspace.ts'

/** Goes on with a run that did not do all that it was to do: publishes what neither it nor a run that went on with it has published. */
export const resume: Handler = async (invocation) => {
  const workspace = await openWorkspace(invocation)
  const work = await workLeft(workspace, invocation, 'left')
  return invocation.options.dryRun
    ? showPlanned(invocation, workspace, work)
    : runPlanned(invocation, workspace, work)
}
