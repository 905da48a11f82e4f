import type { CatalogPage, NodeKind, NodeState } from '../../core/docs/api.ts'
import { rankOf, stateWords } from '../components/state-badge.tsx'

export type CatalogRow = CatalogPage['nodes'][number]

export const sortKeys = ['name', 'kind', 'state', 'owner', 'checks', 'columns', 'rows'] as const
export type SortKey = (typeof sortKeys)[number]

/** What of the catalog is shown. The address' hash says it, so that it can be sent to somebody. */
export interface CatalogFilter {
  readonly text: string
  readonly kind?: NodeKind
  readonly state?: NodeState
  readonly tag?: string
  /** Left out: upstream first. */
  readonly sort?: SortKey
  readonly isDescending: boolean
}

export const everything: CatalogFilter = { text: '', isDescending: false }

/** The filter that a hash says, `#kind=model&state=stale&sort=-rows`; what it says wrongly counts for nothing. */
export function filterFromHash(hash: string): CatalogFilter {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const kind = kinds.find((each) => each === given.get('kind'))
  const state = states.find((each) => each === given.get('state'))
  const tag = given.get('tag') ?? ''
  const order = given.get('sort') ?? ''
  const sort = sortKeys.find((each) => each === order.replace(/^-/, ''))
  return {
    text: given.get('q') ?? '',
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { state }),
    ...(tag === '' ? {} : { tag }),
    ...(sort === undefined ? {} : { sort }),
    isDescending: sort !== undefined && order.startsWith('-'),
  }
}

const kinds: readonly NodeKind[] = ['model', 'seed', 'source', 'check', 'exposure']
const states = Object.keys(stateWords) as readonly NodeState[]

/** Empty if everything is shown as it comes. */
export function hashOfFilter({ text, kind, state, tag, sort, isDescending }: CatalogFilter): string {
  const said = new URLSearchParams()
  if (text !== '') said.set('q', text)
  if (kind !== undefined) said.set('kind', kind)
  if (state !== undefined) said.set('state', state)
  if (tag !== undefined) said.set('tag', tag)
  if (sort !== undefined) said.set('sort', `${isDescending ? '-' : ''}${sort}`)
  return said.size === 0 ? '' : `#${said}`
}

/** The rows that a filter leaves, in its order. Each word of the text must be in the name, summary, owner or tags. */
export function filtered(rows: readonly CatalogRow[], filter: CatalogFilter): readonly CatalogRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = rows.filter((row) => {
    if (filter.kind !== undefined && row.kind !== filter.kind) return false
    if (filter.state !== undefined && row.state !== filter.state) return false
    if (filter.tag !== undefined && !row.tags.includes(filter.tag)) return false
    if (words.length === 0) return true
    const said = `${row.name}\n${row.summary ?? ''}\n${row.owner ?? ''}\n${row.tags.join('\n')}`.toLowerCase()
    return words.every((word) => said.includes(word))
  })
  if (filter.sort === undefined) return found
  const key = filter.sort
  const direction = filter.isDescending ? -1 : 1
  return found
    .map((row) => ({ row, value: sortValue(row, key) }))
    .sort((a, b) => compared(a.value, b.value, direction))
    .map(({ row }) => row)
}

function sortValue(row: CatalogRow, key: SortKey): string | number | undefined {
  switch (key) {
    case 'name':
      return row.name.toLowerCase()
    case 'kind':
      return `${row.kind} ${row.materialization ?? ''}`
    case 'state':
      return rankOf(row.state)
    case 'owner':
      return row.owner?.toLowerCase()
    case 'checks':
      return row.failing * 1e6 + row.warning * 1e3 + row.checks
    case 'columns':
      return row.columns
    case 'rows':
      return row.rows
  }
}

/** What says nothing stands last, whatever the direction. */
function compared(a: string | number | undefined, b: string | number | undefined, direction: number): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -direction : direction
}
