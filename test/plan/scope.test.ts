import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type History, historyOf, rowsOf } from '../../core/ledger/history.ts'
import type { LedgerSnapshot, SnapshotRequest } from '../../core/ledger/records.ts'
import { type PlanRequest, planRun } from '../../core/plan/planner.ts'
import { ledgerFor } from '../../core/plan/scope.ts'
import { drawn, knownOf, nodesOf, unitsOf } from './drawn.ts'
import { ledgerOf, projectOf } from './projects.ts'

const now = Date.parse('2024-01-20T00:00:00Z')

/** What a reader that heeds the scope would have read: no record more than was asked for. */
function within(snapshot: LedgerSnapshot, { scope }: SnapshotRequest): LedgerSnapshot {
  const histories = new Map<string, History>()
  for (const [name, history] of snapshot.histories) {
    const window = scope!.get(name)
    if (window === undefined) continue
    const rows = rowsOf(history).filter(
      ({ start, end }) =>
        window === 'whole' || !Number.isFinite(start) || (start < window.end && end > window.start),
    )
    histories.set(name, historyOf(rows, history.whole))
  }
  return { ...snapshot, histories }
}

const range = fc.constantFrom(
  undefined,
  { from: '2024-01-05', to: '2024-01-05' },
  { from: '2024-01-03', to: '2024-01-08' },
  { from: '2024-W02', to: '2024-W02' },
  { from: '2024-01-10' },
  { to: '2024-01-03' },
)

test('a plan from what it asks of the ledger is the plan from the whole ledger', () => {
  let read = 0
  let all = 0
  fc.assert(
    fc.property(
      fc.array(drawn, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(fc.nat(999)),
      range,
      fc.constantFrom('block', 'build', 'accept'),
      fc.boolean(),
      fc.integer({ min: 0, max: 9 }),
      (nodes, stream, asked, upstream, force, odd) => {
        const next = (below: number) => (stream.next().value ?? 0) % below
        const project = projectOf(nodesOf(nodes))
        const snapshot = ledgerOf(project, knownOf(unitsOf(project), next))
        const request: PlanRequest = {
          selected: new Set(project.graph.order.filter((_, at) => next(2) === 0 || at === 0)),
          ...(asked === undefined ? {} : { range: asked }),
          ...(odd === 0 ? { history: true } : {}),
          force,
          fullRefresh: odd === 1,
          upstream: upstream as PlanRequest['upstream'],
        }
        const part = within(snapshot, ledgerFor(project, request, now))
        expect(planRun(project, part, request, now)).toEqual(planRun(project, snapshot, request, now))
        for (const { count } of part.histories.values()) read += count
        for (const { count } of snapshot.histories.values()) all += count
      },
    ),
    { seed: 20240105, numRuns: 500 },
  )
  // The scope is worth its while.
  expect(read).toBeLessThan(all * 0.7)
})
