import { type LedgerFacts, noFacts } from '../../core/docs/ledger-facts.ts'
import type { Invocation } from '../command.ts'
import type { Workspace } from '../workspace.ts'

export interface FactsRequest {
  /** Samples of failing rows are read too. */
  readonly withSamples: boolean
}

/** What the target's ledger says; never throws for a database that cannot be asked, but says so in `without`. */
export async function readFacts(
  _workspace: Workspace,
  _invocation: Invocation,
  _request: FactsRequest,
): Promise<LedgerFacts> {
  return noFacts('nothing has been run on this target yet')
}
