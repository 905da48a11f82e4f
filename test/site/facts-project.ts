import { readFacts } from '../../cli/docs/read-facts.ts'
import type { LedgerFacts } from '../../core/docs/ledger-facts.ts'
import type { TestProject } from '../run/project.ts'

/** What a workspace of the command line offers those who read the ledger, for a test's project. */
export async function workspaceOf(project: TestProject) {
  const compiled = await project.compile()
  return { ...compiled, connect: () => project.openAdapter() }
}

export async function factsOf(
  project: TestProject,
  { withSamples = false }: { readonly withSamples?: boolean } = {},
): Promise<LedgerFacts> {
  return readFacts(await workspaceOf(project), { now: () => project.now }, { withSamples })
}
