import type { Adapter, Column, Session } from '../core/adapter.ts'
import type { CheckOutcome } from '../core/checks/check.ts'
import { isOfAllRows } from '../core/checks/kinds.ts'
import type {
  CompiledCheck,
  CompiledModel,
  CompiledNode,
  CompiledRelation,
  CompiledSource,
} from '../core/compile/compiled.ts'
import { collectsPartitions } from '../core/compile/snapshot.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { checkSource, isLookedAt, unreadable } from '../core/gates/check-source.ts'
import type { LedgerSnapshot } from '../core/ledger/records.ts'
import { Edges } from '../core/plan/edges.ts'
import { States } from '../core/plan/state.ts'
import { newestWins } from '../core/run/binding.ts'
import type { Subject } from '../core/run/check-subject.ts'
import { runChecks, runCustomCheck } from '../core/run/checking.ts'
import { readsHidden } from '../core/run/hidden.ts'
import { findFiles } from '../core/sources/files.ts'
import { contains, type Partition } from '../core/time/interval.ts'
import { type RequestedRange, rangeIn } from '../core/time/requested-range.ts'
import { explained } from './explained.ts'
import { partitionColumnType, windowCondition } from './published-rows.ts'
import { windowOf } from './window.ts'
import type { Workspace } from './workspace.ts'

/** The checks of one partition or relation, run on what is published. */
export interface CheckedSubject {
  readonly model: string
  readonly partition?: string
  readonly outcomes: readonly CheckOutcome[]
}

export interface CheckRequest {
  readonly workspace: Pick<Workspace, 'project' | 'texts'>
  readonly adapter: Adapter
  readonly snapshot: LedgerSnapshot
  readonly range: RequestedRange | undefined
  readonly signal: AbortSignal
  /** A model's name in the ledger. */
  readonly ledgerName: (model: string) => string
  readonly now: () => Date
}

/** Runs the checks of one node on its published rows, partition by partition, oldest first. What is not published is left out. */
export async function* checkPublished(
  request: CheckRequest,
  node: CompiledNode,
): AsyncGenerator<CheckedSubject> {
  if (node.kind === 'exposure') return
  if (node.kind === 'check') {
    if (node.gateOf === undefined && isReadable(request, node)) yield await checkAlone(request, node)
    return
  }
  if (node.kind === 'source') {
    const outcomes = await sourceOutcomes(request, node)
    if (outcomes.length > 0) yield { model: node.name, outcomes }
    return
  }
  if (node.checks.length === 0 && gatesOf(node).length === 0) return
  for (const partition of publishedPartitions(request, node)) {
    if (request.signal.aborted) return
    const outcomes = await explained(
      request.adapter,
      node,
      () =>
        request.adapter.session((session) => outcomesOf(request, session, node, partition), request.signal),
      readsHidden(request.workspace.project.nodes, node),
    )
    if (outcomes === undefined) return
    yield { model: node.name, ...(partition === undefined ? {} : { partition: partition.key }), outcomes }
  }
}

/** Whether all that a check reads is there; sources are taken to be. */
function isReadable({ workspace, snapshot }: CheckRequest, check: CompiledCheck): boolean {
  return check.upstream.every((name) => {
    if (workspace.project.nodes.get(name)?.kind === 'source') return true
    return snapshot.histories.get(name)?.dataSeq.some((version) => version !== 0) ?? false
  })
}

async function checkAlone(
  { workspace, adapter, signal }: CheckRequest,
  check: CompiledCheck,
): Promise<CheckedSubject> {
  const context = { project: workspace.project, adapter, texts: workspace.texts }
  const outcome = await explained(
    adapter,
    check,
    () => adapter.session((session) => runCustomCheck(context, session, check, { node: check }), signal),
    readsHidden(workspace.project.nodes, check),
  )
  return { model: check.name, outcomes: [outcome] }
}

