import type { CompiledProject, CompiledSource } from '../../../core/compile/compiled.ts'
import type { RecordedCheck } from '../../../core/docs/facts/shown-check.ts'
import { freshnessOutcome } from '../../../core/gates/freshness.ts'
import { findFiles } from '../../../core/sources/files.ts'
import type { OpenLedger } from '../../open-ledger.ts'

/** All sources together get so long: a site is not held up by a source that does not answer. */
const patienceMs = 15_000

/** How old each source with `freshness` is, asked now, as no run records it. Of one that cannot be asked there is nothing to say. */
export async function readSourceAges(
  { nodes }: CompiledProject,
  { adapter }: OpenLedger,
  now: number,
): Promise<ReadonlyMap<string, RecordedCheck>> {
  const sources = [...nodes.values()].filter(
    (node): node is CompiledSource => node.kind === 'source' && node.freshness !== undefined,
  )
  const found = new Map<string, RecordedCheck>()
  if (sources.length === 0) return found
  const signal = AbortSignal.timeout(patienceMs)
  for (const source of sources) {
    if (signal.aborted) break
    try {
      const outcome = await adapter.session(
        (session) => freshnessOutcome({ adapter, now, findFiles }, session, source),
        signal,
      )
      if (outcome !== undefined) found.set(source.name, { ...outcome, attempt: '', run: '', at: now })
    } catch {
      // It is not there, or cannot be read: `sluice check` says why.
    }
  }
  return found
}
