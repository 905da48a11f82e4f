import type { Session } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import type { CompiledSource } from '../compile/compiled.ts'
import { columnsOutcome } from './changed-columns.ts'
import { type FreshnessWorld, freshnessOutcome } from './freshness.ts'

/** What is to be said of a source besides its declared checks: how old it is, and whether its columns are what they were. */
export async function checkSource(
  world: FreshnessWorld,
  session: Session,
  source: CompiledSource,
): Promise<readonly CheckOutcome[]> {
  const found = [
    await columnsOutcome(world.adapter, session, source),
    await freshnessOutcome(world, session, source),
  ]
  return found.filter((outcome) => outcome !== undefined)
}

/** Whether there is anything to be said of it. */
export function isLookedAt({ freshness, columns, captured }: CompiledSource): boolean {
  return freshness !== undefined || captured !== undefined || columns.length > 0
}

/** The outcome of a source that cannot be read: nothing else can be said of it. */
export function unreadable(source: CompiledSource, problem: string): CheckOutcome {
  return {
    name: 'readable',
    kind: 'readable',
    severity: 'error',
    model: source.name,
    passed: false,
    failing: 1,
    sample: [{ problem }],
  }
}
