import type { Adapter } from '../../core/adapter.ts'
import { diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { RunListener } from '../../core/events.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Invocation } from '../command.ts'
import { printDiagnostics } from '../diagnostics/print.ts'
import { counted } from '../text/quantity.ts'
import type { Workspace } from '../workspace.ts'
import { destinationOf } from './destination.ts'
import { factsOf } from './facts.ts'
import { OpenLineageListener } from './listener.ts'
import { sinkFor } from './sinks.ts'

/** A listener of a run, and what ends it. */
export interface OpenLineageOutput {
  readonly on: RunListener
  /** Delivers what is left, for a short while, and warns of what could not be. */
  close(): Promise<void>
}

/** How long a run that has ended waits for the rest of its events, and one that was interrupted. */
const PATIENCE_MS = 10_000
const INTERRUPTED_MS = 2_000
/** How long what found out the facts may take to let go. */
const CLOSING_MS = 1_000

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

/** Begins to write the events of a run to a file or a server. Nothing that goes wrong here concerns the run. */
export function startOpenLineage(
  text: string,
  workspace: Workspace,
  adapter: Adapter,
  plan: Plan,
  invocation: Invocation,
): OpenLineageOutput {
  const { environment, workingDirectory, signal } = invocation
  const destination = destinationOf(text, workingDirectory)
  const models = new Set(plan.tasks.map(({ model }) => model))
  const found = factsOf(workspace, adapter, invocation, models)
  const listener = new OpenLineageListener(
    found.then(({ facts }) => facts),
    sinkFor(destination, environment.OPENLINEAGE_API_KEY),
  )
  return {
    on: (event) => listener.on(event),
    close: async () => {
      const { delivered, lost, reason } = await listener.close(signal.aborted ? INTERRUPTED_MS : PATIENCE_MS)
      await Promise.race([found.then(({ close }) => close()).catch(() => {}), pause(CLOSING_MS)])
      if (lost > 0)
        warn(invocation, text, { delivered, lost, reason: reason ?? 'for no reason that is known' })
    },
  }
}

/** Whether the environment switches events off, as it does for every client of OpenLineage. */
export function isOpenLineageDisabled({ environment }: Invocation): boolean {
  return /^true$/i.test(environment.OPENLINEAGE_DISABLED ?? '')
}

/** What follows the path of an address may be secret. */
function withoutQuery(destination: string): string {
  return /^https?:/i.test(destination) ? destination.replace(/[?#].*$/s, '') : destination
}

function warn(
  { terminal, format }: Invocation,
  destination: string,
  { delivered, lost, reason }: { readonly delivered: number; readonly lost: number; readonly reason: string },
): void {
  const found = diagnostic('SL947', {
    severity: 'warning',
    message: `${counted(lost, 'OpenLineage event')} of ${delivered + lost} could not be delivered to ${withoutQuery(destination)}: ${reason}`,
    hint: 'The run itself is not concerned. A file as destination keeps them: --openlineage events.jsonl',
  })
  printDiagnostics([found], terminal.err, format === 'json' ? 'json' : 'text')
}
