import type { NodeKind, NodeState } from '../../core/docs/api.ts'
import { stateWords } from '../components/state-badge.tsx'
import type { LineageMap } from './lineage-map.ts'
import { defaultLevels, everything, type GraphView, levelText } from './view.ts'

/** Of the keys in the address, in this order. Other pages link here by them: `graph.html#focus=marts.daily`. */
const listKeys = [
  ['folder', 'folders'],
  ['tag', 'tags'],
  ['state', 'states'],
  ['kind', 'kinds'],
  ['closed', 'closed'],
  ['open', 'opened'],
  ['columns', 'expanded'],
] as const

const kinds: readonly NodeKind[] = ['model', 'seed', 'source', 'check', 'exposure']
const states = Object.keys(stateWords) as readonly NodeState[]
const longestHash = 20_000
const mostLevels = 99

/** The view as what follows `#`; empty for the default one. */
export function hashOf(view: GraphView): string {
  const parameters = new URLSearchParams()
  if (view.focus !== undefined) parameters.append('focus', view.focus)
  if (view.up !== defaultLevels) parameters.append('up', levelText(view.up))
  if (view.down !== defaultLevels) parameters.append('down', levelText(view.down))
  if (view.select !== '') parameters.append('select', view.select)
  for (const [key, list] of listKeys) for (const value of view[list]) parameters.append(key, value)
  if (view.trace !== undefined) {
    parameters.append('trace', view.trace.relation)
    parameters.append('column', view.trace.column)
  }
  if (!view.withRows) parameters.append('rows', 'no')
  return parameters.toString()
}

export interface ReadView {
  readonly view: GraphView
  /** What of the address means nothing here. */
  readonly ignored: readonly string[]
}

/** Reads what follows `#`. Anybody may have written it: what is not known is left out and told. */
export function viewOf(hash: string, map: LineageMap): ReadView {
  const text = hash.replace(/^#/, '')
  if (text.length > longestHash) return { view: everything, ignored: ['all of it: it is too long'] }
  const parameters = new URLSearchParams(text)
  const ignored: string[] = []
  const used = new Set<string>()
  const ignore = (key: string, value: string): undefined => {
    ignored.push(`${key}=${value.length > 80 ? `${value.slice(0, 80)}…` : value}`)
  }
  const one = (key: string, isKnown: (value: string) => boolean): string | undefined => {
    used.add(key)
    const [value, ...others] = parameters.getAll(key)
    for (const other of others) ignore(key, other)
    if (value === undefined) return undefined
    return isKnown(value) ? value : ignore(key, value)
  }
  const many = <T extends string>(key: string, known: { has(value: string): boolean }): readonly T[] => {
    used.add(key)
    const values = new Set(parameters.getAll(key))
    return [...values].filter((value) => known.has(value) || ignore(key, value) !== undefined).sort() as T[]
  }
  const level = (key: string): number => {
    const isLevel = (value: string) =>
      value === 'all' || (/^\d{1,2}$/.test(value) && Number(value) <= mostLevels)
    const value = one(key, isLevel)
    if (value === undefined) return defaultLevels
    return value === 'all' ? Number.POSITIVE_INFINITY : Number(value)
  }
  const folders = new Set(map.folders)
  const focus = one('focus', (value) => map.nodes.has(value))
  const relation = one('trace', (value) => map.nodes.has(value))
  const column = one('column', (value) => value !== '' && relation !== undefined)
  const view: GraphView = {
    ...(focus === undefined ? {} : { focus }),
    up: level('up'),
    down: level('down'),
    select: (one('select', () => true) ?? '').trim(),
    folders: many('folder', folders),
    tags: many('tag', new Set(map.tags)),
    states: many<NodeState>('state', new Set<string>(states)),
    kinds: many<NodeKind>('kind', new Set<string>(kinds)),
    closed: many('closed', folders),
    opened: many('open', folders),
    expanded: many('columns', map.nodes),
    ...(relation === undefined || column === undefined ? {} : { trace: { relation, column } }),
    withRows: one('rows', (value) => value === 'no') === undefined,
  }
  if (relation !== undefined && column === undefined) ignore('trace', relation)
  for (const [key, value] of parameters) if (!used.has(key)) ignore(key, value)
  return { view, ignored }
}
