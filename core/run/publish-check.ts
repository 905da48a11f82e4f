import type { Transaction } from '../adapter.ts'
import type { CompiledCheck } from '../compile/compiled.ts'
import { type AttemptContext, type AttemptResult, ChecksFailed, commitOutcome } from './attempt.ts'
import { beginPublishing } from './begin.ts'
import { runCustomCheck } from './checking.ts'

/** Runs a check that reads several unrelated models, or a view, after they were published: what follows waits for it. */
export async function publishCheck(
  context: AttemptContext,
  transaction: Transaction,
  check: CompiledCheck,
): Promise<AttemptResult> {
  const begun = await beginPublishing(context, transaction)
  const outcome = await runCustomCheck(context, transaction, check, { node: check })
  if (!outcome.passed && outcome.severity === 'error') throw new ChecksFailed([outcome])
  commitOutcome(context, transaction, check, begun, [{ rows: outcome.failing }], [outcome])
  return { rows: outcome.failing, changed: false, checks: [outcome] }
}
