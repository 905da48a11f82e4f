import type { Adapter } from '../adapter.ts'
import type { CompiledProject } from '../compile/compiled.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { changedObservations, recordObservations } from '../ledger/observations.ts'
import { type FindFiles, findFiles } from './files.ts'
import { lookAtSources } from './look.ts'
import { type Asked, sourcesNeeded } from './needed.ts'
import { everythingReady, type Observation, type SourceView } from './source-view.ts'

export interface Seeing {
  readonly project: CompiledProject
  readonly adapter: Adapter
  /** A source's name in the ledger. */
  readonly ledgerName: (source: string) => string
  readonly asked: Asked
  readonly now: number
  readonly signal?: AbortSignal
  /** How files are found; those of this machine unless given. */
  readonly findFiles?: FindFiles
}

/** What a plan must know of sources. */
export interface Seen {
  readonly view: SourceView
  /** What differs from the ledger. */
  readonly changed: readonly Observation[]
  readonly warnings: readonly Diagnostic[]
}

const nothing: Seen = { view: everythingReady, changed: [], warnings: [] }

/** The first version of the ledger that remembers observations. */
const OBSERVING_LEDGER = 2

/**
 * Looks at the sources that a request depends on and records what changed: before the plan is made, and so before anything reads them. Whatever
 * changes a source after that is seen next time, and what was read meanwhile is stale then.
 */
export async function seeAndRecord(seeing: Seeing): Promise<Seen> {
  return see(seeing, async (observations) => {
    const at = new Date(seeing.now)
    return recordObservations({ adapter: seeing.adapter, nameOf: seeing.ledgerName }, observations, at)
  })
}

/** Looks without recording: what changed is for `withObservations`. */
export async function seeOnly(seeing: Seeing): Promise<Seen> {
  const { adapter, ledgerName } = seeing
  return see(seeing, async (observations) => {
    if ((await adapter.ledgerVersion()) < OBSERVING_LEDGER) return observations
    return adapter.session((session) =>
      changedObservations({ adapter, nameOf: ledgerName }, session, observations),
    )
  })
}

async function see(
  seeing: Seeing,
  compare: (observations: readonly Observation[]) => Promise<readonly Observation[]>,
): Promise<Seen> {
  const { project, adapter, asked, now, signal } = seeing
  const questions = sourcesNeeded(project, asked, now)
  if (questions.length === 0) return nothing
  const looker = {
    adapter,
    now,
    root: project.project.root,
    findFiles: seeing.findFiles ?? findFiles,
    ...(signal === undefined ? {} : { signal }),
  }
  const { observations, view, warnings } = await lookAtSources(looker, questions)
  return { view, warnings, changed: observations.length === 0 ? [] : await compare(observations) }
}
