import type { CompiledProject, CompiledSource } from '../core/compile/compiled.ts'
import type { LedgerSnapshot } from '../core/ledger/records.ts'
import { Edges } from '../core/plan/edges.ts'
import { States } from '../core/plan/state.ts'
import type { SourceView } from '../core/sources/source-view.ts'
import type { RequestedRange } from '../core/time/requested-range.ts'
import { instantJson } from './json/plan.ts'
import { indexesOf } from './status.ts'
import type { Colors } from './terminal/terminal.ts'
import { count } from './text/quantity.ts'

/** What `sluice status --output json` says of a source: see docs/schemas/status.json. */
export interface SourceStatus {
  readonly name: string
  readonly kind: 'source'
  readonly materialization: 'source'
  /** How its changes are seen; null: they cannot be. */
  readonly observe: 'files' | 'column' | 'query' | null
  /** Counts of due partitions; a source without partitions counts as one. */
  readonly partitions: { readonly due: number; readonly observed: number; readonly notReady: number }
  readonly first?: string
  readonly last?: string
  /** When the newest change was seen. */
  readonly changedAt?: string
  /** Why it could not be looked at, or what is awaited of it. */
  readonly reason?: string
}

/** What is known of the selected sources. Pure. */
export function sourcesStatus(
  project: CompiledProject,
  snapshot: LedgerSnapshot,
  view: SourceView,
  selected: ReadonlySet<string>,
  range: RequestedRange | undefined,
  now: number,
): readonly SourceStatus[] {
  const states = new States(new Edges(project.nodes, project.graph.ancestors), snapshot, now)
  return project.graph.order
    .filter((name) => selected.has(name))
    .map((name) => project.nodes.get(name))
    .filter((node): node is CompiledSource => node?.kind === 'source')
    .map((source) => sourceStatus(source, states, view, indexesOf(source, states, range, now)))
}

function sourceStatus(
  source: CompiledSource,
  states: States,
  view: SourceView,
  [from, to]: readonly [number, number],
): SourceStatus {
  const slots = states.slotsOf(source)
  const seen: number[] = []
  let changedAt = 0
  for (let index = from; index < to; index++) {
    const row = slots.rowAt(index)
    if (!slots.isPublished(row)) continue
    seen.push(index)
    changedAt = Math.max(changedAt, slots.history.measures?.publishedAt[row] ?? 0)
  }
  const unready = view.unready.get(source.name)
  const reason = view.unseen.get(source.name) ?? [...(unready?.values() ?? [])].at(-1)
  const { timeline } = slots
  return {
    name: source.name,
    kind: 'source',
    materialization: 'source',
    observe: source.observe?.kind ?? null,
    partitions: { due: to - from, observed: seen.length, notReady: unready?.size ?? 0 },
    ...(timeline === undefined || seen.length === 0
      ? {}
      : { first: timeline.partition(seen[0]!).key, last: timeline.partition(seen.at(-1)!).key }),
    ...(changedAt > 0 ? { changedAt: instantJson(changedAt) } : {}),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** The cells of a source in the table of `sluice status`. */
export function sourceCells(source: SourceStatus, style: Colors): readonly string[] {
  const { name, first, last, changedAt } = source
  const partitions =
    first === undefined || last === undefined || first === last ? first : `${first} … ${last}`
  return [
    name,
    'source',
    sourceText(source, style),
    partitions ?? '',
    '',
    changedAt?.slice(0, 19).replace('T', ' ').replace('Z', '') ?? '',
  ]
}

function sourceText({ observe, partitions, reason }: SourceStatus, style: Colors): string {
  const { due, observed, notReady } = partitions
  if (reason !== undefined && notReady === 0) return style.yellow(reason)
  const because = reason === undefined ? '' : ` ${style.dim(`(${reason})`)}`
  const isOne = due === 1
  const parts = [
    observe === null ? style.dim('changes cannot be seen') : '',
    observed > 0 ? style.green(isOne ? 'observed' : `${count(observed)} observed`) : '',
    observe !== null && observed === 0 && notReady === 0 ? style.dim('not observed yet') : '',
    notReady > 0 ? style.yellow(isOne ? 'not ready' : `${count(notReady)} not ready`) : '',
  ]
  return `${parts.filter(Boolean).join(', ')}${because}`
}
