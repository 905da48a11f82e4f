import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { exposuresOf } from '../../core/lineage/exposures.ts'
import type { ColumnSource, QueryLineage, Role } from '../../core/lineage/lineage.ts'
import type { Handler, Invocation } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { dotText, drawingOf, mermaidText } from '../lineage/drawing.ts'
import { type OpenLineage, openLineage } from '../lineage/open-lineage.ts'
import { columnsWithPlaces, withPlaces } from '../lineage/places.ts'
import { printRelations } from '../lineage/relations.ts'
import {
  type Point,
  type StepsRequest,
  stepsDownstream,
  stepsToExposures,
  stepsUpstream,
  Ways,
} from '../lineage/steps.ts'
import { columnOf, type Subject, subjectOf } from '../lineage/subject.ts'
import { columnSvg } from '../lineage/svg.ts'
import {
  allUnresolved,
  printDownstream,
  printExposures,
  printUnresolved,
  printUpstream,
} from '../lineage/text.ts'
import { jsonLine } from '../text/json.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

const allRoles: readonly Role[] = ['copied', 'transformed', 'aggregated', 'filter', 'join', 'group', 'order']
const groups: Readonly<Record<'values' | 'rows', readonly Role[]>> = {
  values: ['copied', 'transformed', 'aggregated'],
  rows: ['filter', 'join', 'group', 'order'],
}

/** Prints where columns come from, or who reads them; without a relation, which relations read which. */
export const lineage: Handler = async (invocation) => {
  const [relation] = invocation.arguments
  refuseMixed(invocation, relation)
  const workspace = await openWorkspace(invocation)
  if (relation === undefined) {
    await printRelations(workspace, invocation)
    return exitCodes.good
  }
  const { project, factory } = workspace
  const written = subjectOf(project, relation)
  const { graph } = project
  const isDownstream = invocation.options.downstream === true
  const only = new Set([written.node.name, ...(isDownstream ? graph.descendants(written.node.name) : [])])
  const opened = await openLineage(workspace, invocation, only)
  try {
    const columns = await opened.lineage.columns(written.node.name)
    const { node, column } = written
    const known =
      column === undefined
        ? undefined
        : columnOf({ node, column }, await closed(opened, node, columns), (name) =>
            factory.dialect.fold(name, true),
          )
    const subject: Subject = known === undefined ? { node } : { node, column: known }
    if (opened.unreachable !== undefined && !invocation.options.quiet) {
      invocation.terminal.err.write(`note: columns are known from the text only: ${opened.unreachable}\n`)
    }
    if (isDownstream) await downstream(invocation, workspace, opened, subject)
    else await upstream(invocation, workspace, opened, subject)
  } finally {
    await opened.close()
  }
  return exitCodes.good
}

/** Columns are followed from one relation, relations are shown of a selection: options of the one mean nothing for the other.
 * @throws SluiceError SL945 */
function refuseMixed({ options }: Invocation, relation: string | undefined): void {
  const given = relation === undefined ? (['downstream', 'depth', 'role'] as const) : selecting
  const word = given.find((each) => options[each] !== undefined)
  if (word === undefined) return
  throw SluiceError.of('SL945', {
    message:
      relation === undefined
        ? `\`--${word}\` needs a relation whose columns are followed`
        : `\`sluice lineage ${relation}\` follows its columns: \`--${word}\` says nothing of them`,
    hint:
      relation === undefined
        ? 'Name one: `sluice lineage MODEL`. The relations around it: `sluice lineage --select +MODEL+`.'
        : 'Leave one of the two out.',
  })
}

const selecting = ['select', 'exclude', 'selector', 'state'] as const

/** Columns, if there can be no others. */
async function closed(
  { lineage }: OpenLineage,
  { kind, name }: Subject['node'],
  columns: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  const isOpen = kind === 'model' && (await lineage.direct(name)).isOpen === true
  return isOpen ? undefined : columns
}

function rolesOf({ options }: Invocation): ReadonlySet<Role> {
  if (options.role === undefined) return new Set(allRoles)
  return new Set(
    options.role.flatMap((each) => (each === 'values' || each === 'rows' ? groups[each] : [each])),
  )
}

function depthOf({ options }: Invocation): number {
  return options.depth ?? Number.POSITIVE_INFINITY
}

