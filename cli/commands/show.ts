import type { Adapter, Row } from '../../core/adapter.ts'
import {
  type CompiledModel,
  type CompiledNode,
  type CompiledProject,
  type CompiledRelation,
  type CompiledSource,
  hasRows,
} from '../../core/compile/compiled.ts'
import { selectionContext } from '../../core/compile/selecting.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { select } from '../../core/graph/select.ts'
import { withUserSql } from '../../core/run/diagnose.ts'
import type { Interval } from '../../core/time/interval.ts'
import { latestDue, partitionsOverlapping } from '../../core/time/layout.ts'
import { rangeIn } from '../../core/time/requested-range.ts'
import type { Handler, Invocation } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { explained } from '../explained.ts'
import { rangeFrom } from '../options/range.ts'
import { partitionColumnType, windowCondition } from '../published-rows.ts'
import { cellText } from '../text/cell.ts'
import { csvLine } from '../text/csv.ts'
import { jsonLine } from '../text/json.ts'
import { printTable } from '../text/table.ts'
import { firstPartition, windowOf } from '../window.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

const defaultRows = 10

type Shown = CompiledRelation | CompiledSource

/** Prints the first rows of a relation, or of what its compiled SQL gives. */
export const show: Handler = async (invocation) => {
  const { options, signal } = invocation
  const workspace = await openWorkspace(invocation)
  const node = namedNode(workspace.project, invocation.arguments[0]!)
  const asked = rangeFrom(options)
  const range =
    asked === undefined || node.kind !== 'model' || node.layout === undefined
      ? undefined
      : rangeIn(node.layout, asked)
  const limit = options.limit ?? defaultRows
  const adapter = await connected(workspace, node, invocation)
  try {
    const rows =
      options.compiled && node.kind === 'model'
        ? await compiledRows(workspace, adapter, node, { range, limit, now: invocation.now(), signal })
        : await explained(adapter, node, () => publishedRows(adapter, node, range, limit, signal))
    print(rows, invocation)
  } finally {
    await adapter.close()
  }
  return exitCodes.good
}

function namedNode(project: CompiledProject, name: string): Shown {
  const found = [...select(selectionContext(project), [name], [])].map((each) => project.nodes.get(each)!)
  const shown = found.filter(hasRows)
  if (shown.length === 1) return shown[0]!
  throw SluiceError.of('SL911', {
    message: `\`${name}\` is ${shown.length === 0 ? `${withoutRows(found)}, which has no rows of its own` : `${shown.length} relations`}`,
    ...(shown.length > 1
      ? {
          hint: `name one: ${shown
            .slice(0, 8)
            .map((node) => node.name)
            .join(', ')}`,
        }
      : {}),
  })
}

/** What was named instead of a relation. */
function withoutRows(found: readonly CompiledNode[]): string {
  return found.some(({ kind }) => kind === 'check') ? 'a check' : 'an exposure'
}

/** A database that does not exist yet holds nothing to show. */
async function connected(workspace: Workspace, node: Shown, { options }: Invocation): Promise<Adapter> {
  try {
    return await workspace.connect({ readOnly: true })
  } catch (error) {
    const isNoDatabase =
      error instanceof SluiceError && error.diagnostics.every(({ code }) => code === 'SL506')
    if (!isNoDatabase) throw error
    throw options.compiled || node.kind === 'source' ? noDatabase(workspace) : unpublished(node)
  }
}

async function publishedRows(
  adapter: Adapter,
  node: Shown,
  range: Interval | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  return adapter.session(async (session) => {
    if (node.kind === 'source') return session.query(`select * from ${node.sql} limit ${limit}`)
    const columns = await adapter.catalog.columns(session, node.relation)
    if (columns === undefined) throw unpublished(node)
    const type = node.kind === 'model' ? partitionColumnType(adapter, node, columns) : undefined
    const where =
      range === undefined || node.kind !== 'model' || type === undefined
        ? ''
        : ` where ${windowCondition(adapter.dialect, node, range, type, columns)('r')}`
    return session.query(
      `select * from ${adapter.dialect.relation(node.relation)} as r${where} limit ${limit}`,
    )
  }, signal)
}

interface CompiledRequest {
  readonly range: Interval | undefined
  readonly limit: number
  readonly now: number
  readonly signal: AbortSignal
}

/** Runs the model's query for one partition: the first of the range, or the latest that is due. */
async function compiledRows(
  { project, texts }: Workspace,
  adapter: Adapter,
  model: CompiledModel,
  { range, limit, now, signal }: CompiledRequest,
): Promise<readonly Row[]> {
  const { layout } = model
  const partition =
    layout === undefined
      ? undefined
      : ((range === undefined ? latestDue(layout, now) : partitionsOverlapping(layout, range)[0]) ??
        firstPartition(model))
  const window = partition === undefined ? undefined : windowOf(project, model, partition)
  const sql = await texts.model(model, window)
  const prefix = 'select * from (\n'
  return explained(adapter, model, () =>
    adapter.session(
      (session) =>
        withUserSql(sql, prefix.length, () =>
          session.query(`${prefix}${sql.text}\n) as shown limit ${limit}`),
        ),
      signal,
    ),
  )
}

/** Even a query that reads only files runs in a database. */
function noDatabase({ project }: Workspace): SluiceError {
  return SluiceError.of('SL910', {
    message: `nothing is published on ${project.project.target.name} yet: its database does not exist`,
    hint: 'the first run makes it',
    next: 'run',
  })
}

function unpublished(node: Shown): SluiceError {
  return SluiceError.of('SL910', {
    message: `${node.name} is not published yet`,
    hint: 'it has never been built on this target; --compiled runs the SQL of a model without building it',
    next: `run --select +${node.name}`,
  })
}

function print(rows: readonly Row[], { format, terminal, options }: Invocation): void {
  const { out, err } = terminal
  const names = Object.keys(rows[0] ?? {})
  switch (format) {
    case 'json':
      out.write(rows.map(jsonLine).join(''))
      break
    case 'csv':
      if (rows.length > 0)
        out.write([names, ...rows.map((row) => names.map((name) => row[name]))].map(csvLine).join(''))
      break
    default:
      if (rows.length === 0) {
        if (!options.quiet) err.write('no rows\n')
        break
      }
      printTable(
        out,
        names.map((title) => ({
          title,
          shrinks: 'middle',
          align: rows.every((row) => isNumber(row[title])) ? ('right' as const) : ('left' as const),
        })),
        rows.map((row) => names.map((name) => cellText(row[name]))),
      )
  }
}

function isNumber(value: unknown): boolean {
  return value === null || typeof value === 'number' || typeof value === 'bigint'
}
