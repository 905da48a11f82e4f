import type { RunFacts } from '../../../core/docs/facts/stored-facts.ts'
import { knownAttempts } from '../../../core/ledger/known-attempts.ts'
import { text } from '../../../core/ledger/snapshot.ts'
import { readAttempts, type StoredAttempt } from '../../../core/ledger/stored-attempts.ts'
import type { OpenLedger } from '../../open-ledger.ts'
import { listRuns, type Progressing } from '../../run-history.ts'
import { readChecksOfAttempts } from './recorded-checks.ts'

const mostRuns = 200
/** Attempts that are read of one run; of those that are not among the newest fewer. */
const mostAttempts = 500
const mostOfOlder = 20
const newest = 20
/** Ids in one list of a statement. */
const atOnce = 5000

/** The newest runs of the target with their attempts, in a few queries for all of them. */
export async function readRunFacts(
  ledger: OpenLedger,
  target: string,
  withSamples: boolean,
): Promise<{ readonly runs: readonly RunFacts[]; readonly olderRuns: number }> {
  const { session } = ledger
  const runs = await listRuns(ledger, { target, limit: mostRuns })
  const [row] = await session.query('select count(*) as n from sluice.runs where target = $1', [target])
  if (runs.length === 0) return { runs: [], olderRuns: 0 }
  const { ids, counts } = await attemptIds(ledger, runs)
  const attempts = new Map<string, StoredAttempt[]>()
  const found = new Map<string, RunFacts['checks'][number][]>()
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce)
    for (const attempt of await readAttempts(ledger, { ids: some })) {
      const known = attempts.get(attempt.run)
      if (known === undefined) attempts.set(attempt.run, [attempt])
      else known.push(attempt)
    }
    for (const ofAttempt of (await readChecksOfAttempts(ledger, some, withSamples)).values())
      for (const check of ofAttempt) {
        const known = found.get(check.run)
        if (known === undefined) found.set(check.run, [check])
        else known.push(check)
      }
  }
  return {
    runs: runs.map((run): RunFacts => {
      const own = (attempts.get(run.id) ?? []).sort(
        (a, b) => a.startedAt - b.startedAt || a.number - b.number,
      )
      return {
        run,
        counts: countsOf(run),
        attempts: own,
        moreAttempts: Math.max(0, (counts.get(run.id) ?? 0) - own.length),
        checks: found.get(run.id) ?? [],
      }
    }),
    olderRuns: Math.max(0, Number(row!.n) - runs.length),
  }
}

/** Of each run those that did not succeed come first. */
async function attemptIds(
  { session, version, list }: OpenLedger,
  runs: readonly Progressing[],
): Promise<{ readonly ids: readonly string[]; readonly counts: ReadonlyMap<string, number> }> {
  const ids: string[] = []
  const counts = new Map<string, number>()
  const read = async (some: readonly Progressing[], most: number): Promise<void> => {
    if (some.length === 0) return
    const rows = await session.query(
      `select q.id, q.run_id, q.n from (select a.id, a.run_id, count(*) over (partition by a.run_id) as n, row_number() over (partition by a.run_id
order by case when a.status = 'succeeded' then 1 else 0 end, a.started_at, a.id) as place
from ${knownAttempts(version)} a where a.run_id in (${list(some.map(({ id }) => id))})) as q where q.place <= ${most}`,
    )
    for (const row of rows) {
      ids.push(text(row.id))
      counts.set(text(row.run_id), Number(row.n))
    }
  }
  await read(runs.slice(0, newest), mostAttempts)
  await read(runs.slice(newest), mostOfOlder)
  return { ids, counts }
}

const kinds = ['running', 'succeeded', 'failed', 'blocked', 'waiting', 'canceled', 'skipped'] as const

function countsOf({ counts }: Progressing): RunFacts['counts'] {
  return kinds.flatMap((status) => {
    const count = counts[status] ?? 0
    return count === 0 ? [] : [{ status, count }]
  })
}
