import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type History, historyOf, rowsOf } from '../../core/ledger/history.ts'
import { type LedgerSnapshot, type SnapshotRequest, WHOLE } from '../../core/ledger/records.ts'
import { Edges } from '../../core/plan/edges.ts'
import { type PlanRequest, planRun } from '../../core/plan/planner.ts'
import { ledgerFor, ledgerOfUnits } from '../../core/plan/scope.ts'
import { States } from '../../core/plan/state.ts'
import { drawn, knownOf, nodesOf, unitsOf, withChecks, withSources } from './drawn.ts'
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

const drawings = fc.array(drawn, { minLength: 2, maxLength: 6 })
const checks = fc.array(fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }), { maxLength: 2 })
const orUndefined = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const options = fc.record({
  range,
  upstream: fc.constantFrom<PlanRequest['upstream']>('block', 'build', 'accept'),
  force: fc.boolean(),
  odd: fc.integer({ min: 0, max: 9 }),
  only: orUndefined(fc.subarray(['missing', 'failed', 'stale'] as const, { minLength: 1 })),
  batch: orUndefined(fc.integer({ min: 1, max: 3 })),
  order: orUndefined(fc.constantFrom<'oldest' | 'newest'>('oldest', 'newest')),
  hasUnits: fc.nat(4),
})

test('a plan from what it asks of the ledger is the plan from the whole ledger', () => {
  let read = 0
  let all = 0
  fc.assert(
    fc.property(
      drawings,
      checks,
      fc.infiniteStream(fc.nat(999)),
      options,
      (nodes, checking, stream, asked) => {
        const next = (below: number) => (stream.next().value ?? 0) % below
        const project = withSources(projectOf(withChecks(nodesOf(nodes), checking)))
        const units = unitsOf(project)
        const snapshot = ledgerOf(project, knownOf(units, next))
        const left = new Map<string, Set<string>>()
        for (const { node, partition } of units)
          if (next(3) === 0)
            left.set(node.name, (left.get(node.name) ?? new Set()).add(partition?.key ?? WHOLE))
        const { range, upstream, force, odd, only, batch, order, hasUnits } = asked
        const sources = {
          unseen: new Map(next(6) === 0 ? [['n0', 'away']] : []),
          unready: new Map(
            next(3) === 0 ? [['n0', new Map([[next(2) === 0 ? WHOLE : '2024-01-05', 'late']])]] : [],
          ),
        }
        const request: PlanRequest = {
          selected: new Set(project.graph.order.filter((_, at) => next(2) === 0 || at === 0)),
          ...(range === undefined ? {} : { range }),
          ...(odd === 0 ? { history: true } : {}),
          force,
          fullRefresh: odd === 1,
          upstream,
          ...(only === undefined ? {} : { only: new Set(only) }),
          ...(batch === undefined ? {} : { batch }),
          ...(order === undefined ? {} : { order }),
          ...(hasUnits === 0 ? { units: left } : {}),
          sources,
        }
        const part = within(snapshot, ledgerFor(project, request, now))
        expect(planRun(project, part, request, now)).toEqual(planRun(project, snapshot, request, now))
        for (const { count } of part.histories.values()) read += count
        for (const { count } of snapshot.histories.values()) all += count
      },
    ),
    { seed: 20240105, numRuns: 1000 },
  )
  // The scope is worth its while.
  expect(read).toBeLessThan(all * 0.7)
})

test('what is asked of the ledger about some units decides their states and those of what they read', () => {
  fc.assert(
    fc.property(drawings, checks, fc.infiniteStream(fc.nat(999)), (nodes, checking, stream) => {
      const next = (below: number) => (stream.next().value ?? 0) % below
      const project = withSources(projectOf(withChecks(nodesOf(nodes), checking)))
      const units = unitsOf(project)
      const snapshot = ledgerOf(project, knownOf(units, next))
      const edges = new Edges(project.nodes, project.graph.ancestors)
      const some = units.filter(({ node }) => node.kind !== 'source' && next(8) === 0)
      const part = within(snapshot, ledgerOfUnits(project, edges, some, undefined))
      const [found, expected] = [part, snapshot].map((each) => new States(edges, each, now))
      for (const unit of some) {
        expect(found!.dataOf(unit)).toEqual(expected!.dataOf(unit))
        expect(found!.hasFailed(unit)).toBe(expected!.hasFailed(unit))
        for (const edge of edges.of(unit)) {
          if (edge.reads.kind === 'published')
            expect(found!.isAnyPublished(edge.upstream)).toBe(expected!.isAnyPublished(edge.upstream))
          expect(found!.unitsOf(edge)).toEqual(expected!.unitsOf(edge))
          for (const input of expected!.unitsOf(edge)) {
            expect(found!.record(input)).toEqual(expected!.record(input))
            if (edge.role === 'data') expect(found!.dataOf(input)).toEqual(expected!.dataOf(input))
          }
        }
      }
    }),
    { seed: 20240105, numRuns: 500 },
  )
})
