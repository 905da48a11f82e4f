import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Affected } from '../../core/plan/affected.ts'
import { Edges } from '../../core/plan/edges.ts'
import { States } from '../../core/plan/state.ts'
import { drawn, nodesOf, unitsOf } from './drawn.ts'
import { ledgerOf, projectOf } from './projects.ts'

const now = Date.parse('2024-01-20T00:00:00Z')

test('what a partition needs and what it invalidates are the same edges, looked at from their two ends', () => {
  let edgesSeen = 0
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 2, maxLength: 6 }), (all) => {
      const project = projectOf(nodesOf(all))
      const edges = new Edges(project.nodes, project.graph.ancestors)
      const states = new States(edges, ledgerOf(project, {}), now)
      const affected = new Affected(edges, states)
      const units = unitsOf(project)
      const needs = new Set<string>()
      const invalidates = new Set<string>()
      const idOf = (name: string, key: string | undefined) => `${name}@${key}`
      const drawnIds = new Set(units.map(({ node, partition }) => idOf(node.name, partition?.key)))
      for (const unit of units) {
        const id = idOf(unit.node.name, unit.partition?.key)
        for (const edge of edges.of(unit)) {
          if (edge.role !== 'data' || edge.reads.kind !== 'partitions') continue
          for (const { key } of edge.reads.partitions) {
            const input = idOf(edge.upstream.name, key)
            if (drawnIds.has(input)) needs.add(`${input} -> ${id}`)
          }
        }
        for (const { node, indexes } of affected.readersOf(unit)) {
          for (const index of indexes) {
            const reader = affected.unitAt(node, index)
            if (unit.partition === undefined || reader.partition === undefined) continue
            const readerId = idOf(node.name, reader.partition.key)
            if (drawnIds.has(readerId)) invalidates.add(`${id} -> ${readerId}`)
          }
        }
      }
      expect([...invalidates].sort()).toEqual([...needs].sort())
      edgesSeen += needs.size
    }),
    { seed: 20240105, numRuns: 300 },
  )
  expect(edgesSeen).toBeGreaterThan(1000)
})

test('a change goes on downstream through every grain', () => {
  const project = projectOf({
    a: { by: 'day' },
    b: { by: 'day', reads: ['a'], window: { a: { before: 1, after: 0 } } },
    c: { by: 'week', reads: ['b'] },
    v: { is: 'view', reads: ['c'] },
    t: { reads: ['v'] },
    other: { by: 'day' },
  })
  const edges = new Edges(project.nodes, project.graph.ancestors)
  const states = new States(edges, ledgerOf(project, {}), now)
  const affected = new Affected(edges, states)
  const a = project.nodes.get('a') as Parameters<typeof affected.unitAt>[0]
  const downstream = affected.downstreamOf([affected.unitAt(a, 6)])
  const keys = downstream.map(({ node, indexes }) => [
    node.name,
    indexes.map((index) => affected.unitAt(node, index).partition?.key ?? 'all'),
  ])
  expect(Object.fromEntries(keys)).toEqual({
    b: ['2024-01-07', '2024-01-08'],
    c: ['2024-W01', '2024-W02'],
    t: ['all'],
  })
})
