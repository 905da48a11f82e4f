import type { Transaction } from '../adapter.ts'
import type { CompiledCheck } from '../compile/compiled.ts'
import { finishAttempt, recordCheck, recordPublished, releaseLease } from '../ledger/statements.ts'
import { type AttemptContext, type AttemptResult, ChecksFailed } from './attempt.ts'
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
  const at = context.now()
  transaction.commitWith([
    ...recordPublished(context.adapter.dialect, {
      model: context.ledgerName(check.name),
      key: 'all',
      attempt: context.attempt,
      run: context.run,
      readSeq: begun.readSeq,
      isRecorded: begun.recorded.size > 0,
      fingerprint: check.fingerprint,
      layout: '',
      rows: outcome.failing,
      publishedAt: begun.at,
    }),
    recordCheck(context.attempt, context.run, at, { ...outcome, model: context.ledgerName(outcome.model) }),
    finishAttempt(context.attempt, 'succeeded', at, { rows: outcome.failing, readSeq: begun.readSeq }),
    releaseLease(context.token),
  ])
  return { rows: outcome.failing, changed: false, checks: [outcome] }
}
