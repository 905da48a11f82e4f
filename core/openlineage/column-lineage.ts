import type { ColumnSource, QueryLineage, Role } from '../lineage/lineage.ts'
import type { DatasetName } from './event.ts'

/** How OpenLineage says what a column does for another one. */
const transformations: Readonly<Record<Role, { readonly type: string; readonly subtype: string }>> = {
  copied: { type: 'DIRECT', subtype: 'IDENTITY' },
  transformed: { type: 'DIRECT', subtype: 'TRANSFORMATION' },
  aggregated: { type: 'DIRECT', subtype: 'AGGREGATION' },
  filter: { type: 'INDIRECT', subtype: 'FILTER' },
  join: { type: 'INDIRECT', subtype: 'JOIN' },
  group: { type: 'INDIRECT', subtype: 'GROUP_BY' },
  order: { type: 'INDIRECT', subtype: 'SORT' },
}

interface InputField extends DatasetName {
  readonly field: string
  readonly transformations: readonly {
    readonly type: string
    readonly subtype: string
    readonly description: string
    readonly masking: boolean
  }[]
}

/** What the facet `columnLineage` says: each column's sources one model upstream, and those that decide which rows there are once for all. */
export function columnLineageOf(
  { columns, rows }: QueryLineage,
  nameOf: (relation: string) => DatasetName | undefined,
): { readonly fields: Readonly<Record<string, unknown>>; readonly dataset: readonly InputField[] } {
  const fields = columns.map(
    ({ column, sources }) => [column, { inputFields: fieldsOf(sources, nameOf) }] as const,
  )
  return { fields: Object.fromEntries(fields), dataset: fieldsOf(rows, nameOf) }
}

function fieldsOf(
  sources: readonly ColumnSource[],
  nameOf: (relation: string) => DatasetName | undefined,
): readonly InputField[] {
  const found = new Map<string, { readonly source: ColumnSource; readonly roles: Set<Role> }>()
  for (const source of sources) {
    const key = JSON.stringify([source.relation, source.column])
    const known = found.get(key) ?? { source, roles: new Set<Role>() }
    known.roles.add(source.role)
    found.set(key, known)
  }
  return [...found.values()].flatMap(({ source, roles }): InputField[] => {
    const name = nameOf(source.relation)
    if (name === undefined) return []
    const kinds = [...roles].map((role) => ({ ...transformations[role], description: '', masking: false }))
    return [{ ...name, field: source.column, transformations: kinds }]
  })
}
