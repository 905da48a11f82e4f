import type { Adapter } from '../adapter.ts'
import type { CompiledSource } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { withoutValues } from '../run/hidden.ts'
import type { Partition } from '../time/interval.ts'
import { bindSource } from './bind-source.ts'
import { type Eyes, observeSource } from './observe.ts'
import { unreadyOf } from './ready.ts'
import { everythingReady, type Observation, type SourceView } from './source-view.ts'

/** A source that is to be looked at. */
export interface Question {
  readonly source: CompiledSource
  /** Oldest first; undefined for a source without partitions. */
  readonly partitions?: readonly Partition[]
}

/** What was seen of sources. */
export interface Look {
  readonly observations: readonly Observation[]
  readonly view: SourceView
  /** One for each source that could not be looked at. */
  readonly warnings: readonly Diagnostic[]
}

export const nothingSeen: Look = { observations: [], view: everythingReady, warnings: [] }

export interface Looker extends Eyes {
  readonly adapter: Adapter
  readonly now: number
  readonly signal?: AbortSignal
}

/**
 * Asks of each source whether it is there, and looks at what is. One that cannot be looked at is told in a warning and takes nothing from the
 * others; only a canceled look throws, and one that may succeed when it is done again.
 */
export async function lookAtSources(looker: Looker, questions: readonly Question[]): Promise<Look> {
  const observations: Observation[] = []
  const unseen = new Map<string, string>()
  const unready = new Map<string, ReadonlyMap<string, string>>()
  const warnings: Diagnostic[] = []
  await Promise.all(
    questions.map(async (question) => {
      const { source } = question
      try {
        const seen = await lookAt(looker, question)
        observations.push(...seen.observations)
        if (seen.unready.size > 0) unready.set(source.name, seen.unready)
      } catch (error) {
        if (looker.signal?.aborted || looker.adapter.classify(error) === 'transient') throw error
        const warning = unseenDiagnostic(looker.adapter, source, error)
        warnings.push(warning)
        unseen.set(source.name, warning.message)
      }
    }),
  )
  return { observations, view: { unseen, unready }, warnings }
}

async function lookAt(looker: Looker, { source, partitions }: Question) {
  const { adapter, now, signal } = looker
  return adapter.session(async (session) => {
    const bound = await bindSource(adapter, session, source)
    const unready = await unreadyOf(adapter, session, bound, partitions, now)
    const isThere = source.layout !== undefined || unready.size === 0
    const ready = partitions?.filter(({ key }) => !unready.has(key))
    const observations = isThere ? await observeSource(adapter, session, bound, ready, looker) : []
    return { observations, unready }
  }, signal)
}

function unseenDiagnostic(adapter: Adapter, source: CompiledSource, error: unknown): Diagnostic {
  if (error instanceof SluiceError) return { ...error.diagnostics[0]!, severity: 'warning' }
  const found = adapter.explain(error)
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  if (isBug && found.engineCode === undefined) throw error
  const explained = source.columns.some(({ sample }) => !sample) ? withoutValues(found) : found
  return diagnostic('SL650', {
    severity: 'warning',
    message: `${source.name} cannot be observed: ${explained.message}`,
    model: source.name,
    place: source.place,
    hint: explained.hint ?? 'What is published keeps its state by the last observation.',
  })
}
