import type { PageRef } from '../../core/docs/address.ts'
import type { CatalogPage, PageData, RelationLineage, SearchIndex, SiteInfo } from '../../core/docs/api.ts'
import { coveredColumns } from '../../core/docs/columns.ts'
import { type Documented, kindOf } from '../../core/docs/documented.ts'
import { graphPage } from '../../core/docs/graph-page.ts'
import { homePage } from '../../core/docs/home-page.ts'
import type { LedgerFacts } from '../../core/docs/ledger-facts.ts'
import { masked } from '../../core/docs/mask.ts'
import { NodeLines } from '../../core/docs/node-lines.ts'
import type { Site } from '../../core/docs/site.ts'
import type { Invocation } from '../command.ts'
import { version } from '../version.ts'
import type { Workspace } from '../workspace.ts'
import { withDefaultDrawing } from './default-drawing.ts'
import { type NodePagesRequest, nodePage } from './node-pages.ts'
import { type FoundColumn, projectColumns, withoutColumns } from './project-columns.ts'
import { siteMask } from './site-mask.ts'
import { unitTestLines } from './unit-test-lines.ts'

type ColumnsOf = (relation: string) => readonly { readonly name: string; readonly isDescribed: boolean }[]

/** The site of a project: what it is made of and what the ledger says of it. Columns and their lineage are found once, when the first page
 * asks for them; every page is made anew, so that a site of thousands is never in memory as a whole. */
export async function openSite(
  workspace: Workspace,
  invocation: Invocation,
  facts: LedgerFacts,
  { hasSamples }: { readonly hasSamples: boolean },
): Promise<Site> {
  const { project, factory, broken, problems } = workspace
  const now = invocation.now()
  const fold = (name: string, isQuoted: boolean) => factory.dialect.fold(name, isQuoted)
  const documented: Documented = { project, broken, problems, facts, fold }
  const lines = new NodeLines(documented)
  const order = project.graph.order.map((name) => project.nodes.get(name)!)
  const mask = siteMask(project, invocation.environment, await workspace.target())
  const columnNames = new Set<string>()
  const columns = once(async () => {
    const found = await projectColumns(workspace, invocation).catch(withoutColumns)
    for (const node of order) for (const { name } of found.of(node.name) ?? []) columnNames.add(name)
    return found
  })
  const unitTests = once(() => unitTestLines(project))
  for (const node of order) if ('columns' in node) for (const { name } of node.columns) columnNames.add(name)
  const isName = (text: string) => project.nodes.has(text) || columnNames.has(text)
  const shown = <T>(value: T): T => masked(value, mask, isName)
  const request = once(
    async (): Promise<NodePagesRequest> => ({
      workspace,
      documented,
      lines,
      columns: await columns(),
      unitTests: await unitTests(),
      now,
    }),
  )
  /** As far as they are known, those that are only declared included. */
  const columnsOf = async (): Promise<ColumnsOf> => {
    const { of } = await columns()
    return (relation) => {
      const node = project.nodes.get(relation)
      return node !== undefined && 'columns' in node ? coveredColumns(node, of(relation), fold) : []
    }
  }
  const page = async (ref: PageRef): Promise<PageData | undefined> => {
    switch (ref.kind) {
      case 'home':
        return homePage(documented, lines, await columnsOf())
      case 'graph': {
        const of = await columnsOf()
        const graph = graphPage(documented, lines, (relation) => of(relation).length)
        return withDefaultDrawing(graph, project.project.root)
      }
      case 'catalog':
        return catalogPage(documented, lines, await columnsOf())
      case 'runs':
        return { kind: 'runs', runs: facts.runs, older: facts.olderRuns }
      case 'run':
        return facts.run(ref.name)
      default: {
        const node = project.nodes.get(ref.name)
        if (node === undefined || kindOf(node, broken) !== ref.kind) return undefined
        return nodePage(await request(), node)
      }
    }
  }
  return {
    info: shown(infoOf(workspace, invocation, facts, hasSamples)),
    pages: [
      { kind: 'home' },
      { kind: 'graph' },
      { kind: 'catalog' },
      { kind: 'runs' },
      ...order.map((node): PageRef => ({ kind: kindOf(node, broken), name: node.name })),
      ...facts.runs
        .filter(({ id }) => facts.run(id) !== undefined)
        .map(({ id }): PageRef => ({ kind: 'run', name: id })),
    ],
    relations: order.filter((node) => 'columns' in node).map(nameOf),
    page: async (ref) => {
      const made = await page(ref)
      return made === undefined ? undefined : shown(made)
    },
    lineage: async (relation): Promise<RelationLineage | undefined> => {
      const node = project.nodes.get(relation)
      if (node === undefined || !('columns' in node)) return undefined
      const found = await columns()
      return shown(found.steps.lineageOf(relation, foundOrDeclared(found.of(relation), node.columns)))
    },
    search: async (): Promise<SearchIndex> => {
      const of = await columnsOf()
      return shown(searchIndex(documented, lines, of))
    },
  }
}

function infoOf(
  { project: { project } }: Workspace,
  invocation: Invocation,
  facts: LedgerFacts,
  hasSamples: boolean,
): SiteInfo {
  return {
    project: project.name,
    target: project.target.name,
    adapter: project.target.adapter,
    generatedAt: new Date(invocation.now()).toISOString(),
    version,
    ...(facts.without === undefined ? {} : { withoutState: facts.without }),
    hasSamples,
  }
}

function catalogPage(
  { facts, project }: Documented,
  lines: NodeLines,
  columnsOf: (relation: string) => readonly object[],
): CatalogPage {
  return {
    kind: 'catalog',
    nodes: lines.all().map((line) => {
      const node = project.nodes.get(line.name)!
      const rows = 'columns' in node ? facts.rowsOf(line.name) : undefined
      return {
        ...line,
        ...('columns' in node ? { columns: columnsOf(line.name).length } : {}),
        ...(rows === undefined ? {} : { rows }),
      }
    }),
  }
}

function searchIndex({ project }: Documented, lines: NodeLines, columnsOf: ColumnsOf): SearchIndex {
  return {
    entries: lines.all().map(({ kind, name, summary, tags }) => {
      const node = project.nodes.get(name)
      // People look for a dashboard by what stands above it.
      const label = node?.kind === 'exposure' ? [node.label] : []
      const text = [...label, ...(summary === undefined ? [] : [summary])].join(': ')
      const columns = columnsOf(name).map(nameOf)
      return { kind, name, ...(text === '' ? {} : { summary: text }), tags, columns }
    }),
  }
}

function foundOrDeclared(
  found: readonly FoundColumn[] | undefined,
  declared: readonly FoundColumn[],
): readonly FoundColumn[] {
  return found ?? declared.map(({ name, type }) => ({ name, ...(type === undefined ? {} : { type }) }))
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
