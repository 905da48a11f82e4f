import { expect, test } from 'vitest'
import type { CompiledRelation } from '../../core/compile/compiled.ts'
import { Edges } from '../../core/plan/edges.ts'
import { States } from '../../core/plan/state.ts'
import { partitionOf } from '../../core/time/layout.ts'
import { type Known, ledgerOf, type Nodes, projectOf } from './projects.ts'

/** The data state of one unit, given as `model` or `model@key`. */
function stateOf(
  nodes: Nodes,
  known: Readonly<Record<string, Known>>,
  id: string,
  now = '2024-01-20T00:00:00Z',
) {
  const project = projectOf(nodes)
  const states = new States(
    new Edges(project.nodes, project.graph.ancestors),
    ledgerOf(project, known),
    Date.parse(now),
  )
  const [name = '', key] = id.split('@')
  const node = project.nodes.get(name) as CompiledRelation
  const partition =
    key === undefined || node.kind !== 'model' || node.layout === undefined
      ? undefined
      : partitionOf(node.layout, key)
  return states.dataOf({ node, ...(partition === undefined ? {} : { partition }) })
}

const overTable: Nodes = { t: {}, b: { by: 'day', reads: ['t'] } }
const published = { t: { data: 9 }, 'b@2024-01-01': { data: 1 }, 'b@2024-01-02': { data: 2 } }

test('an older partition over a table that changed since has drifted, and is fresh', () => {
  expect(stateOf(overTable, published, 'b@2024-01-01')).toEqual({ state: 'fresh', drifted: true })
  expect(stateOf(overTable, published, 'b@2024-01-02')).toEqual({
    state: 'stale',
    cause: { kind: 'input', upstream: 't' },
  })
})

test('what never follows has drifted too', () => {
  const nodes: Nodes = { ...overTable, b: { by: 'day', reads: ['t'], follow: { t: 'never' } } }
  expect(stateOf(nodes, published, 'b@2024-01-02')).toEqual({ state: 'fresh', drifted: true })
})

test('a partition whose rows were never published is missing, whatever its attempts', () => {
  expect(stateOf(overTable, { 'b@2024-01-01': { status: 'failed' } }, 'b@2024-01-01')).toEqual({
    state: 'missing',
  })
  expect(stateOf(overTable, {}, 't')).toEqual({ state: 'missing' })
})

test('staleness goes on to whatever reads what is stale', () => {
  const nodes: Nodes = {
    a: { by: 'day', code: 'new' },
    b: { by: 'day', reads: ['a'] },
    c: { by: 'week', reads: ['b'] },
    t: { reads: ['c'] },
  }
  const known = {
    'a@2024-01-03': { data: 1 },
    'b@2024-01-03': { data: 2 },
    'c@2024-W01': { data: 3 },
    t: { data: 4 },
  }
  expect(stateOf(nodes, known, 't')).toEqual({
    state: 'stale',
    cause: { kind: 'upstream', upstream: 'c', partition: '2024-W01' },
  })
})
