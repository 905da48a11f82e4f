import { select } from '../core/graph/select.ts'
import type { Invocation } from './command.ts'
import type { Workspace } from './workspace.ts'

/** The names that `--select` and `--exclude` select, in the order of the graph. Reads a saved manifest, and asks the ledger, only
 * for selectors that need it.
 * @throws SluiceError as `select` does */
export async function selectionOf(
  { project }: Workspace,
  { options }: Invocation,
): Promise<ReadonlySet<string>> {
  return select({ graph: project.graph }, options.select ?? [], options.exclude ?? [])
}
