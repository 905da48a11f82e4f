import { type CompiledRelation, isRelation } from '../core/compile/compiled.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { Ledger, ledgerScope } from '../core/ledger/ledger.ts'
import { type MarkedModel, type MarkOutcome, type MarkRequest, markPartitions } from '../core/ledger/marks.ts'
import { WHOLE } from '../core/ledger/records.ts'
import { instantOf } from '../core/ledger/stored-values.ts'
import { wholeLedger } from '../core/plan/snapshot-request.ts'
import { rangeIn } from '../core/time/requested-range.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'
import { type PublishedKeys, publishedDownstream } from './downstream.ts'
import { type ExitCode, exitCodes } from './exit.ts'
import { hostName } from './json/run.ts'
import { type OpenLedger, withLedger } from './open-ledger.ts'
import { rangeFrom } from './options/range.ts'
import { selectionOf } from './selection.ts'
import { jsonLine } from './text/json.ts'
import { keysLabel } from './text/partitions.ts'
import { openWorkspace, type Workspace } from './workspace.ts'
import { realWorld, thisWorker } from './world.ts'

/** A published partition that a mark may concern. */
interface Candidate {
  readonly key: string
  /** UTC milliseconds; undefined for a relation without partitions. */
  readonly end?: number
  readonly isSameCode: boolean
  readonly isSameLayout: boolean
  readonly isHeld: boolean
}

/** A selected relation with what is published of it within the range. */
export interface Marking {
  readonly node: CompiledRelation
  readonly candidates: readonly Candidate[]
}

/** What `stamp` and `invalidate` have in common: find what is published, mark it in one transaction, say what was done. */
export async function markPublished(
  invocation: Invocation,
  kind: MarkRequest['kind'],
  /** Which of them the mark concerns; throws for what must not be marked. */
  choose: (markings: readonly Marking[]) => readonly Marking[],
): Promise<ExitCode> {
  const { options, now } = invocation
  const reason = requireOptions(invocation)
  const workspace = await openWorkspace(invocation)
  const { nodes } = workspace.project
  const selected = [...(await selectionOf(workspace, invocation))]
    .map((name) => nodes.get(name))
    .filter(isRelation)
  const found =
    (await withLedger(workspace, now, (ledger) => findMarkings(ledger, selected, invocation))) ?? []
  const chosen = choose(found)
  const outcomes = options.dryRun
    ? chosen.map((each) => dryOutcome(each))
    : await markAll(workspace, invocation, kind, reason, chosen)
  report(invocation, kind, await withDownstream(workspace, invocation, kind, outcomes))
  return exitCodes.good
}

/** What becomes stale with the rows that were called stale. */
async function withDownstream(
  workspace: Workspace,
  { now }: Invocation,
  kind: MarkRequest['kind'],
  outcomes: readonly Outcome[],
): Promise<readonly Outcome[]> {
  if (kind !== 'invalidate' || outcomes.every(({ marked }) => marked.length === 0)) return outcomes
  const { project } = workspace
  const snapshot = await withLedger(workspace, now, (ledger) => ledger.snapshot(wholeLedger(project)))
  if (snapshot === undefined) return outcomes
  const downstreamOf = publishedDownstream(project, snapshot, now())
  return outcomes.map((outcome) => {
    const node = project.nodes.get(outcome.model)
    if (!isRelation(node)) return outcome
    return { ...outcome, downstream: downstreamOf(node, outcome.marked) }
  })
}

/** A mark on everything by mistake would be costly, and one without a reason explains nothing later. */
function requireOptions({ options, command }: Invocation): string {
  if (options.select === undefined && options.selector === undefined) {
    throw SluiceError.of('SL904', {
      message: `\`sluice ${command}\` needs --select`,
      hint: 'name the models that are meant',
    })
  }
  const reason = options.reason?.trim() ?? ''
  if (reason !== '') return reason
  throw SluiceError.of('SL904', {
    message: `\`sluice ${command}\` needs --reason`,
    hint: 'the history keeps it for those who wonder later',
  })
}

