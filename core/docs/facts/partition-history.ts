import type { CompiledModel } from '../../compile/compiled.ts'
import { grainText } from '../../time/grain.ts'
import type { CheckCounts, NodeState, PartitionHistory } from '../api.ts'
import type { NodeStates } from './node-states.ts'
import type { PartitionDetail } from './stored-facts.ts'

/** Partitions that are listed one by one. */
export const mostPartitions = 1500

/** First index that is listed, and one after the last. */
export function listedOf(
  states: NodeStates,
  model: CompiledModel,
): { readonly from: number; readonly to: number } {
  const { to } = states.spanOf(model)
  return { from: Math.max(0, to - mostPartitions), to }
}

export interface HistoryInput {
  readonly model: CompiledModel
  readonly states: NodeStates
  readonly details: ReadonlyMap<number, PartitionDetail> | undefined
  readonly runIds: readonly string[]
  /** Why a partition is as it is, by index on its timeline. */
  readonly reasonOf: (index: number) => string | undefined
}

/** The partitions of a model that are due or published; undefined if none is. */
export function partitionHistory(input: HistoryInput): PartitionHistory | undefined {
  const { model, states, details, runIds, reasonOf } = input
  const { layout } = model
  const slots = states.states.slotsOf(model)
  if (layout === undefined || slots.timeline === undefined) return undefined
  const all = states.of(model)
  const { due } = states.spanOf(model)
  const { from, to } = listedOf(states, model)
  if (to === 0) return undefined
  const { measures, dataSeq } = slots.history
  const runs = new Indexed()
  const reasonTexts = new Indexed()
  const columns = {
    keys: [] as string[],
    starts: [] as number[],
    ends: [] as number[],
    states: [] as NodeState[],
    versions: [] as (number | null)[],
    runs: [] as (number | null)[],
    rows: [] as (number | null)[],
    durationsMs: [] as (number | null)[],
    publishedAt: [] as (number | null)[],
    checks: [] as (CheckCounts | null)[],
    reasons: [] as (number | null)[],
  }
  for (let index = from; index < to; index++) {
    const row = slots.rowAt(index)
    const isPublished = slots.isPublished(row)
    if (index >= due && !isPublished && all[index] === 'none') continue
    const { key, start, end } = slots.timeline.partition(index)
    const detail = details?.get(start)
    columns.keys.push(key)
    columns.starts.push(start)
    columns.ends.push(end)
    columns.states.push(all[index]!)
    columns.versions.push(isPublished ? dataSeq[row]! : null)
    columns.runs.push(detail?.run === undefined ? null : runs.of(runIds[detail.run]!))
    columns.rows.push(isPublished ? (measures?.rows[row] ?? null) : null)
    columns.durationsMs.push(isPublished ? (detail?.durationMs ?? null) : null)
    columns.publishedAt.push(isPublished ? (measures?.publishedAt[row] ?? null) : null)
    columns.checks.push(detail?.checks ?? null)
    const reason = reasonOf(index)
    columns.reasons.push(reason === undefined ? null : reasonTexts.of(reason))
  }
  return {
    grain: grainText(layout.grain),
    timezone: layout.timezone,
    ...columns,
    runIds: runs.all,
    reasonTexts: reasonTexts.all,
    ...(from === 0
      ? {}
      : { older: { from: slots.timeline.partition(0).key, states: countedStates(all.slice(0, from)) } }),
  }
}

export function countedStates(
  states: readonly NodeState[],
): readonly { readonly state: NodeState; readonly count: number }[] {
  const counts = new Map<NodeState, number>()
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => ({ state, count }))
}

/** Texts, each once. */
class Indexed {
  readonly all: string[] = []
  readonly #places = new Map<string, number>()

  of(text: string): number {
    const known = this.#places.get(text)
    if (known !== undefined) return known
    this.#places.set(text, this.all.length)
    return this.all.push(text) - 1
  }
}
