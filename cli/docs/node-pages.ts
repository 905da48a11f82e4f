import type {
  CompiledCheck,
  CompiledExposure,
  CompiledModel,
  CompiledNode,
  CompiledSeed,
  CompiledSource,
} from '../../core/compile/compiled.ts'
import type {
  CheckPage,
  ColumnDoc,
  ExposurePage,
  Materialization,
  ModelPage,
  NodeLine,
  SeedPage,
  SourcePage,
  SqlDoc,
} from '../../core/docs/api.ts'
import { checkLines } from '../../core/docs/check-lines.ts'
import { ownCheckText } from '../../core/docs/check-text.ts'
import { columnsOf } from '../../core/docs/columns.ts'
import { type Documented, problemOf } from '../../core/docs/documented.ts'
import type { NodeLines } from '../../core/docs/node-lines.ts'
import { parseMarkdown } from '../../core/docs/parse-markdown.ts'
import { safeUrl } from '../../core/docs/safe-url.ts'
import { modelSettings, sourceSettings } from '../../core/docs/settings.ts'
import type { Workspace } from '../workspace.ts'
import { fileText, nodeSql } from './node-sql.ts'
import type { ProjectColumns } from './project-columns.ts'

/** What the pages of nodes are made of. */
export interface NodePagesRequest {
  readonly workspace: Workspace
  readonly documented: Documented
  readonly lines: NodeLines
  readonly columns: ProjectColumns
  readonly unitTests: ReadonlyMap<string, ModelPage['unitTests']>
  readonly now: number
}

type NodePage = ModelPage | SeedPage | SourcePage | CheckPage | ExposurePage
type WithColumns = CompiledModel | CompiledSeed | CompiledSource

/** The page of a node. */
export async function nodePage(request: NodePagesRequest, node: CompiledNode): Promise<NodePage> {
  switch (node.kind) {
    case 'model':
      return modelPage(request, node)
    case 'seed':
      return { ...basePage(request, node), ...seedPart(request, node) }
    case 'source':
      return request.documented.broken.has(node.name) ? brokenPage(request, node) : sourcePage(request, node)
    case 'check':
      return checkPage(request, node)
    case 'exposure':
      return exposurePage(request, node)
    default:
      throw new Error(`unknown node ${node satisfies never}`)
  }
}

/** A relation's columns as its page tells them. */
function columnDocs(
  { documented, columns }: Pick<NodePagesRequest, 'documented' | 'columns'>,
  node: WithColumns,
): readonly ColumnDoc[] {
  return columnsOf({
    node,
    found: columns.of(node.name),
    fold: documented.fold,
    steps: (column) => columns.steps.of(node.name, column),
  })
}

function basePage(request: NodePagesRequest, node: WithColumns) {
  const { documented, lines, columns } = request
  const note = columns.noteOf(node.name)
  return {
    ...lines.of(node.name),
    path: node.path,
    ...described(node),
    columns: columnDocs(request, node),
    checkList: checkLines(documented, node.name),
    upstream: node.upstream.map((name) => lines.of(name)),
    downstream: readersOf(request, node.name),
    ...(note === undefined ? {} : { columnsNote: note }),
  }
}

function described({ description }: CompiledNode) {
  return description === undefined ? {} : { description: parseMarkdown(description) }
}

/** Who reads its rows. Checks stand in the list of checks, and what only a check reads decides no rows. */
function readersOf({ documented, lines }: NodePagesRequest, name: string): readonly NodeLine[] {
  const { graph, nodes } = documented.project
  return (graph.downstream.get(name) ?? []).flatMap((reader) => {
    const node = nodes.get(reader)
    return node !== undefined && node.kind !== 'check' && node.upstream.includes(name)
      ? [lines.of(reader)]
      : []
  })
}

