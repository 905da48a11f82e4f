import { Doubts } from './doubts.ts'
import { bitsOf, composedBits, mergedBits, rolesOf } from './flow.ts'
import type { ColumnSource, QueryLineage, Role, Unresolved } from './lineage.ts'

/** A column downstream that a change of another one reaches. */
export interface HitColumn {
  readonly relation: string
  readonly column: string
  /** The greatest value role on any way, or each role by which it only decides rows. */
  readonly roles: readonly Role[]
}

/** Who is hit by a column, or by the rows of a relation. */
export interface Downstream {
  /** Upstream relations first, columns in their order. */
  readonly hits: readonly HitColumn[]
  /** Models whose rows it decides: other or more rows may come of a change, whoever only counts them is hit. */
  readonly rows: ReadonlyMap<string, readonly Role[]>
  /** What may be hit too, as its lineage is not known in full. */
  readonly unresolved: readonly Unresolved[]
}

interface Reader {
  readonly name: string
  readonly lineage: QueryLineage
}

/** Follows a column, or the rows, through what reads it; `readers` are models in an order in which each reads only those before it, and itself. */
export function downstreamOf(
  { relation, column }: { readonly relation: string; readonly column?: string },
  readers: readonly Reader[],
  fold: (name: string) => string,
): Downstream {
  const reached = new Map<string, number>()
  const rows = new Map<string, number>()
  const hits: HitColumn[] = []
  const unresolved: Unresolved[] = []
  const keyOf = (of: string, name: string) => `${of}\0${fold(name)}`
  if (column === undefined) rows.set(relation, bitsOf('filter'))
  else reached.set(keyOf(relation, column), bitsOf('copied'))
  const touched = new Set([relation])
  const doubts = new Doubts(keyOf)
  const through = ({ relation: of, column: name, role }: ColumnSource) =>
    composedBits(bitsOf(role), reached.get(keyOf(of, name)) ?? 0)
  const rolesFrom = (sources: readonly ColumnSource[]) =>
    sources.reduce((roles, source) => {
      const isReached = reached.has(keyOf(source.relation, source.column))
      return isReached ? mergedBits(roles, through(source)) : roles
    }, 0)
  /** Of a model that reads itself a column may be reached through one that stands behind it. */
  const spread = ({ columns }: QueryLineage, name: string): void => {
    for (let isChanged = true; isChanged; ) {
      isChanged = false
      for (const { column: output, sources } of columns) {
        const before = reached.get(keyOf(name, output)) ?? 0
        const roles = mergedBits(before, rolesFrom(sources))
        if (roles === before) continue
        reached.set(keyOf(name, output), roles)
        isChanged = true
      }
    }
  }
  for (const { name, lineage } of readers) {
    const isNear = lineage.reads.some((each) => touched.has(each))
    if (!isNear) continue
    const before = rows.get(name) ?? 0
    const ofRows = lineage.reads.reduce(
      (roles, each) => mergedBits(roles, rows.get(each) ?? 0),
      mergedBits(before, rolesFrom(lineage.rows)),
    )
    if (ofRows !== 0) rows.set(name, ofRows)
    let isHit = ofRows !== 0
    if (lineage.reads.includes(name)) spread(lineage, name)
    for (const { column: output, sources, unresolved: issues = [] } of lineage.columns) {
      const own = rolesFrom(sources)
      if (own !== 0) reached.set(keyOf(name, output), mergedBits(own, reached.get(keyOf(name, output)) ?? 0))
      const roles = mergedBits(own, ofRows)
      if (roles !== 0) {
        isHit = true
        hits.push({ relation: name, column: output, roles: rolesOf(roles) })
      }
      for (const issue of issues) unresolved.push({ ...issue, model: name })
    }
    for (const issue of lineage.unresolved) unresolved.push({ ...issue, model: name })
    for (const each of doubts.inheritedBy(name, lineage)) {
      unresolved.push({ reason: `what \`${each}\` reads is not known in full`, model: name })
    }
    if (isHit || doubts.has(name)) touched.add(name)
  }
  rows.delete(relation)
  return {
    hits: hits.filter((hit) => hit.relation !== relation || fold(hit.column) !== fold(column ?? '')),
    rows: new Map([...rows].map(([name, roles]) => [name, rolesOf(roles)])),
    unresolved,
  }
}
