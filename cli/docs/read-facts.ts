import { factsOf } from '../../core/docs/facts/facts-of.ts'
import { NodeStates } from '../../core/docs/facts/node-states.ts'
import { listedOf } from '../../core/docs/facts/partition-history.ts'
import { runPage } from '../../core/docs/facts/run-page.ts'
import { Privacy } from '../../core/docs/facts/shown-check.ts'
import type { StoredFacts } from '../../core/docs/facts/stored-facts.ts'
import { type LedgerFacts, noFacts } from '../../core/docs/ledger-facts.ts'
import { layoutOfNode } from '../../core/plan/edges.ts'
import { wholeLedger } from '../../core/plan/snapshot-request.ts'
import type { Invocation } from '../command.ts'
import { hostName } from '../json/run.ts'
import { type OpenLedger, withLedger } from '../open-ledger.ts'
import type { Workspace } from '../workspace.ts'
import { readStatements } from './facts/failing-statements.ts'
import { readFailures, readObservations } from './facts/failures.ts'
import { nextCommands } from './facts/next-command.ts'
import { type AskedDetails, readDetails } from './facts/partition-details.ts'
import { readCustomChecks, readNewestChecks } from './facts/recorded-checks.ts'
import { readRunFacts } from './facts/run-facts.ts'
import { shownRequest } from './facts/shown-request.ts'
import { readSourceAges } from './facts/source-ages.ts'
import { readStaleTexts } from './facts/stale-texts.ts'
import { whyUnreadable } from './facts/unreadable.ts'

export interface FactsRequest {
  /** Samples of failing rows are read too. */
  readonly withSamples: boolean
}

type LedgerWorkspace = Pick<Workspace, 'project' | 'texts' | 'connect'>

/** What the target's ledger says; never throws for a database that cannot be asked, but says so in `without`. */
export async function readFacts(
  workspace: LedgerWorkspace,
  invocation: Pick<Invocation, 'now'>,
  request: FactsRequest,
): Promise<LedgerFacts> {
  const { target } = workspace.project.project
  try {
    const facts = await withLedger(workspace, invocation.now, (ledger) =>
      read(workspace, ledger, invocation.now(), request),
    )
    return facts ?? noFacts(`nothing has been run on ${target.name} yet`)
  } catch (error) {
    const reason = whyUnreadable(error)
    if (reason === undefined) throw error
    return noFacts(`the ledger of ${target.name} could not be read: ${reason}`)
  }
}

async function read(
  workspace: LedgerWorkspace,
  ledger: OpenLedger,
  now: number,
  { withSamples }: FactsRequest,
): Promise<LedgerFacts> {
  const { project } = workspace
  const { nodes } = project
  // First: what is read after it can be newer, but is only looked up by what is in it.
  const snapshot = await ledger.snapshot(wholeLedger(project, { measures: true }))
  const states = new NodeStates(project, snapshot, now)
  const { byRelation, runIds } = await readDetails(ledger, askedDetails(workspace, states))
  const sources = [...nodes.values()].filter(({ kind }) => kind === 'source').map(({ name }) => name)
  const stored: StoredFacts = {
    snapshot,
    details: byRelation,
    runIds,
    failures: await readFailures(ledger),
    newestChecks: await readNewestChecks(ledger, withSamples),
    customChecks: await readCustomChecks(ledger, withSamples),
    observations: await readObservations(ledger, sources),
    ...(await readRunFacts(ledger, project.project.target.name, withSamples)),
  }
  const privacy = new Privacy(nodes, { withSamples })
  const statements = await readStatements(workspace, ledger.modelOf, stored.runs)
  const next = nextCommands(stored.runs, snapshot)
  const view = {
    nodes,
    privacy,
    now,
    modelOf: ledger.modelOf,
    statementOf: ({ id }: { readonly id: string }) => statements.get(id),
  }
  return factsOf({
    project,
    states,
    stored,
    privacy,
    now,
    staleTexts: await readStaleTexts(project, states, ledger),
    sourceAges: await readSourceAges(project, ledger, now),
    runPages: new Map(
      stored.runs.map((each) => {
        const { run } = each
        const command = next.get(run.id)
        const more = {
          request: shownRequest(run.command, run.request),
          ...(run.host === undefined ? {} : { host: hostName(run.host) }),
          ...(command === undefined ? {} : { next: command }),
        }
        return [run.id, runPage(each, more, view)]
      }),
    ),
  })
}

/** Every relation and check that has a task, each from the first partition that is listed. */
function askedDetails({ project: { nodes } }: LedgerWorkspace, states: NodeStates): readonly AskedDetails[] {
  const asked: AskedDetails[] = []
  for (const node of nodes.values()) {
    if (node.kind === 'source' || node.kind === 'exposure') continue
    if (node.kind !== 'model' || layoutOfNode(node) === undefined) {
      asked.push({ name: node.name })
      continue
    }
    const { from } = listedOf(states, node)
    asked.push({ name: node.name, from: states.states.slotsOf(node).timeline!.cuts[from]! })
  }
  return asked
}
