import type { Session } from '../adapter.ts'
import type { OtherRelations } from '../checks/build.ts'
import type { Check } from '../checks/check.ts'
import type { ReconcileCheck } from '../checks/kinds.ts'
import { otherColumnOf, otherCondition } from '../gates/other-window.ts'
import { type CheckingContext, evaluating, physicalName, type Subject } from './check-subject.ts'

/** What checks of one partition read besides its rows. */
export async function otherRelationsOf(
  context: CheckingContext,
  session: Session,
  { node, partition, window }: Subject,
  checks: readonly Check[],
): Promise<OtherRelations> {
  const windows = new Map<ReconcileCheck, (alias: string) => string>()
  for (const check of checks) {
    if (check.kind !== 'reconcile' || partition === undefined) continue
    const column = await evaluating(
      context,
      node,
      undefined,
      () => otherColumnOf(context, session, node.name, check),
      check,
    )
    windows.set(check, otherCondition(context.adapter, column, window?.clock, partition))
  }
  return {
    relationOf: (name) => physicalName(context, name),
    windowOf: (check) => windows.get(check),
  }
}