/** What is found of one source. One that cannot be read hides nothing of the others. */
async function sourceOutcomes(
  request: CheckRequest,
  source: CompiledSource,
): Promise<readonly CheckOutcome[]> {
  const { adapter, workspace, signal, now } = request
  if (source.checks.length === 0 && !isLookedAt(source)) return []
  const world = { adapter, now: now().getTime(), findFiles }
  try {
    return await explained(
      adapter,
      source,
      () =>
        adapter.session(async (session) => {
          const own = await checkSource(world, session, source)
          const declared =
            source.checks.length === 0 ? [] : await outcomesOf(request, session, source, undefined)
          return [...own, ...(declared ?? [])]
        }, signal),
      readsHidden(workspace.project.nodes, source),
    )
  } catch (error) {
    if (!(error instanceof SluiceError) || signal.aborted || isTransient(adapter, error)) throw error
    const [problem] = error.diagnostics
    return [unreadable(source, `${problem!.code} ${problem!.message}`)]
  }
}

function isTransient(adapter: Adapter, error: SluiceError): boolean {
  return error.cause !== undefined && adapter.classify(error.cause) === 'transient'
}

async function outcomesOf(
  request: CheckRequest,
  session: Session,
  node: CompiledRelation | CompiledSource,
  partition: Partition | undefined,
): Promise<readonly CheckOutcome[] | undefined> {
  const { workspace, adapter } = request
  const context = {
    project: workspace.project,
    adapter,
    texts: workspace.texts,
    ledgerName: request.ledgerName,
    now: request.now,
  }
  const columns = await columnsOf(adapter, session, node)
  if (columns === undefined) return undefined
  const subject = subjectOf(request, withoutCounts(node), columns, partition)
  return (await runChecks(context, session, subject, gatesOf(node))).outcomes
}

function subjectOf(
  { workspace, adapter }: CheckRequest,
  node: CompiledRelation | CompiledSource,
  columns: readonly Column[],
  partition: Partition | undefined,
): Subject {
  const from = node.kind === 'source' ? node.sql : adapter.dialect.relation(node.relation)
  const type = node.kind === 'model' ? partitionColumnType(adapter, node, columns) : undefined
  if (node.kind !== 'model' || partition === undefined || type === undefined)
    return { node, columns, rows: { from }, isPublished: true }
  return {
    node,
    isPublished: true,
    partition,
    window: windowOf(workspace.project, node, partition, type),
    columns,
    rows: { from, window: windowCondition(adapter.dialect, node, partition, type, columns) },
  }
}

async function columnsOf(
  adapter: Adapter,
  session: Session,
  node: CompiledRelation | CompiledSource,
): Promise<readonly Column[] | undefined> {
  if (node.kind === 'source') return adapter.catalog.describe(session, `select * from ${node.sql}`)
  return adapter.catalog.columns(session, node.relation)
}

/** Where the newest row of a key wins, a later partition takes rows away from an earlier one: how many each has left, and what they
 * amount to, says nothing (section 6), while what holds of each of a partition's rows holds of those that are left. */
function withoutCounts<T extends CompiledRelation | CompiledSource>(node: T): T {
  if (node.kind !== 'model' || !(newestWins(node) || collectsPartitions(node))) return node
  return { ...node, checks: node.checks.filter((check) => !isOfAllRows(check)) }
}

/** Undefined stands for a relation without partitions. */
function publishedPartitions(
  { workspace, snapshot, range }: CheckRequest,
  node: CompiledRelation | CompiledSource,
): readonly (Partition | undefined)[] {
  if (!isPartitioned(node)) return [undefined]
  const asked = range === undefined ? undefined : rangeIn(node.layout, range)
  const states = new States(
    new Edges(workspace.project.nodes, workspace.project.graph.ancestors),
    snapshot,
    0,
  )
  return states
    .publishedUnits(node)
    .flatMap(({ partition }) => partition ?? [])
    .filter((partition) => asked === undefined || contains(asked, partition))
}

function isPartitioned(
  node: CompiledNode,
): node is CompiledModel & { readonly layout: NonNullable<CompiledModel['layout']> } {
  return node.kind === 'model' && node.layout !== undefined
}

function gatesOf(node: CompiledRelation | CompiledSource): readonly CompiledCheck[] {
  return node.kind === 'source' ? [] : node.gates
}
