import type { Plan } from '../../core/plan/plan.ts'
import { planRun } from '../../core/plan/planner.ts'
import type { Handler, Invocation } from '../command.ts'
import { warnOfEmptyRange } from '../empty-range.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { planLinesJson } from '../json/plan.ts'
import { readForPlan } from '../plan-inputs.ts'
import { planRequest } from '../plan-request.ts'
import { printPlan } from '../plan-text.ts'
import { jsonLine } from '../text/json.ts'
import { openWorkspace } from '../workspace.ts'

/** Shows what `run` would do, and why. */
export const plan: Handler = async (invocation) => {
  const workspace = await openWorkspace(invocation)
  const { snapshot, request } = await readForPlan(
    workspace,
    invocation,
    await planRequest(workspace, invocation),
  )
  const made = planRun(workspace.project, snapshot, request, invocation.now())
  warnOfEmptyRange(made, workspace.project, request.selected, invocation)
  return showPlan(made, invocation)
}

/** Prints a plan; a plan in which something is blocked is not good. */
export function showPlan(made: Plan, { format, terminal }: Invocation): ExitCode {
  if (format === 'json') terminal.out.write(planLinesJson(made).map(jsonLine).join(''))
  else printPlan(made, terminal.out)
  return made.held.some((held) => held.state === 'blocked') ? exitCodes.failed : exitCodes.good
}
