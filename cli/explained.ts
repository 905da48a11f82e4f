import type { Adapter } from '../core/adapter.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { diagnose, engineErrorOf } from '../core/run/diagnose.ts'

/** Runs work that reads by an engine. What the engine refuses is told with the relation that it is about, with `hidesValues` without
 * what it quotes of rows; a bug stays one. */
export async function explained<T>(
  adapter: Adapter,
  subject: { readonly name: string; readonly path: string },
  work: () => Promise<T>,
  hidesValues = false,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SluiceError || isBug(adapter, engineErrorOf(error))) throw error
    const about = { model: subject.name, path: subject.path }
    throw new SluiceError([await diagnose(adapter, error, about, hidesValues)], { cause: error })
  }
}

/** An error that the engine knows nothing of is ours. */
function isBug(adapter: Adapter, error: unknown): boolean {
  const isOurs = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  return isOurs && adapter.explain(error).engineCode === undefined
}
