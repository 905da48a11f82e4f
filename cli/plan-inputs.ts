import type { Adapter } from '../core/adapter.ts'
import { type CompiledProject, isWatched } from '../core/compile/compiled.ts'
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts'
import { Ledger, ledgerScope } from '../core/ledger/ledger.ts'
import { emptySnapshot, type LedgerSnapshot } from '../core/ledger/records.ts'
import type { PlanRequest } from '../core/plan/planner.ts'
import { ledgerFor } from '../core/plan/scope.ts'
import type { Asked } from '../core/sources/needed.ts'
import type { Seeing, Seen } from '../core/sources/see.ts'
import { everythingReady } from '../core/sources/source-view.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'
import { withFrames } from './diagnostics/sources.ts'
import { connectToRead } from './snapshot.ts'
import type { Workspace } from './workspace.ts'

/** What a plan is made from. */
export interface PlanInputs {
  readonly snapshot: LedgerSnapshot
  /** With what is known of sources. */
  readonly request: PlanRequest
}

/** The ledger as the run that follows will find it, sources looked at, without changing anything. */
export async function readForPlan(
  workspace: Workspace,
  invocation: Invocation,
  request: PlanRequest,
): Promise<PlanInputs> {
  const { project } = workspace
  const { now } = invocation
  const adapter = (await connectToRead(workspace)) ?? (await emptyDatabase(workspace))
  if (adapter === undefined) return { snapshot: emptySnapshot, request }
  try {
    const ledger = new Ledger(adapter, () => new Date(now()), ledgerScope(project.project.target.schema))
    const { view, changed } = await lookWithoutRecording(
      workspace,
      adapter,
      (source) => ledger.nameOf(source),
      request,
      invocation,
    )
    const snapshot = await ledger.snapshot(ledgerFor(project, request, now()))
    const { withObservations } = await import('../core/sources/overlay.ts')
    return { snapshot: withObservations(snapshot, changed, now()), request: { ...request, sources: view } }
  } finally {
    await adapter.close()
  }
}

/** The run that follows makes the database first, and then finds its sources as they can be found from an empty one: files. */
async function emptyDatabase(workspace: Workspace): Promise<Adapter | undefined> {
  return watchesSources(workspace.project) ? workspace.connectEmpty() : undefined
}

/** Looks at the sources that a request depends on, and records what changed, before a run plans. Tells of those that are out of reach. */
export async function recordSources(
  { project }: Workspace,
  adapter: Adapter,
  ledger: Ledger,
  request: PlanRequest,
  invocation: Invocation,
): Promise<PlanRequest> {
  if (!watchesSources(project)) return request
  const { seeAndRecord } = await import('../core/sources/see.ts')
  const seen = await seeAndRecord(
    seeing(project, adapter, (source) => ledger.nameOf(source), request, invocation),
  )
  await tell(seen.warnings, invocation)
  return { ...request, sources: seen.view }
}

/** Looks at sources for a command that changes nothing. */
export async function lookWithoutRecording(
  { project }: Workspace,
  adapter: Adapter,
  ledgerName: (source: string) => string,
  asked: Asked,
  invocation: Invocation,
): Promise<Seen> {
  if (!watchesSources(project)) return { view: everythingReady, changed: [], warnings: [] }
  const { seeOnly } = await import('../core/sources/see.ts')
  const seen = await seeOnly(seeing(project, adapter, ledgerName, asked, invocation))
  await tell(seen.warnings, invocation)
  return seen
}

function seeing(
  project: CompiledProject,
  adapter: Adapter,
  ledgerName: (source: string) => string,
  asked: Asked,
  { now, signal }: Invocation,
): Seeing {
  return { project, adapter, ledgerName, asked, now: now(), signal }
}

function watchesSources({ nodes }: CompiledProject): boolean {
  for (const node of nodes.values()) if (isWatched(node)) return true
  return false
}

async function tell(warnings: readonly Diagnostic[], invocation: Invocation): Promise<void> {
  const { options, format, terminal, workingDirectory } = invocation
  if (warnings.length === 0 || options.quiet) return
  const framed = await withFrames(warnings, workingDirectory, options.project)
  printDiagnostics(framed, terminal.err, format === 'json' ? 'json' : 'text')
  if (format !== 'json') terminal.err.write('\n')
}
