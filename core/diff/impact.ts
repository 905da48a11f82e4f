import type { Graph } from '../graph/graph.ts'
import type { ColumnSource, QueryLineage, Role } from '../lineage/lineage.ts'
import type { HitSource, ImpactedRelation, NodeDiff } from './difference.ts'

/** What of a relation may be other than before. */
interface Hits {
  /** Keys of columns whose values, name or type may be others. */
  readonly columns: ReadonlyMap<string, string>
  readonly rows: boolean
}

export type Reader = ReadingModel | ReadingExposure

/** A model downstream, as it was or as it is. */
export interface ReadingModel {
  readonly kind: 'model'
  /** What it takes from what it reads, on each side where it is known. Undefined: nobody knows. */
  lineages(): Promise<readonly QueryLineage[] | undefined>
}

/** Nobody knows which columns it shows, so it is hit by all that changed of what it reads. */
export interface ReadingExposure {
  readonly kind: 'exposure'
  readonly label: string
  readonly owner?: string
}

export interface ImpactInputs {
  readonly nodes: readonly NodeDiff[]
  /** Both sides' relations in an order in which upstreams come first. */
  readonly order: readonly string[]
  readonly upstream: (name: string) => readonly string[]
  readonly reader: (name: string) => Reader | undefined
  readonly key: (column: string) => string
}

/** Who is hit by what changed, column by column, through any number of models. What reads a changed relation and nothing of what changed is listed as
 * not hit; what only that one reads is not listed. */
export async function impactOf(inputs: ImpactInputs): Promise<readonly ImpactedRelation[]> {
  const { order, upstream, reader, key } = inputs
  const own = new Map(inputs.nodes.map((node) => [node.name, node]))
  const hits = new Map<string, Hits>()
  const found: ImpactedRelation[] = []
  for (const name of order) {
    const node = own.get(name)
    const initial = node === undefined ? nothing : hitsOf(node, key)
    const read = upstream(name).filter((each) => hits.has(each))
    const at = reader(name)
    if (read.length > 0 && at !== undefined) {
      const impacted =
        at.kind === 'exposure' ? exposed(name, at, read, hits) : await impactOn(name, at, read, hits, key)
      // What is new was written for what it reads.
      if (node?.status !== 'added') found.push(impacted)
      const inherited = passedOn(impacted, key)
      if (inherited.rows || inherited.columns.size > 0) {
        hits.set(name, {
          rows: inherited.rows || initial.rows,
          columns: new Map([...inherited.columns, ...initial.columns]),
        })
        continue
      }
    }
    if (initial.rows || initial.columns.size > 0) hits.set(name, initial)
  }
  return found
}

const nothing: Hits = { columns: new Map(), rows: false }

function hitsOf(node: NodeDiff, key: (name: string) => string): Hits {
  if (node.status === 'added') return nothing
  const columns = new Map<string, string>()
  for (const change of node.columns)
    if (change.kind !== 'added') columns.set(key(change.column), change.column)
  return { columns, rows: node.status === 'removed' || node.rows.by.length > 0 }
}

function passedOn(impacted: ImpactedRelation, key: (name: string) => string): Hits {
  switch (impacted.hit) {
    case 'none':
      return nothing
    case 'values':
      return { rows: false, columns: new Map(impacted.columns.map(({ column }) => [key(column), column])) }
    case 'rows':
    case 'unclear':
      return { rows: true, columns: new Map() }
    default:
      return impacted.hit satisfies never
  }
}

function exposed(
  name: string,
  { kind, label, owner }: ReadingExposure,
  read: readonly string[],
  hits: ReadonlyMap<string, Hits>,
): ImpactedRelation {
  const because = read.flatMap((relation): readonly HitSource[] => {
    const { rows, columns } = hits.get(relation)!
    if (rows) return [{ relation, roles: [] }]
    return [...columns.values()].map((column) => ({ relation, column, roles: [] }))
  })
  const hit = because.some(({ column }) => column === undefined) ? 'rows' : 'values'
  return {
    ...{ name, kind, hit, columns: [], because, reasons: [], label },
    ...(owner === undefined ? {} : { owner }),
  }
}

async function impactOn(
  name: string,
  at: ReadingModel,
  read: readonly string[],
  hits: ReadonlyMap<string, Hits>,
  key: (name: string) => string,
): Promise<ImpactedRelation> {
  const base = { name, kind: at.kind, columns: [], because: [], reasons: [] }
  const lineages = await at.lineages()
  if (lineages === undefined || lineages.length === 0)
    return { ...base, hit: 'unclear', reasons: [`what it takes from ${read.join(', ')} is not known`] }
  const isHit = ({ relation, column }: ColumnSource) => hits.get(relation)?.columns.has(key(column)) === true
  const rows = merged([
    ...read.filter((each) => hits.get(each)!.rows).map((relation) => ({ relation, roles: [] })),
    ...lineages.flatMap((lineage) => lineage.rows.filter(isHit).map(sourceOf)),
  ])
  if (rows.length > 0) return { ...base, hit: 'rows', because: rows }
  const unresolved = lineages.flatMap((lineage) => [
    ...lineage.unresolved,
    ...lineage.columns.flatMap((column) => column.unresolved ?? []),
  ])
  if (unresolved.length > 0)
    return { ...base, hit: 'unclear', reasons: [...new Set(unresolved.map(({ reason }) => reason))] }
  const columns = new Map<string, { column: string; because: HitSource[] }>()
  for (const { column, sources } of lineages.flatMap((lineage) => lineage.columns)) {
    const because = sources.filter(isHit).map(sourceOf)
    if (because.length === 0) continue
    const known = columns.get(key(column))
    if (known === undefined) columns.set(key(column), { column, because })
    else known.because.push(...because)
  }
  if (columns.size === 0) return { ...base, hit: 'none' }
  return {
    ...base,
    hit: 'values',
    columns: [...columns.values()].map(({ column, because }) => ({ column, because: merged(because) })),
  }
}

function sourceOf({ relation, column, role }: ColumnSource): HitSource {
  return { relation, column, roles: [role] }
}

/** One entry for each relation and column, with all of its roles. */
function merged(sources: readonly HitSource[]): readonly HitSource[] {
  const found = new Map<string, { source: HitSource; roles: Set<Role> }>()
  for (const source of sources) {
    const id = `${source.relation}\0${source.column ?? ''}`
    const known = found.get(id) ?? { source, roles: new Set<Role>() }
    for (const role of source.roles) known.roles.add(role)
    found.set(id, known)
  }
  return [...found.values()].map(({ source, roles }) => ({ ...source, roles: [...roles] }))
}

/** The names of both graphs, upstream first: those that are gone stand where what they read is there. */
export function orderOfBoth(before: Graph | undefined, after: Graph): readonly string[] {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const each of [...(before?.upstream.get(name) ?? []), ...(after.upstream.get(name) ?? [])])
      visit(each)
    order.push(name)
  }
  for (const name of before?.order ?? []) if (!after.nodes.has(name)) visit(name)
  for (const name of after.order) visit(name)
  return order
}
