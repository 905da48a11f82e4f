import type { CompiledModel, CompiledProject } from '../../core/compile/compiled.ts'
import { emptySnapshot, type LedgerSnapshot } from '../../core/ledger/records.ts'
import { ledgerFor } from '../../core/plan/scope.ts'
import { withObservations } from '../../core/sources/overlay.ts'
import { everythingReady } from '../../core/sources/source-view.ts'
import type { RequestedRange } from '../../core/time/requested-range.ts'
import type { Handler, Invocation } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { type OpenLedger, withLedger } from '../open-ledger.ts'
import { rangeFrom } from '../options/range.ts'
import { lookWithoutRecording } from '../plan-inputs.ts'
import { selectionOf } from '../selection.ts'
import { type SourceStatus, sourceCells, sourcesStatus } from '../source-status.ts'
import { type RelationStatus, statusOf } from '../status.ts'
import { type LatestFailure, latestFailures } from '../status-failures.ts'
import type { Colors } from '../terminal/terminal.ts'
import { jsonLine } from '../text/json.ts'
import { count } from '../text/quantity.ts'
import { printTable } from '../text/table.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

/** Lines of a calendar, unless a range is asked for. */
const mostLines = 36
const defaultWidth = 80
const mostFailures = 8

interface Found {
  readonly snapshot: LedgerSnapshot
  readonly sources: readonly SourceStatus[]
  readonly relations: readonly RelationStatus[]
  readonly failures: ReadonlyMap<string, LatestFailure>
}

/** Shows what is published, missing, stale or failed. */
export const status: Handler = async (invocation) => {
  const { options, format, terminal, now } = invocation
  const workspace = await openWorkspace(invocation)
  const range = rangeFrom(options)
  const selected = await selectionOf(workspace, invocation)
  if (options.verify) {
    const { printVerification } = await import('../verify-text.ts')
    return printVerification(invocation, workspace, selected, range)
  }
  const { project } = workspace
  const { snapshot, sources, relations, failures } =
    (await withLedger(workspace, now, (ledger) => look(ledger, workspace, selected, range, invocation))) ??
    nothing(project, selected, range, now())
  if (format === 'json') {
    const lines = relations.map((each) => {
      const failure = failures.get(each.name)
      return jsonLine(failure === undefined ? each : { ...each, failure })
    })
    terminal.out.write([...sources.map(jsonLine), ...lines].join(''))
    return exitCodes.good
  }
  printRelations(sources, relations, invocation)
  printFailures(failures, invocation)
  const drawn = calendarModels(project, selected, options.calendar ?? false)
  if (drawn.length > 0) await printCalendars(drawn, { project, snapshot, range, invocation })
  return exitCodes.good
}

async function look(
  ledger: OpenLedger,
  workspace: Workspace,
  selected: ReadonlySet<string>,
  range: RequestedRange | undefined,
  invocation: Invocation,
): Promise<Found> {
  const { project } = workspace
  const now = invocation.now()
  const asked = { selected, fullRefresh: false, ...(range === undefined ? {} : { range }) }
  const { view, changed } = await lookWithoutRecording(
    workspace,
    ledger.adapter,
    (source) => ledger.nameOf(source),
    asked,
    invocation,
  )
  // Only what decides the states of what is shown.
  const shown = { ...asked, force: false, upstream: 'block', history: true } as const
  const stored = await ledger.snapshot({ ...ledgerFor(project, shown, now), measures: true })
  const snapshot = withObservations(stored, changed, now)
  const relations = statusOf(project, snapshot, selected, range, now)
  return {
    snapshot,
    sources: sourcesStatus(project, snapshot, view, selected, range, now),
    relations,
    failures: await latestFailures(project, ledger, relations, range),
  }
}

function nothing(
  project: CompiledProject,
  selected: ReadonlySet<string>,
  range: RequestedRange | undefined,
  now: number,
): Found {
  return {
    snapshot: emptySnapshot,
    sources: sourcesStatus(project, emptySnapshot, everythingReady, selected, range, now),
    relations: statusOf(project, emptySnapshot, selected, range, now),
    failures: new Map(),
  }
}

