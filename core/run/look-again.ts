import { type CompiledNode, isRunnable } from '../compile/compiled.ts'
import type { PlannedTask } from '../plan/plan.ts'
import { ledgerOfUnits } from '../plan/scope.ts'
import { States } from '../plan/state.ts'
import type { Partition } from '../time/interval.ts'
import { type Unfit, unfitInput, unitsOfTask } from './inputs.ts'
import type { Part, RunContext } from './run-task.ts'

/** What the ledger says now of a task that could not publish at once. */
export interface SecondLook {
  /** What needs nothing any more, or cannot run. */
  readonly ended: readonly Part[]
  /** What is still to be done; undefined where a relation without partitions has ended. */
  readonly left: readonly Partition[] | undefined
  /** The `change_seq` that this is true at. */
  readonly seq: number
}

/**
 * Looks at each partition of a task again, as another run may have published it, or made its inputs unfit. A rebuild is one: all of it goes
 * on, or nothing. Undefined if the database is away: the next claim says so.
 */
export async function lookAgain(
  context: RunContext,
  task: PlannedTask,
  node: CompiledNode,
  plannedAt: number,
): Promise<SecondLook | undefined> {
  if (!isRunnable(node)) return undefined
  const units = unitsOfTask(node, task)
  try {
    const since = { seq: plannedAt, run: context.run }
    const request = ledgerOfUnits(context.project, context.edges, units, since)
    const snapshot = await context.ledger.snapshot(request)
    const states = new States(context.edges, snapshot, context.world.now().getTime())
    const left: Partition[] = []
    const skipped: Partition[] = []
    const blocked = new Map<string, { readonly unfit: Unfit; readonly partitions: Partition[] }>()
    let isLeft = false
    for (const unit of units) {
      const own = unit.partition === undefined ? [] : [unit.partition]
      const unfit = unfitInput(context.edges, states, task, [unit])
      if (unfit !== undefined) {
        const id = `${unfit.by}\0${unfit.because}`
        const known = blocked.get(id)
        if (known === undefined) blocked.set(id, { unfit, partitions: [...own] })
        else known.partitions.push(...own)
      } else if (
        !context.isForced &&
        !task.fullRefresh &&
        states.dataOf(unit).state === 'fresh' &&
        !states.hasFailed(unit)
      )
        skipped.push(...own)
      else {
        isLeft = true
        left.push(...own)
      }
    }
    const [first] = blocked.values()
    if (first !== undefined && (task.fullRefresh || task.partitions.length === 0)) {
      const end = { kind: 'blocked', by: first.unfit.by, because: unfitText(first.unfit) } as const
      return { ended: [{ partitions: task.partitions, end }], left: undefined, seq: snapshot.seq }
    }
    const ended: Part[] = [...blocked.values()].map(({ unfit, partitions }) => ({
      partitions,
      end: { kind: 'blocked', by: unfit.by, because: unfitText(unfit) },
    }))
    if (skipped.length > 0 || (!isLeft && blocked.size === 0))
      ended.push({ partitions: skipped, end: { kind: 'skipped' } })
    return { ended, left: isLeft ? left : undefined, seq: snapshot.seq }
  } catch {
    return undefined
  }
}

function unfitText({ by, because }: Unfit): string {
  if (because === 'failed') return `${by} failed in another run since the plan was made`
  return `${by} is ${because === 'stale' ? 'stale' : 'gone'} by another run since the plan was made`
}
