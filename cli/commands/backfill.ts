import type { Handler } from '../command.ts'
import type { Options } from '../options/definitions.ts'
import { planRequest } from '../plan-request.ts'
import { runPlanned, showPlanned } from '../run-plan.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

/** Builds a past range, or the whole history: what is missing, failed or stale in it, or all of it. */
export const backfill: Handler = async (invocation) => {
  const { options } = invocation
  const workspace = await openWorkspace(invocation)
  const work = { request: await historyRequest(workspace, invocation), options }
  return options.dryRun ? showPlanned(invocation, workspace, work) : runPlanned(invocation, workspace, work)
}

async function historyRequest(workspace: Workspace, invocation: Parameters<Handler>[0]) {
  const { only, order } = invocation.options
  const wanted = wantedOf(only)
  return {
    ...(await planRequest(workspace, invocation)),
    history: true,
    force: wanted === 'all',
    ...(wanted === 'all' || wanted === undefined ? {} : { only: wanted }),
    ...(order === undefined ? {} : { order }),
  }
}

/** What of a range is to run: everything, some states, or whatever is not fresh (undefined). */
function wantedOf(only: Options['only']) {
  if (only === undefined) return undefined
  const states = only.filter((each) => each !== 'all')
  return states.length < only.length ? 'all' : new Set(states)
}