async function modelPage(request: NodePagesRequest, node: CompiledModel): Promise<ModelPage> {
  const { workspace, documented, columns, unitTests, now } = request
  const { facts } = documented
  const { name, config } = node
  const freshness = facts.freshnessOf(name) ?? config.freshness
  const partitions = facts.partitionsOf(name)
  const published = facts.publishedOf(name)
  return {
    ...basePage(request, node),
    kind: 'model',
    materialization: config.materialized,
    settings: modelSettings(node),
    ...(config.schedule === undefined ? {} : { schedule: config.schedule }),
    ...(freshness === undefined ? {} : { freshness }),
    relation: workspace.factory.dialect.relation(node.relation),
    fingerprint: node.fingerprint,
    sql: await nodeSql(workspace, node, columns, now),
    ...(partitions === undefined ? {} : { partitions }),
    ...(published === undefined ? {} : { published }),
    unitTests: unitTests.get(name) ?? [],
  }
}

function seedPart({ workspace, documented }: NodePagesRequest, node: CompiledSeed) {
  const published = documented.facts.publishedOf(node.name)
  return {
    kind: 'seed' as const,
    relation: workspace.factory.dialect.relation(node.relation),
    ...(published === undefined ? {} : { published }),
  }
}

function sourcePage(request: NodePagesRequest, node: CompiledSource): SourcePage {
  const { facts } = request.documented
  const limits =
    node.freshness === undefined
      ? undefined
      : {
          ...(node.freshness.warnMs === undefined ? {} : { warnMs: node.freshness.warnMs }),
          ...(node.freshness.failMs === undefined ? {} : { failMs: node.freshness.failMs }),
        }
  const freshness = facts.sourceFreshnessOf(node.name) ?? limits
  return {
    ...basePage(request, node),
    kind: 'source',
    settings: sourceSettings(node),
    ...(freshness === undefined ? {} : { freshness }),
    observations: facts.observationsOf(node.name),
  }
}

/** What is known of something that cannot be compiled: its file, its columns as they are declared, and what is wrong. */
async function brokenPage(request: NodePagesRequest, node: CompiledSource): Promise<NodePage> {
  const { documented, workspace } = request
  const base = basePage(request, node)
  const problem = problemOf(documented, node.name)
  const place = problem?.place === undefined ? '' : ` (${problem.place.file}:${problem.place.line})`
  const note = `it cannot be compiled: ${problem?.message ?? 'it has a mistake'}${place}`
  if (base.kind === 'seed') return { ...base, kind: 'seed', columnsNote: note, relation: node.name }
  if (base.kind !== 'model')
    return { ...base, kind: 'source', columnsNote: note, settings: [], observations: [] }
  const source = (await fileText(workspace, node.path)) ?? ''
  return {
    ...base,
    kind: 'model',
    materialization: materializationIn(source),
    columnsNote: note,
    settings: [],
    relation: node.name,
    fingerprint: '',
    sql: { source, compiled: [], symbols: [], partitions: [], note },
    unitTests: request.unitTests.get(node.name) ?? [],
  }
}

/** As its own header says, whatever else is wrong with it. */
function materializationIn(text: string): Materialization {
  const [, word] = /^\s*materialized:\s*["']?(view|table|incremental|snapshot)\b/m.exec(text) ?? []
  return (word as Materialization | undefined) ?? 'view'
}

async function checkPage(request: NodePagesRequest, node: CompiledCheck): Promise<CheckPage> {
  const { workspace, documented, lines, columns, now } = request
  const sql: SqlDoc = await nodeSql(workspace, node, columns, now)
  return {
    ...lines.of(node.name),
    kind: 'check',
    path: node.path,
    ...described(node),
    severity: node.severity,
    ...(node.gateOf === undefined ? {} : { gateOf: node.gateOf }),
    demands: ownCheckText(node),
    sql,
    upstream: node.upstream.map((name) => lines.of(name)),
    results: documented.facts.resultsOf(node.name),
  }
}

function exposurePage({ lines }: NodePagesRequest, node: CompiledExposure): ExposurePage {
  const url = node.url === undefined ? undefined : safeUrl(node.url)
  return {
    ...lines.of(node.name),
    kind: 'exposure',
    label: node.label,
    ...(node.type === undefined ? {} : { type: node.type }),
    ...(url === undefined || /^mailto:/i.test(url) ? {} : { url }),
    ...(node.ownerEmail === undefined ? {} : { ownerEmail: node.ownerEmail }),
    path: node.path,
    ...described(node),
    upstream: node.upstream.map((name) => lines.of(name)),
    unwell: lines.unwellUpstreamOf(node.name),
  }
}