async function upstream(
  invocation: Invocation,
  workspace: Workspace,
  { lineage }: OpenLineage,
  { node, column }: Subject,
): Promise<void> {
  const { format, terminal } = invocation
  const { project } = workspace
  const roles = rolesOf(invocation)
  const depth = depthOf(invocation)
  const isWanted = ({ role }: ColumnSource) => roles.has(role)
  if (node.kind !== 'model') {
    const columns = column === undefined ? ((await lineage.columns(node.name)) ?? []) : [column]
    if (format === 'json')
      for (const each of columns) terminal.out.write(jsonLine({ column: each, sources: [] }))
    else if (format === 'text')
      terminal.out.write(`${node.name} is a ${node.kind}: nothing is upstream of it; see --downstream\n`)
    else await draw(invocation, workspace, [], [{ relation: node.name }])
    return
  }
  if (format === 'json') {
    const request = { ...(column === undefined ? {} : { column }), depth }
    const columns = await columnsWithPlaces(workspace, await lineage.upstream(node.name, request))
    for (const each of columns)
      terminal.out.write(jsonLine({ ...each, sources: each.sources.filter(isWanted) }))
    return
  }
  const steps = await stepsUpstream(stepsRequest(lineage, project, roles, depth), node.name, column)
  if (format !== 'text') {
    await draw(invocation, workspace, steps, await pointsOf(lineage, node.name, column))
    return
  }
  const composed = await lineage.composed(node.name, depth)
  const found: QueryLineage = {
    ...composed,
    columns: composed.columns
      .filter((each) => column === undefined || each.column === column)
      .map((each) => ({ ...each, sources: each.sources.filter(isWanted) })),
    rows: composed.rows.filter(isWanted),
  }
  printUpstream(terminal.out, node.name, found, new Ways(steps))
  const what = found.isOpen && column === undefined ? 'columns and sources' : 'sources'
  printUnresolved(terminal.out, await withPlaces(workspace, allUnresolved(found)), { what })
}

async function downstream(
  invocation: Invocation,
  workspace: Workspace,
  { lineage }: OpenLineage,
  { node, column }: Subject,
): Promise<void> {
  const { format, terminal } = invocation
  const roles = rolesOf(invocation)
  const depth = invocation.options.depth
  const found = await lineage.downstream(node.name, column, depth)
  const hits = found.hits.flatMap((hit) => {
    const wanted = hit.roles.filter((role) => roles.has(role))
    return wanted.length === 0 ? [] : [{ ...hit, roles: wanted }]
  })
  const near = workspace.project.graph.descendants(node.name, depth)
  if (format !== 'text' && format !== 'json') {
    const readers = workspace.project.graph.order.filter(
      (name) => near.has(name) && workspace.project.nodes.get(name)?.kind === 'model',
    )
    const start: Point = { relation: node.name, ...(column === undefined ? {} : { column }) }
    const steps = await stepsDownstream({ lineage, roles }, start, readers)
    const reached = new Set([node.name, ...steps.map(({ to }) => to.relation)])
    const shown = stepsToExposures(exposuresOf(workspace.project, reached, near))
    await draw(invocation, workspace, [...steps, ...shown], [start])
    return
  }
  const unresolved = await withPlaces(workspace, found.unresolved)
  const reached = new Set([node.name, ...hits.map(({ relation }) => relation)])
  const exposures = exposuresOf(workspace.project, reached, near)
  if (format === 'json') {
    for (const hit of hits) terminal.out.write(jsonLine(hit))
    for (const { exposure, reads } of exposures)
      terminal.out.write(jsonLine({ exposure: exposure.name, reads }))
    for (const each of unresolved) terminal.out.write(jsonLine({ relation: each.model, unresolved: each }))
    return
  }
  if (hits.length > 0) printDownstream(terminal.out, { hits })
  if (exposures.length > 0) {
    if (hits.length > 0) terminal.out.write('\n')
    printExposures(terminal.out, exposures)
  }
  if (hits.length + exposures.length === 0) terminal.out.write('nothing downstream depends on it\n')
  printUnresolved(terminal.out, unresolved, { what: 'readers' })
}

function stepsRequest(
  lineage: OpenLineage['lineage'],
  project: Workspace['project'],
  roles: ReadonlySet<Role>,
  depth: number,
): StepsRequest {
  return { lineage, roles, depth, isModel: (relation) => project.nodes.get(relation)?.kind === 'model' }
}

async function pointsOf(
  lineage: OpenLineage['lineage'],
  relation: string,
  column: string | undefined,
): Promise<readonly Point[]> {
  const columns = column === undefined ? ((await lineage.columns(relation)) ?? []) : [column]
  return columns.map((each) => ({ relation, column: each }))
}

async function draw(
  { format, terminal }: Invocation,
  { project }: Workspace,
  steps: Parameters<typeof drawingOf>[0],
  asked: readonly Point[],
): Promise<void> {
  const drawing = drawingOf(steps, asked, project.graph.order)
  if (format === 'dot') terminal.out.write(dotText(drawing))
  else if (format === 'mermaid') terminal.out.write(mermaidText(drawing))
  else terminal.out.write(await columnSvg(drawing, asked, project))
}
