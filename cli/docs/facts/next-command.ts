import type { RunFacts } from '../../../core/docs/facts/stored-facts.ts'
import type { LedgerSnapshot } from '../../../core/ledger/records.ts'

/** What to type after a run, if something of it is left: undefined where it went well, or others have done it since. */
export function nextCommands(
  runs: readonly RunFacts[],
  { histories }: LedgerSnapshot,
): ReadonlyMap<string, string> {
  const unmended = new Set<string>()
  for (const { notes } of histories.values()) for (const { lastRun } of notes.values()) unmended.add(lastRun)
  const resumed = new Set(
    runs.flatMap(({ run }) => (run.parent !== undefined && run.status === 'succeeded' ? [run.parent] : [])),
  )
  const commands = new Map<string, string>()
  for (const { run } of runs) {
    if (run.status === 'succeeded' || resumed.has(run.id)) continue
    if (run.status === 'running') commands.set(run.id, `cancel ${run.id}`)
    else if (run.status !== 'failed') commands.set(run.id, `resume ${run.id}`)
    else if (unmended.has(run.id)) commands.set(run.id, `retry ${run.id}`)
  }
  return commands
}
