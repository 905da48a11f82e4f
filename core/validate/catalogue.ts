import type { Adapter, Column, Session } from '../adapter.ts'
import type { BoundProject, BoundRelation } from '../bind/bound.ts'
import type { CompiledModel, CompiledProject, CompiledSource } from '../compile/compiled.ts'
import { isTypeName } from '../contracts/breaches.ts'
import { typesQuery } from '../contracts/enforce.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { columnNamed } from '../run/attempt.ts'
import { changesOf, changesText, isAllowed } from '../run/shape.ts'

/** What the target's catalogue says of sources. */
export interface SourcesSeen {
  /** By name; sources that are not there are left out. */
  readonly known: ReadonlyMap<string, BoundRelation>
  readonly problems: readonly Diagnostic[]
}

/** The real columns of sources, and where what is declared of them differs. Reads the catalogue, and of files their schema; no rows. */
export async function seeSources(
  adapter: Adapter,
  session: Session,
  sources: readonly CompiledSource[],
): Promise<SourcesSeen> {
  const known = new Map<string, BoundRelation>()
  const problems: Diagnostic[] = []
  for (const source of sources) {
    let columns: readonly Column[]
    try {
      columns = await adapter.catalog.describe(session, `select * from ${source.sql}`)
    } catch (error) {
      const { message, kind } = adapter.explain(error)
      if (kind === 'disconnected' || kind === 'canceled' || kind === 'unreachable') throw error
      problems.push(
        diagnostic('SL327', {
          message: `the source ${source.name} is not in ${adapter.label}: ${message}`,
          hint: 'Correct its `relation` or `files`, or look at declared columns only with --offline.',
          model: source.name,
          place: source.place,
        }),
      )
      continue
    }
    known.set(source.name, { kind: 'bound', columns })
    const difference = await differenceOf(adapter, session, source, columns)
    if (difference === undefined) continue
    problems.push(
      diagnostic('SL326', {
        severity: 'warning',
        message: `what is declared of ${source.name} is not what ${adapter.label} has: ${difference}`,
        hint: 'Correct the declaration; the models were bound with the real columns.',
        model: source.name,
        place: source.place,
      }),
    )
  }
  return { known, problems }
}

async function differenceOf(
  adapter: Adapter,
  session: Session,
  source: CompiledSource,
  columns: readonly Column[],
): Promise<string | undefined> {
  const said: string[] = []
  for (const { name, type } of source.columns) {
    const real = columnNamed(adapter.dialect, columns, name)
    if (real === undefined) said.push(`there is no column \`${name}\``)
    else if (type !== undefined && !(await isType(adapter, session, type, real.type))) {
      said.push(`\`${name}\` is ${real.type} and not ${type}`)
    }
  }
  return said.length === 0 ? undefined : said.join(', ')
}

async function isType(adapter: Adapter, session: Session, written: string, real: string): Promise<boolean> {
  if (written.toLowerCase() === real.toLowerCase()) return true
  if (!isTypeName(written)) return false
  try {
    const [column] = await adapter.catalog.describe(session, typesQuery([written], adapter.dialect.quote))
    return column!.type === real
  } catch {
    return false
  }
}

/** Standing tables that could not follow the columns that their models return now, so that the next run would fail. */
export async function unfitTables(
  adapter: Adapter,
  session: Session,
  models: readonly CompiledModel[],
  bound: BoundProject,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = []
  for (const model of models) {
    const { materialized, onSchemaChange } = model.config
    const relation = bound.relations.get(model.name)
    if (relation?.kind !== 'bound' || (materialized !== 'table' && materialized !== 'incremental')) continue
    if ((await adapter.catalog.kind(session, model.relation)) !== 'table') continue
    const existing = (await adapter.catalog.columns(session, model.relation)) ?? []
    const changes = changesOf(adapter, existing, relation.columns)
    if (isAllowed(onSchemaChange, changes)) continue
    found.push(
      diagnostic('SL325', {
        message: `the next run of ${model.name} would fail, as its table cannot follow: ${changesText(existing, changes)}`,
        hint: `\`on_schema_change: ${changes.retyped.length + changes.removed.length > 0 ? 'sync' : 'append'}\` in the header lets the table follow; else it needs \`--full-refresh\`.`,
        model: model.name,
        place: { file: model.path, line: 1, column: 1 },
      }),
    )
  }
  return found
}

/** Sources that the selected nodes read, directly or not. */
export function sourcesOf(
  project: CompiledProject,
  selected: ReadonlySet<string>,
): readonly CompiledSource[] {
  const names = new Set(selected)
  for (const name of selected) for (const each of project.graph.ancestors(name)) names.add(each)
  return [...names].sort().flatMap((name) => {
    const node = project.nodes.get(name)
    return node?.kind === 'source' ? [node] : []
  })
}
