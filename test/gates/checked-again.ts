import { checkPublished } from '../../cli/published-checks.ts'
import type { CheckOutcome } from '../../core/checks/check.ts'
import { wholeLedger } from '../../core/plan/snapshot-request.ts'
import type { TestProject } from '../run/project.ts'

/** What `sluice check` finds in what is published of a relation. */
export async function checkedAgain(project: TestProject, name: string): Promise<readonly CheckOutcome[]> {
  const workspace = await project.compile()
  const ledger = project.ledger()
  const request = {
    workspace,
    adapter: project.adapter,
    snapshot: await ledger.snapshot(wholeLedger(workspace.project)),
    range: undefined,
    signal: new AbortController().signal,
    ledgerName: (model: string) => ledger.nameOf(model),
    now: () => new Date(project.now),
  }
  const found: CheckOutcome[] = []
  for await (const { outcomes } of checkPublished(request, workspace.project.nodes.get(name)!))
    found.push(...outcomes)
  return found
}
