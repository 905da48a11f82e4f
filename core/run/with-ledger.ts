import type { Adapter } from '../adapter.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { codeOf } from './diagnose.ts'
import { defaultRetry, delayOf, type RunWorld } from './run-task.ts'

/**
 * Work with the ledger outside of tasks, which may be done twice. It is begun again if the connection is lost or another transaction was in its
 * way, a few times. What the engine refuses then is the user's to mend, and told as such; a bug stays one.
 *
 * @param what begins the sentence: `the ledger cannot be read`
 */
export async function withLedgerOf<T>(
  adapter: Adapter,
  what: string,
  world: Pick<RunWorld, 'random' | 'sleep'>,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const isOver = attempt >= defaultRetry.attempts || signal.aborted
      if (isOver || adapter.classify(error) !== 'transient') throw told(adapter, what, error)
    }
    await world.sleep(delayOf(defaultRetry, attempt, world.random()), signal)
  }
}

function told(adapter: Adapter, what: string, error: unknown): unknown {
  if (error instanceof SluiceError) return error
  const explained = adapter.explain(error)
  if (explained.engineCode === undefined && explained.kind === 'other') return error
  return SluiceError.of(
    codeOf(explained),
    {
      message: `${what} in ${adapter.label}: ${explained.message}`,
      ...(explained.hint === undefined ? {} : { hint: explained.hint }),
    },
    { cause: error },
  )
}