async function findMarkings(
  { session, nameOf }: OpenLedger,
  selected: readonly CompiledRelation[],
  { options }: Invocation,
): Promise<readonly Marking[]> {
  const range = rangeFrom(options)
  const markings: Marking[] = []
  for (const node of selected) {
    const layout = node.kind === 'model' ? node.layout : undefined
    // A range means partitions: what has none is not meant.
    if (range !== undefined && layout === undefined) continue
    const within = range === undefined || layout === undefined ? undefined : rangeIn(layout, range)
    const rows = await session.query(
      `select p.partition_key, p.start_at, p.end_at, p.fingerprint, p.layout, l.token
from sluice.partitions p left join sluice.leases l on l.model = p.model and l.partition_key = p.partition_key
where p.model = $1 and p.data_seq is not null order by p.start_at, p.partition_key`,
      [nameOf(node.name)],
    )
    const candidates = rows
      .filter((row) => {
        if (within === undefined) return true
        const [start, end] = [instantOf(row.start_at), instantOf(row.end_at)]
        return start !== undefined && end !== undefined && within.start <= start && end <= within.end
      })
      .map((row) => ({
        key: String(row.partition_key),
        ...endOf(instantOf(row.end_at)),
        isSameCode: row.fingerprint === node.fingerprint,
        isSameLayout: row.layout === (node.kind === 'model' ? node.layoutId : ''),
        isHeld: row.token !== null,
      }))
    markings.push({ node, candidates })
  }
  return markings
}

function endOf(end: number | undefined): { readonly end?: number } {
  return end === undefined ? {} : { end }
}

interface Outcome extends Omit<MarkOutcome, 'model'> {
  readonly model: string
  /** What is stale with it; of `invalidate`. */
  readonly downstream?: readonly PublishedKeys[]
}

function dryOutcome({ node, candidates }: Marking): Outcome {
  return {
    model: node.name,
    marked: candidates.filter((each) => !each.isHeld).map((each) => each.key),
    held: candidates.filter((each) => each.isHeld).map((each) => each.key),
  }
}

async function markAll(
  workspace: Workspace,
  { now }: Invocation,
  kind: MarkRequest['kind'],
  reason: string,
  markings: readonly Marking[],
): Promise<readonly Outcome[]> {
  if (markings.every((each) => each.candidates.length === 0)) return []
  const world = realWorld(now)
  const adapter = await workspace.connect({ readOnly: false })
  try {
    const ledger = new Ledger(adapter, world.now, ledgerScope(workspace.project.project.target.schema))
    await ledger.prepare()
    // What a dead process held is nobody's.
    await ledger.reap(world.isDead)
    const { user, host } = thisWorker()
    const models = new Map(
      markings.map((marking): [string, MarkedModel] => [
        marking.node.name,
        markedModel(marking, ledger.nameOf(marking.node.name)),
      ]),
    )
    const outcomes = await markPartitions(adapter, {
      kind,
      id: world.id(),
      reason,
      by: [user, hostName(host)].filter(Boolean).join('@'),
      at: world.now(),
      models: [...models.values()],
    })
    return [...models.keys()].map((model, at) => ({ ...outcomes[at]!, model }))
  } finally {
    await adapter.close()
  }
}

function markedModel({ node, candidates }: Marking, model: string): MarkedModel {
  return {
    model,
    keys: candidates.map((each) => each.key),
    fingerprint: node.fingerprint,
    layout: node.kind === 'model' ? node.layoutId : '',
  }
}

function report(invocation: Invocation, kind: MarkRequest['kind'], outcomes: readonly Outcome[]): void {
  const { options, format, terminal } = invocation
  const { out } = terminal
  const isDry = options.dryRun ?? false
  const changed = outcomes.filter((each) => each.marked.length > 0)
  if (format === 'json') {
    for (const { model, marked, held, downstream } of outcomes)
      out.write(
        jsonLine({
          model,
          kind,
          partitions: marked,
          held,
          dryRun: isDry,
          ...(downstream === undefined ? {} : { downstream }),
        }),
      )
  } else if (!options.quiet) {
    const verb = kind === 'stamp' ? 'stamp' : 'invalidate'
    const done = kind === 'stamp' ? 'stamped' : 'invalidated'
    for (const { model, marked, downstream = [] } of changed) {
      out.write(`${isDry ? `would ${verb}` : done} ${named(model, marked)}\n`)
      for (const { model: reader, partitions } of downstream)
        out.write(out.style.dim(`  stale with it: ${named(reader, partitions)}\n`))
    }
    if (changed.length === 0) out.write(`nothing to ${verb}\n`)
  }
  tellHeld(outcomes, invocation)
}

function named(model: string, keys: readonly string[]): string {
  return keys.length === 1 && keys[0] === WHOLE ? model : `${model} ${keysLabel(keys)}`
}

function tellHeld(outcomes: readonly Outcome[], { format, terminal }: Invocation): void {
  const { err } = terminal
  const held = outcomes.filter((each) => each.held.length > 0)
  if (held.length === 0) return
  printDiagnostics(
    held.map((each) => ({
      code: 'SL649' as const,
      severity: 'warning' as const,
      message: `${each.model} ${keysLabel(each.held)} is being published now and was left as it is`,
      hint: 'give the command again when the run is done; `sluice runs --status running` shows it',
    })),
    err,
    format === 'json' ? 'json' : 'text',
  )
}
