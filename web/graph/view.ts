import type { NodeKind, NodeState } from '../../core/docs/api.ts'

/** What somebody looks at: all of it stands in the address, and nothing else decides what is shown. Lists are sorted, without doubles. */
export interface GraphView {
  /** The node in the middle; then only what is so many levels from it is shown. */
  readonly focus?: string
  /** Infinity: all. */
  readonly up: number
  readonly down: number
  /** A selector of the command line; empty: everything. */
  readonly select: string
  readonly folders: readonly string[]
  readonly tags: readonly string[]
  readonly states: readonly NodeState[]
  readonly kinds: readonly NodeKind[]
  /** Folders shown as one box each though there is room for what is in them. */
  readonly closed: readonly string[]
  /** Folders whose nodes are shown though the graph is too large for all. */
  readonly opened: readonly string[]
  /** Nodes whose columns are shown. */
  readonly expanded: readonly string[]
  /** The column that is followed; then only its way is shown. */
  readonly trace?: TracedColumn
  /** What decides which rows there are counts for the way of a column, too. */
  readonly withRows: boolean
}

export interface TracedColumn {
  readonly relation: string
  readonly column: string
}

export const defaultLevels = 2

export const everything: GraphView = {
  up: defaultLevels,
  down: defaultLevels,
  select: '',
  folders: [],
  tags: [],
  states: [],
  kinds: [],
  closed: [],
  opened: [],
  expanded: [],
  withRows: true,
}

export function focusedOn(view: GraphView, focus: string | undefined): GraphView {
  const { focus: _, trace: __, ...rest } = view
  return focus === undefined ? rest : { ...rest, focus }
}

export function tracing(view: GraphView, trace: TracedColumn | undefined): GraphView {
  const { trace: _, ...rest } = view
  return trace === undefined ? rest : { ...rest, trace }
}

/** One more or less of something that is a list in the view. */
export function toggled<T extends string>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((each) => each !== item) : [...list, item].sort()
}

/** A folder that was one box is shown as what is in it, or the other way round. */
export function withFolderOpen(view: GraphView, folder: string, isOpen: boolean): GraphView {
  const without = (list: readonly string[]) => list.filter((each) => each !== folder)
  const isInside = (each: string) => each === folder || each.startsWith(`${folder}/`)
  return isOpen
    ? { ...view, closed: without(view.closed), opened: [...without(view.opened), folder].sort() }
    : {
        ...view,
        opened: view.opened.filter((each) => !isInside(each)),
        closed: [...without(view.closed), folder].sort(),
      }
}

/** How many things narrow the view. */
export function filterCount(view: GraphView): number {
  const lists = [view.folders, view.tags, view.states, view.kinds]
  return lists.filter((list) => list.length > 0).length + (view.select === '' ? 0 : 1)
}

export function withoutFilters(view: GraphView): GraphView {
  return { ...view, select: '', folders: [], tags: [], states: [], kinds: [] }
}

/** From 0 to all. */
export const levelSteps: readonly number[] = [0, 1, 2, 3, 5, 10, Number.POSITIVE_INFINITY]

export function levelText(levels: number): string {
  return Number.isFinite(levels) ? String(levels) : 'all'
}
