import type { Transaction } from '../adapter.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { AttemptContext, AttemptResult } from './attempt.ts'

/** Publishes what a snapshot's query shows now, or shows of each partition. */
export async function publishSnapshot(
  _context: AttemptContext,
  _transaction: Transaction,
  _model: CompiledModel,
): Promise<AttemptResult> {
  throw new Error('not yet')
}
