import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Edges } from '../../core/plan/edges.ts'
import { States } from '../../core/plan/state.ts'
import { drawn, knownOf, nodesOf, unitsOf } from './drawn.ts'
import { Naive } from './naive-state.ts'
import { ledgerOf, projectOf } from './projects.ts'

const now = Date.parse('2024-01-20T00:00:00Z')

test('states of whole histories are what each partition by itself is by the rules', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(
      fc.array(drawn, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(fc.nat(999)),
      (all, stream) => {
        const next = (below: number) => (stream.next().value ?? 0) % below
        const project = projectOf(nodesOf(all))
        const units = unitsOf(project)
        const known = knownOf(units, next)
        const states = new States(
          new Edges(project.nodes, project.graph.ancestors),
          ledgerOf(project, known),
          now,
        )
        const naive = new Naive(project, known, now)
        for (const unit of units) {
          const data = states.dataOf(unit)
          const found = data.state === 'fresh' && data.drifted ? 'drifted' : data.state
          const expected = naive.stateOf(unit.node.name, unit.partition?.key)
          seen.set(expected, (seen.get(expected) ?? 0) + 1)
          expect(`${unit.node.name}@${unit.partition?.key} ${found}`).toBe(
            `${unit.node.name}@${unit.partition?.key} ${expected}`,
          )
          if (data.state === 'stale') expect(data.cause.kind).toBeDefined()
        }
      },
    ),
    { seed: 20240105, numRuns: 400 },
  )
  for (const state of ['missing', 'fresh', 'drifted', 'stale']) expect(seen.get(state)).toBeGreaterThan(50)
})
