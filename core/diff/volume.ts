import { type CompiledProject, hasRows } from '../compile/compiled.ts'
import type { LedgerSnapshot } from '../ledger/records.ts'
import type { PlannedTask, StaleCause } from '../plan/plan.ts'
import { planRun } from '../plan/planner.ts'

/** What of one relation a deploy would build again. */
export interface RebuiltRelation {
  readonly name: string
  readonly materialization: string
  /** Published partitions that would be stale; 1 for a relation without partitions. */
  readonly partitions: number
  /** Keys of the first and the last of them. */
  readonly first?: string
  readonly last?: string
  /** As they were published. */
  readonly rows: number
  readonly because: StaleCause['kind'] | 'upstream'
  /** About how long they took the last time; undefined where nobody knows. */
  readonly ms?: number
}

/** What of the target's published history a deploy would build again. */
export interface RebuildVolume {
  readonly relations: readonly RebuiltRelation[]
  /** Partitions that are stale already, whatever is deployed. */
  readonly staleAlready: number
}

/** What of the published history would be stale with this code and is not with that of the base: as `backfill --only stale` would plan it.
 * @param base undefined where the base's code is not known: then all that would be stale counts
 * @param msOf how long a partition of a relation took the last time */
export function volumeOf(
  head: { readonly project: CompiledProject; readonly snapshot: LedgerSnapshot },
  base: { readonly project: CompiledProject; readonly snapshot: LedgerSnapshot } | undefined,
  now: number,
  msOf: (relation: string) => number | undefined,
): RebuildVolume {
  const before = base === undefined ? new Map<string, ReadonlySet<string>>() : staleKeys(stale(base, now))
  const found = new Map<string, RebuiltRelation>()
  let staleAlready = 0
  for (const task of stale(head, now)) {
    const known = before.get(task.model)
    const rows = rowsByKey(task, head.snapshot)
    const keys = [...rows.keys()].filter((key) => !known?.has(key))
    staleAlready += rows.size - keys.length
    if (keys.length === 0) continue
    const ms = msOf(task.model)
    const earlier = found.get(task.model)
    const partitions = (earlier?.partitions ?? 0) + keys.length
    found.set(task.model, {
      name: task.model,
      materialization: task.materialization,
      partitions,
      ...(task.partitions.length === 0 ? {} : { first: earlier?.first ?? keys[0]!, last: keys.at(-1)! }),
      rows: (earlier?.rows ?? 0) + keys.reduce((sum, key) => sum + rows.get(key)!, 0),
      because: earlier?.because ?? causeOf(task),
      ...(ms === undefined ? {} : { ms: ms * partitions }),
    })
  }
  return { relations: [...found.values()], staleAlready }
}

function stale(
  { project, snapshot }: { readonly project: CompiledProject; readonly snapshot: LedgerSnapshot },
  now: number,
): readonly PlannedTask[] {
  const published = (name: string) => (snapshot.histories.get(name)?.dataSeq ?? []).some((seq) => seq > 0)
  const selected = new Set(
    project.graph.order.filter((name) => hasRows(project.nodes.get(name)) && published(name)),
  )
  const plan = planRun(
    project,
    snapshot,
    {
      selected,
      force: false,
      fullRefresh: false,
      upstream: 'accept',
      history: true,
      only: new Set(['stale']),
    },
    now,
  )
  // Held partitions would be built too, once what they wait for is.
  const held = plan.held.map(
    (each): PlannedTask => ({
      ...each,
      materialization: '',
      reason: { kind: 'stale', cause: { kind: 'upstream', upstream: '' } },
      after: [],
      fullRefresh: false,
      accepted: [],
      outside: [],
    }),
  )
  return [...plan.tasks, ...held].filter(
    ({ reason }) =>
      reason.kind === 'stale' || reason.kind === 'upstream_planned' || reason.kind === 'full_refresh',
  )
}

function staleKeys(tasks: readonly PlannedTask[]): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>()
  for (const { model, partitions } of tasks) {
    const known = keys.get(model) ?? new Set()
    for (const key of partitions.length === 0 ? [WHOLE_KEY] : partitions.map((each) => each.key))
      known.add(key)
    keys.set(model, known)
  }
  return keys
}

const WHOLE_KEY = 'all'

/** Rows of the published partitions of a task, by key. A rebuild from nothing is of everything that is published. */
function rowsByKey(task: PlannedTask, snapshot: LedgerSnapshot): ReadonlyMap<string, number> {
  const history = snapshot.histories.get(task.model)
  const rows = new Map<string, number>()
  if (history === undefined) return rows
  const published = new Map<number, number>()
  for (let row = 0; row < history.count; row++)
    if (history.dataSeq[row] !== 0) published.set(history.start[row]!, history.measures?.rows[row] ?? 0)
  if (task.partitions.length === 0) {
    rows.set(
      WHOLE_KEY,
      [...published.values()].reduce((sum, each) => sum + each, 0),
    )
    return rows
  }
  for (const { key, start, end } of task.partitions) {
    const within = task.fullRefresh
      ? [...published].filter(([at]) => at >= start && at < end).map(([, each]) => each)
      : [published.get(start)].filter((each) => each !== undefined)
    if (within.length > 0)
      rows.set(
        key,
        within.reduce((sum, each) => sum + each, 0),
      )
  }
  return rows
}

function causeOf({ reason }: PlannedTask): RebuiltRelation['because'] {
  return reason.kind === 'stale' ? reason.cause.kind : 'upstream'
}
