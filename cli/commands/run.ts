import type { Handler } from '../command.ts'
import { planRequest } from '../plan-request.ts'
import { runPlanned, showPlanned } from '../run-plan.ts'
import { openWorkspace } from '../workspace.ts'

/** Builds what is missing or stale, checks it, publishes it. */
export const run: Handler = async (invocation) => {
  const { options } = invocation
  const workspace = await openWorkspace(invocation)
  const work = { request: await planRequest(workspace, invocation), options }
  return options.dryRun ? showPlanned(invocation, workspace, work) : runPlanned(invocation, workspace, work)
}
