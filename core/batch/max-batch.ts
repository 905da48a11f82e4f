import type { CompiledModel } from '../compile/compiled.ts'

/** Partitions in one statement where nothing says otherwise. */
export const DEFAULT_MAX_BATCH = 366

/** How many adjacent partitions of a model one statement may hold: 1 unless that gives the same rows as one by one, as its SQL proves or
 * `batch:` promises. Infinity for `batch: all`. */
export function maxBatch(model: CompiledModel): number {
  const { batch: verdict, config } = model
  if (verdict === undefined || model.readsItself || model.sql.symbolsDecide) return 1
  if (!verdict.batchable && verdict.isFinal) return 1
  if (config.batch !== undefined) return config.batch === 'all' ? Number.POSITIVE_INFINITY : config.batch
  return verdict.batchable ? DEFAULT_MAX_BATCH : 1
}
