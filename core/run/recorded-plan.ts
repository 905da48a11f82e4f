import type { CompiledProject } from '../compile/compiled.ts'
import { WHOLE } from '../ledger/records.ts'
import type { Plan } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import { partitionsOverlapping } from '../time/layout.ts'

/** Adjacent partitions of a model: first and last key, how many, from when to when (UTC milliseconds). A model alone has no partitions. */
export type RecordedUnits =
  | readonly [model: string]
  | readonly [model: string, first: string, last: string, count: number, start: number, end: number]

/** What a run was to do, as the ledger keeps it (`runs.plan`), so that what is left of it can be done later. */
export interface RecordedPlan {
  readonly units: readonly RecordedUnits[]
  /** What was asked for and could not run, as an input was not there. */
  readonly blocked: readonly RecordedUnits[]
  /** Models that were to be rebuilt from nothing. */
  readonly fullRefresh: readonly string[]
}

/** Partitions of each model, by key; the key `all` (`WHOLE`) for those without. */
export type UnitsByModel = ReadonlyMap<string, ReadonlySet<string>>

export function recordedPlan({ tasks, held }: Plan): RecordedPlan {
  return {
    units: recordedUnits(tasks),
    blocked: recordedUnits(held.filter((each) => each.state === 'blocked')),
    fullRefresh: [...new Set(tasks.filter((task) => task.fullRefresh).map((task) => task.model))],
  }
}

function recordedUnits(
  tasks: readonly { readonly model: string; readonly partitions: readonly Partition[] }[],
): readonly RecordedUnits[] {
  const byModel = new Map<string, Partition[]>()
  for (const { model, partitions } of tasks) {
    const known = byModel.get(model)
    if (known === undefined) byModel.set(model, [...partitions])
    else for (const each of partitions) known.push(each)
  }
  return [...byModel].flatMap(([model, partitions]) =>
    partitions.length === 0 ? [[model] as const] : adjacent(model, partitions),
  )
}

function adjacent(model: string, partitions: Partition[]): readonly RecordedUnits[] {
  const found: RecordedUnits[] = []
  let run: { first: Partition; last: Partition; count: number } | undefined
  const close = () => {
    if (run !== undefined)
      found.push([model, run.first.key, run.last.key, run.count, run.first.start, run.last.end])
  }
  for (const each of partitions.sort((a, b) => a.start - b.start)) {
    if (run !== undefined && run.last.end === each.start) {
      run.last = each
      run.count += 1
    } else {
      close()
      run = { first: each, last: each, count: 1 }
    }
  }
  close()
  return found
}

/**
 * The partitions that were recorded, as the project cuts time now. `unknown` names the models that are gone or whose partitions are cut
 * otherwise now, so that what was left of them cannot be told.
 */
export function unitsOf(
  recorded: readonly RecordedUnits[],
  { nodes }: Pick<CompiledProject, 'nodes'>,
): { readonly units: UnitsByModel; readonly unknown: readonly string[] } {
  const units = new Map<string, Set<string>>()
  const unknown = new Set<string>()
  for (const each of recorded) {
    const [model, first, last, count, start, end] = each
    const keys = units.get(model) ?? new Set<string>()
    const node = nodes.get(model)
    const layout = node?.kind === 'model' ? node.layout : undefined
    if (node === undefined || (layout === undefined) !== (first === undefined)) {
      unknown.add(model)
      continue
    }
    units.set(model, keys)
    if (layout === undefined || start === undefined || end === undefined) {
      keys.add(WHOLE)
      continue
    }
    const partitions = partitionsOverlapping(layout, { start, end })
    const isSame =
      partitions.length === count && partitions[0]?.key === first && partitions.at(-1)?.key === last
    if (!isSame) unknown.add(model)
    else for (const partition of partitions) keys.add(partition.key)
  }
  for (const model of unknown) units.delete(model)
  return { units, unknown: [...unknown] }
}