function printRelations(
  sources: readonly SourceStatus[],
  relations: readonly RelationStatus[],
  { terminal }: Invocation,
): void {
  const titles = ['RELATION', 'HOW', 'STATE', 'PARTITIONS', 'ROWS', 'PUBLISHED']
  printTable(
    terminal.out,
    titles.map((title) => ({
      title,
      ...(title === 'ROWS' ? { align: 'right' as const } : {}),
      ...(title === 'HOW' || title === 'PARTITIONS' || title === 'PUBLISHED' ? { isOptional: true } : {}),
      ...(title === 'RELATION' || title === 'PARTITIONS' ? { shrinks: 'middle' as const } : {}),
      ...(title === 'RELATION' ? { readable: 24 } : {}),
      ...(title === 'STATE' ? { shrinks: 'end' as const, readable: 40 } : {}),
    })),
    [
      ...sources.map((each) => sourceCells(each, terminal.out.style)),
      ...relations.map((each) => cells(each, terminal.out.style)),
    ],
  )
}

function printFailures(
  failures: ReadonlyMap<string, LatestFailure>,
  { terminal: { out } }: Invocation,
): void {
  if (failures.size === 0) return
  const lines = [...failures].slice(0, mostFailures).map(([name, failure]) => {
    const { partition, code, message, run } = failure
    const subject = [name, partition].filter(Boolean).join(' ')
    const why = code === undefined ? failure.status.replace('_', ' ') : `${code} ${message?.split('\n')[0]}`
    return `${out.style.red('✗')} ${subject}: ${why} ${out.style.dim(`(run ${run})`)}`
  })
  if (failures.size > mostFailures) lines.push(`… and ${count(failures.size - mostFailures)} more`)
  out.write(`\n${lines.join('\n')}\n`)
}

/** The models to draw: all that have partitions, if that is asked for, else the only one that was selected. */
function calendarModels(
  { nodes, graph }: CompiledProject,
  selected: ReadonlySet<string>,
  isAsked: boolean,
): readonly CompiledModel[] {
  if (!isAsked && selected.size !== 1) return []
  return graph.order
    .filter((name) => selected.has(name))
    .flatMap((name) => {
      const node = nodes.get(name)
      return node?.kind === 'model' && node.layout !== undefined ? [node] : []
    })
}

async function printCalendars(
  models: readonly CompiledModel[],
  {
    project,
    snapshot,
    range,
    invocation: { terminal, now },
  }: {
    readonly project: CompiledProject
    readonly snapshot: LedgerSnapshot
    readonly range: RequestedRange | undefined
    readonly invocation: Invocation
  },
): Promise<void> {
  const { out } = terminal
  const { calendarLines } = await import('../status-calendar.ts')
  const { cellsOf } = await import('../status-cells.ts')
  for (const model of models) {
    const drawn = cellsOf(project, snapshot, model, range, now())
    if (drawn.length === 0) continue
    const lines = calendarLines(
      {
        model: model.name,
        layout: model.layout!,
        cells: drawn,
        width: out.columns() ?? defaultWidth,
        mostLines: range === undefined ? mostLines : Number.POSITIVE_INFINITY,
      },
      out.style,
    )
    out.write(`\n${lines.join('\n')}\n`)
  }
}

function cells(relation: RelationStatus, style: Colors): readonly string[] {
  const { name, materialization, rows, publishedAt } = relation
  return [
    name,
    materialization,
    stateText(relation, style),
    partitionsText(relation),
    materialization === 'view' || publishedAt === undefined ? '' : count(rows),
    publishedAt?.slice(0, 19).replace('T', ' ').replace('Z', '') ?? '',
  ]
}

/** Counts by state where there are partitions, else the state. */
function stateText({ partitions, reason }: RelationStatus, style: Colors): string {
  const parts = [
    { number: partitions.fresh, word: 'fresh', colour: style.green },
    { number: partitions.stale, word: 'stale', colour: style.yellow },
    { number: partitions.missing, word: 'missing', colour: style.dim },
  ].filter(({ number }) => number > 0)
  // What a partition is worth and what happened to it last are two things: these are counted above already.
  const activities = [
    { number: partitions.failed, word: 'failed', colour: style.red },
    { number: partitions.running, word: 'running', colour: style.cyan },
  ].filter(({ number }) => number > 0)
  if (parts.length === 0) return style.dim('nothing due')
  const isOne = partitions.due === 1
  const listed = (all: typeof parts) =>
    all.map(({ number, word, colour }) => colour(isOne ? word : `${count(number)} ${word}`)).join(', ')
  const between = activities.length === 0 ? '' : isOne ? ', ' : ', of which '
  const text = `${listed(parts)}${between}${listed(activities)}`
  return reason === undefined ? text : `${text} ${style.dim(`(${reason})`)}`
}

function partitionsText({ first, last }: RelationStatus): string {
  if (first === undefined || last === undefined) return ''
  return first === last ? first : `${first} … ${last}`
}
